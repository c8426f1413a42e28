"""Live classes: planned, held, called, signed; and workshop days with the code of the minute."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import Attendance, Coverage, LedgerRow, Meeting, PlaySession, Press
from learners.selectors import classes as selectors
from learners.selectors import time as hours
from learners.services import classes, play, rolls
from learners.services.words import WordsMissing
from portal import clock
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from tests import factories
from tests.learners import lessons, meetings
from tests.learners.meetings import MINUTE
from tests.learners.test_contests import assert_chain_holds
from tests.learners.test_shut_lessons import far_teacher

WHY = "教师临时出差·改到下周。"
WHOLE = 45 * 60


@pytest.fixture
def host(db, at):
    return factories.staff(Role.INSTRUCTOR, at=at, name="host")


@pytest.fixture
def of(db, at):
    return meetings.version(at)


@pytest.fixture
def learning(of, at):
    return lessons.learning(at, of=of)


@pytest.fixture
def meeting(of, host, at):
    return meetings.plan(of, host, at)


@pytest.fixture
def workshop(of, host, at):
    return meetings.plan(of, host, at, key="task")


def counted(learning):
    return hours.counted_seconds(learning.enrolment.pk)


# -- planning -------------------------------------------------------------------------------------------------------


def test_a_class_is_planned_moved_and_cancelled(meeting, host, at):
    assert (meeting.state, meeting.kind, meeting.province_id, meeting.host) == (
        "planned",
        "live",
        "520000",
        host,
    )
    later = meeting.begins_at + 24 * 60 * MINUTE
    moved = classes.move_meeting(meeting, by=host, at=at, begins_at=later, note=WHY)
    assert (moved.begins_at, moved.moved_from_at, moved.note) == (later, meeting.begins_at, WHY)
    gone = classes.cancel_meeting(meeting, by=host, at=at, note=WHY)
    for step in (
        lambda: classes.cancel_meeting(gone, by=host, at=at, note=WHY),
        lambda: classes.move_meeting(gone, by=host, at=at, begins_at=later, note=WHY),
        lambda: classes.close_meeting(gone, by=host, at=later),
    ):
        with pytest.raises(IllegalMove):
            step()


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"url": "http://live.example.com/"}, classes.BadAddress),
        ({"url": "https://me:secret@live.example.com/"}, classes.BadAddress),
        ({"url": "javascript:alert(1)"}, classes.BadAddress),
        ({"url": "https://["}, classes.BadAddress),
        ({"url": ""}, classes.BadAddress),
        ({"seconds": WHOLE + 1}, classes.LongerThanPlanned),
        ({"seconds": 0}, classes.LongerThanPlanned),
        ({"begins_at": factories.AT}, classes.InThePast),
        ({"key": "film"}, classes.NotALessonToMeet),
        ({"key": "task", "place": ""}, WordsMissing),
    ],
)
def test_what_cannot_be_planned(of, host, at, changed, broken):
    with pytest.raises(broken):
        meetings.plan(of, host, at, **changed)


def test_only_instructors_of_the_provider_hold_classes(of, meeting, at):
    for person in (far_teacher(at), factories.staff(Role.PROVINCE_CATALOGUE, at=at), factories.user(at=at)):
        with pytest.raises(classes.NotYourClass):
            meetings.plan(of, person, at)
        with pytest.raises(classes.NotYourClass):
            classes.cancel_meeting(meeting, by=person, at=at, note=WHY)
        with pytest.raises(classes.NotYourClass):
            classes.close_meeting(meeting, by=person, at=meeting.begins_at + MINUTE)


def test_a_draft_has_no_classes(host, at):
    made = lessons.version(at, code="GZ-T9")
    with pytest.raises(classes.NotALessonToMeet):
        meetings.plan(made, host, at, key="film")


# -- being there ----------------------------------------------------------------------------------------------------


def test_whoever_answers_every_call_has_the_whole_class_once_it_is_signed(meeting, learning, host, at):
    row = meetings.come(meeting, learning)
    meetings.sit_through(row)
    assert counted(learning) == 0
    meetings.finish(meeting, host)
    assert counted(learning) == WHOLE
    row.refresh_from_db()
    assert row.credited_ms == WHOLE * 1000
    assert set(LedgerRow.objects.values_list("kind", "entry")) == {("live", "credit")}
    assert hours.lesson_progress(learning.enrolment.pk)[meeting.lesson_id].done
    assert_chain_holds(learning.user)


def test_checking_in_and_leaving_earns_nothing(meeting, learning, host):
    meetings.come(meeting, learning)
    meetings.finish(meeting, host)
    assert counted(learning) == 0
    (row,) = LedgerRow.objects.all()
    assert (row.entry, row.reason, row.ms) == ("refused", "call_missed", WHOLE * 1000)


def test_late_and_early_have_what_they_confirmed(meeting, learning, host, at):
    late = meetings.come(meeting, learning, meeting.begins_at + 10 * MINUTE)
    meetings.sit_through(late, until=meeting.begins_at + 32 * MINUTE)
    meetings.finish(meeting, host)
    assert 8 * 60 <= counted(learning) <= 22 * 60
    assert Coverage.objects.get().covered[0][0] == 10 * 60_000


def test_a_missed_call_costs_its_interval(meeting, learning, host):
    row = meetings.come(meeting, learning)
    meetings.sit_through(row, skip=(2,))
    meetings.finish(meeting, host)
    lost = LedgerRow.objects.get(reason="call_missed")
    assert lost.ms <= 15 * 60_000
    assert WHOLE * 1000 - lost.ms - 120_000 <= counted(learning) * 1000 <= WHOLE * 1000 - lost.ms


def test_nobody_presses_before_a_call(meeting, learning, at):
    row = meetings.come(meeting, learning)
    with pytest.raises(rolls.NobodyCalls):
        rolls.press(row, by=learning.user, at=meeting.begins_at + MINUTE)
    assert not Press.objects.exists()


def test_the_same_press_twice_is_one(meeting, learning):
    row = meetings.come(meeting, learning)
    due = clock.moment(selectors.rolled(row).call.due)
    rolls.press(row, by=learning.user, at=due)
    with pytest.raises(rolls.NobodyCalls):
        rolls.press(row, by=learning.user, at=due + dt.timedelta(seconds=1))
    assert Press.objects.count() == 1


def test_the_door_is_open_around_the_beginning(meeting, learning):
    for at in (meeting.begins_at - 16 * MINUTE, meeting.begins_at + 16 * MINUTE):
        with pytest.raises(rolls.DoorShut):
            meetings.come(meeting, learning, at)
    early = meetings.come(meeting, learning, meeting.begins_at - 15 * MINUTE)
    assert meetings.come(meeting, learning, meeting.begins_at + 40 * MINUTE) == early


def test_the_last_place_goes_to_one(together):
    at = factories.AT
    of = meetings.version(at)
    meeting = meetings.plan(of, factories.staff(Role.INSTRUCTOR, at=at), at, capacity=1)
    people = [lessons.learning(at, of=of) for _ in range(3)]

    def come(number):
        try:
            meetings.come(meeting, people[number])
        except rolls.ClassFull:
            return False
        return True

    assert sum(together(come, 3)) == 1
    assert Attendance.objects.count() == 1


def test_large_type_readers_have_twice_the_time_to_press(meeting, learning):
    learning.user.reading_size = "large"
    learning.user.save()
    call = selectors.rolled(meetings.come(meeting, learning)).call
    assert call.until - call.due == 120_000


def test_two_classes_at_once_answered_by_a_script_count_as_one(of, host, learning, at):
    """Two classes of two lessons at the same minutes; a script enters both and answers in both, by requests of its own."""
    first = meetings.plan(of, host, at)
    other = meetings.version(at, code="GZ-T2")
    second_learning = lessons.learning(at, of=other, user=learning.user)
    second = meetings.plan(other, host, at)
    one = meetings.come(first, learning)
    two = meetings.come(second, second_learning)
    one.refresh_from_db()
    assert one.left_at == two.checked_in_at
    Attendance.objects.filter(pk=one.pk).update(left_at=None)  # as if it had found a way around that
    for row in (one, two):
        meetings.sit_through(row)
    for meeting in (first, second):
        meetings.finish(meeting, host)
    assert counted(learning) + counted(second_learning) == WHOLE
    assert LedgerRow.objects.filter(reason="wall_taken").exists()


def test_a_film_beside_the_class_counts_once(meeting, host, client, moving_clock, learning):
    from tests.learners.players import Player

    factories.sign_in(client, learning.user, second_factor=False)
    moving_clock.at = meeting.begins_at
    row = meetings.come(meeting, learning)
    player = Player(client, learning, moving_clock)
    player.open()
    player.watch()
    meetings.sit_through(row)
    meetings.finish(meeting, host)
    assert counted(learning) <= WHOLE + 120
    spent = list(LedgerRow.objects.filter(entry="credit").values_list("ms", flat=True))
    assert sum(spent) <= (selectors.planned_end(meeting) + 5 * MINUTE - meeting.begins_at) / MINUTE * 60_000


def test_checking_in_leaves_the_film(meeting, learning, at):
    play.open_session(learning.enrolment, learning.facts("film"), by=learning.user, at=meeting.begins_at)
    meetings.come(meeting, learning)
    assert PlaySession.objects.get().ending == "taken_over"


def test_the_same_class_again_counts_what_was_missed(of, host, learning, at):
    """A second class of the lesson goes through it from the start: only the part not yet covered counts."""
    first = meetings.plan(of, host, at)
    meetings.sit_through(meetings.come(first, learning), until=first.begins_at + 20 * MINUTE)
    meetings.finish(first, host)
    before = counted(learning)
    assert 0 < before < WHOLE
    second = meetings.plan(of, host, at, begins_at=at + 24 * 60 * MINUTE)
    meetings.sit_through(meetings.come(second, learning))
    meetings.finish(second, host)
    assert counted(learning) == WHOLE
    assert LedgerRow.objects.filter(reason="repeat").exists()


def test_the_daily_cap_holds(of, host, at):
    edition = lessons.fictional_edition(
        at, daily_cap_hours=1, class_hour_seconds=600, check_min_ms=480_000, check_max_ms=900_000
    )
    learning = lessons.learning(at, of=of, edition=edition)
    meeting = meetings.plan(of, host, at)
    meetings.sit_through(meetings.come(meeting, learning))
    meetings.finish(meeting, host)
    assert hours.counted_today_ms(learning.user.pk, meeting.begins_at) == 600_000
    assert LedgerRow.objects.filter(reason="daily_cap").exists()


# -- closing and signing --------------------------------------------------------------------------------------------


def test_closing_early_calls_once_more_and_counts_to_that_moment(meeting, learning, host):
    row = meetings.come(meeting, learning)
    end = meeting.begins_at + 30 * MINUTE
    meetings.sit_through(row, until=end)
    classes.close_meeting(meeting, by=host, at=end)
    with pytest.raises(rolls.StillCalling):
        rolls.sign(meeting, by=host, at=end + MINUTE, struck={})
    meetings.sit_through(row)
    rolls.sign(meeting, by=host, at=end + 3 * MINUTE, struck={})
    assert counted(learning) == 30 * 60


def test_whoever_is_struck_earns_nothing_and_may_contest(meeting, learning, host, at):
    from learners.services import contests

    row = meetings.come(meeting, learning)
    meetings.sit_through(row)
    meetings.finish(meeting, host, struck={row.pk: "视频里无人。"})
    assert counted(learning) == 0
    refused = LedgerRow.objects.filter(reason="not_there")
    assert sum(refused.values_list("ms", flat=True)) == WHOLE * 1000
    asked = contests.contest(refused[0], by=learning.user, at=at, words="我在，摄像头坏了。")
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    contests.answer(asked, by=keeper, at=at, grant=True, reason="查看回放，本人在场。")
    assert counted(learning) == refused[0].ms // 1000


def test_it_is_signed_once_by_somebody_else_than_who_sat_in_it(meeting, learning, host, at):
    accounts.appoint(learning.user, Role.INSTRUCTOR, by=None, at=at, organisation=factories.organisation())
    meetings.sit_through(meetings.come(meeting, learning))
    end = selectors.planned_end(meeting)
    classes.close_meeting(meeting, by=host, at=end)
    with pytest.raises(rolls.OwnAttendance):
        rolls.sign(meeting, by=learning.user, at=end + 10 * MINUTE, struck={})
    rolls.sign(meeting, by=host, at=end + 10 * MINUTE, struck={})
    with pytest.raises(IllegalMove):
        rolls.sign(meeting, by=host, at=end + 10 * MINUTE, struck={})
    assert counted(learning) == WHOLE


def test_two_at_once_sign_it_once(together):
    at = factories.AT
    of = meetings.version(at)
    host = factories.staff(Role.INSTRUCTOR, at=at)
    meeting, learning = meetings.plan(of, host, at), lessons.learning(at, of=of)
    meetings.sit_through(meetings.come(meeting, learning))
    end = selectors.planned_end(meeting)
    classes.close_meeting(meeting, by=host, at=end)

    def sign(number):
        try:
            rolls.sign(meeting, by=host, at=end + 10 * MINUTE, struck={})
        except IllegalMove:
            return False
        return True

    assert sum(together(sign, 2)) == 1
    assert counted(learning) == WHOLE


def test_it_cannot_be_closed_before_it_begins(meeting, host):
    with pytest.raises(classes.NotBegun):
        classes.close_meeting(meeting, by=host, at=meeting.begins_at)


# -- the recording --------------------------------------------------------------------------------------------------


def recorded(of, at, seconds=WHOLE):
    """The next version of the course has the recording as a film, published."""
    from courses.models import Lesson, Video

    film = Lesson.objects.get(version=of, key="film")
    Video.objects.filter(lesson=film).delete()
    return Video.objects.create(
        lesson=film,
        mp4_key="films/x.mp4",
        poster_key="films/x.jpg",
        milliseconds=seconds * 1000,
        width=1280,
        height=720,
        bytes=1,
    )


def test_whoever_missed_the_class_watches_its_recording(client, host, at, moving_clock):
    from tests.learners.players import Player

    made = lessons.version(at, code="GZ-T1", with_questions=False)
    from courses import services as catalogue

    catalogue.add_lesson(
        made.course,
        key="live",
        kind="live",
        title_zh="直播",
        planned_seconds=WHOLE,
        by=made.created_by,
        at=at,
    )
    video = recorded(made, at, seconds=WHOLE + 600)
    meetings.freeze(made, at)
    learning = lessons.learning(at, of=made)
    meeting = meetings.plan(made, host, at)
    factories.sign_in(client, learning.user, second_factor=False)
    player = Player(client, learning, moving_clock, lesson="live")
    assert player.post("sessions/", {"enrolment": learning.enrolment.pk, "lesson": "live"}).status_code == 404
    meetings.sit_through(meetings.come(meeting, learning), until=meeting.begins_at + 20 * MINUTE)
    meetings.finish(meeting, host)
    before = counted(learning)
    classes.attach_recording(meeting, video.pk, by=host, at=at)
    page = reverse("learners:lesson", args=[learning.enrolment.pk, "live"])
    assert "?film=1" in client.get(page).content.decode()
    assert "<video" in client.get(page + "?film=1").content.decode()
    moving_clock.at = meeting.begins_at + 24 * 60 * MINUTE
    assert player.open(0)["length_ms"] == WHOLE * 1000
    player.watch()
    assert 0 < before < counted(learning) == WHOLE
    with pytest.raises(classes.NoSuchFilm):
        classes.attach_recording(meeting, 10**9, by=host, at=at)


# -- workshop practice ----------------------------------------------------------------------------------------------


def door(meeting, learning, at, code=None):
    code = rolls.code_of(meeting, at) if code is None else code
    return rolls.pass_door(meeting, learning.enrolment, by=learning.user, at=at, code=code)


def test_in_and_out_by_the_code_counts_after_the_signature(workshop, learning, host):
    begin = workshop.begins_at
    door(workshop, learning, begin - 5 * MINUTE)
    door(workshop, learning, begin + 20 * MINUTE)
    door(workshop, learning, begin + 25 * MINUTE)
    row = door(workshop, learning, begin + 40 * MINUTE)
    assert row.presses.count() == 4
    assert counted(learning) == 0
    meetings.finish(workshop, host)
    assert counted(learning) == 35 * 60
    assert set(LedgerRow.objects.values_list("kind", flat=True)) == {"workshop"}


def test_two_days_fill_the_lesson_and_no_more(of, host, learning, at):
    for day in (1, 2):
        meeting = meetings.plan(
            of, host, at, key="task", begins_at=at + day * 24 * 60 * MINUTE, seconds=30 * 60
        )
        door(meeting, learning, meeting.begins_at)
        door(meeting, learning, meeting.begins_at + 29 * MINUTE)
        meetings.finish(meeting, host)
    assert counted(learning) == WHOLE
    assert sum(LedgerRow.objects.filter(reason="lesson_full").values_list("ms", flat=True)) == 13 * 60_000


def test_whoever_never_checks_out_earns_nothing_for_that_stay(workshop, learning, host):
    door(workshop, learning, workshop.begins_at)
    meetings.finish(workshop, host)
    assert counted(learning) == 0
    assert LedgerRow.objects.get().reason == "no_check_out"


def test_the_code_holds_a_minute_or_two(workshop, learning):
    begin = workshop.begins_at
    code = rolls.code_of(workshop, begin)
    assert rolls.code_of(workshop, begin + MINUTE) != code
    with pytest.raises(rolls.WrongCode):
        door(workshop, learning, begin + 2 * MINUTE, code)
    door(workshop, learning, begin + MINUTE, code)


def test_a_shared_code_of_this_morning_is_worth_nothing(workshop, learning, host, at):
    """A friend on site sends the code of the morning; in the evening it neither lets in nor out."""
    code = rolls.code_of(workshop, workshop.begins_at)
    for minutes in (5, 10, 44):
        with pytest.raises(rolls.WrongCode):
            door(workshop, learning, workshop.begins_at + minutes * MINUTE, code)
    meetings.finish(workshop, host)
    assert counted(learning) == 0


def test_a_shared_code_at_the_same_minute_still_needs_the_signature(workshop, learning, host):
    row = door(workshop, learning, workshop.begins_at)
    door(workshop, learning, workshop.begins_at + 40 * MINUTE)
    meetings.finish(workshop, host, struck={row.pk: "没有到实训室。"})
    assert counted(learning) == 0


def test_guessing_is_slow(workshop, learning):
    begin = workshop.begins_at
    for _ in range(5):
        with pytest.raises(rolls.WrongCode):
            door(workshop, learning, begin, "abcdef")
    with pytest.raises(rolls.TooManyTries):
        door(workshop, learning, begin + 9 * MINUTE)
    door(workshop, learning, begin + 11 * MINUTE)


def test_the_same_press_twice_is_not_in_and_out(workshop, learning):
    door(workshop, learning, workshop.begins_at)
    row = door(workshop, learning, workshop.begins_at + dt.timedelta(seconds=3))
    assert row.presses.count() == 1


def test_a_workshop_has_no_calls_and_a_class_no_door(workshop, meeting, learning):
    with pytest.raises(rolls.DoorShut):
        meetings.come(workshop, learning)
    with pytest.raises(rolls.DoorShut):
        door(meeting, learning, meeting.begins_at)


def test_the_code_is_never_in_an_address(client, workshop, learning, host, moving_clock):
    moving_clock.at = workshop.begins_at
    factories.sign_in(client, host)
    code = rolls.code_of(workshop, moving_clock.at)
    screen = client.get(reverse("learners:class-code", args=[workshop.pk])).content.decode()
    assert f"{code[:3]} {code[3:]}" in screen
    assert 'http-equiv="refresh"' in screen
    factories.sign_in(client, learning.user, second_factor=False)
    page = reverse("learners:class", args=[learning.enrolment.pk, workshop.pk])
    answer = client.post(page, {"verdict": "door", "code": "12"})
    assert answer.status_code == 422
    answer = client.post(page, {"verdict": "door", "code": "000000" if code != "000000" else "111111"})
    assert answer.status_code == 422
    assert "签到码不对" in answer.content.decode()
    answer = client.post(page, {"verdict": "door", "code": code})
    assert (answer.status_code, answer.url) == (302, page)
    assert code not in client.get(page).content.decode()


# -- the database ---------------------------------------------------------------------------------------------------


def breaks(act, name):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"capacity": 0}, "meeting_has_time_and_room"),
        ({"url": "http://live.example.com/"}, "meeting_has_its_address"),
        ({"url": ""}, "meeting_has_its_address"),
        ({"ended_at": factories.AT}, "meeting_ended_after_it_began"),
        ({"state": "signed"}, "does not go from planned to signed"),
        ({"signed_at": factories.AT}, "meeting_signed_by_somebody"),
        ({"moved_from_at": factories.AT}, "meeting_moved_or_cancelled_with_a_reason"),
        ({"state": "cancelled"}, "meeting_moved_or_cancelled_with_a_reason"),
    ],
)
def test_a_meeting_is_whole(meeting, changed, name):
    breaks(lambda: Meeting.objects.update(**changed), name)


def test_what_was_pressed_stays(meeting, learning, at):
    row = meetings.come(meeting, learning)
    meetings.sit_through(row)
    breaks(lambda: Press.objects.update(at=at), "permission denied")
    breaks(Meeting.objects.all().delete, "never deleted|protected|foreign key")
    breaks(lambda: Attendance.objects.update(left_at=at), "attendance_left_after_it_came")
    breaks(lambda: Attendance.objects.update(struck="x", credited_ms=1), "attendance_struck_earns_nothing")
    row.pk = None
    breaks(row.save, "attendance_once_a_meeting")
    one = Press.objects.first()
    one.pk = None
    breaks(one.save, "press_once_a_call")


# -- pages ----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_class_needs_no_script(client, meeting, learning, host, moving_clock):
    page = reverse("learners:class", args=[learning.enrolment.pk, meeting.pk])
    factories.sign_in(client, learning.user, second_factor=False)
    assert meeting.url not in client.get(page).content.decode()
    assert page in client.get(reverse("learners:course", args=[learning.enrolment.pk])).content.decode()
    assert (
        page in client.get(reverse("learners:lesson", args=[learning.enrolment.pk, "live"])).content.decode()
    )
    moving_clock.at = meeting.begins_at
    assert meeting.url not in client.get(page).content.decode()
    text = client.post(page, {"verdict": "in"}, follow=True).content.decode()
    assert meeting.url in text
    assert '<meta http-equiv="refresh" content="20">' in text
    assert "我在" not in text
    row = Attendance.objects.get()
    assert row.seed not in text
    assert client.post(page, {"verdict": "here"}, follow=True).status_code == 200
    assert not Press.objects.exists()
    call = selectors.rolled(row).call
    moving_clock.at = clock.moment(call.due + 1_000)
    text = client.get(page).content.decode()
    assert 'role="alert"' in text
    assert "我在" in text
    assert "autofocus" in text
    client.post(page, {"verdict": "here"})
    assert Press.objects.count() == 1
    call = selectors.rolled(Attendance.objects.get()).call
    moving_clock.at = clock.moment(call.until + 5_000)
    assert "我回来了" in client.get(page).content.decode()
    moving_clock.at = selectors.planned_end(meeting) + 10 * MINUTE
    text = client.get(page).content.decode()
    assert meeting.url not in text
    assert 'http-equiv="refresh"' not in text


def test_the_host_plans_closes_and_signs_on_pages(client, of, host, learning, moving_clock):
    factories.sign_in(client, host)
    lesson = of.lessons.get(key="live")
    form = {
        "lesson": lesson.pk,
        "begins_at": "2026-03-17T10:00",
        "minutes": 45,
        "capacity": 20,
        "window": 15,
        "url": "http://live.example.com/1",
    }
    new = reverse("learners:class-plan")
    answer = client.post(new, form)
    assert answer.status_code == 422
    assert "http://live.example.com/1" in answer.content.decode()
    assert client.post(new, {**form, "begins_at": "morgen"}).status_code == 422
    answer = client.post(new, {**form, "url": "https://live.example.com/1"})
    meeting = Meeting.objects.get()
    page = reverse("learners:class-desk", args=[meeting.pk])
    assert answer.url == page
    assert meeting.begins_at == dt.datetime(2026, 3, 17, 2, tzinfo=dt.UTC)
    row = meetings.come(meeting, learning)
    meetings.sit_through(row)
    moving_clock.at = selectors.planned_end(meeting) + MINUTE
    assert client.post(reverse("learners:class-close", args=[meeting.pk])).url == page
    text = client.get(page).content.decode()
    assert "王建国" not in text
    sign = reverse("learners:class-sign", args=[meeting.pk])
    assert client.post(sign, {"absent": [row.pk]}).status_code == 422
    assert client.post(sign, {}).status_code == 422
    moving_clock.at += 10 * MINUTE
    assert client.post(sign, {}).url == page
    assert counted(learning) == WHOLE
    told = client.get(reverse("learners:class-csv", args=[meeting.pk])).content.decode()
    assert f"{learning.enrolment.pk},王" in told
    assert "王建国" not in told
    assert ",2700" in told


def test_learners_read_of_a_move_and_a_cancellation(client, meeting, learning, host, at, moving_clock):
    factories.sign_in(client, learning.user, second_factor=False)
    course = reverse("learners:course", args=[learning.enrolment.pk])
    classes.move_meeting(meeting, by=host, at=at, begins_at=meeting.begins_at + 60 * MINUTE, note=WHY)
    assert WHY in client.get(course).content.decode()
    classes.cancel_meeting(meeting, by=host, at=at, note="教师生病。")
    text = client.get(course).content.decode()
    assert "教师生病。" in text
    assert "已取消" in text


def test_a_class_of_another_version_or_course_is_not_there(client, meeting, at, moving_clock):
    other = lessons.learning(at, of=meetings.version(at, code="GZ-T2"))
    factories.sign_in(client, other.user, second_factor=False)
    page = reverse("learners:class", args=[other.enrolment.pk, meeting.pk])
    assert client.get(page).status_code == 404
    assert client.post(page, {"verdict": "in"}).status_code == 404
    factories.sign_in(client, far_teacher(at))
    for name in ("class-desk", "class-csv"):
        assert client.get(reverse(f"learners:{name}", args=[meeting.pk])).status_code == 404


def test_five_attendees_cost_no_more_queries_than_one(client, of, meeting, host, at, moving_clock):
    moving_clock.at = meeting.begins_at
    meetings.come(meeting, lessons.learning(at, of=of))
    factories.sign_in(client, host)
    pages = [reverse("learners:classes"), reverse("learners:class-desk", args=[meeting.pk])]
    counts = []
    for turn in range(2):
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
        if not turn:
            for _ in range(4):
                meetings.come(meeting, lessons.learning(at, of=of))
            for _ in range(4):
                meetings.plan(of, host, at)
    assert counts[:2] == counts[2:]
