"""A lesson's page: the film with its coverage, or the text; and the page of hours. Both work without a script."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses import selectors as courses
from learners import checks
from learners.forms.quiz import PinnedForm, QuizForm, opened_at, sign_opened
from learners.models import Enrolment
from learners.selectors import time as hours
from learners.selectors.asking import panel as questions_of
from learners.selectors.classes import recording_of
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.progress import progress
from learners.selectors.shut_lessons import reopeners_of
from learners.services import credit, time
from learners.views import uncounted
from learners.views.film import film_page, pinned_form
from portal import clock
from portal.accounts.access import signed_in
from portal.rules import RuleBroken
from portal.templatetags.zhixun import clockface


def _lesson(request: HttpRequest, enrolment_id: int, key: str) -> tuple[Enrolment, courses.LessonFacts]:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    lesson = outline_of(enrolment).lesson(key)
    if lesson is None:
        raise Http404
    return enrolment, lesson


@never_cache
@require_safe
@signed_in
def lesson(request: HttpRequest, enrolment_id: int, key: str) -> HttpResponse:
    enrolment, facts = _lesson(request, enrolment_id, key)
    if facts.kind == "quiz":
        return redirect("learners:quiz", enrolment.pk, facts.key)
    if facts.has_task and not hours.by_attendance(facts):
        return redirect("learners:practice", enrolment.pk, facts.key)
    if (film := recording_of(enrolment, facts)) is not None and "film" in request.GET:
        return _show(request, enrolment, film, _form(enrolment, film, at=clock.now()))
    if not facts.is_counted:
        return uncounted.show(request, enrolment, facts)
    return _show(request, enrolment, facts, _form(enrolment, facts, at=clock.now()))


@require_POST
@signed_in
def read(request: HttpRequest, enrolment_id: int, key: str) -> HttpResponse:
    """Somebody says to have read the text of a page, or the transcript of a film."""
    enrolment, facts = _lesson(request, enrolment_id, key)
    if not facts.is_counted:
        raise Http404
    at = clock.now()
    form = _form(enrolment, facts, at=at, data=request.POST)
    if not form.is_valid():
        return _show(request, enrolment, facts, form, status=422)
    try:
        done = time.read_page(
            enrolment,
            facts,
            by=request.user,
            opened_at=opened_at(form.cleaned_data["opened"], enrolment, facts, at=at),
            at=at,
            answers={key: frozenset(chosen) for key, chosen in form.answers.items()},
        )
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        _say(request, done)
    return redirect("learners:lesson", enrolment.pk, facts.key)


@require_POST
@signed_in
def try_question(request: HttpRequest, enrolment_id: int, key: str, question_id: int) -> HttpResponse:
    """A question that stands in the film is answered without a script. It earns nothing and costs nothing."""
    enrolment, facts = _lesson(request, enrolment_id, key)
    tried = pinned_form(facts, question_id, request.POST)
    if tried.is_valid():
        tried.told = checks.tried(question_id, tried.chosen)
    form = _form(enrolment, facts, at=clock.now())
    return _show(request, enrolment, facts, form, status=200 if tried.told else 422, tried=tried)


def _say(request: HttpRequest, done: credit.Reading) -> None:
    counted, missing = clockface(done.credited // 1000), clockface(-(-done.missing // 1000))
    if not done.right:
        messages.error(request, credit.CheckFailed.message)
    elif done.missing > hours.DONE_SLACK and not done.credited:
        messages.warning(request, _("Nothing more counted this time. The reason stands below the text."))
    elif done.missing > hours.DONE_SLACK:
        text = _("%(counted)s counted. %(missing)s more can count: read on and say so again.")
        messages.warning(request, text % {"counted": counted, "missing": missing})
    elif done.credited:
        messages.success(request, _("%(counted)s counted. This text is done.") % {"counted": counted})
    else:
        messages.info(request, _("This text has counted before. It counts once."))


def _form(
    enrolment: Enrolment, facts: courses.LessonFacts, *, at: dt.datetime, data: object = None
) -> QuizForm:
    asked = credit.page_questions(enrolment, facts)
    opened = sign_opened(enrolment, facts, at=at)
    return QuizForm(asked, data, initial={"opened": opened}, prefix="read")


def _show(
    request: HttpRequest,
    enrolment: Enrolment,
    facts: courses.LessonFacts,
    form: QuizForm,
    *,
    status: int = 200,
    tried: PinnedForm | None = None,
) -> HttpResponse:
    at = clock.now()
    far = progress(enrolment)
    rows = list(far.rows)
    place = next(number for number, row in enumerate(rows) if row.lesson.id == facts.id)
    found = hours.lesson_coverage(enrolment, facts)
    whole = hours.hours_of(enrolment, at=at)
    context = {
        "enrolment": enrolment,
        "lesson": facts,
        "place": place + 1,
        "progress": far,
        "standing": rows[place],
        "next": rows[place + 1].lesson if place + 1 < len(rows) else None,
        "coverage": found,
        "reopeners": reopeners_of(enrolment) if found.shut else None,
        "hours": whole,
        "refusals": [
            row
            for row in whole.refusals
            if row.lesson and row.lesson.id == facts.id and found.lacks(row.media)
        ][:3],
        "worth_seconds": credit.text_ms(facts, enrolment) // 1000,
        "coverage_words": _("%(counted)s of %(length)s counted")
        % {"counted": clockface(found.counted_seconds), "length": clockface(found.length // 1000)},
        "form": form,
        "asked": questions_of(enrolment, facts, few=True),
    }
    if facts.kind == "reading":
        return render(
            request, "learners/reading.html", context | {"body": courses.lesson_body(facts.id)}, status=status
        )
    shown = film_page(request, enrolment, facts, found, at=at, tried=tried)
    return render(request, "learners/player.html", context | shown, status=status)


@never_cache
@require_safe
@signed_in
def hours_page(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    found = hours.hours_of(enrolment, at=clock.now())
    return render(
        request,
        "learners/hours.html",
        {
            "enrolment": enrolment,
            "progress": progress(enrolment),
            "hours": found,
            "minutes": _duration(found.class_hour_seconds),
        },
    )


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest == 0:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
