"""The chains of the ledger of learning time: where one does not hold, and what the last proof found."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learners.models import LedgerHead, LedgerProof, LedgerRow
from learners.selectors.replays import handle_of
from portal import chain
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role

BREAKS = {
    "gap": _("a row is missing"),
    "link": _("a row does not follow the one before it"),
    "content": _("a row was changed after it was written"),
    "head": _("the head does not match the last row"),
    "headless": _("there are rows, but no head"),
    "fewer": _("there are fewer rows in all than at the last proof"),
}
READERS = (Role.AUDITOR, Role.MINISTRY_REVIEWER, Role.OPERATOR)


@dataclass(frozen=True)
class Break:
    """The first place of a learner's chain that does not hold. Kinds: gap, link, content, head, headless, fewer."""

    user_id: int
    place: int
    kind: str

    def stored(self) -> dict[str, object]:
        return asdict(self)


def proofs_visible_to(user: User) -> QuerySet[LedgerProof]:
    return LedgerProof.objects.order_by("-pk") if has_role(user, *READERS) else LedgerProof.objects.none()


def said(found: dict[str, object]) -> str:
    """A break in words, the learner by handle."""
    uid = User.objects.filter(pk=found["user_id"]).values_list("uid", flat=True).first()
    whose = f"{handle_of(uid)}, {found['place']}: " if uid else ""
    return f"{whose}{BREAKS[found['kind']]}"


def heads_after(reached: int, most: int) -> list[LedgerHead]:
    return list(LedgerHead.objects.filter(user_id__gt=reached).order_by("user_id")[:most])


def broken(heads: list[LedgerHead], *, after: int, last: bool) -> Iterator[Break | int]:
    """Follow the chains of `heads`: a Break where one does not hold, else how many rows it has.

    `after`, `last`: rows of learners between the heads, who should have one, are looked for, too.
    """
    for head in heads:
        yield _broken(head)
    between = LedgerRow.objects.filter(user_id__gt=after)
    if not last:
        between = between.filter(user_id__lte=heads[-1].user_id)
    known = [head.user_id for head in heads]
    for user_id in between.exclude(user_id__in=known).values_list("user_id", flat=True).distinct()[:100]:
        yield Break(user_id, 0, "headless")


def _broken(head: LedgerHead) -> Break | int:
    """Rows written after the head was read are left to the next proof."""
    previous, place = chain.START, 0
    rows = LedgerRow.objects.filter(user_id=head.user_id, place__lte=head.length).order_by("place")
    for row in rows.iterator(chunk_size=2000):
        place += 1
        if row.place != place:
            return Break(head.user_id, place, "gap")
        if bytes(row.previous) != previous:
            return Break(head.user_id, place, "link")
        if chain.digest(previous, row.payload()) != bytes(row.digest):
            return Break(head.user_id, place, "content")
        previous = bytes(row.digest)
    if place != head.length:
        return Break(head.user_id, place + 1, "gap")
    if previous != bytes(head.digest):
        return Break(head.user_id, place, "head")
    return place
