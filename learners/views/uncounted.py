"""Lessons without a player: classes and practice by their dates, an imported package and its time, and the rest in words."""

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import selectors as courses
from learners.forms.quiz import QuizForm, sign_opened
from learners.models import Enrolment
from learners.selectors import time as hours
from learners.selectors.classes import classes_of, recording_of
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.packages import memory_of, package_word
from learners.selectors.progress import progress
from learners.selectors.shut_lessons import reopeners_of
from learners.services import credit, time
from portal import clock
from portal.accounts.access import signed_in
from portal.numbers import whole
from portal.rules import RuleBroken
from portal.templatetags.zhixun import clockface


def show(
    request: HttpRequest, enrolment: Enrolment, facts: courses.LessonFacts, form: QuizForm | None = None
) -> HttpResponse:
    """A lesson that no exam waits for. `form` comes back with what was wrong in it."""
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
    if hours.by_attendance(facts):
        context["classes"] = classes_of(enrolment, facts.id, at=clock.now())
        context["recording"] = recording_of(enrolment, facts)
        return render(request, "learners/class_lesson.html", context)
    package = courses.package_of(facts.id) if facts.kind == "package" else None
    if package is None:
        return render(request, "learners/uncounted.html", context)
    return _package(request, context, package, form)


@csp_update(courses.package_policy())
def _package(
    request: HttpRequest, context: dict[str, object], package: courses.PackageFacts, form: QuizForm | None
) -> HttpResponse:
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
    if facts.is_timed_package:
        context |= _time(enrolment, facts, number, form)
    return render(request, "learners/package.html", context, status=422 if form else 200)


def _time(
    enrolment: Enrolment, facts: courses.LessonFacts, number: int, form: QuizForm | None
) -> dict[str, object]:
    found = hours.lesson_coverage(enrolment, facts)
    all_hours = hours.hours_of(enrolment, at=clock.now())
    done = hours.is_done(found.counted_ms, found.length)
    counts = enrolment.state == "active" and not found.shut and not done
    return {
        "coverage": found,
        "hours": all_hours,
        "is_done": done,
        "counts": counts,
        "planned_seconds": found.length // 1000,
        "refusals": [row for row in all_hours.refusals if row.lesson and row.lesson.id == facts.id][:3],
        "reopeners": reopeners_of(enrolment) if found.shut else None,
        "form": form or _form(enrolment, facts),
        "config": {
            "open": reverse("api-package-open"),
            "enrolment": enrolment.pk,
            "lesson": facts.key,
            "number": number,
            "counts": counts and found.counted_ms + found.held_ms < found.length,
        },
    }


def _form(enrolment: Enrolment, facts: courses.LessonFacts, data: object = None) -> QuizForm:
    opened = sign_opened(enrolment, facts, at=clock.now())
    return QuizForm(credit.page_questions(enrolment, facts), data, initial={"opened": opened}, prefix="read")


@require_POST
@signed_in
def done(request: HttpRequest, enrolment_id: int, key: str) -> HttpResponse:
    """Somebody says to have worked through the package: what waits is asked for, and counts."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    facts = outline_of(enrolment).lesson(key)
    if facts is None or not facts.is_timed_package:
        raise Http404
    form = _form(enrolment, facts, request.POST)
    if not form.is_valid():
        return show(request, enrolment, facts, form)
    answers = {key: frozenset(chosen) for key, chosen in form.answers.items()}
    at = clock.now()
    try:
        earned = time.read_page(enrolment, facts, by=request.user, opened_at=at, at=at, answers=answers)
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        _say(request, earned)
    return redirect("learners:lesson", enrolment.pk, facts.key)


def _say(request: HttpRequest, earned: credit.Reading) -> None:
    if not earned.right:
        messages.error(
            request,
            _(
                "The question was not answered correctly, so this time did not count. Work in the package once more and"
                " answer again."
            ),
        )
    elif earned.credited:
        text = _("%(counted)s of this package counted.") % {"counted": clockface(earned.credited // 1000)}
        messages.success(request, text)
    else:
        messages.warning(request, _("Nothing more counted this time. The reason stands below the package."))
