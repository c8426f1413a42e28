"""Counted time is taken back by two people, as a new row. The credit stays where it is, and so do its minutes."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from learners import ranges, workflow
from learners.models import Correction, LedgerRow
from learners.selectors.desks import may_decide
from learners.services import ledger, play, telling
from learners.services.words import tidy
from learners.states import Post
from portal import clock, moves
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit import services as audit
from portal.rules import RuleBroken


class NotYoursToCorrect(RuleBroken):
    code = "not_yours_to_correct"
    message = _(
        "Taking back time is proposed by an instructor of the course's provider or the catalogue's administrator of"
        " the learner's province, and confirmed by another such administrator; nobody decides about time of their own."
    )


class NothingCounted(RuleBroken):
    code = "nothing_counted"
    message = _("There is not that much left to take back.")


class ProposedAlready(RuleBroken):
    code = "proposed_already"
    message = _("Somebody has proposed this already; it waits for a second person.")


class DecidedAlready(RuleBroken):
    code = "decided_already"
    message = _("Somebody has decided this already.")


class SamePerson(RuleBroken):
    code = "second_person_needed"
    message = _("Somebody else has to confirm it: not who proposed it.")


def left_of(row: LedgerRow) -> int:
    """Milliseconds of a credit that were not taken back."""
    if row.entry != LedgerRow.Entry.CREDIT:
        return 0
    return row.ms - (row.answers.aggregate(ms=Sum("ms"))["ms"] or 0)


@transaction.atomic
def propose(row: LedgerRow, *, by: User, at: dt.datetime, seconds: int, why: str) -> Correction:
    """Propose to take back `seconds` of a credit. Raises NotYoursToCorrect, WordsMissing, NothingCounted, ProposedAlready.

    A credit of less than a whole second more is taken back whole.
    """
    if not may_decide(by, row):
        raise NotYoursToCorrect
    why, left = tidy(why), left_of(row)
    ms = left if seconds == -(-left // 1000) else seconds * 1000
    if not 0 < ms <= left:
        raise NothingCounted
    mine = {"user_id": row.user_id, "province_id": row.province_id, "enrolment_id": row.enrolment_id}
    told = {"ms": ms, "why": why, "proposed_at": at, "proposed_by": by}
    try:
        with transaction.atomic():
            made = Correction.objects.create(row=row, lesson_id=row.lesson_id, **mine, **told)
    except IntegrityError as broken:
        if "correction_one_open_per_row" not in str(broken):
            raise
        raise ProposedAlready from None
    audit.record(
        by=by, action="correction.proposed", thing=made, at=at, reason=why, detail={"row": row.pk, "ms": ms}
    )
    return made


@transaction.atomic
def decide(correction: Correction, *, by: User, at: dt.datetime, confirm: bool) -> Correction:
    """The second person confirms, and the row is written; or drops it, as the first may too.

    What is taken back can be earned again on other days; its own minutes and its day stay used. The learner is
    told. Raises NotYoursToCorrect, DecidedAlready,
    SamePerson, NothingCounted.
    """
    correction = Correction.objects.select_for_update().get(pk=correction.pk)
    if not may_decide(by, correction, [Role.PROVINCE_CATALOGUE]) and (
        confirm or by.pk != correction.proposed_by_id
    ):
        raise NotYoursToCorrect
    if correction.state != workflow.PROPOSED:
        raise DecidedAlready
    if confirm and by.pk == correction.proposed_by_id:
        raise SamePerson
    step = "confirm" if confirm else "drop"
    correction.state = moves.check(workflow.CORRECTION_MOVES, step, correction.state)
    correction.decided_at, correction.decided_by = at, by
    if confirm:
        _take(correction, at=at)
        telling.of_correction(correction, at=at)
    correction.save(update_fields=["state", "decided_at", "decided_by"])
    action = "correction.confirmed" if confirm else "correction.dropped"
    audit.record(
        by=by,
        action=action,
        thing=correction,
        at=at,
        reason=correction.why,
        detail={"row": correction.row_id, "ms": correction.ms},
    )
    return correction


def _take(correction: Correction, *, at: dt.datetime) -> None:
    coverage = play.locked_coverage(correction.enrolment, correction.lesson_id)
    row = correction.row
    if correction.ms > left_of(row):
        raise NothingCounted
    gone = [ranges.from_json(earlier) for earlier in row.answers.values_list("media", flat=True)]
    media = ranges.last(
        ranges.without(ranges.from_json(row.media), [piece for part in gone for piece in part]), correction.ms
    )
    wall = clock.milliseconds(row.wall.lower), clock.milliseconds(row.wall.upper)
    decision = ledger.Decision(row, correction.proposed_by, correction.why, second=correction.decided_by)
    ledger.take(coverage, Post(*wall, media, correction.ms), decision, at=at)
    covered = ranges.without(ranges.from_json(coverage.covered), media)
    coverage.covered = [list(piece) for piece in covered]
    coverage.covered_ms = ranges.total(covered)
    coverage.save(update_fields=["covered", "covered_ms"])
