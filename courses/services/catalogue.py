"""What can happen to a course on its way into the catalogue and out of it."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Func, TextField, Value
from django.utils.translation import gettext_lazy as _

from courses import grams
from courses.models import (
    Course,
    CourseVersion,
    ExamBlueprint,
    Lesson,
    Listed,
    Occupation,
    Question,
    ShortageListing,
)
from courses.workflow import MOVES, State
from portal import moves
from portal.accounts.models import Organisation, Province, User
from portal.audit.services import record
from portal.rules import RuleBroken

WORDS = tuple(f.name for f in Listed._meta.get_fields())  # noqa: SLF001 - Django's documented list of fields


class SecondPersonNeeded(RuleBroken):
    code = "second_person_needed"
    message = _("Somebody else has to publish: not the author, not who submitted it.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason. The provider and the audit read it.")


class NotReady(RuleBroken):
    """`details["missing"]` lists what is missing, one sentence each."""

    code = "course_not_ready"
    message = _("The course is not complete yet.")


def locked(course: Course) -> Course:
    return Course.objects.select_for_update().get(pk=course.pk)


def _move(course: Course, step: str) -> None:
    course.state = moves.check(MOVES, step, course.state)


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:500]


def draft_of(course: Course) -> CourseVersion:
    """The version that may still be changed. Raises moves.IllegalMove when there is none or it lies with the province."""
    version = course.versions.filter(frozen_at=None).first()
    if version is None or course.state != State.DRAFT:
        raise moves.IllegalMove
    return version


def _described(course: Course) -> tuple[str, ...]:
    """The texts under which a course is found, those that weigh most first."""
    occupation, organisation = course.occupation, course.organisation
    return (
        course.title_zh,
        course.title_en,
        occupation.name_zh,
        occupation.name_en,
        organisation.name_zh,
        organisation.name_en,
        course.summary_zh,
        course.summary_en,
        course.code,
        occupation.code,
    )


def describe(course: Course) -> None:
    """Set what the search looks at; the caller saves."""
    texts = _described(course)
    course.haystack = grams.haystack(*texts)
    course.search = Func(
        Value(grams.grams(*texts), output_field=ArrayField(TextField())), function="array_to_tsvector"
    )


@transaction.atomic
def create_course(
    *,
    code: str,
    province: Province,
    organisation: Organisation,
    occupation: Occupation,
    certificate_kind: str,
    level: int | None,
    title_zh: str,
    hours: Fraction | int,
    delivery: str,
    by: User,
    at: dt.datetime,
    title_en: str = "",
    summary_zh: str = "",
    summary_en: str = "",
    is_sample: bool = False,
) -> Course:
    """A draft with its first version. `hours` are class hours (学时), to a tenth.

    Raises django ValidationError for fields and constraints that do not hold.
    """
    words = {
        "title_zh": title_zh.strip(),
        "title_en": title_en.strip(),
        "summary_zh": summary_zh.strip(),
        "summary_en": summary_en.strip(),
        "hours_tenths": int(Fraction(hours) * 10),
        "delivery": delivery,
        "certificate_kind": certificate_kind,
        "level": level,
        "occupation": occupation,
    }
    course = Course(
        code=code.strip().upper(),
        province=province,
        organisation=organisation,
        is_sample=is_sample,
        created_at=at,
        created_by=by,
        **words,
    )
    course.full_clean(exclude=["search", "current_version", "submitted_by", "published_by", "suspended_by"])
    describe(course)
    course.save(force_insert=True)
    CourseVersion.objects.create(course=course, number=1, **words)
    record(by=by, action="course.created", thing=course, at=at, detail={"code": course.code})
    return course


def _missing(version: CourseVersion) -> list[str]:
    """What every published course needs, whatever its standard says."""
    missing = []
    lessons = list(Lesson.objects.filter(version=version).select_related("video").order_by("position"))
    asked = set(Question.objects.filter(version=version).values_list("lesson_id", flat=True))
    if not lessons:
        missing.append(str(_("It has no lesson.")))
    for lesson in lessons:
        if lesson.kind == Lesson.Kind.VIDEO and not hasattr(lesson, "video"):
            missing.append(str(_("Lesson %(key)s has no film.") % {"key": lesson.key}))
        if lesson.kind in {Lesson.Kind.VIDEO, Lesson.Kind.QUIZ} and lesson.pk not in asked:
            missing.append(str(_("Lesson %(key)s has no questions.") % {"key": lesson.key}))
    blueprint = ExamBlueprint.objects.filter(version=version).first()
    bank = Question.objects.filter(version=version, for_exam=True).count()
    if blueprint is None:
        missing.append(str(_("It has no closing exam.")))
    elif bank < blueprint.questions:
        numbers = {"bank": bank, "needed": blueprint.questions}
        missing.append(str(_("The exam asks %(needed)s questions, the bank holds only %(bank)s.") % numbers))
    return missing


@transaction.atomic
def submit(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Hand the draft to the province. Raises IllegalMove, NotReady."""
    course = locked(course)
    version = draft_of(course)
    if missing := _missing(version):
        raise NotReady(" ".join([str(NotReady.message), *missing]), missing=missing)
    _move(course, "submit")
    course.submitted_at, course.submitted_by = at, by
    course.save(update_fields=["state", "submitted_at", "submitted_by"])
    record(by=by, action="course.submitted", thing=course, at=at, detail={"version": version.number})
    return course


@transaction.atomic
def send_back(course: Course, *, by: User, at: dt.datetime, reason: str) -> Course:
    """Give a submitted draft back to its author. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    _move(course, "return")
    said = _reasoned(reason)
    course.submitted_at = course.submitted_by = None
    course.save(update_fields=["state", "submitted_at", "submitted_by"])
    record(by=by, action="course.returned", thing=course, at=at, reason=said)
    return course


@transaction.atomic
def publish(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Freeze the draft and list it. Raises IllegalMove, SecondPersonNeeded."""
    course = locked(course)
    _move(course, "publish")
    if by.pk in {course.created_by_id, course.submitted_by_id}:
        raise SecondPersonNeeded
    version = course.versions.get(frozen_at=None)
    version.frozen_at = at
    version.save(update_fields=["frozen_at"])
    for word in WORDS:
        setattr(course, word, getattr(version, word))
    course.current_version, course.published_at, course.published_by = version, at, by
    describe(course)
    course.save()
    record(by=by, action="course.published", thing=course, at=at, detail={"version": version.number})
    return course


@transaction.atomic
def suspend(course: Course, *, by: User, at: dt.datetime, reason: str) -> Course:
    """Close a course to new learners; those enrolled learn on. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    _move(course, "suspend")
    said = _reasoned(reason)
    course.suspended_at, course.suspended_by, course.suspended_reason = at, by, said
    course.save(update_fields=["state", "suspended_at", "suspended_by", "suspended_reason"])
    record(by=by, action="course.suspended", thing=course, at=at, reason=said)
    return course


@transaction.atomic
def resume(course: Course, *, by: User, at: dt.datetime, reason: str) -> Course:
    """Open a suspended course again. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    _move(course, "resume")
    said = _reasoned(reason)
    course.suspended_at, course.suspended_by, course.suspended_reason = None, None, ""
    course.save(update_fields=["state", "suspended_at", "suspended_by", "suspended_reason"])
    record(by=by, action="course.resumed", thing=course, at=at, reason=said)
    return course


@transaction.atomic
def list_shortage(
    occupation: Occupation, province: Province, *, valid_from: dt.date, by: User, at: dt.datetime
) -> ShortageListing:
    """Put an occupation on the province's list of occupations short of workers, from a day on. Twice is once."""
    row, new = ShortageListing.objects.get_or_create(
        occupation=occupation, province=province, valid_from=valid_from
    )
    if new:
        record(by=by, action="shortage.listed", thing=row, at=at)
    return row


def index_courses(courses: Iterable[Course] | None = None) -> int:
    """Make the search's grams anew, for instance after an organisation was renamed. Gives the number of courses."""
    rows = Course.objects.select_related("occupation", "organisation") if courses is None else courses
    count = 0
    for course in rows.iterator(chunk_size=500) if courses is None else rows:
        describe(course)
        course.save(update_fields=["haystack", "search"])
        count += 1
    return count
