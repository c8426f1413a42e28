"""The films of a lesson, for its authors: send, watch being made, cancel, try again, take out; and their captions."""

import uuid

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from courses.forms.films import CaptionsForm, FilmForm
from courses.models import Course, Lesson, Video
from courses.selectors import films as selectors
from courses.selectors.authoring import AUTHORS
from courses.selectors.content import media_url
from courses.services import films, sending
from courses.services.captions import LANGUAGES, set_captions
from courses.tasks import make_films
from portal import clock
from portal.accounts.access import needs_role
from portal.numbers import whole
from portal.rules import RuleBroken

STEPS = {"cancel": films.cancel_film, "retry": films.retry_film, "remove": films.remove_film}


@needs_role(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def film(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course, version, lesson = selectors.lesson_to_film(request.user, code, key)
    sends = request.method == "POST" and "step" not in request.POST
    form = FilmForm(*((request.POST, request.FILES) if sends else ()), course=course, lesson=lesson)
    trouble = ""
    if request.method == "POST":
        trouble = _send(request, form, course, lesson) if sends else _take_step(request, course, lesson)
        if not trouble and not form.errors:
            return redirect("courses:film", course.code, lesson.key)
    page = selectors.films_page(course, version, lesson, user=request.user, at=clock.now())
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/film.html", {**page, "form": form, "trouble": trouble}, status=status)


def _send(request: HttpRequest, form: FilmForm, course: Course, lesson: Lesson) -> str:
    """A whole film in an ordinary form, where there is no script. Gives the sentence of what was refused."""
    if not form.is_valid():
        return ""
    file, at = form.cleaned_data["file"], clock.now()
    try:
        begun = sending.begin_film(
            course,
            lesson_key=lesson.key,
            name=file.name,
            size=file.size,
            by=request.user,
            at=at,
            **form.words,
        )
        sending.receive(begun, start=0, source=file, length=file.size, by=request.user, at=at)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
    except ValidationError as wrong:
        form.add_error(None, wrong.messages)
    else:
        make_films.delay_on_commit()
    return ""


def _take_step(request: HttpRequest, course: Course, lesson: Lesson) -> str:
    step, at = request.POST["step"], clock.now()
    try:
        if step == "out":
            films.remove_video(
                get_object_or_404(lesson.videos, pk=whole(request.POST.get("video", ""))),
                by=request.user,
                at=at,
            )
        elif step in STEPS:
            STEPS[step](_film_of(request, course, lesson), by=request.user, at=at)
            make_films.delay_on_commit()
        else:
            raise Http404
    except RuleBroken as broken:
        return str(broken)
    return ""


def _film_of(request: HttpRequest, course: Course, lesson: Lesson) -> object:
    try:
        uid = uuid.UUID(request.POST.get("film", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    found = selectors.film_to_edit(request.user, uid)
    if (found.course_id, found.lesson_key) != (course.pk, lesson.key):
        raise Http404
    return found


@needs_role(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def captions(request: HttpRequest, code: str, key: str, position: int, language: str) -> HttpResponse:
    course, version, lesson = selectors.lesson_to_film(request.user, code, key)
    video = get_object_or_404(lesson.videos, position=position)
    if language not in LANGUAGES:
        raise Http404
    stored_key = getattr(video, f"captions_{language}_key")
    stored = _text(stored_key)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CaptionsForm(*sent, video=video, stored=stored, initial={"text": stored, "known": stored_key})
    if request.method == "POST" and form.is_valid() and _set(request, form, video, language):
        return redirect("courses:captions", course.code, lesson.key, position, language)
    at = clock.now()
    context = {
        "course": course,
        "version": version,
        "lesson": lesson,
        "video": video,
        "language": language,
        "form": form,
        "may_edit": version.is_editable,
        "watch": media_url(video.mp4_key, user=request.user, at=at),
        "poster": media_url(video.poster_key, user=request.user, at=at),
        "track": media_url(stored_key, user=request.user, at=at) if stored_key else "",
    }
    return render(request, "courses/captions.html", context, status=422 if sent else 200)


def _set(request: HttpRequest, form: CaptionsForm, video: Video, language: str) -> bool:
    try:
        set_captions(
            video,
            language=language,
            cues=form.cues,
            known=form.cleaned_data["known"],
            by=request.user,
            at=clock.now(),
            as_transcript=form.cleaned_data["transcript"],
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return False
    return True


def _text(key: str) -> str:
    if not key or not default_storage.exists(key):
        return ""
    with default_storage.open(key, "rb") as file:
        return file.read().decode("utf-8", "replace")
