"""The demo course from courses/data/demo_course.json: drawn films, a page to read, a quiz and an exam's bank."""

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from courses import films, pictures
from courses.models import Course, Lesson, Occupation, Question, Section
from courses.services.catalogue import create_course
from courses.services.content import FilmFiles, add_film
from courses.services.films import take_up
from courses.services.lessons import add_lesson
from courses.services.making import work
from courses.services.practice import set_task
from courses.services.questions import add_question, set_blueprint
from courses.services.sections import add_section
from courses.services.steps import publish, submit
from portal.accounts.models import Organisation, Province, User

_DATA = Path(__file__).resolve().parents[1] / "data"
SOURCE, BENCH = _DATA / "demo_course.json", _DATA / "demo_bench.json"


def _moment(seconds: float) -> str:
    whole, rest = divmod(seconds, 60)
    return f"00:{int(whole):02d}:{rest:06.3f}"


def captions(cues: list[dict], language: str) -> str:
    """WebVTT of the cues in `zh` or `en`."""
    rows = [f"{_moment(cue['from'])} --> {_moment(cue['to'])}\n{cue[language]}" for cue in cues]
    return "\n\n".join(["WEBVTT", *rows, ""])


def _transcript(cues: list[dict], language: str) -> str:
    return "\n".join(cue[language] for cue in cues)


def _options(rows: list[list]) -> list[dict[str, object]]:
    named = [{"key": chr(ord("A") + n), "zh": zh, "en": en} for n, (zh, en, *_area) in enumerate(rows)]
    return [option | {"area": row[2]} if row[2:] else option for option, row in zip(named, rows, strict=True)]


def _of_its_kind(asked: dict) -> dict[str, object]:
    """What only some kinds have. The steps of an ordering stand in the right order."""
    options = _options(asked.get("options", []))
    if asked["kind"] == Question.Kind.ORDERING:
        return {"options": options, "right": [option["key"] for option in options]}
    if asked["kind"] == Question.Kind.NUMERIC:
        names = ("number", "tolerance")
        return {name: Decimal(asked[name]) for name in names} | {"unit": asked["unit"]}
    if asked["kind"] == Question.Kind.SHORT_TEXT:
        return {"accepted": asked["accepted"]}
    told: dict[str, object] = {"options": options, "right": list(asked["right"])}
    if asked["kind"] == Question.Kind.HOTSPOT:
        picture = pictures.keep_picture(io.BytesIO(films.still(*asked["picture"])))
        told |= {
            "picture_key": picture,
            "picture_zh": asked["picture_zh"],
            "picture_en": asked["picture_en"],
        }
    return told


def _ask(
    course: Course,
    asked: dict,
    *,
    by: User,
    at: dt.datetime,
    lesson: Lesson | None = None,
    for_exam: bool = False,
) -> None:
    add_question(
        course,
        kind=asked["kind"],
        stem_zh=asked["zh"],
        stem_en=asked["en"],
        **_of_its_kind(asked),
        why_zh=asked.get("why_zh", ""),
        why_en=asked.get("why_en", ""),
        moment=asked.get("moment"),
        lesson=lesson,
        for_exam=for_exam,
        by=by,
        at=at,
    )


def _teach(course: Course, told: dict, *, section: Section, by: User, at: dt.datetime) -> None:
    cues = told.get("cues", [])
    lesson = add_lesson(
        course,
        key=told["key"],
        kind=told["kind"],
        section=section,
        teaching=told.get("teaching", Lesson.Teaching.THEORY),
        title_zh=told["zh"],
        title_en=told["en"],
        body_zh=told.get("body_zh", ""),
        body_en=told.get("body_en", ""),
        transcript_zh=_transcript(cues, "zh"),
        transcript_en=_transcript(cues, "en"),
        seconds=int(cues[-1]["to"]) if cues else 0,
        by=by,
        at=at,
    )
    for asked in told["questions"]:
        _ask(course, asked, lesson=lesson, by=by, at=at)
    if told["kind"] == Lesson.Kind.VIDEO:
        made = films.make(told["film"], settings.VAR_DIR / "films")
        files = FilmFiles(
            film=made.film,
            poster=made.poster,
            captions_zh=captions(cues, "zh"),
            captions_en=captions(cues, "en"),
            chapters=[{"seconds": start, "zh": zh, "en": en} for start, zh, en in told["chapters"]],
        )
        add_film(lesson, files=files, by=by, at=at)


@transaction.atomic
def load_demo_course(
    *,
    by: User,
    second: User,
    at: dt.datetime,
    province: Province,
    organisation: Organisation,
    code: str = "",
) -> Course:
    """Make and publish the demo course once; `second` publishes what `by` made. The films take about 25 s the first time.

    The standard it is to meet (load_sample_standards) must be in force. Raises films.CannotMake and what the services
    raise; then nothing of it is kept.
    """
    told = json.loads(SOURCE.read_text(encoding="utf-8"))
    code = code or told["code"]
    if found := Course.objects.filter(code=code).first():
        return found
    course = create_course(
        code=code,
        province=province,
        organisation=organisation,
        occupation=Occupation.objects.get(code=told["occupation"], edition=told["edition"]),
        certificate_kind=told["certificate_kind"],
        level=told["level"],
        hours=int(told["hours"]),
        delivery=told["delivery"],
        title_zh=told["title_zh"],
        title_en=told["title_en"],
        summary_zh=told["summary_zh"],
        summary_en=told["summary_en"],
        for_subsidy=told["for_subsidy"],
        by=by,
        at=at,
    )
    lessons = {lesson["key"]: lesson for lesson in told["lessons"]}
    for chapter in told["sections"]:
        section = add_section(
            course,
            key=chapter["key"],
            title_zh=chapter["zh"],
            title_en=chapter["en"],
            module=chapter["module"],
            by=by,
            at=at,
        )
        for key in chapter["lessons"]:
            _teach(course, lessons[key], section=section, by=by, at=at)
    for asked in told["exam_questions"]:
        _ask(course, asked, for_exam=True, by=by, at=at)
    set_blueprint(course, **told["exam"], by=by, at=at)
    submit(course, by=by, at=at)
    return publish(course, by=second, at=at)


@transaction.atomic
def load_demo_bench(
    *, by: User, second: User, at: dt.datetime, province: Province, organisation: Organisation
) -> Course:
    """Make and publish the demo's course with a practical task once: a page, an exam, and work at the bench."""
    told = json.loads(BENCH.read_text(encoding="utf-8"))
    if found := Course.objects.filter(code=told["code"]).first():
        return found
    course = create_course(
        code=told["code"],
        province=province,
        organisation=organisation,
        occupation=Occupation.objects.get(code=told["occupation"], edition=told["edition"]),
        certificate_kind="completion",
        level=None,
        hours=int(told["hours"]),
        delivery="assessment",
        title_zh=told["title_zh"],
        title_en=told["title_en"],
        summary_zh=told["summary_zh"],
        summary_en=told["summary_en"],
        by=by,
        at=at,
    )
    page = add_lesson(
        course,
        kind=Lesson.Kind.READING,
        title_zh=told["page"]["zh"],
        title_en=told["page"]["en"],
        body_zh=told["page"]["body_zh"],
        body_en=told["page"]["body_en"],
        by=by,
        at=at,
    )
    for asked in told["questions"]:
        _ask(course, asked, lesson=page, for_exam=True, by=by, at=at)
    lesson = add_lesson(
        course,
        key=told["lesson"]["key"],
        kind=Lesson.Kind.PRACTICAL,
        teaching=Lesson.Teaching.PRACTICE,
        title_zh=told["lesson"]["zh"],
        title_en=told["lesson"]["en"],
        by=by,
        at=at,
    )
    set_task(lesson, words=told["task"], by=by, at=at)
    set_blueprint(course, **told["exam"], by=by, at=at)
    submit(course, by=by, at=at)
    return publish(course, by=second, at=at)


def demo_work() -> tuple[Path, list[dict]]:
    """A drawn film that stands for a learner's work, and what two assessors say of it."""
    made = films.make("work", settings.VAR_DIR / "films")
    return made.film, json.loads(BENCH.read_text(encoding="utf-8"))["papers"]


def make_waiting_films(*, at: dt.datetime) -> None:
    """What a worker would do in the next minutes, done now."""
    while film := take_up(at=at):
        work(film, now=lambda: at)
