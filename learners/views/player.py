"""A lesson's page: the film with its coverage, or the text; and the page of hours. Both work without a script."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses import selectors as courses
from learners.forms import QuizForm, opened_at, sign_opened
from learners.models import Enrolment
from learners.selectors import time as hours
from learners.selectors.asking import panel as questions_of
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.progress import progress
from learners.selectors.shut_lessons import reopeners_of
from learners.services import credit, time
from learners.views import uncounted
from learners.views.asking import moment
from portal import clock
from portal.accounts.roles import signed_in
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
    if facts.has_task:
        return redirect("learners:practice", enrolment.pk, facts.key)
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
    return render(
        request, "learners/player.html", context | _film(request, enrolment, facts, found, at), status=status
    )


def _film(
    request: HttpRequest,
    enrolment: Enrolment,
    facts: courses.LessonFacts,
    found: hours.LessonCoverage,
    at: dt.datetime,
) -> dict[str, object]:
    """Addresses of the film for this reader, and what the script needs to know."""

    def address(key: str | None) -> str:
        return courses.media_url(key, user=request.user, at=at) if key else ""

    film = facts.video
    start = _start(request, facts, found)
    return {
        "film": film,
        "mp4_url": address(film.mp4_key) + (f"#t={start}" if start is not None else "") if film else "",
        "poster_url": address(film.poster_key) if film else "",
        "angles": [
            {
                "name": angle.angle,
                "mp4": address(angle.mp4_key),
                "hls": address(angle.hls_key),
                "poster": address(angle.poster_key),
            }
            for angle in facts.angles
        ],
        "tracks": [(track.language, address(track.key)) for track in film.captions] if film else [],
        "config": {
            "open": reverse("api-play-open"),
            "enrolment": enrolment.pk,
            "lesson": facts.key,
            "seconds": facts.seconds,
            "position": found.position if start is None else start * 1000,
            "high_water": found.high_water,
            "no_skip": facts.no_skip,
            "counts": enrolment.state == "active" and not found.shut,
            "hls": address(film.hls_key) if film else "",
            "audio": address(film.audio_key) if film else "",
        },
    }


def _start(request: HttpRequest, facts: courses.LessonFacts, found: hours.LessonCoverage) -> int | None:
    """The second that `?at=` asks for; where a course allows no skipping, at most as far as was watched."""
    start = moment(request, facts)
    return start if start is None or not facts.no_skip else min(start, found.high_water // 1000)


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
