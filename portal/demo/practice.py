"""A course with a practical task, and a learner's two films of it: one assessed, one that waits for its assessors."""

import datetime as dt

from courses import selectors as courses
from courses import services as catalogue
from learners.selectors.enrolment import live_enrolment
from learners.services import assessing, practice
from learners.services.enrolment import enrol
from learners.sheets import Mark, Ruling, Sheet
from portal.accounts.models import Organisation, Province, User


def show(people: dict[str, User], *, province: Province, organisation: Organisation, at: dt.datetime) -> int:
    """Make them once; gives how many films are new."""
    course = catalogue.load_demo_bench(
        by=people["instructor"],
        second=people["catalogue"],
        at=at,
        province=province,
        organisation=organisation,
    )
    learner = people["learner"]
    if live_enrolment(learner, course.code) is not None:
        return 0
    enrolment = enrol(learner, course.code, at=at)
    lesson = courses.outline(enrolment.version_id).lesson("seam")
    task, (_film, papers) = courses.practical_task(lesson.id), catalogue.demo_work()
    first = _sent(enrolment, lesson, at=at)
    for paper, row in zip(papers, first.assessments.order_by("seat"), strict=True):
        told = {"by": row.assessor, "at": at}
        assessing.save_sheet(row, _sheet(task, paper), **told)
        assessing.hand_in_paper(row, **told)
    _sent(enrolment, lesson, at=at)
    return 2


def _sent(enrolment: object, lesson: courses.LessonFacts, *, at: dt.datetime) -> object:
    """A film all the way to its assessors."""
    told = {"by": enrolment.user, "at": at}
    path, _papers = catalogue.demo_work()
    size = path.stat().st_size
    begun = practice.begin_submission(enrolment, lesson, name="我的焊缝.mp4", size=size, **told)
    with path.open("rb") as source:
        catalogue.receive(begun.film, start=0, source=source, length=size, **told)
    catalogue.make_waiting_films(at=at)
    return practice.hand_in_film(begun, declared=True, **told)


def _sheet(task: courses.PracticalFacts, paper: dict) -> Sheet:
    rows = zip(task.criteria, paper["levels"], paper["seconds"], paper["comments"], strict=True)
    return Sheet(
        {row.number: Mark(level, second, comment) for row, level, second, comment in rows},
        {rule.number: Ruling(False) for rule in task.rules},
        paper["advice"],
    )
