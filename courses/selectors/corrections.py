"""Questions as they are after all: with their newest correction laid over them, never stored so."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from courses.models import Correction, Question
from courses.selectors.authoring import courses_readable_by
from portal.accounts.models import User

_LAID_OVER = ("right_keys", "number", "tolerance", "tolerance_in_percent", "accepted")


def corrected(questions: Iterable[Question]) -> list[Question]:
    """In one statement. `is_void` says that nothing is right or wrong there any more."""
    rows = list(questions)
    newest: dict[int, Correction] = {}
    for one in Correction.objects.filter(question__in=[row.pk for row in rows]).order_by(
        "corrected_at", "pk"
    ):
        newest[one.question_id] = one
    for row in rows:
        found = newest.get(row.pk)
        row.is_void = found is not None and found.is_void
        if found is not None and not found.is_void:
            for name in _LAID_OVER:
                setattr(row, name, getattr(found, name))
    return rows


@dataclass(frozen=True)
class CorrectionFacts:
    id: int
    question_id: int
    version_id: int
    corrected_at: dt.datetime


def corrections(*, but: Iterable[int]) -> list[CorrectionFacts]:
    """All but those with these ids, the oldest first."""
    rows = Correction.objects.exclude(pk__in=list(but)).order_by("pk")
    names = ("pk", "question_id", "question__version_id", "corrected_at")
    return [CorrectionFacts(*row) for row in rows.values_list(*names)]


def void_since(version_id: int, *, at: dt.datetime) -> set[int]:
    """Questions of a version that nobody should draw from that moment on."""
    rows = Correction.objects.filter(question__version=version_id, corrected_at__lte=at)
    newest = dict(rows.order_by("corrected_at", "pk").values_list("question_id", "is_void"))
    return {question_id for question_id, is_void in newest.items() if is_void}


def published_question(user: User, code: str, pk: int) -> Question:
    """A published question of a course at the user's desk. Raises Http404."""
    if "\x00" in code or not courses_readable_by(user).filter(code=code).exists():
        raise Http404
    found = (
        Question.objects.filter(pk=pk, version__course__code=code, version__frozen_at__isnull=False)
        .select_related("version__course")
        .first()
    )
    if found is None:
        raise Http404
    return found


def corrections_of(question: Question) -> list[Correction]:
    """The newest first."""
    return list(question.corrections.select_related("corrected_by"))
