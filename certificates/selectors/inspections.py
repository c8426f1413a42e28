"""What an inspector looks at: a sample that can be drawn again, and whether each certificate still says what it said."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates import archive
from certificates.digests import digest
from certificates.models import Certificate, InspectedCertificate, Inspection
from certificates.selectors.certificates import DESK_ROLES, desk_visible_to
from certificates.selectors.desk import Filters, narrowed
from certificates.selectors.public import answer_about
from learners import selectors as learners
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

INSPECTORS: Final = (Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER)
MOST_DRAWN_FROM: Final = 1_000_000
"""A sample of more is drawn province by province, or month by month: each row is hashed."""


def new_seed() -> str:
    return secrets.token_hex(16)


def population(user: User, filters: Filters) -> QuerySet[Certificate]:
    """What a sample is drawn from: whatever of it anybody may hold in hand."""
    return narrowed(desk_visible_to(user), filters).on_paper()


def drawn(certificates: QuerySet[Certificate], *, seed: str, size: int) -> list[Certificate]:
    """The first `size` by SHA-256 over "seed|serial" in UTF-8: the same seed draws the same certificates."""
    text = Concat(Value(f"{seed}|"), F("serial"), output_field=TextField())
    rank = Func(Func(text, Value("UTF8"), function="convert_to"), function="sha256", output_field=TextField())
    return list(certificates.order_by(rank).defer("facts", "grounds", "holder_sealed")[:size])


def inspections_visible_to(user: User) -> QuerySet[Inspection]:
    return in_provinces(Inspection.objects.all(), provinces_of(user, *DESK_ROLES))


def may_inspect(user: User, province_code: str | None) -> bool:
    """A province, or, with None, the nation."""
    if province_code is None:
        return has_role(user, Role.MINISTRY_REVIEWER)
    return has_role(user, *INSPECTORS, province=province_code)


def may_inspect_somewhere(user: User) -> bool:
    return has_role(user, *INSPECTORS)


def sample_of(inspection: Inspection) -> QuerySet[InspectedCertificate]:
    return inspection.certificates.select_related(
        "certificate__province", "certificate__replacement", "certificate__completion", "noted_by"
    )


@dataclass(frozen=True)
class Check:
    """One look of an inspector. `state`: "ok", "bad", or "off" where there is nothing to look at."""

    title: str | Promise
    state: str
    reason: str | Promise = ""

    @property
    def value(self) -> str | Promise:
        return {"ok": _("holds"), "bad": _("does not hold")}.get(self.state, "—")


def checks_of(certificates: Sequence[Certificate]) -> dict[int, list[Check]]:
    """By the id of the certificate. The statements do not grow with their number; each kept paper is read."""
    learned = learners.learning_facts_of({row.completion_id for row in certificates})
    ledgers = learners.digests_in_ledgers(_places(certificates))
    return {
        row.pk: [
            _facts(row),
            _paper(row),
            _answer(row),
            _completion(row, learned.get(row.completion_id)),
            _ledger(row, ledgers),
        ]
        for row in certificates
    }


def _places(certificates: Iterable[Certificate]) -> list[tuple[int, int]]:
    return [
        (row.user_id, end["length"]) for row in certificates if (end := (row.grounds or {}).get("ledger"))
    ]


def _facts(row: Certificate) -> Check:
    title = _("What the paper says is what was frozen")
    try:
        found = digest({**row.facts, "holder_name": row.holder_name}, row.grounds)
    except Exception:  # noqa: BLE001 - a name that cannot be opened is a finding, not an error
        return Check(title, "bad", _("The sealed name cannot be opened."))
    return Check(title, "ok" if found == bytes(row.facts_sha256) else "bad")


def _paper(row: Certificate) -> Check:
    title = _("The kept PDF is the one that was made")
    if not row.pdf_key:
        return Check(title, "off", _("No paper is kept: it is made anew each time."))
    return Check(title, "ok" if archive.get(row.pdf_key, bytes(row.pdf_sha256)) else "bad")


def _answer(row: Certificate) -> Check:
    title = _("The public check says the same")
    try:
        said = answer_about(row)
    except Exception:  # noqa: BLE001 - as above
        return Check(title, "bad", _("The sealed name cannot be opened."))
    same = (said.state, said.serial, said.holder_masked) == (row.state, row.serial, row.holder_masked)
    return Check(title, "ok" if same else "bad")


def _completion(row: Certificate, learned: learners.LearningFacts | None) -> Check:
    title = _("The completion is the one it stands on")
    if not row.grounds:
        return Check(title, "off", _("Issued before this was kept."))
    same = learned is not None and learned.grounds["completion"] == row.grounds["completion"]
    return Check(title, "ok" if same else "bad")


def _ledger(row: Certificate, ledgers: dict[tuple[int, int], str]) -> Check:
    title = _("The learner's ledger still holds what it held then")
    end = (row.grounds or {}).get("ledger")
    if not end:
        return Check(title, "off", _("No ledger was noted for it."))
    return Check(title, "ok" if ledgers.get((row.user_id, end["length"])) == end["digest"] else "bad")
