"""Belonging to a key group: declared with evidence, verified or refused by an office, renewed before it ends."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.services.paper_checks import keep_paper
from learners.models import KeyGroupMembership
from learners.selectors.key_groups import may_renew
from learners.services.enrolment import NotVerified
from learners.workflow import GROUP_MOVES
from portal import clock, moves
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.audit.services import record
from portal.groups import EDITION, groups
from portal.rules import RuleBroken

_NO_PAPER = {"document_key": "", "document_name": "", "document_bytes": 0, "document_sha256": ""}
_CHUNK = 200


class UnknownGroup(RuleBroken):
    code = "unknown_group"
    message = _("There is no such group.")


class GroupKnown(RuleBroken):
    code = "group_known"
    message = _("You have already named this group.")


class EvidenceMissing(RuleBroken):
    code = "evidence_missing"
    message = _("State the evidence that was shown.")


class OwnMembership(RuleBroken):
    code = "own_membership"
    message = _("Nobody verifies their own membership.")


class NotYours(RuleBroken):
    code = "not_yours_to_decide"
    message = _("A county desk or reviewer of the learner's province decides, and nobody about themselves.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why it is refused, in at least five characters. The learner reads it.")


class LastDayFirst(RuleBroken):
    code = "last_day_first"
    message = _("The last day lies before the first.")


class NoDeskThere(RuleBroken):
    code = "no_desk_there"
    message = _("There is no desk in this county at the moment. Choose another, or none.")


SHORTEST_REASON = 5


@transaction.atomic
def declare_key_group(
    user: User,
    group: str,
    *,
    at: dt.datetime,
    evidence: str = "",
    until: dt.date | None = None,
    county: str = "",
    paper: UploadedFile | None = None,
    by: User | None = None,
) -> KeyGroupMembership:
    """Somebody says they belong to a key group; it counts once an office has verified it.

    `by` is a helper who acts in their name. Near the end of a verified membership, this is its renewal: it holds from the day after.
    Raises NotVerified, UnknownGroup, GroupKnown (named before and still valid), NoDeskThere, LastDayFirst,
    papers.NotAPaper, papers.PaperTooLarge.
    """
    identity = people.identity_of(user)
    if identity is None:
        raise NotVerified
    if group not in groups():
        raise UnknownGroup
    today = clock.today(at)
    if county and county not in people.desk_counties(identity.province_code, on=today):
        raise NoDeskThere
    User.objects.select_for_update().only("pk").get(pk=user.pk)
    live = KeyGroupMembership.objects.live().filter(user=user, group=group)
    last = live.exclude(valid_to__lt=today).order_by("-valid_from").first()
    if last is not None and not may_renew(last, on=today):
        raise GroupKnown
    first_day = last.valid_to + dt.timedelta(days=1) if last else today
    if until is not None and until < first_day:
        raise LastDayFirst
    row = KeyGroupMembership.objects.create(
        user=user,
        province_id=identity.province_code,
        county=county,
        group=group,
        edition=EDITION,
        evidence=evidence.strip(),
        renews=last if last and not hasattr(last, "renewed_by") else None,
        valid_from=first_day,
        valid_to=until,
        declared_at=at,
        **(keep_paper(paper, at=at) if paper else {}),
    )
    detail = {"group": group, "edition": EDITION, "renewal": last is not None}
    if by and by != user:
        detail["for"] = user.pk
    record(by=by or user, action="key_group.declared", thing=row, at=at, detail=detail | _digest(row))
    return row


def _digest(row: KeyGroupMembership) -> dict[str, object]:
    return {"paper": row.document_sha256} if row.document_sha256 else {}


def _locked(membership: KeyGroupMembership, *, by: User) -> KeyGroupMembership:
    row = KeyGroupMembership.objects.select_for_update().get(pk=membership.pk)
    if by.pk == row.user_id:
        raise OwnMembership
    return row


@transaction.atomic
def verify_key_group(
    membership: KeyGroupMembership,
    *,
    by: User,
    at: dt.datetime,
    evidence: str = "",
    until: dt.date | None = None,
) -> KeyGroupMembership:
    """An office has seen the evidence (a paper and who issued it, no personal numbers). A second time changes nothing.

    `until` is the last day by the paper; else what the learner said. Raises OwnMembership, EvidenceMissing,
    LastDayFirst, IllegalMove. The caller has made sure that `by` may act for the province.
    """
    row = _locked(membership, by=by)
    if row.verified_at is not None:
        return row
    row.state = moves.check(GROUP_MOVES, "verify", row.state)
    row.evidence = evidence.strip() or row.evidence
    if not row.evidence:
        raise EvidenceMissing
    row.valid_to = until or row.valid_to
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise LastDayFirst
    row.verified_at, row.verified_by = at, by
    row.save(update_fields=["state", "evidence", "valid_to", "verified_at", "verified_by"])
    detail = {"group": row.group, "until": row.valid_to.isoformat() if row.valid_to else None}
    record(by=by, action="key_group.verified", thing=row, at=at, detail=detail | _digest(row))
    return row


@transaction.atomic
def refuse_key_group(
    membership: KeyGroupMembership, *, by: User, at: dt.datetime, reason: str
) -> KeyGroupMembership:
    """An office does not see it proven, and says why. Raises OwnMembership, ReasonMissing, IllegalMove.

    The caller has made sure that `by` may act for the province.
    """
    row = _locked(membership, by=by)
    reason = " ".join(reason.replace("\x00", "").split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    row.state = moves.check(GROUP_MOVES, "refuse", row.state)
    row.refused_at, row.refused_by, row.reason = at, by, reason[:300]
    row.save(update_fields=["state", "refused_at", "refused_by", "reason"])
    detail = {"group": row.group} | _digest(row)
    record(by=by, action="key_group.refused", thing=row, at=at, reason=row.reason, detail=detail)
    return row


@transaction.atomic
def take_back_key_group(membership: KeyGroupMembership, *, by: User, at: dt.datetime) -> KeyGroupMembership:
    """The learner takes a declaration back that nobody has decided; its paper goes at once. Raises IllegalMove."""
    row = KeyGroupMembership.objects.select_for_update().get(pk=membership.pk)
    row.state = moves.check(GROUP_MOVES, "take back", row.state)
    row.save(update_fields=["state"])
    _forget(row)
    record(by=by, action="key_group.taken_back", thing=row, at=at, detail={"group": row.group})
    return row


def _forget(row: KeyGroupMembership) -> None:
    """Without its paper; the file goes when the transaction is through."""
    if key := row.document_key:
        for name, value in _NO_PAPER.items():
            setattr(row, name, value)
        row.save(update_fields=list(_NO_PAPER))
        transaction.on_commit(lambda: default_storage.delete(key))


@transaction.atomic
def forget_papers(*, at: dt.datetime) -> int:
    """Remove papers that were decided about GROUP_PAPERS_KEPT ago; one chunk, gives how many. Their digest stays audited."""
    before = at - settings.GROUP_PAPERS_KEPT
    rows = KeyGroupMembership.objects.exclude(document_key="")
    rows = rows.filter(Q(verified_at__lte=before) | Q(refused_at__lte=before))
    found = list(rows.select_for_update(skip_locked=True)[:_CHUNK])
    for row in found:
        _forget(row)
        record(by=None, action="key_group.paper_removed", thing=row, at=at)
    return len(found)
