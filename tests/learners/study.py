"""A published course with an exam and a quiz, and a learner at a chosen point of it, for tests of studying."""

import datetime as dt
import itertools

from courses import selectors as courses
from courses import services as catalogue
from courses.models import Course, CourseVersion, Occupation, Question
from courses.selectors.providers import licence_of
from learners.models import Attempt, Enrolment
from learners.services import assessment, quizzes, time
from learners.services import enrolment as enrolments
from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories

OPTIONS = [
    {"key": "A", "zh": "先断电", "en": "Switch off first"},
    {"key": "B", "zh": "先通电", "en": "Switch on first"},
    {"key": "C", "zh": "问𠮷师傅", "en": "Ask the master"},
]
_wall = itertools.count(1)


def publish(
    at: dt.datetime,
    *,
    code: str = "GZ-S1",
    exam: int = 4,
    seconds: int = 90,
    version_of: Course | None = None,
    subsidised: bool = False,
    task: dict | None = None,
) -> Course:
    """3 hours, one film of `seconds`, one quiz of two questions; a bank of `exam` + 2 questions of which `exam` are asked.

    With a `task` there is a practical lesson `bench`. Enrolments do not count for the subsidy; with `subsidised` they do: it is offered for it, its provider is listed.
    """
    author, keeper = factories.user("author", at=at), factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    course = catalogue.create_course(
        code=code,
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(edition="2022").first(),
        certificate_kind="completion",
        level=None,
        title_zh="安全用电𠮷入门",
        title_en="Safe use of electricity",
        hours=3,
        delivery="assessment",
        by=author,
        at=at,
    )
    told = {"by": author, "at": at}
    page = catalogue.add_lesson(
        course, key="page", kind="reading", title_zh="读一读", body_zh="<p>先断电。</p>", **told
    )
    quiz = catalogue.add_lesson(course, key="quiz", kind="quiz", title_zh="小测", **told)
    asked = [_asked(f"小测第{number + 1}题", lesson=quiz) for number in range(2)]
    for number in range(exam + 2):
        kind = ("single", "multiple", "true_false")[number % 3]
        asked.append(_asked(f"第{number + 1}题：检修前先做什么？", kind=kind, lesson=page, for_exam=True))
    add_questions(course, asked)
    if task is not None:
        bench = catalogue.add_lesson(
            course, key="bench", kind="practical", title_zh="上手焊一条平焊缝", **told
        )
        catalogue.set_task(bench, words=task, **told)
    catalogue.set_blueprint(course, questions=exam, pass_mark_percent=60, minutes=30, attempts=2, **told)
    catalogue.submit(course, by=author, at=at)
    course = catalogue.publish(course, by=keeper, at=at)
    return offer(course, by=keeper, at=at) if subsidised else course


def offer(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Past the check of its standard, which is tested elsewhere."""
    Course.objects.filter(pk=course.pk).update(for_subsidy=True)
    course.refresh_from_db()
    if licence_of(course.organisation_id, course.province_id, on=clock.today(at)) is None:
        catalogue.decide(
            course.organisation,
            course.province,
            "list",
            effective_on=clock.today(at),
            reason="核验通过",
            by=by,
            at=at,
        )
    catalogue.refresh_subsidised(at=at)
    course.refresh_from_db()
    return course


def add_questions(course: Course, asked: list[Question]) -> None:
    """All questions of a draft that has none, in one statement: how they are written one by one is tested elsewhere."""
    version = CourseVersion.objects.get(course=course)
    for position, question in enumerate(asked, 1):
        question.version, question.position = version, position
    Question.objects.bulk_create(asked)


def _asked(stem: str, *, kind: str = "single", **more: object) -> Question:
    return Question(
        kind=kind,
        stem_zh=stem,
        stem_en=stem,
        options=OPTIONS[:2] if kind == "true_false" else OPTIONS,
        right_keys=["A", "C"] if kind == "multiple" else ["A"],
        why_zh="电会伤人。",
        **more,
    )


def right_keys(question_id: int) -> list[str]:
    return list(Question.objects.get(pk=question_id).right_keys)


def wrong_keys(question_id: int) -> list[str]:
    return ["B"]


def enrolled(at: dt.datetime, *, user: User | None = None, course: Course | None = None) -> Enrolment:
    return enrolments.enrol(user or factories.learner(at=at), (course or publish(at)).code, at=at)


def learn(enrolment: Enrolment, *, at: dt.datetime) -> None:
    """Everything before the exam: the page read, the quiz passed, three hours credited in the days before."""
    outline = courses.outline(enrolment.version_id)
    page, quiz = outline.lesson("page"), outline.lesson("quiz")
    hour = enrolment.edition.class_hour_seconds
    wall = at - dt.timedelta(days=2 + next(_wall))
    time.credit(
        enrolment,
        page,
        kind="reading",
        wall=(wall, wall + dt.timedelta(seconds=3 * hour)),
        seconds=3 * hour,
        at=at,
    )
    pass_quiz(enrolment, quiz, at=at)


def pass_quiz(enrolment: Enrolment, lesson: courses.LessonFacts, *, at: dt.datetime) -> None:
    answers = {question.id: ["A"] for question in courses.check_questions(lesson.id)}
    quizzes.submit_quiz(enrolment, lesson, answers, opened_at=at - dt.timedelta(seconds=40), at=at)


def ready(at: dt.datetime, *, user: User | None = None, course: Course | None = None) -> Enrolment:
    """Enrolled and learned: the exam is open."""
    enrolment = enrolled(at, user=user, course=course)
    learn(enrolment, at=at)
    return enrolment


def sit(enrolment: Enrolment, *, at: dt.datetime, right: int | None = None) -> Attempt:
    """Start and answer: the first `right` questions rightly (all where None), the others wrongly."""
    attempt = assessment.start_attempt(enrolment, by=enrolment.user, at=at)
    for place, question_id in enumerate(attempt.question_ids):
        good = right is None or place < right
        keys = right_keys(question_id) if good else wrong_keys(question_id)
        assessment.save_answer(attempt, question_id, keys, at=at + dt.timedelta(seconds=place))
    return attempt
