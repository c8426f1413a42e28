"""A course with a live class and practice on site, so that both can be seen: a class and a workshop day, soon."""

import datetime as dt

from django.http import Http404

from courses import selectors as courses
from courses import services
from courses.selectors.occupations import occupation_by_code
from learners.services.classes import plan_meeting
from portal.accounts.models import Organisation, Province, User

CODE = "GZ-LIVE1"
SOON = dt.timedelta(minutes=30)
OPTIONS = [
    {"key": "A", "zh": "先断电，再验电", "en": "Switch off first, then test"},
    {"key": "B", "zh": "直接动手", "en": "Begin at once"},
]


def hold_classes(
    *, by: User, second: User, province: Province, organisation: Organisation, at: dt.datetime
) -> int:
    """The course and its dates, once; gives how many dates are new."""
    try:
        courses.course_visible_to(by, CODE)
    except Http404:
        pass
    else:
        return 0
    told = {"by": by, "at": at}
    course = services.create_course(
        code=CODE,
        province=province,
        organisation=organisation,
        occupation=occupation_by_code("6-31-01-03"),
        certificate_kind="completion",
        level=None,
        hours=2,
        delivery="live",
        title_zh="电工实操：直播课与实训",
        title_en="Electrical practice: live class and workshop",
        summary_zh="先在直播课上听讲，再到实训楼动手。",
        summary_en="Listen in the live class, then work with your hands.",
        **told,
    )
    live = services.add_lesson(
        course,
        key="live",
        kind="live",
        title_zh="直播课：检修前的五步",
        title_en="Live: five steps",
        planned_seconds=2_700,
        **told,
    )
    practice = services.add_lesson(
        course,
        key="practice",
        kind="practical",
        title_zh="实训：停电与验电",
        title_en="Practice: switching off and testing",
        body_zh="<p>带工作服和绝缘鞋。</p>",
        planned_seconds=2_700,
        on_site=True,
        **told,
    )
    for number in (1, 2, 3):
        services.add_question(
            course,
            kind="single",
            stem_zh=f"检修前第 {number} 步之前，先做什么？",
            stem_en=f"What comes before step {number}?",
            options=OPTIONS,
            right={"A"},
            for_exam=True,
            **told,
        )
    services.set_blueprint(course, questions=2, pass_mark_percent=60, minutes=10, attempts=3, **told)
    services.submit(course, **told)
    services.publish(course, by=second, at=at)
    dates = {"by": by, "at": at, "begins_at": at + SOON, "seconds": 2_700, "capacity": 40}
    window = {"check_in": SOON}
    plan_meeting(live.pk, url="https://live.example.com/five-steps", **dates, **window)
    plan_meeting(practice.pk, place="贵阳市示例路 5 号 实训楼 3 层", **dates, **window)
    return 2
