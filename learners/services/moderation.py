"""A moderator hides or keeps what was reported, for a reason that its author reads; and pauses who abuses asking."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import asking
from learners.models import AskingPause, Enquiry, FaqEntry, Post, Report
from learners.selectors.moderation import may_decide, pauses_everywhere
from learners.services.enquiries import locked, move
from learners.workflow import ANSWERED, ENQUIRY_MOVES, FAQ_MOVES, HIDDEN, REPORT_MOVES
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NotYoursToDecide(RuleBroken):
    code = "not_yours_to_decide"
    message = _(
        "Only the manager of the course's provider and the catalogue's administrator of the province decide, and nobody"
        " about words or a report of their own."
    )


class ReasonTooShort(RuleBroken):
    code = "reason_missing"
    message = _("Say why, in at least five characters. The author reads it.")


class NoPauseHere(RuleBroken):
    code = "no_pause_here"
    message = _("Only a learner whose words are hidden can be paused, for 1 to 30 days.")


@transaction.atomic
def decide(
    report: Report, step: str, *, reason: str, pause_days: int = 0, by: User, at: dt.datetime
) -> Report:
    """`hide` or `keep` what was reported; all reports of the same thing are decided with it.

    A hidden question is closed, a hidden answer makes its question wait again. `pause_days`: its author may not ask for
    so long. Raises NotYoursToDecide, ReasonTooShort, IllegalMove, NoPauseHere, asking.PersonalNumber.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    if not may_decide(by, report):
        raise NotYoursToDecide
    reason = asking.plain(reason)[: asking.LONGEST_REASON]
    if len(reason) < asking.SHORTEST_REASON:
        raise ReasonTooShort
    asking.refuse_personal_numbers(reason)
    state = moves.check(REPORT_MOVES, step, report.state)
    if pause_days and not (state == HIDDEN and report.post_id and _can_be_paused(report.post, pause_days)):
        raise NoPauseHere
    if state == HIDDEN:
        _hide(report, reason=reason, by=by, at=at)
    if pause_days:
        _pause(report, days=pause_days, reason=reason, by=by, at=at)
    alike = Report.objects.filter(post=report.post, entry=report.entry, state=report.state)
    alike.exclude(user=by).update(state=state, decided_at=at, decided_by=by, decided_reason=reason)
    record(by=by, action=f"report.{state}", thing=report, at=at, reason=reason)
    report.refresh_from_db()
    return report


def _can_be_paused(post: Post, days: int) -> bool:
    return post.kind in {Post.Kind.QUESTION, Post.Kind.FOLLOW_UP} and 1 <= days <= asking.LONGEST_PAUSE


def _hide(report: Report, *, reason: str, by: User, at: dt.datetime) -> None:
    """Hidden before is hidden still, with its first reason."""
    told = {"hidden_at": at, "hidden_by": by, "hidden_reason": reason}
    if report.entry_id:
        entry = FaqEntry.objects.select_for_update().get(pk=report.entry_id)
        if "hide" in moves.steps_from(FAQ_MOVES, entry.state):
            entry.state = moves.check(FAQ_MOVES, "hide", entry.state)
            for name, value in told.items():
                setattr(entry, name, value)
            entry.save()
        return
    enquiry = locked(report.post.enquiry)
    if Post.objects.filter(pk=report.post_id, hidden_at=None).update(**told):
        _after_hiding(enquiry, report.post, at=at)


def _after_hiding(enquiry: Enquiry, post: Post, *, at: dt.datetime) -> None:
    if post.kind == Post.Kind.QUESTION and "hide" in moves.steps_from(ENQUIRY_MOVES, enquiry.state):
        move(enquiry, "hide", at=at)
    elif post.kind == Post.Kind.ANSWER and enquiry.state == ANSWERED:
        last = enquiry.posts.answers().order_by("-id").first()
        if last is not None and last.pk == post.pk:
            move(enquiry, "reopen", at=at)


def _pause(report: Report, *, days: int, reason: str, by: User, at: dt.datetime) -> None:
    everywhere = pauses_everywhere(by, report)
    pause = AskingPause.objects.create(
        user_id=report.post.author_id,
        province_id=report.province_id,
        organisation_id=None if everywhere else courses.outline(report.version_id).organisation_id,
        reason=reason,
        begun_at=at,
        begun_by=by,
        ends_at=at + dt.timedelta(days=days),
    )
    record(by=by, action="asking.paused", thing=pause, at=at, reason=reason, detail={"days": days})
