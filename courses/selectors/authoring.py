"""Whose courses may be changed by whom: a supplier's people their own, the catalogue's administrator the province's."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from courses.models import Course, Lesson
from portal.accounts.models import User
from portal.accounts.roles import Role, in_provinces, organisations_of, provinces_of

AUTHORS = (Role.PROVIDER_MANAGER, Role.INSTRUCTOR, Role.PROVINCE_CATALOGUE)


def courses_editable_by(user: User | AnonymousUser) -> QuerySet[Course]:
    rows = Course.objects.select_related("occupation", "organisation", "province", "current_version")
    kept = in_provinces(Course.objects.all(), provinces_of(user, Role.PROVINCE_CATALOGUE))
    own = organisations_of(user, Role.PROVIDER_MANAGER, Role.INSTRUCTOR)
    return rows.filter(Q(organisation_id__in=own) | Q(pk__in=kept.values("pk")))


def course_to_edit(user: User | AnonymousUser, code: str) -> Course:
    """Raises Http404 for a course that is not the user's to change."""
    course = courses_editable_by(user).filter(code=code).first() if "\x00" not in code else None
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
