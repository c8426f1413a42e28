"""A film's page: addresses for this reader, what the script needs to know, what is said in it, what it asks."""

import datetime as dt

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from courses import selectors as courses
from learners import counting
from learners.forms.quiz import PinnedForm
from learners.models import Enrolment
from learners.selectors import time as hours
from learners.views.asking import moment

SPEEDS = (75, 100, 125, 150, 200)
"""In per cent, as the page offers them."""
_MEGABYTE = 1_000_000


def asked_second(request: HttpRequest, facts: courses.LessonFacts, found: hours.LessonCoverage) -> int | None:
    """The second that a link asks for, from this page (`?t=75`) or from a learner's question (`?at=75`).

    Where skipping is off, no later than what was seen.
    """
    asked = (moment(request, facts, name) for name in ("at", "t"))
    second = next((second for second in asked if second is not None), None)
    return min(second, found.high_water // 1000) if second is not None and facts.no_skip else second


def film_page(
    request: HttpRequest,
    enrolment: Enrolment,
    facts: courses.LessonFacts,
    found: hours.LessonCoverage,
    *,
    at: dt.datetime,
    tried: PinnedForm | None = None,
) -> dict[str, object]:
    """The context of the page; `tried` is the answer to a question of the film that was just given without a script."""

    def address(key: str | None) -> str:
        return courses.media_url(key, user=request.user, at=at) if key else ""

    film = facts.video
    second = asked_second(request, facts, found)
    pinned = _pinned(facts, tried)
    return {
        "film": film,
        "mp4_url": address(film.mp4_key) + (f"#t={second}" if second else "") if film else "",
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
        "tracks": _tracks(film, address),
        "said": courses.spoken_sentences(film) if film else [],
        "pinned": pinned,
        "speeds": [(rate, f"{rate / 100:g}", speed_words(rate)) for rate in SPEEDS],
        "weights": _weights(film),
        "config": {
            "open": reverse("api-play-open"),
            "enrolment": enrolment.pk,
            "lesson": facts.key,
            "seconds": facts.seconds,
            "position": found.position if second is None else second * 1000,
            "high_water": found.high_water,
            "no_skip": facts.no_skip,
            "counts": enrolment.state == "active" and not found.shut,
            "hls": address(film.hls_key) if film else "",
            "audio": address(film.audio_key) if film else "",
            "bytes": film.bytes if film else 0,
            "pins": [
                {
                    "moment": form.question.moment,
                    "form": f"pin-{form.question.id}",
                    "try": reverse("api-try", args=[enrolment.pk, form.question.id]),
                }
                for form in pinned
                if form.question.moment < facts.seconds
            ],
        },
    }


def speed_words(rate: int) -> str:
    """What a speed costs, by the rule."""
    share = counting.share(rate)
    if share == 1:
        return _("all of it counts")
    return _("%(percent)s %% of it counts") % {"percent": int(share * 100)}


def _tracks(film: courses.VideoFacts | None, address: object) -> list[tuple[str, str, bool]]:
    """Language, address, and whether it is the reader's own."""
    own = film.captions_key if film else None
    return [(track.language, address(track.key), track.key == own) for track in film.captions] if film else []


def _weights(film: courses.VideoFacts | None) -> dict[str, int]:
    """Megabytes of the whole film, by what is played; what there is not is left out."""
    if film is None:
        return {}
    told = {"smallest": film.smallest_bytes, "audio": film.audio_bytes, "whole": film.bytes}
    return {name: max(1, round(size / _MEGABYTE)) for name, size in told.items() if size}


def _pinned(facts: courses.LessonFacts, tried: PinnedForm | None) -> list[PinnedForm]:
    forms = [PinnedForm(question) for question in courses.pinned_questions(facts.id)]
    return [tried if tried and tried.question.id == form.question.id else form for form in forms]


def pinned_form(facts: courses.LessonFacts, question_id: int, data: object) -> PinnedForm:
    """Raises Http404 for what does not stand in this lesson's film."""
    for question in courses.pinned_questions(facts.id):
        if question.id == question_id:
            return PinnedForm(question, data)
    raise Http404
