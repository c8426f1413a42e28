"""A course whose quiz and exam ask one question of every kind, and what answers them rightly and wrongly."""

import datetime as dt
import io
import struct
import zlib
from decimal import Decimal

from courses import pictures
from courses import services as catalogue
from courses.models import Course, Occupation, Question
from learners.models import Attempt, Enrolment, HandMark
from learners.services import assessment
from learners.services.completion import hand_in
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories
from tests.learners import study

SECRET = ("接地𠮷线", "earth lead")
"""Accepted texts: on no page before the answer is marked."""
STEPS = [("A", "先验电"), ("B", "再挂接地线"), ("C", "然后挂警示牌"), ("D", "最后开工")]
SPOTS = [("A", "开关", [5, 5, 30, 30]), ("B", "电缆", [40, 40, 20, 20]), ("C", "接地端子", [70, 60, 25, 30])]
RIGHT = {
    "single": ["A"],
    "multiple": ["A", "C"],
    "true_false": ["A"],
    "numeric": ["１２．５"],
    "hotspot": ["C"],
    "short_text": [" 接地𠮷线。"],
}


def png(width: int = 64, height: int = 48) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\x00" + b"\x40\x80\xc0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def words(kind: str) -> dict[str, object]:
    """What is asked in that kind."""
    said: dict[str, object] = {"kind": kind, "stem_zh": f"题{kind}：检修前？", "why_zh": "电会伤人。"}
    if kind == "numeric":
        more = {"number": Decimal("12.5"), "tolerance": Decimal("0.1"), "unit": "mm"}
        return said | more
    if kind == "short_text":
        return said | {"accepted": list(SECRET)}
    if kind == "ordering":
        return said | {
            "options": [{"key": key, "zh": zh} for key, zh in STEPS],
            "right": ["A", "B", "C", "D"],
        }
    if kind == "hotspot":
        options = [{"key": key, "zh": zh, "area": area} for key, zh, area in SPOTS]
        picture = {"picture_key": pictures.keep_picture(io.BytesIO(png())), "picture_zh": "配电箱"}
        return said | picture | {"options": options, "right": ["C"]}
    options = study.OPTIONS[:2] if kind == "true_false" else study.OPTIONS
    return said | {"options": options, "right": RIGHT[kind]}


def publish(
    at: dt.datetime, *, code: str = "GZ-K1", kinds: tuple[str, ...] = tuple(Question.Kind.values)
) -> Course:
    author, keeper = factories.user("author", at=at), factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    course = catalogue.create_course(
        code=code,
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(edition="2022").first(),
        certificate_kind="completion",
        level=None,
        title_zh="各种题型𠮷",
        hours=3,
        delivery="assessment",
        by=author,
        at=at,
    )
    told = {"by": author, "at": at}
    catalogue.add_lesson(
        course, key="page", kind="reading", title_zh="读一读", body_zh="<p>先断电。</p>", **told
    )
    quiz = catalogue.add_lesson(course, key="quiz", kind="quiz", title_zh="小测", **told)
    for kind in kinds:
        catalogue.add_question(course, lesson=quiz, for_exam=True, **words(kind), **told)
    catalogue.set_blueprint(
        course, questions=len(kinds), pass_mark_percent=60, minutes=30, attempts=3, **told
    )
    catalogue.submit(course, by=author, at=at)
    return catalogue.publish(course, by=keeper, at=at)


def right(question: Question) -> list[str]:
    return list(question.right_keys) if question.kind == "ordering" else RIGHT[question.kind]


def answers(enrolment: Enrolment, **other: list[str]) -> dict[int, list[str]]:
    """Right answers of the version by question id; `other` says another one by kind."""
    rows = Question.objects.filter(version=enrolment.version_id)
    return {row.pk: other.get(row.kind, right(row)) for row in rows}


def ready(at: dt.datetime, *, user: User | None = None, course: Course | None = None) -> Enrolment:
    from courses import selectors as courses
    from learners.services import quizzes, time

    enrolment = study.enrolled(at, user=user, course=course or publish(at))
    outline = courses.outline(enrolment.version_id)
    hour = enrolment.edition.class_hour_seconds
    wall = at - dt.timedelta(days=2 + next(study._wall))
    time.credit(
        enrolment,
        outline.lesson("page"),
        kind="reading",
        wall=(wall, wall + dt.timedelta(seconds=3 * hour)),
        seconds=3 * hour,
        at=at,
    )
    quizzes.submit_quiz(
        enrolment, outline.lesson("quiz"), answers(enrolment), opened_at=at - dt.timedelta(seconds=40), at=at
    )
    return enrolment


def sit(enrolment: Enrolment, *, at: dt.datetime, **other: list[str]) -> Attempt:
    attempt = assessment.start_attempt(enrolment, by=enrolment.user, at=at)
    for question_id, given in answers(enrolment, **other).items():
        assessment.save_answer(attempt, question_id, given, at=at)
    return attempt


def waiting(*, at: dt.datetime, user: User | None = None) -> HandMark:
    """One short text that waits for a person."""
    attempt = sit(ready(at, user=user), at=at, short_text=["黄绿双色线"])
    hand_in(attempt, by=attempt.enrolment.user, at=at)
    return HandMark.objects.get(attempt=attempt)
