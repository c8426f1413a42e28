"""A learning record per person, in the words of the national standards on online courses as far as they could be confirmed.

GB/T 36642-2018 and GB/T 38865-2020 are sold, not published: docs/exports.md says which names come from public excerpts and
which are our reading. Each name stands once, in `NAMES`.
"""

import datetime as dt
from dataclasses import dataclass

from learners.selectors.mine import MyCourse, courses_of
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.templatetags.zhixun import hours


@dataclass(frozen=True)
class Name:
    """`source` is the standard whose public excerpt has the Chinese term; empty where it is our reading."""

    key: str
    zh: str
    source: str = ""


NAMES = {
    name.key: name
    for name in (
        Name("onlineCourse", "在线课程", "GB/T 36642-2018"),
        Name("learner", "学习者", "GB/T 29805-2013"),
        Name("courseInformation", "课程信息", "GB/T 38865-2020, 8.3"),
        Name("courseLearningRecord", "课程学习记录信息", "GB/T 38865-2020, 8.7"),
        Name("completionCertificate", "结业证书信息", "GB/T 38865-2020, 8.8"),
        Name("assessment", "考核方式信息", "GB/T 38865-2020, 8.4"),
        Name("enrolment", "报名信息", "GB/T 38865-2020, 8.6"),
        Name("identifier", "标识"),
        Name("maskedName", "姓名（隐去）"),
        Name("title", "名称"),
        Name("classHours", "学时"),
        Name("validClassHours", "有效学时"),
        Name("requiredClassHours", "应学学时"),
        Name("lessonsDone", "已学课节"),
        Name("lessons", "课节"),
        Name("enrolledAt", "报名时间"),
        Name("completedOn", "结业日期"),
        Name("state", "学习状态"),
        Name("score", "考试成绩"),
        Name("passed", "是否通过"),
    )
}


def as_json(user: User, *, home: str, at: dt.datetime) -> dict[str, object]:
    """Of the person's own courses; hours are class hours (学时) with at most one decimal."""
    identity = people.identity_of(user)
    return {
        "standard": "GB/T 36642-2018",
        "names": {name.key: {"zh": name.zh, "source": name.source or "zhixun"} for name in NAMES.values()},
        "madeAt": at.isoformat(),
        "learner": {
            "identifier": f"{home}#{user.uid}",
            "maskedName": identity.masked_name if identity else "",
        },
        "courseLearningRecord": [_course(row) for row in courses_of(user, at=at)],
    }


def _course(row: MyCourse) -> dict[str, object]:
    return {
        "courseInformation": {
            "identifier": row.enrolment.course_code,
            "title": row.title,
            "classHours": hours(row.course_hours),
        },
        "enrolment": {"enrolledAt": row.enrolment.enrolled_at.isoformat(), "state": row.enrolment.state},
        "validClassHours": hours(row.hours),
        "requiredClassHours": hours(row.required_hours),
        "lessonsDone": row.done,
        "lessons": row.lessons,
        "assessment": {"score": row.exam.score, "passed": row.exam.state == "passed"},
        "completionCertificate": {"completedOn": row.completed_on.isoformat() if row.completed_on else None},
    }
