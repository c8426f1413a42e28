"""Whose courses may be changed by whom: a supplier's people their own, the catalogue's administrator the province's."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from courses.models import Course, CourseVersion, Lesson, Question, Section
from courses.workflow import State
from portal.accounts.access import has_role, in_provinces, organisations_of, provinces_of
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role

AUTHORS = (Role.PROVIDER_MANAGER, Role.INSTRUCTOR, Role.PROVINCE_CATALOGUE)
READERS = (*AUTHORS, Role.AUDITOR)
"""Who opens the authors' desk: an auditor reads there, and changes nothing."""


def courses_editable_by(user: User | AnonymousUser) -> QuerySet[Course]:
    rows = Course.objects.select_related("occupation", "organisation", "province", "current_version")
    kept = in_provinces(Course.objects.all(), provinces_of(user, Role.PROVINCE_CATALOGUE))
    own = organisations_of(user, Role.PROVIDER_MANAGER, Role.INSTRUCTOR)
    return rows.filter(Q(organisation_id__in=own) | Q(pk__in=kept.values("pk")))


def _one(rows: QuerySet[Course], code: str) -> Course:
    course = rows.filter(code=code).first() if "\x00" not in code else None
    if course is None:
        raise Http404
    return course


def package_lesson_to_edit(user: User | AnonymousUser, code: str, key: str) -> Lesson:
    """A package's lesson in the newest version, whether that may be changed today or not. Raises Http404."""
    newest = course_to_edit(user, code).versions.order_by("-number").first()
    rows = Lesson.objects.filter(version=newest, key=key, kind=Lesson.Kind.PACKAGE)
    lesson = rows.select_related("version__course", "version__course__province").first()
    if lesson is None:
        raise Http404
    return lesson


def course_to_edit(user: User | AnonymousUser, code: str) -> Course:
    """Raises Http404 for a course that is not the user's to change."""
    return _one(courses_editable_by(user), code)


def courses_readable_by(user: User | AnonymousUser) -> QuerySet[Course]:
    """What stands at the authors' desk: one's own to change; auditors read all.

    `open_state` and `open_number` are those of the version that is not frozen yet, null where there is none.
    """
    rows = courses_editable_by(user)
    if has_role(user, Role.AUDITOR):
        rows = Course.objects.select_related("occupation", "organisation", "province", "current_version")
    unfrozen = CourseVersion.objects.filter(course=OuterRef("pk"), frozen_at=None)
    return rows.annotate(
        open_state=Subquery(unfrozen.values("state")), open_number=Subquery(unfrozen.values("number"))
    )


def course_to_read(user: User | AnonymousUser, code: str) -> Course:
    """Raises Http404 for a course that is not at the user's desk."""
    return _one(courses_readable_by(user), code)


def may_author(user: User | AnonymousUser, course: Course) -> bool:
    return courses_editable_by(user).filter(pk=course.pk).exists()


def providers_for(user: User) -> QuerySet[Organisation]:
    """The organisations for which the user may write a course."""
    own = organisations_of(user, Role.PROVIDER_MANAGER, Role.INSTRUCTOR)
    rows = Organisation.objects.exclude(kind=Organisation.Kind.OFFICE).select_related("province")
    kept = in_provinces(rows, provinces_of(user, Role.PROVINCE_CATALOGUE))
    return rows.filter(Q(pk__in=own) | Q(pk__in=kept.values("pk"))).order_by("name_zh")


def working_version(course: Course) -> CourseVersion:
    """The version at the authors' desk: the one not published yet, or else the published one."""
    return course.versions.filter(frozen_at=None).first() or course.current_version


def version_numbered(course: Course, number: int) -> CourseVersion:
    """Raises Http404."""
    version = course.versions.filter(number=number).first()
    if version is None:
        raise Http404
    return version


def section_in(version: CourseVersion, key: str) -> Section:
    """Raises Http404."""
    section = version.sections.filter(key=key).first()
    if section is None:
        raise Http404
    return section


def lesson_in(version: CourseVersion, key: str) -> Lesson:
    """Raises Http404."""
    lesson = version.lessons.filter(key=key).prefetch_related("videos").first()
    if lesson is None:
        raise Http404
    return lesson


def question_in(version: CourseVersion, pk: int) -> Question:
    """Raises Http404."""
    question = version.questions.filter(pk=pk).first()
    if question is None:
        raise Http404
    return question


def courses_with_terms(user: User | AnonymousUser, asked: str = "") -> QuerySet[Course]:
    """Of the authors' desk those that people can learn in, the newest first; `asked`: part of a title or code."""
    rows = courses_readable_by(user).filter(state__in=[State.PUBLISHED, State.SUSPENDED], is_sample=False)
    if asked:
        named = Q(title_zh__icontains=asked) | Q(title_en__icontains=asked)
        rows = rows.filter(named | Q(code__icontains=asked))
    return rows.order_by("-published_at", "-pk")
