"""A version as a learner would see it, for its authors and those who decide about it. Nothing is counted."""

import datetime as dt
from copy import copy

from django.http import Http404

from courses.models import Course, CourseVersion, Question
from courses.models.catalogue import WORDS
from courses.selectors.asking import AnswerSheet, answer_sheet
from courses.selectors.content import lesson_body, media_url, outline
from courses.selectors.facts import QuestionFacts
from courses.selectors.pages import course_page
from courses.selectors.questions import check_questions, facts_of
from courses.workflow import State
from portal.accounts.models import User


def as_published(course: Course, version: CourseVersion) -> Course:
    """The course as its page would speak of it were this version published. Not to be saved."""
    shown = copy(course)
    for word in WORDS:
        setattr(shown, word, getattr(version, word))
    shown.state = State.UNLISTED
    return shown


def question_sheet(question: Question, *, user: User, at: dt.datetime) -> AnswerSheet:
    """A question as a learner sees it, without an answer."""
    return _sheet(facts_of(question), 1, user=user, at=at)


def _sheet(asked: QuestionFacts, number: int, *, user: User, at: dt.datetime) -> AnswerSheet:
    picture = media_url(asked.picture_key, user=user, at=at) if asked.picture_key else ""
    return answer_sheet(asked, name=f"preview-{number}", picture=picture, off=True)


def preview_page(course: Course, version: CourseVersion, *, at: dt.datetime) -> dict[str, object]:
    page = course_page(as_published(course, version), at=at, version=version)
    return page | {"may_enrol": False, "preview": True}


def preview_lesson(
    course: Course, version: CourseVersion, key: str, *, user: User, at: dt.datetime
) -> dict[str, object]:
    """One lesson: films by signed links for this reader alone, questions without answers. Raises Http404."""
    whole = outline(version.pk)
    lesson = whole.lesson(key)
    if lesson is None:
        raise Http404
    films = [film for film in (lesson.video, *lesson.angles) if film]
    here = whole.lessons.index(lesson)
    return {
        "course": course,
        "version": version,
        "outline": whole,
        "lesson": lesson,
        "number": here + 1,
        "before": whole.lessons[here - 1] if here else None,
        "after": whole.lessons[here + 1] if here + 1 < len(whole.lessons) else None,
        "body": lesson_body(lesson.id),
        "questions": [
            _sheet(asked, number, user=user, at=at)
            for number, asked in enumerate(check_questions(lesson.id), 1)
        ],
        "films": [
            {
                "facts": film,
                "address": media_url(film.mp4_key, user=user, at=at),
                "poster": media_url(film.poster_key, user=user, at=at) if film.poster_key else "",
                "tracks": [
                    (track.language, media_url(track.key, user=user, at=at)) for track in film.captions
                ],
            }
            for film in films
        ],
    }
