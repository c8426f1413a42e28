"""A wrong key of a published question is put right beside the frozen version. Exams are graded anew by the learners' app."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Correction, Question
from courses.selectors.authoring import may_author
from courses.selectors.corrections import corrected
from courses.services.questions import BadQuestion, fitting
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

SHORTEST_REASON, LONGEST_REASON = 5, 500
_SAID = ("right_keys", "number", "tolerance", "tolerance_in_percent", "accepted")
_COLUMNS = (
    "kind",
    "topic",
    "difficulty",
    "options",
    "unit",
    "picture_key",
    "picture_zh",
    "picture_en",
    *_SAID,
)


class NotYoursToCorrect(RuleBroken):
    code = "not_yours_to_correct"
    message = _("Only who may change the course corrects its questions.")


class NotPublished(RuleBroken):
    code = "not_published"
    message = _("This question is not published yet: change it in the editor.")


class NothingCorrected(RuleBroken):
    code = "nothing_corrected"
    message = _("This is what holds already.")


class WhyCorrected(RuleBroken):
    code = "reason_missing"
    message = _("Say what was wrong, in at least five characters.")


@transaction.atomic
def correct_question(
    question: Question,
    *,
    is_void: bool,
    reason: str,
    by: User,
    at: dt.datetime,
    words: Mapping[str, object] | None = None,
) -> Correction:
    """Void it, or say what is right after all: `words` are the columns of its kind that say so.

    Raises NotYoursToCorrect, NotPublished, NothingCorrected, WhyCorrected, BadQuestion.
    """
    question = Question.objects.select_related("version__course").get(pk=question.pk)
    course = question.version.course
    if not may_author(by, course):
        raise NotYoursToCorrect
    if question.version.frozen_at is None:
        raise NotPublished
    reason = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise WhyCorrected
    (now,) = corrected([question])
    said: dict[str, object] = {}
    if not is_void:
        if question.kind == Question.Kind.ORDERING:
            raise BadQuestion(_("An order cannot be corrected, only made void."))
        stands = {name: getattr(now, name) for name in _COLUMNS}
        told = fitting(stands | dict(words or {}))
        said = {name: told[name] for name in _SAID}
        if question.kind == Question.Kind.SHORT_TEXT and not said["accepted"]:
            raise BadQuestion(_("Write at least one answer that is accepted."))
        if not now.is_void and said == {name: stands[name] for name in _SAID}:
            raise NothingCorrected
    elif now.is_void:
        raise NothingCorrected
    row = Correction.objects.create(
        question=question, is_void=is_void, reason=reason, corrected_at=at, corrected_by=by, **said
    )
    record(
        by=by,
        action="question.corrected",
        thing=question,
        at=at,
        province=course.province_id,
        reason=reason,
        detail={"void": is_void},
    )
    return row
