"""Lessons without a player: classes and practice by their dates, an imported package in its sandbox, and the rest in words."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from courses import selectors as courses
from learners.models import Enrolment
from learners.selectors.classes import classes_of, recording_of
from learners.selectors.packages import memory_of, package_word
from learners.selectors.progress import progress
from learners.selectors.time import by_attendance
from portal import clock
from portal.numbers import whole


def show(request: HttpRequest, enrolment: Enrolment, facts: courses.LessonFacts) -> HttpResponse:
    far = progress(enrolment)
    rows = list(far.rows)
    place = next(number for number, row in enumerate(rows) if row.lesson.id == facts.id)
    context = {
        "enrolment": enrolment,
        "lesson": facts,
        "place": place + 1,
        "progress": far,
        "next": rows[place + 1].lesson if place + 1 < len(rows) else None,
        "standing": rows[place],
        "body": courses.lesson_body(facts.id),
    }
    if by_attendance(facts):
        context["classes"] = classes_of(enrolment, facts.id, at=clock.now())
        context["recording"] = recording_of(enrolment, facts)
        return render(request, "learners/class_lesson.html", context)
    package = courses.package_of(facts.id) if facts.kind == "package" else None
    if package is None:
        return render(request, "learners/uncounted.html", context)
    return _package(request, context, package)


@csp_update(courses.package_policy())
def _package(request: HttpRequest, context: dict[str, object], package: courses.PackageFacts) -> HttpResponse:
    enrolment, facts = context["enrolment"], context["lesson"]
    number = whole(request.GET.get("page", "")) or 0
    number = number if number < len(package.items) else 0
    context |= {
        "package": package,
        "package_number": number,
        "package_url": courses.package_address(package, number, at=clock.now()),
        "package_memory": memory_of(enrolment, facts, number),
        "package_save": reverse("api-package-state", args=[enrolment.pk, facts.key]),
        "word": package_word(enrolment, facts),
    }
    return render(request, "learners/package.html", context)
