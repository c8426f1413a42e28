"""A practical task for its learner: read it, send a film of one's own work, hand it in, read what the assessors say."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses import selectors as courses
from courses import services as catalogue
from learners import terms
from learners.forms.practice import PracticeFilmForm
from learners.models import Enrolment, Submission
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.practice import TaskStanding, own_submission, papers_shown, task_standing
from learners.selectors.progress import progress
from learners.services import practice
from portal import clock
from portal.accounts.access import signed_in
from portal.accounts.models import User
from portal.rules import RuleBroken


def film_shown(submission: Submission, *, user: User, at: dt.datetime) -> dict[str, object]:
    """The film with addresses for this reader alone; without them once it is deleted, or before it is made."""
    film = courses.practice_film(submission.film_id)
    playable = film.is_ready and submission.film_deleted_at is None
    return {
        "film": film,
        "watch": courses.media_url(film.mp4_key, user=user, at=at) if playable else "",
        "poster": courses.media_url(film.poster_key, user=user, at=at) if playable else "",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def task(request: HttpRequest, enrolment_id: int, key: str) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    lesson = outline_of(enrolment).lesson(key)
    at = clock.now()
    standing = task_standing(enrolment, lesson, at=at) if lesson else None
    if standing is None:
        raise Http404
    step = request.POST.get("step", "") if request.method == "POST" else None
    form = PracticeFilmForm(*((request.POST, request.FILES) if step == "film" else ()), task=standing.task)
    trouble = ""
    if step is not None:
        act = _steps(request, enrolment, lesson, standing, form, at=at).get(step)
        if act is None:
            raise Http404
        trouble = _taken(act, form)
        if not trouble and not form.errors:
            return redirect(request.path)
        standing = task_standing(enrolment, lesson, at=at)
    return render(
        request,
        "learners/practice.html",
        _page(request.user, enrolment, lesson, standing, at=at) | {"form": form, "trouble": trouble},
        status=422 if step is not None else 200,
    )


def _taken(act: Callable[[], object], form: PracticeFilmForm) -> str:
    """The sentence of the rule that forbids the step."""
    try:
        act()
    except RuleBroken as broken:
        return str(broken)
    except ValidationError as wrong:
        form.add_error(None, wrong.messages)
    return ""


def _steps(
    request: HttpRequest,
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    standing: TaskStanding,
    form: PracticeFilmForm,
    *,
    at: dt.datetime,
) -> dict[str, Callable[[], object]]:
    told = {"by": request.user, "at": at}

    def send() -> None:
        if not form.is_valid():
            return
        file = form.cleaned_data["film"]
        begun = practice.begin_submission(enrolment, lesson, name=file.name, size=file.size, **told)
        catalogue.receive(begun.film, start=0, source=file, length=file.size, **told)

    def hand_in() -> None:
        sending = standing.sending or standing.waiting
        if sending is None:
            raise Http404
        practice.hand_in_film(sending, declared=request.POST.get("own") == "yes", **told)
        messages.success(request, _("Handed in. Two assessors look at your film."))

    def another() -> None:
        if standing.sending is not None:
            practice.give_up(standing.sending, **told)

    return {"film": send, "hand_in": hand_in, "another": another}


def _page(
    user: User, enrolment: Enrolment, lesson: courses.LessonFacts, standing: TaskStanding, *, at: dt.datetime
) -> dict[str, object]:
    far = progress(enrolment)
    place = next(n for n, row in enumerate(far.rows) if row.lesson.id == lesson.id)
    shown = standing.sending or standing.waiting
    context: dict[str, object] = {
        "enrolment": enrolment,
        "lesson": lesson,
        "place": place + 1,
        "progress": far,
        "next": far.rows[place + 1].lesson if place + 1 < len(far.rows) else None,
        "standing": standing,
        "task": standing.task,
        "body": courses.lesson_body(lesson.id),
        "days": terms.ASSESS_WITHIN.days,
        "unfinished": [],
        "may_send": enrolment.state == "active" and not standing.reasons and standing.sending is None,
    }
    if shown is None:
        return context
    context |= {"submission": shown, **film_shown(shown, user=user, at=at)}
    film = context["film"]
    if film.is_arriving:
        context["unfinished"] = [{"url": str(film.uid), "fingerprint": film.fingerprint, "name": film.name}]
    if standing.sending is not None and film.is_over and not standing.reasons:
        context["may_send"] = True
    return context


@never_cache
@require_safe
@signed_in
def feedback(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What the assessors say of one's own film, once it is decided."""
    submission = own_submission(request.user, uid)
    if not submission.is_decided:
        raise Http404
    lesson = next(row for row in outline_of(submission.enrolment).lessons if row.id == submission.lesson_id)
    at = clock.now()
    standing = task_standing(submission.enrolment, lesson, at=at)
    return render(
        request,
        "learners/feedback.html",
        {
            "enrolment": submission.enrolment,
            "lesson": lesson,
            "outline": outline_of(submission.enrolment),
            "submission": submission,
            "standing": standing,
            "task": standing.task,
            "papers": papers_shown(submission, standing.task),
            **film_shown(submission, user=request.user, at=at),
        },
    )
