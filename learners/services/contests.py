"""Time that did not count is contested by its learner and answered by a person. What is granted is a new row."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from learners import ranges, workflow
from learners.models import Contest, Coverage, LedgerRow
from learners.selectors.desks import may_decide
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.selectors.packages import planned_ms
from learners.selectors.time import held_media, held_wall
from learners.services import ledger, play, settling, telling
from learners.services.words import tidy
from learners.states import Post
from portal import clock, moves
from portal.accounts.models import User
from portal.audit import services as audit
from portal.rules import RuleBroken


class NotRefused(RuleBroken):
    code = "not_refused"
    message = _("Only time of your own that did not count can be contested.")


class ContestedAlready(RuleBroken):
    code = "contested_already"
    message = _("You have contested this already. The answer appears here.")


class NotYoursToAnswer(RuleBroken):
    code = "not_yours_to_answer"
    message = _(
        "Only instructors of the course's provider and the catalogue's administrator of the learner's province may"
        " answer, and nobody about time of their own."
    )


class AnsweredAlready(RuleBroken):
    code = "answered_already"
    message = _("Somebody has answered this already.")


class NothingToGrant(RuleBroken):
    code = "nothing_to_grant"
    message = _(
        "Nothing of it can count any more: it has been counted since, other learning took the same minutes, or the"
        " day was full. Answer that it stays as it is, and say why."
    )


@transaction.atomic
def contest(row: LedgerRow, *, by: User, at: dt.datetime, words: str) -> Contest:
    """Ask a person to look at a refused row, once. Raises NotRefused, ContestedAlready, WordsMissing."""
    if row.user_id != by.pk or row.entry != LedgerRow.Entry.REFUSED or not row.ms:
        raise NotRefused
    words = tidy(words)
    mine = {"user_id": row.user_id, "province_id": row.province_id, "enrolment_id": row.enrolment_id}
    try:
        with transaction.atomic():
            made = Contest.objects.create(row=row, lesson_id=row.lesson_id, words=words, asked_at=at, **mine)
    except IntegrityError as broken:
        if "contest_one_per_row" not in str(broken):
            raise
        raise ContestedAlready from None
    audit.record(by=by, action="time.contested", thing=made, at=at, detail={"row": row.pk})
    return made


@transaction.atomic
def answer(contest: Contest, *, by: User, at: dt.datetime, grant: bool, reason: str) -> Contest:
    """Grant what can still count, or keep it refused; either way with a reason.

    Raises NotYoursToAnswer, WordsMissing, AnsweredAlready, NothingToGrant. The learner is told.
    """
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    if not may_decide(by, contest):
        raise NotYoursToAnswer
    reason = tidy(reason)
    if contest.state != workflow.WAITING:
        raise AnsweredAlready
    contest.state = moves.check(workflow.CONTEST_MOVES, "grant" if grant else "keep", contest.state)
    contest.answered_at, contest.answered_by, contest.answer = at, by, reason
    counted = _grant(contest, by=by, at=at, reason=reason) if grant else 0
    contest.save(update_fields=["state", "answered_at", "answered_by", "answer"])
    action = "time.granted" if grant else "time.kept_refused"
    audit.record(
        by=by,
        action=action,
        thing=contest,
        at=at,
        reason=reason,
        detail={"row": contest.row_id, "ms": counted},
    )
    telling.of_contest(contest, at=at)
    return contest


def _grant(contest: Contest, *, by: User, at: dt.datetime, reason: str) -> int:
    coverage = play.locked_coverage(contest.enrolment, contest.lesson_id)
    row = contest.row
    written = ledger.post(
        coverage,
        grantable(row, coverage),
        kind=row.kind,
        edition_id=row.edition_id,
        daily_cap=rule_of(edition_of(row.edition_id)).daily_cap,
        session_id=row.session_id,
        at=at,
        decision=ledger.Decision(row, by, reason),
    )
    if not written:
        raise NothingToGrant
    settling.merge(coverage, written)
    coverage.save(update_fields=["covered", "covered_ms"])
    return ranges.total(written)


def grantable(row: LedgerRow, coverage: Coverage | None = None) -> list[Post]:
    """What of a refused row could count at this moment: media not counted since, in minutes that nothing else took.

    At most what was refused. The ledger looks at the day's limit once more when it writes. Reads only.
    """
    if coverage is None:
        coverage = Coverage.objects.filter(enrolment_id=row.enrolment_id, lesson_id=row.lesson_id).first()
    start, end = clock.milliseconds(row.wall.lower), clock.milliseconds(row.wall.upper)
    media, seen = ranges.from_json(row.media), ranges.from_json(coverage.covered) if coverage else ()
    taken = ledger.credited_wall(row.user_id, start, end)
    if (
        row.kind == LedgerRow.Kind.PACKAGE
    ):  # any piece of its planned time is like another; what waits keeps its own
        media = [(0, planned_ms(row.enrolment_id, row.lesson_id))]
        seen, taken = seen + held_media(coverage.held if coverage else ()), taken + held_wall(row.user_id)
    fresh = ranges.first(ranges.without(media, seen), row.ms)
    posts = []
    for wall in ranges.without([(start, end)], taken):
        media = ranges.first(fresh, wall[1] - wall[0])
        if media:
            posts.append(Post(*wall, media, ranges.total(media)))
        fresh = ranges.without(fresh, media)
    return ledger.fitting(row.user_id, posts, rule_of(edition_of(row.edition_id)).daily_cap)
