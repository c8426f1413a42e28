"""Looking before publishing: the course as learners would see it, its versions, and what two of them differ in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.models import Course, CourseVersion
from courses.selectors.authoring import course_to_read, may_author, version_numbered, working_version
from courses.selectors.differences import differences
from courses.selectors.editor import versions_page
from courses.selectors.preview import preview_lesson, preview_page
from courses.views.editing import authors, show
from portal import clock
from portal.numbers import whole


def _number(request: HttpRequest, name: str) -> int | None:
    return whole(request.GET.get(name, ""))


def _asked_version(request: HttpRequest, course: Course) -> CourseVersion:
    number = _number(request, "version")
    return working_version(course) if number is None else version_numbered(course, number)


@authors
@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    course = course_to_read(request.user, code)
    version = _asked_version(request, course)
    return render(request, "courses/preview.html", preview_page(course, version, at=clock.now()))


@authors
@require_safe
def preview_of_lesson(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course = course_to_read(request.user, code)
    version = _asked_version(request, course)
    page = preview_lesson(course, version, key, user=request.user, at=clock.now())
    return render(request, "courses/preview_lesson.html", page)


@authors
@require_safe
def edit_versions(request: HttpRequest, code: str) -> HttpResponse:
    course = course_to_read(request.user, code)
    page = versions_page(course)
    return show(
        request, "courses/edit_versions.html", course, working_version(course), here="versions", **page
    )


@authors
@require_safe
def course_differences(request: HttpRequest, code: str) -> HttpResponse:
    """From one version to a later one: where none are named, from the published one to the newest."""
    course = course_to_read(request.user, code)
    versions = list(course.versions.select_related("occupation").order_by("number"))
    by_number = {version.number: version for version in versions}
    new = by_number.get(_number(request, "to") or versions[-1].number)
    if new is None:
        raise Http404
    published = [row for row in versions if row.frozen_at and row.number < new.number]
    earlier = published[-1].number if published else max(new.number - 1, versions[0].number)
    old = by_number.get(_number(request, "from") or earlier)
    if old is None:
        raise Http404
    told = differences(old, new, answers=may_author(request.user, course))
    context = {"course": course, "old": old, "new": new, "versions": versions, "told": told}
    return render(request, "courses/differences.html", context)
