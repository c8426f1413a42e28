"""Who is there: checking in, being called, going in and out by the code of the minute; and what the signature credits."""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from learners import ranges, workflow
from learners.models import Attendance, CodeTry, Enrolment, Meeting, Press
from learners.selectors import classes as selectors
from learners.selectors.classes import end_of, length_of_lesson, may_host, press_map, rolled
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.services import ledger, play, settling
from learners.services.classes import NotYourClass
from learners.services.words import tidy
from learners.states import Post
from portal import clock, moves
from portal.accounts.models import User
from portal.audit import services as audit
from portal.rules import RuleBroken

MINUTE_MS = 60_000
DIGITS = 6
TRIES, TRIES_WITHIN = 5, dt.timedelta(minutes=10)
_SECRET_BYTES = 24


class DoorShut(RuleBroken):
    code = "door_shut"
    message = _(
        "Checking in is open from a little before the beginning until a little after it. It is not open now."
    )


class ClassFull(RuleBroken):
    code = "class_full"
    message = _("All places are taken.")


class NobodyCalls(RuleBroken):
    code = "nobody_calls"
    message = _("You are not being called at this moment. Leave the page open: it tells you.")


class WrongCode(RuleBroken):
    """Stored as a try."""

    code = "wrong_code"
    message = _("This is not the code of this minute. Look at the instructor's screen once more.")


class TooManyTries(RuleBroken):
    code = "too_many_tries"
    message = _("Too many wrong codes. Wait ten minutes, or ask the instructor.")


class StillCalling(RuleBroken):
    code = "still_calling"
    message = _("The last call still waits for answers. Sign in a few minutes.")


class OwnAttendance(RuleBroken):
    code = "own_attendance"
    message = _("You were there as a learner yourself. Another instructor has to sign.")


# -- coming and being there ---------------------------------------------------------------------------------------


def check_in(meeting: Meeting, enrolment: Enrolment, *, by: User, at: dt.datetime) -> Attendance:
    """Into a live class. A second time is the first. The learner's player and other class are left.

    Raises NotLearning, DoorShut, ClassFull.
    """
    with transaction.atomic():
        _must_learn(enrolment, meeting)
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if (held := _held(meeting, by)) is not None:
            return held
        if meeting.kind != Meeting.Kind.LIVE or not selectors.door_open(meeting, at):
            raise DoorShut
        return _enter(meeting, enrolment, by=by, at=at)


def _held(meeting: Meeting, by: User) -> Attendance | None:
    return Attendance.objects.filter(meeting=meeting, user_id=by.pk).first()


def _must_learn(enrolment: Enrolment, meeting: Meeting) -> None:
    if enrolment.version_id != meeting.version_id:
        raise Http404
    if enrolment.state != workflow.ACTIVE:
        raise play.NotLearning


def _enter(meeting: Meeting, enrolment: Enrolment, *, by: User, at: dt.datetime) -> Attendance:
    """The meeting is locked: the last place goes to one."""
    if meeting.attendances.count() >= meeting.capacity:
        raise ClassFull
    play.take_over(by, at=at)
    others = Attendance.objects.filter(user_id=by.pk, left_at__isnull=True, meeting__state=workflow.PLANNED)
    others.filter(checked_in_at__lte=at).update(left_at=at)
    seconds = edition_of(enrolment.edition_id).check_answer_seconds * (2 if by.reading_size == "large" else 1)
    return Attendance.objects.create(
        user_id=by.pk,
        province_id=enrolment.province_id,
        enrolment=enrolment,
        lesson_id=meeting.lesson_id,
        meeting=meeting,
        seed=secrets.token_urlsafe(_SECRET_BYTES),
        answer_ms=seconds * 1000,
        checked_in_at=at,
    )


def press(attendance: Attendance, *, by: User, at: dt.datetime) -> Press:
    """The answer to the open call, or the return after one that was missed. Raises NobodyCalls."""
    with transaction.atomic():
        attendance = _locked(attendance, by)
        call = rolled(attendance).call
        now = clock.milliseconds(at)
        over = attendance.left_at or attendance.meeting.state not in {workflow.PLANNED, workflow.ENDED}
        if over or call is None or now < call.due or (call.last and now > call.until):
            raise NobodyCalls
        return _press(attendance, call.number, at)


def _locked(attendance: Attendance, by: User) -> Attendance:
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("meeting", "enrolment")
    found = rows.filter(pk=attendance.pk, user_id=by.pk).first()
    if found is None:
        raise Http404
    return found


def _press(attendance: Attendance, number: int, at: dt.datetime) -> Press:
    row = {"attendance": attendance, "province_id": attendance.province_id, "number": number, "at": at}
    return Press.objects.create(**row)


# -- the workshop's door ------------------------------------------------------------------------------------------


def code_of(meeting: Meeting, at: dt.datetime) -> str:
    """The six digits of this minute, for the instructor's screen."""
    return _code(meeting, clock.milliseconds(at) // MINUTE_MS)


def _code(meeting: Meeting, minute: int) -> str:
    told = hmac.new(meeting.secret.encode(), f"{meeting.pk}|{minute}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(told[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def pass_door(meeting: Meeting, enrolment: Enrolment, *, by: User, at: dt.datetime, code: str) -> Attendance:
    """In, or out again, with the code of this minute or of the one before.

    Raises NotLearning, DoorShut, ClassFull, WrongCode, TooManyTries.
    """
    wrong = False
    with transaction.atomic():
        _must_learn(enrolment, meeting)
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if meeting.kind != Meeting.Kind.WORKSHOP or not selectors.door_open(meeting, at):
            raise DoorShut
        tries = CodeTry.objects.filter(meeting=meeting, user_id=by.pk, at__gt=at - TRIES_WITHIN)
        if tries.count() >= TRIES:
            raise TooManyTries
        minute = clock.milliseconds(at) // MINUTE_MS
        right = [_code(meeting, minute), _code(meeting, minute - 1)]
        if not any(hmac.compare_digest(code.strip().encode(), one.encode()) for one in right):
            CodeTry.objects.create(meeting=meeting, user_id=by.pk, province_id=enrolment.province_id, at=at)
            wrong = True
        else:
            attendance = _held(meeting, by) or _enter(meeting, enrolment, by=by, at=at)
            last = attendance.presses.last()
            if last is None or at - last.at >= dt.timedelta(
                milliseconds=MINUTE_MS
            ):  # else the same press again
                _press(attendance, last.number + 1 if last else 1, at)
    if wrong:
        raise WrongCode
    return attendance


# -- the signature ------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(meeting: Meeting, *, by: User, at: dt.datetime, struck: Mapping[int, str]) -> Meeting:
    """An instructor signs who was there; then the time counts. `struck`: why somebody was not, by attendance id.

    Raises NotYourClass, OwnAttendance, StillCalling, IllegalMove, WordsMissing.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not may_host(by, meeting.organisation_id):
        raise NotYourClass
    meeting.state = moves.check(workflow.MEETING_MOVES, "sign", meeting.state)
    rows = list(
        meeting.attendances.select_related("enrolment").prefetch_related("presses").order_by("user_id")
    )
    if any(row.user_id == by.pk for row in rows):
        raise OwnAttendance
    longest = max((row.answer_ms for row in rows), default=0)
    if meeting.kind == Meeting.Kind.LIVE and at <= meeting.ended_at + dt.timedelta(milliseconds=longest):
        raise StillCalling
    for row in rows:
        row.meeting = meeting
        row.struck = tidy(struck[row.pk]) if row.pk in struck else ""
        row.credited_ms = _credit(row, at=at)
        row.save(update_fields=["struck", "credited_ms"])
    meeting.signed_at, meeting.signed_by = at, by
    meeting.save(update_fields=["state", "signed_at", "signed_by"])
    detail = {"there": len(rows) - len(struck), "struck": len(struck)}
    audit.record(by=by, action="meeting.signed", thing=meeting, at=at, detail=detail)
    return meeting


def _credit(row: Attendance, *, at: dt.datetime) -> int:
    coverage = play.locked_coverage(row.enrolment, row.lesson_id)
    edition = edition_of(row.enrolment.edition_id)
    there, lost = stays(row)
    posts = list(_posts(row, there, ranges.from_json(coverage.covered)))
    if row.struck:
        posts = [Post(p.wall_from, p.wall_to, p.media, p.credit, "not_there") for p in posts if not p.reason]
    posts += [Post(a, b, _place(row, a, b), b - a, why) for a, b, why in lost]
    written = ledger.post(
        coverage,
        posts,
        kind=row.meeting.kind,
        edition_id=edition.pk,
        daily_cap=rule_of(edition).daily_cap,
        at=at,
    )
    settling.merge(coverage, written)
    coverage.save(update_fields=["covered", "covered_ms"])
    return ranges.total(written)


def stays(row: Attendance) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Wall time that somebody was there, and what is not known or was missed with its reason."""
    if row.meeting.kind == Meeting.Kind.LIVE:
        found = rolled(row, settled=True)
        return list(found.confirmed), [(*piece, "call_missed") for piece in found.missed]
    begin, end = clock.milliseconds(row.meeting.begins_at), end_of(row.meeting)
    moments = [max(begin, min(moment, end)) for _number, moment in sorted(press_map(row).items())]
    if len(moments) % 2:
        lost = [(moments[-1], end, "no_check_out")] if moments[-1] < end else []
        moments.pop()
    else:
        lost = []
    pairs = zip(moments[::2], moments[1::2], strict=True)
    return [pair for pair in pairs if pair[0] < pair[1]], lost


def _place(row: Attendance, start: int, end: int) -> ranges.Ranges:
    """Where in the lesson this was. A class goes through the lesson from its start, and so does its recording."""
    length = length_of_lesson(row.lesson_id)
    begin = clock.milliseconds(row.meeting.begins_at)
    return ((min(start - begin, length), min(end - begin, length)),) if start - begin < length else ()


def _posts(row: Attendance, there: Iterable[tuple[int, int]], covered: ranges.Ranges) -> Iterable[Post]:
    """A class counts by its place in the lesson, practice fills the lesson; neither more than its planned time."""
    length = length_of_lesson(row.lesson_id)
    for start, end in there:
        place = ((0, length),) if row.meeting.kind == Meeting.Kind.WORKSHOP else _place(row, start, end)
        media = ranges.first(ranges.without(place, covered), end - start)
        credit = ranges.total(media)
        covered = ranges.merged(covered + media)
        if credit:
            yield Post(start, end, media, credit)
        if credit < end - start:
            full = "repeat" if row.meeting.kind == Meeting.Kind.LIVE else "lesson_full"
            yield Post(start, end, (), end - start - credit, full)
