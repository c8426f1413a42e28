"""A course with lessons of every kind, and somebody learning it, for tests of learning time."""

import datetime as dt
from dataclasses import dataclass, field

from courses import selectors as courses
from courses import services as catalogue
from courses.models import CourseVersion, Occupation, Question
from learners.models import CountingEdition, Coverage, Enrolment, LedgerHead
from learners.selectors.proofs import broken
from learners.services import credit
from portal.accounts.models import User
from tests import factories
from tests.learners.study import add_questions

OPTIONS = [
    {"key": key, "zh": zh, "en": en}
    for key, zh, en in (
        ("A", "先断电", "Switch off first"),
        ("B", "先通电", "Switch on first"),
        ("C", "不用管", "Do nothing"),
        ("D", "问别人", "Ask somebody"),
    )
]
TEXT = "焊" * 300


@dataclass
class Learning:
    """Who learns what; `facts("film")` are the lesson's facts as the catalogue hands them out."""

    enrolment: Enrolment
    user: User
    at: dt.datetime
    extra: dict = field(default_factory=dict)

    def facts(self, key: str) -> courses.LessonFacts:
        return courses.outline(self.enrolment.version_id).lesson(key)


def version(
    at: dt.datetime,
    *,
    code: str = "GZ-T1",
    film: int = 2_700,
    no_skip: bool = False,
    hours: int = 3,
    with_questions: bool = True,
) -> CourseVersion:
    author = factories.user("author", at=at)
    course = catalogue.create_course(
        code=code,
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(edition="2022").first(),
        certificate_kind="completion",
        level=None,
        title_zh="安全用电入门",
        title_en="Safe use of electricity",
        hours=hours,
        delivery="video",
        by=author,
        at=at,
    )
    told = {"by": author, "at": at}
    movie = catalogue.add_lesson(
        course,
        key="film",
        kind="video",
        title_zh="平角焊",
        title_en="Flat fillet welds",
        seconds=film,
        transcript_zh=TEXT,
        no_skip=no_skip,
        **told,
    )
    catalogue.add_lesson(
        course, key="short", kind="video", title_zh="短片", seconds=37, no_skip=no_skip, **told
    )
    page = catalogue.add_lesson(
        course, key="page", kind="reading", title_zh="读一读", body_zh=f"<p>{TEXT}</p>", **told
    )
    catalogue.add_lesson(course, key="quiz", kind="quiz", title_zh="小测", **told)
    if with_questions:
        asked = [
            Question(
                kind="single",
                stem_zh=f"第{number + 1}问：检修前先做什么？",
                stem_en=f"Question {number + 1}",
                options=OPTIONS,
                right_keys=["A"],
                lesson=lesson,
            )
            for lesson in (movie, page)
            for number in range(3)
        ]
        add_questions(course, asked)
    return CourseVersion.objects.get(course=course)


def learning(
    at: dt.datetime,
    *,
    user: User | None = None,
    of: CourseVersion | None = None,
    edition: CountingEdition | None = None,
    **facts: object,
) -> Learning:
    user = user or factories.learner(at=at)
    of = of or version(at, **facts)
    enrolment = Enrolment.objects.create(
        user=user,
        province_id="520000",
        course_code=of.course.code,
        version=of,
        edition=edition or CountingEdition.objects.get(province=None),
        required_percent=80,
        counts_for_subsidy=True,
        enrolled_at=at - dt.timedelta(days=1),
    )
    return Learning(enrolment, user, at)


def shut(learning: Learning, key: str = "page", *, at: dt.datetime | None = None) -> Coverage:
    """Three wrong answers about the text shut the lesson."""
    facts, opened = learning.facts(key), at or learning.at
    for _turn in range(3):
        asked = credit.page_questions(learning.enrolment, facts)
        opened += dt.timedelta(minutes=2)
        credit.read_page(
            learning.enrolment,
            facts,
            by=learning.user,
            opened_at=opened,
            at=opened + dt.timedelta(minutes=1),
            answers={question.id: frozenset("B") for question in asked},
        )
    return Coverage.objects.get(enrolment=learning.enrolment, lesson_id=facts.id)


def fictional_edition(at: dt.datetime, **numbers: int) -> CountingEdition:
    """The demo world's numbers: an hour is 30 seconds."""
    from learners.services.editions import publish_edition

    told = {
        "class_hour_seconds": 30,
        "beat_ms": 3_000,
        "min_gap_ms": 1_500,
        "max_gap_ms": 120_000,
        "check_min_ms": 20_000,
        "check_max_ms": 30_000,
        "silent_after_seconds": 60,
        **numbers,
    }
    return publish_edition(
        province=factories.province(),
        name="Test edition",
        valid_from=dt.date(2020, 1, 1),
        by=None,
        at=at,
        fictional=True,
        **told,
    )


def answers_for(learning, key, *, right=True):
    asked = credit.page_questions(learning.enrolment, learning.facts(key))
    assert asked
    return {q.id: frozenset("A" if right else "B") for q in asked}


def read(learning: Learning, key="page", *, minutes, right=True, after=dt.timedelta()):
    return credit.read_page(
        learning.enrolment,
        learning.facts(key),
        by=learning.user,
        opened_at=learning.at + after,
        at=learning.at + after + dt.timedelta(minutes=minutes),
        answers=answers_for(learning, key, right=right),
    )


def assert_chain_holds(user):
    head = LedgerHead.objects.get(user=user)
    assert list(broken([head], after=user.pk - 1, last=True)) == [head.length]
