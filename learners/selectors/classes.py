"""Live classes and workshop days: whose they are, when the door is open, where each learner stands."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet
from django.http import Http404

from courses import selectors as courses
from learners import calls, workflow
from learners.calls import Roll
from learners.models import Attendance, Enrolment, Meeting
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.selectors.outlines import outline_of
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import ALL, organisations_of, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

HOSTS = (Role.INSTRUCTOR,)
CLASS_ROLES = (*HOSTS, Role.AUDITOR)


def may_host(user: User, organisation_id: int) -> bool:
    return organisation_id in organisations_of(user, *HOSTS)


def meetings_visible_to(user: User) -> QuerySet[Meeting]:
    """Of one's own organisation; auditors read all."""
    rows = Meeting.objects.select_related("host", "signed_by", "lesson__version__course", "recording")
    if provinces_of(user, Role.AUDITOR) is ALL:
        return rows
    return rows.filter(organisation_id__in=organisations_of(user, *HOSTS))


def on_desk(user: User) -> QuerySet[Meeting]:
    """The latest first, with how many came."""
    return meetings_visible_to(user).annotate(came=Count("attendances")).order_by("-begins_at", "-pk")


def meetings_of(enrolment: Enrolment, lesson_id: int | None = None) -> QuerySet[Meeting]:
    """What a learner of the version is told of."""
    rows = Meeting.objects.filter(version_id=enrolment.version_id).select_related("lesson", "host")
    return rows if lesson_id is None else rows.filter(lesson_id=lesson_id)


def meeting_of(enrolment: Enrolment, meeting_id: int) -> Meeting:
    """Raises Http404 for a class of another version."""
    found = meetings_of(enrolment).filter(pk=meeting_id).first()
    if found is None:
        raise Http404
    return found


def attendance_of(enrolment: Enrolment, meeting: Meeting) -> Attendance | None:
    rows = Attendance.objects.filter(enrolment=enrolment, meeting=meeting)
    return rows.select_related("meeting", "enrolment").first()


@dataclass(frozen=True)
class ClassLine:
    """A class as its learner's pages list it."""

    meeting: Meeting
    title: str
    ends_at: dt.datetime
    is_open: bool
    """The door is open, or the learner is in already and it is not over."""
    came: bool
    credited_seconds: int | None
    struck: str


def classes_of(enrolment: Enrolment, lesson_id: int | None = None, *, at: dt.datetime) -> list[ClassLine]:
    """In order of their beginning."""
    meetings = list(meetings_of(enrolment, lesson_id))
    mine = {row.meeting_id: row for row in Attendance.objects.filter(enrolment=enrolment)} if meetings else {}
    titles = {lesson.id: lesson.title for lesson in outline_of(enrolment).lessons}
    found = []
    for meeting in meetings:
        row = mine.get(meeting.pk)
        running = row is not None and meeting.state == workflow.PLANNED and at <= planned_end(meeting)
        known = row is not None and row.credited_ms is not None
        found.append(
            ClassLine(
                meeting=meeting,
                title=titles.get(meeting.lesson_id, ""),
                ends_at=planned_end(meeting),
                is_open=running or door_open(meeting, at),
                came=row is not None,
                credited_seconds=row.credited_ms // 1000 if known else None,
                struck=row.struck if row else "",
            )
        )
    return found


def coming(enrolment: Enrolment, *, at: dt.datetime, most: int = 5) -> list[ClassLine]:
    """The next ones, and those that were cancelled."""
    return [line for line in classes_of(enrolment, at=at) if line.ends_at >= at][:most]


def recording_of(enrolment: Enrolment, lesson: courses.LessonFacts) -> courses.LessonFacts | None:
    """A live lesson as the film of its recording, never longer than its planned time; None while there is none.

    The film covers the lesson as the class did, from its start: what the class has counted, the film does not count again.
    """
    if lesson.kind != "live":
        return None
    rows = meetings_of(enrolment, lesson.id).filter(recording__isnull=False).exclude(state=workflow.CANCELLED)
    video_id = rows.order_by("-begins_at").values_list("recording_id", flat=True).first()
    if video_id is None:
        return None
    film = courses.film_facts(video_id)
    return replace(lesson, kind="video", video=film, seconds=min(film.seconds, lesson.planned_seconds))


# -- moments ------------------------------------------------------------------------------------------------------


def planned_end(meeting: Meeting) -> dt.datetime:
    return meeting.begins_at + dt.timedelta(seconds=meeting.planned_seconds)


def end_of(meeting: Meeting) -> int:
    return clock.milliseconds(meeting.ended_at or planned_end(meeting))


def door_open(meeting: Meeting, at: dt.datetime) -> bool:
    """A class lets in from before its beginning until as long after it; a workshop until its end."""
    window = dt.timedelta(seconds=meeting.check_in_seconds)
    live = meeting.kind == Meeting.Kind.LIVE
    until = min(meeting.begins_at + window, planned_end(meeting)) if live else planned_end(meeting) + window
    return meeting.state == workflow.PLANNED and meeting.begins_at - window <= at <= until


def length_of_lesson(lesson_id: int) -> int:
    return courses.planned_seconds(lesson_id) * 1000


# -- where somebody stands ----------------------------------------------------------------------------------------


def press_map(row: Attendance) -> dict[int, int]:
    return {press.number: clock.milliseconds(press.at) for press in row.presses.all()}


def rolled(row: Attendance, *, settled: bool = False) -> Roll:
    """The calls of a live class for one learner. `settled`: nobody answers any more."""
    rule = rule_of(edition_of(row.enrolment.edition_id), answer_ms=row.answer_ms)
    end = end_of(row.meeting)
    if row.left_at:
        end = max(clock.milliseconds(row.meeting.begins_at), min(end, clock.milliseconds(row.left_at)))
    since = max(clock.milliseconds(row.checked_in_at), clock.milliseconds(row.meeting.begins_at))
    count = calls.settled if settled else calls.roll
    return count(rule, row.seed, since=since, end=end, pressed=press_map(row))


@dataclass(frozen=True)
class Attendee:
    """A line of the host's list. The name is masked."""

    row: Attendance
    name: str
    confirmed_ms: int
    missed: int
    inside: bool

    @property
    def confirmed_seconds(self) -> int:
        return self.confirmed_ms // 1000

    @property
    def credited_seconds(self) -> int:
        return (self.row.credited_ms or 0) // 1000


def attendees(meeting: Meeting, rows: Iterable[Attendance] | None = None) -> list[Attendee]:
    """In the order in which they came; in four statements however many there are."""
    found = (
        meeting.attendances.select_related("enrolment").prefetch_related("presses") if rows is None else rows
    )
    found = list(found)
    names = people.masked_names_of({row.user_id for row in found})
    lines = []
    for row in found:
        row.meeting = meeting
        told = press_map(row)
        if meeting.kind == Meeting.Kind.LIVE:
            roll = rolled(row)
            confirmed, missed = sum(b - a for a, b in roll.confirmed), len(roll.missed)
        else:
            moments = [moment for _number, moment in sorted(told.items())]
            confirmed, missed = sum(b - a for a, b in zip(moments[::2], moments[1::2], strict=False)), 0
        inside = meeting.kind == Meeting.Kind.WORKSHOP and len(told) % 2 == 1
        lines.append(Attendee(row, names.get(row.user_id, ""), confirmed, missed, inside))
    return lines
