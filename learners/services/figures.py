"""Figures of questions: one graded attempt after the other is added to the sums, and taken out where it was graded anew."""

import datetime as dt

from courses import selectors as courses
from learners import terms
from learners.figures import Sums
from learners.models import Answer, Attempt, ExamFigures, QuestionFigures
from learners.models.figures import SUMS
from learners.selectors.enrolment import saved_answers
from learners.services.due import work_on_next


def figure_next_due(*, at: dt.datetime) -> bool:
    """Bring the sums up to one attempt. False when none is due. A failure is pushed forward."""
    due = Attempt.objects.filter(figures_due_at__lte=at).order_by("figures_due_at", "pk")
    return work_on_next(
        due.select_related("enrolment"),
        lambda attempt: _figure(attempt, at=at),
        figures_due_at=at + terms.CLOSE_RETRY,
    )


def _figure(attempt: Attempt, *, at: dt.datetime) -> None:
    saved = saved_answers(attempt.pk)
    rows = _rows(attempt, at=at)
    exam = _exam(attempt, at=at)
    before = attempt.figured_right_ids
    for question_id, row in rows.items():
        held = saved.get(question_id)
        blank = held is None or not held.chosen
        if before is not None:
            row.sums -= Sums.of(question_id, attempt.question_ids, before, blank=blank)
        elif not blank:
            _count(row, held)
        row.sums += Sums.of(question_id, attempt.question_ids, attempt.right_ids, blank=blank)
        row.figured_at = at
    QuestionFigures.objects.bulk_update(rows.values(), [*SUMS, "answers", "figured_at"])
    if before is None:
        exam.attempts += 1
    exam.figured_at = at
    exam.save(update_fields=["attempts", "figured_at"])
    attempt.figures_due_at, attempt.figured_right_ids = None, attempt.right_ids
    attempt.save(update_fields=["figures_due_at", "figured_right_ids"])


def _exam(attempt: Attempt, *, at: dt.datetime) -> ExamFigures:
    told = {"course_code": attempt.enrolment.course_code, "figured_at": at}
    row, _made = ExamFigures.objects.get_or_create(version_id=attempt.enrolment.version_id, defaults=told)
    return ExamFigures.objects.select_for_update().get(pk=row.pk)


def _rows(attempt: Attempt, *, at: dt.datetime) -> dict[int, QuestionFigures]:
    """Locked in one order, so that two workers do not wait for each other."""
    keys = courses.lasting_keys(attempt.question_ids)
    known = set(QuestionFigures.objects.filter(question_id__in=keys).values_list("question_id", flat=True))
    QuestionFigures.objects.bulk_create(
        (
            QuestionFigures(
                question_id=question_id,
                version_id=attempt.enrolment.version_id,
                course_code=attempt.enrolment.course_code,
                key=key,
                figured_at=at,
            )
            for question_id, key in sorted(keys.items())
            if question_id not in known
        ),
        ignore_conflicts=True,
    )
    rows = QuestionFigures.objects.filter(question_id__in=keys).order_by("question_id").select_for_update()
    return {row.question_id: row for row in rows}


def _count(row: QuestionFigures, held: Answer) -> None:
    if held.written:
        return
    told = " ".join(held.chosen)
    if told in row.answers or len(row.answers) < QuestionFigures.MOST_ANSWERS:
        row.answers[told] = row.answers.get(told, 0) + 1
