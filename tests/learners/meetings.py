"""A course with a live lesson and practice on site, a class planned for it, and people in it."""

import datetime as dt

from courses import services as catalogue
from courses.models import CourseVersion, Lesson
from learners.models import Attendance, Meeting
from learners.selectors import classes as selectors
from learners.services import classes, rolls
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.learners import lessons

MINUTE = dt.timedelta(minutes=1)
PLANNED = 45


def version(
    at: dt.datetime, *, planned: int = PLANNED, code: str = "GZ-T1", task: dict | None = None
) -> CourseVersion:
    """With a `task` the practice on site is to be filmed, too."""
    made = lessons.version(at, code=code, with_questions=False)
    told = {"by": made.created_by, "at": at}
    catalogue.add_lesson(
        made.course, key="live", kind="live", title_zh="直播答疑𠮷", planned_seconds=planned * 60, **told
    )
    bench = catalogue.add_lesson(
        made.course,
        key="task",
        kind="practical",
        title_zh="实训·焊一条焊缝",
        planned_seconds=planned * 60,
        on_site=True,
        **told,
    )
    if task is not None:
        catalogue.set_task(bench, words=task, **told)
    catalogue.set_blueprint(made.course, questions=1, pass_mark_percent=60, minutes=9, attempts=2, **told)
    freeze(made, at)
    return made


def freeze(made: CourseVersion, at: dt.datetime) -> None:
    """As published, without the road through the review."""
    second = factories.staff(Role.PROVINCE_CATALOGUE, at=at, name="publisher")
    CourseVersion.objects.filter(pk=made.pk).update(
        state="submitted", submitted_at=at, submitted_by=made.created_by
    )
    CourseVersion.objects.filter(pk=made.pk).update(state="under_review")
    CourseVersion.objects.filter(pk=made.pk).update(state="published", frozen_at=at, published_by=second)


def plan(of: CourseVersion, host, at: dt.datetime, *, key: str = "live", **changed: object) -> Meeting:
    """An hour from `at`."""
    lesson = Lesson.objects.get(version=of, key=key)
    facts = {
        "begins_at": at + 60 * MINUTE,
        "seconds": PLANNED * 60,
        "capacity": 30,
        "url": "https://live.example.com/room/1" if key == "live" else "",
        "place": "贵阳市实训楼 3 层" if key != "live" else "",
        **changed,
    }
    return classes.plan_meeting(lesson.pk, by=host, at=at, **facts)


def come(meeting: Meeting, learning, at: dt.datetime | None = None) -> Attendance:
    return rolls.check_in(meeting, learning.enrolment, by=learning.user, at=at or meeting.begins_at)


def sit_through(row: Attendance, *, skip: tuple[int, ...] = (), until: dt.datetime | None = None) -> None:
    """Answer each call five seconds after it comes; those in `skip` half a minute too late."""
    while call := selectors.rolled(
        Attendance.objects.select_related("meeting", "enrolment").get(pk=row.pk)
    ).call:
        if until and clock.moment(call.due) > until:
            return
        if call.number in skip:
            if call.last:
                return
            rolls.press(row, by=row.user, at=clock.moment(call.until + 30_000))
        else:
            rolls.press(row, by=row.user, at=clock.moment(call.due + 5_000))


def finish(meeting: Meeting, by, *, struck: dict[int, str] | None = None) -> Meeting:
    """Closed at its planned end, signed ten minutes later."""
    end = selectors.planned_end(meeting)
    classes.close_meeting(meeting, by=by, at=end + MINUTE)
    return rolls.sign(meeting, by=by, at=end + 10 * MINUTE, struck=struck or {})
