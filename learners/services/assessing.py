"""An assessor's paper: saved while it is written, handed in once; the last one that is needed decides."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses import selectors as courses
from learners import agreement
from learners.models import Assessment, Enrolment, Submission
from learners.selectors.practice import sheet_in
from learners.services import drawing
from learners.services.completion import complete_if_due
from learners.services.practice import held, move
from learners.sheets import Sheet
from learners.workflow import ACTIVE, ASSESSMENT_MOVES, HANDED_IN, OPEN, SUBMITTED
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NotYours(RuleBroken):
    code = "not_your_assessment"
    message = _("This paper is with somebody else.")


class PaperClosed(RuleBroken):
    code = "paper_closed"
    message = _("This paper has been handed in or given to somebody else. It no longer changes.")


class Unfinished(RuleBroken):
    code = "paper_unfinished"


def _open(assessment: Assessment, *, by: User) -> Assessment:
    """The locked paper. Raises NotYours, PaperClosed."""
    row = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if row.assessor_id != by.pk:
        raise NotYours
    if row.state != OPEN:
        raise PaperClosed
    return row


@transaction.atomic
def save_sheet(assessment: Assessment, sheet: Sheet, *, by: User, at: dt.datetime) -> Assessment:
    """Keep a draft; not in the audit, nothing rests on it. Raises NotYours, PaperClosed."""
    row = _open(assessment, by=by)
    row.sheet, row.saved_at = sheet.stored(), at
    row.save(update_fields=["sheet", "saved_at"])
    return row


@transaction.atomic
def hand_in_paper(assessment: Assessment, *, by: User, at: dt.datetime) -> Assessment:
    """Hand in what is saved. A second time gives the same paper.

    Raises NotYours, PaperClosed, Unfinished with how many rows are missing.
    """
    # an enrolment is locked before its submissions, here as everywhere
    Enrolment.objects.select_for_update(of=("self",)).get(submissions=assessment.submission_id)
    submission = held(Submission(pk=assessment.submission_id))
    now = Assessment.objects.get(pk=assessment.pk)
    if now.state == HANDED_IN and now.assessor_id == by.pk:
        return now
    row = _open(assessment, by=by)
    task = courses.practical_task(submission.lesson_id)
    sheet = sheet_in(row, task)
    if sheet.missing:
        raise Unfinished(
            ngettext(
                "%(n)s row is not whole yet: each criterion has a level, a moment and a comment.",
                "%(n)s rows are not whole yet: each criterion has a level, a moment and a comment.",
                sheet.missing,
            )
            % {"n": sheet.missing},
            missing=sheet.missing,
        )
    paper = sheet.paper(task.weights, task.failing_rules)
    row.state = moves.check(ASSESSMENT_MOVES, "hand in", row.state)
    row.handed_in_at, row.score_percent = at, paper.score
    row.passed = paper.passes(submission.pass_mark_percent)
    row.save(update_fields=["state", "handed_in_at", "score_percent", "passed"])
    record(by=by, action="assessment.handed_in", thing=row, at=at, detail={"seat": row.seat})
    _weigh(submission, task, at=at)
    return row


def _weigh(submission: Submission, task: courses.PracticalFacts, *, at: dt.datetime) -> None:
    """Decide, call for a third assessor, or wait for the second paper."""
    papers = {
        row.seat: sheet_in(row, task).paper(task.weights, task.failing_rules)
        for row in submission.assessments.handed_in()
    }
    mark = submission.pass_mark_percent
    if 3 in papers:  # noqa: PLR2004 - the third seat
        _decide(submission, agreement.by_third(papers[3], pass_mark=mark), at=at)
    elif {1, 2} <= papers.keys() and submission.state == SUBMITTED:
        decision = agreement.decided(papers[1], papers[2], pass_mark=mark)
        if decision is None:
            _split(submission, at=at)
        else:
            _decide(submission, decision, at=at)


def _split(submission: Submission, *, at: dt.datetime) -> None:
    move(submission, "split")
    submission.save(update_fields=["state"])
    drawing.draw_missing(submission, at=at)
    record(by=None, action="submission.split", thing=submission, at=at)


def _decide(submission: Submission, decision: agreement.Decision, *, at: dt.datetime) -> None:
    move(submission, "pass" if decision.passed else "fail")
    submission.score_percent, submission.safety_failed = decision.score, decision.safety_failed
    submission.decided_at, submission.draw_due_at = at, None
    submission.film_due_at = at + settings.PRACTICE_FILMS_KEPT
    submission.save()
    record(
        by=None,
        action="submission.decided",
        thing=submission,
        at=at,
        detail={"state": submission.state, "score_percent": decision.score},
    )
    if decision.passed and submission.enrolment.attempts.passed().exists():
        Enrolment.objects.filter(pk=submission.enrolment_id, state=ACTIVE).update(completion_due_at=at)
        complete_if_due(submission.enrolment, at=at)
