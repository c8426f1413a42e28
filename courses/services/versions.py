"""Versions of a course: its words, the next draft beside the published one, and giving a draft up."""

import datetime as dt

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseVersion, ExamBlueprint, Lesson, Question, Section
from courses.models.catalogue import WORDS
from courses.services.copies import copied, copy_lessons, copy_questions, copy_sections
from courses.services.drafts import InUse, change
from courses.services.sections import delete_lessons
from courses.services.steps import draft_of, locked
from courses.workflow import State
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class AlreadyOpen(RuleBroken):
    code = "version_already_open"
    message = _("This course already has a version that is not published yet. Go on with that one.")


class OnlyVersion(RuleBroken):
    code = "only_version"
    message = _(
        "This draft is all there is of the course. Only a draft beside a published version can be given up."
    )


@transaction.atomic
def change_words(
    course: Course, *, words: dict[str, object], revision: int, by: User, at: dt.datetime
) -> CourseVersion:
    """What the draft says of itself: title, summary, occupation, hours and the like (`Listed`).

    A course that is not listed yet goes by the words of its draft. Raises Conflict, IllegalMove, django ValidationError.
    """
    course = locked(course)
    version = draft_of(course)
    names = change(version, words, revision=revision)
    if names and course.state == State.UNLISTED:
        for name in names:
            setattr(course, name, words[name])
        course.save(update_fields=names)
    if names:
        record(
            by=by,
            action="version.changed",
            thing=version,
            at=at,
            province=course.province_id,
            detail={"fields": names},
        )
    return version


@transaction.atomic
def start_version(course: Course, *, by: User, at: dt.datetime) -> CourseVersion:
    """The next draft: a copy of the published version in words, sections, lessons, films (the same files), questions, exam.

    Enrolments stay with the version they began. Raises IllegalMove, AlreadyOpen.
    """
    course = locked(course)
    if course.state not in {State.PUBLISHED, State.SUSPENDED}:
        raise moves.IllegalMove
    if course.versions.filter(frozen_at=None).exists():
        raise AlreadyOpen
    old = course.current_version
    new = CourseVersion.objects.create(
        course=course,
        number=course.versions.order_by("-number").values_list("number", flat=True)[0] + 1,
        created_at=at,
        created_by=by,
        **{word: getattr(old, word) for word in WORDS},
    )
    sections = copy_sections(old.sections.all(), new, fresh_keys=False)
    lessons = copy_lessons(old.lessons.all(), new, sections=sections, fresh_keys=False)
    copy_questions(old.questions.filter(lesson=None), new, lessons=lessons, keep_places=True)
    ExamBlueprint.objects.bulk_create(
        copied(row, version_id=new.pk) for row in ExamBlueprint.objects.filter(version=old)
    )
    record(
        by=by,
        action="course.version_started",
        thing=course,
        at=at,
        detail={"version": new.number, "from": old.number},
    )
    return new


@transaction.atomic
def discard_version(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Give up the draft beside the published version. Raises IllegalMove, OnlyVersion, InUse."""
    course = locked(course)
    version = draft_of(course)
    if course.current_version_id is None:
        raise OnlyVersion
    record(by=by, action="course.version_discarded", thing=course, at=at, detail={"version": version.number})
    try:
        ExamBlueprint.objects.filter(version=version).delete()
        Question.objects.filter(version=version).delete()
        delete_lessons(list(Lesson.objects.filter(version=version).values_list("pk", flat=True)), at=at)
        Section.objects.filter(version=version).delete()
        version.delete()
    except ProtectedError as held:
        raise InUse from held
    return course
