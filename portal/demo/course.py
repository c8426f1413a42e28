"""The course that can be finished in minutes, made and published by the people of the demo."""

import datetime as dt
import json
from pathlib import Path

from django.apps import apps
from django.db import transaction

from courses.selectors.catalogue import published_courses
from courses.services import catalogue, content
from portal.accounts.models import Province, User
from portal.demo import accounts, films
from portal.demo.people import GUIZHOU, SCHOOL

WORDS = json.loads(Path(__file__).with_name("care_course.json").read_text(encoding="utf-8"))
CODE = WORDS["code"]


def make(*, by: User, published_by: User, at: dt.datetime) -> bool:
    """Write, submit and publish it; False if it is there. Two people, as for every course."""
    if published_courses().filter(code=CODE).exists():
        return False
    # drawing takes seconds, so it is done before the first lock
    drawn = [(row, *_draw(row)) for row in WORDS["films"]]
    with transaction.atomic():
        course = _draft(by=by, at=at)
        for row, script, film, poster in drawn:
            _film_lesson(course, row, script, film, poster, by=by, at=at)
        content.add_lesson(course, kind="reading", by=by, at=at, **WORDS["reading"])
        quiz = WORDS["quiz"]
        lesson = content.add_lesson(
            course,
            key=quiz["key"],
            kind="quiz",
            title_zh=quiz["title_zh"],
            title_en=quiz["title_en"],
            by=by,
            at=at,
        )
        _ask(course, quiz["questions"], lesson, by=by, at=at)
        content.set_blueprint(course, by=by, at=at, **WORDS["exam"])
        catalogue.submit(course, by=by, at=at)
        catalogue.publish(course, by=published_by, at=at)
    return True


def _draw(row: dict) -> tuple[films.Script, Path, Path]:
    script = films.Script(
        row["title_zh"], row["title_en"], row["colour"], tuple((zh, en) for zh, en in row["steps"])
    )
    return script, *films.draw(script)


def _draft(*, by: User, at: dt.datetime) -> object:
    # another app's model by name: creating a course is the one service that wants the row itself
    occupation = apps.get_model("courses", "Occupation").objects.get(code=WORDS["occupation"])
    return catalogue.create_course(
        code=CODE,
        province=Province.objects.get(pk=GUIZHOU),
        organisation=accounts.organisation(SCHOOL),
        occupation=occupation,
        certificate_kind="level",
        level=WORDS["level"],
        title_zh=WORDS["title_zh"],
        title_en=WORDS["title_en"],
        summary_zh=WORDS["summary_zh"],
        summary_en=WORDS["summary_en"],
        hours=WORDS["hours"],
        delivery="video",
        is_sample=True,
        by=by,
        at=at,
    )


def _film_lesson(
    course: object, row: dict, script: films.Script, film: Path, poster: Path, *, by: User, at: dt.datetime
) -> None:
    lesson = content.add_lesson(
        course,
        key=row["key"],
        kind="video",
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        seconds=script.seconds,
        transcript_zh="。".join(zh for zh, _en in script.steps) + "。",
        transcript_en=". ".join(en for _zh, en in script.steps) + ".",
        by=by,
        at=at,
    )
    files = content.FilmFiles(
        film=film,
        poster=poster,
        captions_zh=films.captions(script, english=False),
        captions_en=films.captions(script, english=True),
        chapters=films.chapters(script),
    )
    content.add_film(lesson, files=files, by=by, at=at)
    _ask(course, row["questions"], lesson, by=by, at=at)


def _ask(course: object, rows: list[dict], lesson: object, *, by: User, at: dt.datetime) -> None:
    """Every question is asked in its lesson and stands in the bank of the exam."""
    for row in rows:
        content.add_question(
            course,
            kind=row["kind"],
            stem_zh=row["zh"],
            stem_en=row["en"],
            options=[
                {"key": key, "zh": zh, "en": en}
                for key, (zh, en) in zip("ABCDEF", row["options"], strict=False)
            ],
            right=set(row["right"]),
            lesson=lesson,
            for_exam=True,
            by=by,
            at=at,
        )
