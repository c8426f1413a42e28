"""Questions at the lessons of tests/learners/lessons.py, at a chosen point of their way."""

import datetime as dt

from courses.models import Course
from learners.models import Enquiry, FaqEntry
from learners.services import answering, asking
from portal.accounts.roles import Role
from tests import factories
from tests.learners.lessons import Learning

TEXT = "立板厚、底板薄，焊枪还是 45° 吗？问的是𠮷师傅那一段，见买买提·艾力的图。"
ANSWER = "往薄板那边让开，偏向厚板 **5°–10°**。"
FAQ = {"question_zh": "立板厚、底板薄时焊枪的角度是多少？", "answer_zh": ANSWER}
WHY = "内容辱骂他人，不能公开。"
OTHER_SCHOOL = "91513224YYYXEW2XXJ"


def ask(learning: Learning, *, at: dt.datetime | None = None, key: str = "film", **told: object) -> Enquiry:
    told = {"text": TEXT, "second": 65 if key == "film" else None} | told
    return asking.ask(learning.enrolment, learning.facts(key), by=learning.user, at=at or learning.at, **told)


def teacher(at: dt.datetime, role: Role = Role.INSTRUCTOR):
    return factories.staff(role, at=at, name="周建军")


def answered(
    learning: Learning, *, by: object = None, at: dt.datetime | None = None, **told: object
) -> Enquiry:
    at = at or learning.at
    made = ask(learning, at=at, **told)
    return answering.answer(made, text=ANSWER, by=by or teacher(at), at=at + dt.timedelta(hours=5))


def published(learning: Learning, *, by: object = None, **words: str) -> FaqEntry:
    by = by or teacher(learning.at)
    made = answered(learning, by=by)
    return answering.publish(made, by=by, at=learning.at + dt.timedelta(hours=6), **(FAQ | words))


def of_another_school(version: object) -> None:
    """Afterwards the course of this version belongs to a provider of Sichuan."""
    school = factories.organisation(OTHER_SCHOOL, code="510000")
    Course.objects.filter(pk=version.course_id).update(organisation=school)
