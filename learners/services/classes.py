"""Live classes and workshop days, as their host plans and ends them. What they earn: services/rolls.py."""

import datetime as dt
import secrets
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import workflow
from learners.models import Meeting
from learners.selectors.classes import may_host
from learners.services.words import tidy
from portal import moves
from portal.accounts.models import User
from portal.audit import services as audit
from portal.rules import RuleBroken

LONGEST_CHECK_IN = dt.timedelta(hours=1)
_SECRET_BYTES = 24


class NotYourClass(RuleBroken):
    code = "not_your_class"
    message = _("Only instructors of the course's provider hold its classes.")


class NotALessonToMeet(RuleBroken):
    code = "not_a_lesson_to_meet"
    message = _("This lesson is neither live nor practice on site.")


class NoPlannedTime(RuleBroken):
    code = "no_planned_time"
    message = _(
        "The lesson has no planned time, so a class of it could not count. Plan its time in a new version."
    )


class LongerThanPlanned(RuleBroken):
    code = "longer_than_planned"
    message = _("The class is longer than the lesson's planned time. The rest would not count.")


class BadAddress(RuleBroken):
    code = "bad_address"
    message = _("Give an address that begins with https://, without a name or a password in it.")


class InThePast(RuleBroken):
    code = "in_the_past"
    message = _("This moment is over. Choose one that comes.")


class NotBegun(RuleBroken):
    code = "not_begun"
    message = _("It has not begun yet. Cancel it if it does not take place.")


class NoSuchFilm(RuleBroken):
    code = "no_such_film"
    message = _("Choose a film of a published version of this course.")


@transaction.atomic
def plan_meeting(
    lesson_id: int,
    *,
    by: User,
    at: dt.datetime,
    begins_at: dt.datetime,
    seconds: int,
    capacity: int,
    check_in: dt.timedelta = dt.timedelta(minutes=15),
    url: str = "",
    place: str = "",
) -> Meeting:
    """A class or a workshop day of a published version, hosted by who plans it.

    Raises NotYourClass, NotALessonToMeet, NoPlannedTime, LongerThanPlanned, BadAddress, InThePast.
    """
    lesson = courses.lesson_to_meet(lesson_id)
    if lesson is None or not may_host(by, lesson.version.course.organisation_id):
        raise NotYourClass
    organisations = [lesson.version.course.organisation_id]
    if not courses.lessons_to_meet(organisations).filter(pk=lesson_id).exists():
        raise NotALessonToMeet
    if not lesson.planned_seconds:
        raise NoPlannedTime
    if not 0 < seconds <= lesson.planned_seconds:
        raise LongerThanPlanned
    if begins_at <= at:
        raise InThePast
    live = lesson.kind == "live"
    meeting = Meeting.objects.create(
        province_id=lesson.version.course.province_id,
        organisation_id=lesson.version.course.organisation_id,
        version_id=lesson.version_id,
        lesson_id=lesson.pk,
        kind=Meeting.Kind.LIVE if live else Meeting.Kind.WORKSHOP,
        host=by,
        begins_at=begins_at,
        planned_seconds=seconds,
        check_in_seconds=int(min(check_in, LONGEST_CHECK_IN).total_seconds()),
        capacity=capacity,
        url=address(url) if live else "",
        place="" if live else tidy(place),
        secret=secrets.token_urlsafe(_SECRET_BYTES),
        made_at=at,
        news_at=at,
        news_due_at=at,
    )
    audit.record(by=by, action="meeting.planned", thing=meeting, at=at)
    return meeting


def address(url: str) -> str:
    """Raises BadAddress."""
    try:
        found = urlsplit(url.strip())
    except ValueError:
        raise BadAddress from None
    if (
        found.scheme != "https"
        or not found.hostname
        or found.username
        or found.password
        or " " in url.strip()
    ):
        raise BadAddress
    return url.strip()


def locked(meeting: Meeting, by: User) -> Meeting:
    """Raises NotYourClass."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not may_host(by, meeting.organisation_id):
        raise NotYourClass
    return meeting


@transaction.atomic
def move_meeting(
    meeting: Meeting, *, by: User, at: dt.datetime, begins_at: dt.datetime, note: str, url: str = ""
) -> Meeting:
    """To another moment, before it has begun; learners read why. Raises NotYourClass, InThePast, IllegalMove, WordsMissing."""
    meeting = locked(meeting, by)
    meeting.state = moves.check(workflow.MEETING_MOVES, "move", meeting.state)
    if begins_at <= at or meeting.begins_at <= at:
        raise InThePast
    meeting.note, meeting.moved_from_at, meeting.begins_at = tidy(note), meeting.begins_at, begins_at
    if url and meeting.kind == Meeting.Kind.LIVE:
        meeting.url = address(url)
    meeting.save(update_fields=["note", "moved_from_at", "begins_at", "url", *_news(meeting, at)])
    audit.record(by=by, action="meeting.moved", thing=meeting, at=at, reason=meeting.note)
    return meeting


def _news(meeting: Meeting, at: dt.datetime) -> tuple[str, ...]:
    """Whoever is enrolled is to be told. Gives the fields to save."""
    meeting.news_at, meeting.news_due_at, meeting.news_told = at, at, 0
    return "news_at", "news_due_at", "news_told"


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, by: User, at: dt.datetime, note: str) -> Meeting:
    """It does not take place; nobody earns anything. Raises NotYourClass, IllegalMove, WordsMissing."""
    meeting = locked(meeting, by)
    meeting.state = moves.check(workflow.MEETING_MOVES, "cancel", meeting.state)
    meeting.note = tidy(note)
    meeting.save(update_fields=["state", "note", *_news(meeting, at)])
    audit.record(by=by, action="meeting.cancelled", thing=meeting, at=at, reason=meeting.note)
    return meeting


@transaction.atomic
def close_meeting(meeting: Meeting, *, by: User, at: dt.datetime) -> Meeting:
    """It is over: at its planned end, or now where that is earlier. Raises NotYourClass, NotBegun, IllegalMove."""
    meeting = locked(meeting, by)
    meeting.state = moves.check(workflow.MEETING_MOVES, "close", meeting.state)
    if at <= meeting.begins_at:
        raise NotBegun
    meeting.ended_at = min(at, meeting.begins_at + dt.timedelta(seconds=meeting.planned_seconds))
    meeting.save(update_fields=["state", "ended_at"])
    audit.record(by=by, action="meeting.closed", thing=meeting, at=at)
    return meeting


@transaction.atomic
def attach_recording(meeting: Meeting, video_id: int, *, by: User, at: dt.datetime) -> Meeting:
    """Those who missed a live class can watch this film of a published version instead. Raises NotYourClass, NoSuchFilm."""
    meeting = locked(meeting, by)
    films = courses.published_films(courses.outline(meeting.version_id).course_code)
    if meeting.kind != Meeting.Kind.LIVE or not films.filter(pk=video_id).exists():
        raise NoSuchFilm
    meeting.recording_id = video_id
    meeting.save(update_fields=["recording"])
    audit.record(by=by, action="meeting.recorded", thing=meeting, at=at, detail={"video": video_id})
    return meeting
