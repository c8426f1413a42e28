"""Templates of the paper as their keepers see them, and which one prints a certificate."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from certificates.models import Certificate, PaperTemplate
from certificates.paper.checking import NAMES
from certificates.paper.wording import SHIPPED, Wording, digest_of
from portal.accounts.access import ALL, has_role, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

OF_PROVINCES = (Role.PROVINCE_CATALOGUE, Role.PROVINCE_REVIEWER)
EDITORS: Final = (Role.PROVINCE_CATALOGUE, Role.MINISTRY_REVIEWER)
"""A province's catalogue administrator writes what its certificates say, the ministry what the others say."""
PUBLISHERS: Final = (*OF_PROVINCES, Role.MINISTRY_REVIEWER, Role.OPERATOR)
"""The second person may be a reviewer, who issues by it: a small province has one catalogue administrator."""
READERS: Final = (*PUBLISHERS, Role.AUDITOR)


class TemplateChanged(ValueError):  # noqa: N818 - says what happened to the template
    """The edition that a certificate names is gone or says something else than on the day it was printed."""


# -- at the desk ----------------------------------------------------------------------------------------------------


def templates_visible_to(user: User) -> QuerySet[PaperTemplate]:
    """One's own, drafts among them, and the nation's published ones; the ministry sees what provinces have published,
    auditors and operators all.
    """
    rows = PaperTemplate.objects.select_related("province", "edited_by", "published_by")
    rows = rows.order_by("-valid_from", "kind", "-pk")
    if provinces_of(user, Role.AUDITOR, Role.OPERATOR) is ALL:
        return rows
    own = Q(province__in=provinces_of(user, *OF_PROVINCES))
    published = Q(published_at__isnull=False)
    if has_role(user, Role.MINISTRY_REVIEWER):
        return rows.filter(own | Q(province=None) | published)
    if has_role(user, *OF_PROVINCES):
        return rows.filter(own | Q(province=None) & published)
    return rows.none()


def may_edit(user: User, template: PaperTemplate) -> bool:
    if template.province_id is None:
        return has_role(user, Role.MINISTRY_REVIEWER)
    return has_role(user, Role.PROVINCE_CATALOGUE, province=template.province_id)


def may_publish(user: User, template: PaperTemplate) -> bool:
    """Whether the office allows it; the service asks besides that it was somebody else who edited it."""
    if template.province_id is None:
        return has_role(user, Role.MINISTRY_REVIEWER, Role.OPERATOR)
    return has_role(user, *OF_PROVINCES, Role.OPERATOR, province=template.province_id)


def in_force_ids(on: dt.date) -> set[int]:
    """The editions by which certificates are issued that day: by province, or the nation's, and kind."""
    return set(_in_force(on).values_list("pk", flat=True))


def _in_force(on: dt.date) -> QuerySet[PaperTemplate]:
    rows = PaperTemplate.objects.published().filter(valid_from__lte=on)
    return rows.order_by("province_id", "kind", "-valid_from").distinct("province_id", "kind")


def phase_of(template: PaperTemplate, on: dt.date, in_force: set[int]) -> str:
    """draft, coming, in_force or over, as seen on a day."""
    if template.is_draft:
        return "draft"
    if template.valid_from > on:
        return "coming"
    return "in_force" if template.pk in in_force else "over"


def before(template: PaperTemplate) -> PaperTemplate | None:
    """The edition whose place it takes: the province's own of the same kind, else the nation's."""
    earlier = PaperTemplate.objects.published().filter(valid_from__lt=template.valid_from)
    earlier = earlier.exclude(pk=template.pk).order_by("-valid_from").select_related("province")
    own = earlier.of(template.province_id, template.kind).first()
    return own or earlier.of(None, template.kind).first()


class Piece(NamedTuple):
    """`kind` is same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Said:
    """One text of a template; `pieces` only where it reads otherwise than in the edition before."""

    place: str
    label: Promise
    text: str
    pieces: tuple[Piece, ...] = ()


def texts_of(wording: Wording, earlier: Wording | None) -> list[Said]:
    now, was = wording.as_json(), earlier.as_json() if earlier else wording.as_json()
    return [
        Said(place, label, now[place], _pieces(was[place], now[place]) if was[place] != now[place] else ())
        for place, label in NAMES.items()
        if now[place] or was[place]
    ]


def _pieces(was: str, now: str) -> tuple[Piece, ...]:
    """What stays, goes and comes, by runs of characters; little islands of sameness are not worth a break."""
    found: list[Piece] = []
    for step, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if step == "equal":
            found.append(Piece("same", was[a:b]))
            continue
        if a != b:
            found.append(Piece("removed", was[a:b]))
        if c != d:
            found.append(Piece("added", now[c:d]))
    return tuple(found)


# -- when issuing and drawing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InForce:
    """An edition as a certificate takes it: `reference` is what its grounds keep."""

    wording: Wording
    reference: dict[str, object]


def in_force_on(on: dt.date, provinces: Iterable[str]) -> "Choice":
    """What prints certificates of these provinces that day: one statement, however many they are."""
    chosen = _in_force(on).filter(Q(province__in=set(provinces)) | Q(province=None))
    return Choice(
        {
            (row.province_id, row.kind): InForce(
                row.wording,
                {"id": row.pk, "number": row.number, "province": row.province_id or "", "sha256": row.sha256},
            )
            for row in chosen
        }
    )


@dataclass(frozen=True)
class Choice:
    by_province_and_kind: dict[tuple[str | None, str], InForce]

    def of(self, province_code: str, kind: str) -> InForce:
        """The province's own, else the nation's. Raises KeyError where the nation has none of that kind."""
        known = self.by_province_and_kind
        return known.get((province_code, kind)) or known[None, kind]


def wording_of(certificate: Certificate) -> Wording:
    """The words by which it was printed, however many editions came since; those that ship where it names none.

    Raises TemplateChanged.
    """
    kept = (certificate.grounds or {}).get("template")
    return _published(kept["id"], kept["sha256"]) if kept else SHIPPED[certificate.kind]


@lru_cache(maxsize=512)
def _published(pk: int, sha256: str) -> Wording:
    """A published edition never changes, so each process reads it once."""
    body = PaperTemplate.objects.published().filter(pk=pk).values_list("body", flat=True).first()
    if body is None or digest_of(body) != sha256:
        raise TemplateChanged(f"template {pk} is not what certificates were printed by")
    return Wording.from_json(body)
