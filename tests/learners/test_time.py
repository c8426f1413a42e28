"""Learning time in the database: sessions, beats, checks, the ledger."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from learners.models import CountingEdition, Coverage, LedgerRow, PlaySession, Tape
from learners.replay import replay
from learners.selectors import time as hours
from learners.selectors.replays import stored_of
from learners.services import time
from learners.services.editions import EditionOnThatDay, load_default_editions
from portal.accounts.roles import Role
from tests import factories
from tests.learners import lessons

MINUTE = dt.timedelta(minutes=1)


def assert_counted_again(user):
    """The ledger comes out again from the stored beats."""
    assert replay(stored_of(user.pk)).differences == []


# -- the honest road ------------------------------------------------------------------------------------------------


def test_an_honest_viewing_of_45_minutes_is_counted_to_the_last_second(player, learning):
    player.open()
    last = player.watch()
    assert last["done"]
    assert last["counted_ms"] == 2_700_000
    assert hours.counted_seconds(learning.enrolment.pk) == 2_700
    assert hours.valid_hours(learning.enrolment) == 1
    progress = hours.lesson_progress(learning.enrolment.pk)[learning.facts("film").id]
    assert progress.done
    assert progress.covered_ms == progress.required_ms == 2_700_000
    assert_counted_again(learning.user)
    lessons.assert_chain_holds(learning.user)


def test_the_demo_numbers_reach_the_end_of_a_film_of_37_seconds(client, at, db, moving_clock):
    from tests.learners.players import Player

    edition = lessons.fictional_edition(at)
    learning = lessons.learning(at, edition=edition)
    factories.sign_in(client, learning.user, second_factor=False)
    player = Player(client, learning, moving_clock, lesson="short")
    player.open()
    last = player.watch(beat=3_000)
    assert last["counted_ms"] == 37_000
    assert hours.valid_hours(learning.enrolment) == 1


# -- checks ---------------------------------------------------------------------------------------------------------


def to_check(player):
    for _ in range(100):
        told = player.beat()
        if told["check"]:
            return told["check"]
    raise AssertionError(told)


def test_a_check_asks_without_telling_the_answer_and_confirms(player, learning):
    player.open()
    check = to_check(player)
    assert 8 * 60 <= player.position / 1000 <= 15 * 60 + 15
    assert check["seconds"] == 60
    assert [set(q) for q in check["questions"]] == [{"id", "kind", "stem", "options"}]
    assert hours.counted_seconds(learning.enrolment.pk) == 0
    told = player.answer(check)
    assert told["passed"]
    assert told["course"]["checks"] == "1 / 1"
    assert hours.counted_seconds(learning.enrolment.pk) == player.position // 1000
    # told twice, answered once
    again = player.answer(check)
    assert again["counted_ms"] == told["counted_ms"]
    assert LedgerRow.objects.count() == 1


def test_a_wrong_answer_voids_what_was_held_and_asks_two_next(player, learning):
    player.open()
    told = player.answer(to_check(player), right=False)
    assert not told["passed"]
    assert told["reason"]["code"] == "check_failed"
    assert told["back_to"] == 0
    assert LedgerRow.objects.get().reason == "check_failed"
    player.position = 0
    told = player.beat(15_000, 0, start=0)
    assert len(to_check(player)["questions"]) == 2
    lessons.assert_chain_holds(learning.user)


def test_the_third_failure_shuts_the_lesson_until_a_person_opens_it(player, learning, at):
    player.open()
    for _ in range(3):
        told = player.answer(to_check(player), right=False)
        player.position = told["back_to"]
        if _ < 2:
            player.beat(15_000, 0, start=player.position)
    player.clock.go(15_000)
    assert player.send().json()["code"] == "session_shut"
    response = player.post("sessions/", {"enrolment": learning.enrolment.pk, "lesson": "film"})
    assert (response.status_code, response.json()["code"]) == (409, "lesson_shut")
    coverage = Coverage.objects.get()
    assert hours.lesson_progress(learning.enrolment.pk)[coverage.lesson_id].shut
    helper = factories.staff(Role.INSTRUCTOR)
    time.reopen_lesson(coverage, by=helper, at=player.clock.at, reason="spoke on the phone")
    player.open()
    assert player.beat()["credited_ms"] == 15_000


def test_more_time_is_given_when_asked_for(player):
    player.open()
    check = to_check(player)
    player.clock.go(50_000)
    response = player.post(f"sessions/{player.session}/more-time/", {"number": check["number"]})
    assert response.json() == {"seconds": 70}
    player.clock.go(60_000)
    assert player.answer(check)["passed"]
    assert_counted_again(player.learning.user)


def test_large_type_readers_have_twice_the_time(player, learning):
    learning.user.reading_size = "large"
    learning.user.save()
    player.open()
    assert to_check(player)["seconds"] == 120


def test_an_answer_that_is_too_late_is_missed(player):
    player.open()
    check = to_check(player)
    player.clock.go(60_001)
    assert player.answer(check)["reason"]["code"] == "check_missed"


def test_without_questions_a_press_of_the_button_is_asked(client, db, at, moving_clock):
    from tests.learners.players import Player

    learning = lessons.learning(at, with_questions=False)
    factories.sign_in(client, learning.user, second_factor=False)
    player = Player(client, learning, moving_clock)
    player.open()
    check = to_check(player)
    assert check["questions"] == []
    assert player.answer(check, here=True)["passed"]


# -- taking over, leaving, falling silent ---------------------------------------------------------------------------


def test_a_second_device_takes_over_and_the_first_is_told_why(player, learning):
    player.open()
    player.beat()
    old, old_nonce, old_seq = player.session, player.nonce, player.seq
    player.clock.go(8_000)
    told = player.open()
    assert told["waiting_ms"] == 15_000
    assert told["position"] == 15_000
    response = player.post(
        f"sessions/{old}/beats/",
        {"seq": old_seq + 1, "nonce": old_nonce, "position": 30_000, "playing": True, "visible": True},
    )
    assert (response.status_code, response.json()["code"]) == (409, "session_taken_over")
    assert response.json()["detail"]
    assert PlaySession.objects.filter(state="live").count() == 1


def test_leaving_keeps_what_was_held_for_the_closing_question(player, learning):
    player.open()
    player.watch(until=60_000)
    player.post(f"sessions/{player.session}/close/", {})
    assert player.post(f"sessions/{player.session}/close/", {}).status_code == 200
    coverage = Coverage.objects.get()
    assert (coverage.held_ms, coverage.covered_ms) == (60_000, 0)
    player.clock.go(3_600_000)
    assert player.open()["waiting_ms"] == 60_000
    last = player.watch()
    assert last["counted_ms"] == 2_700_000
    lessons.assert_chain_holds(learning.user)


def test_a_silent_session_closes_at_its_last_beat_and_lapses_after_a_day(player, learning):
    player.open()
    player.watch(until=60_000)
    heard = player.clock.at
    assert time.close_silent_sessions(at=heard + 15 * MINUTE) == 0
    assert time.close_silent_sessions(at=heard + 16 * MINUTE) == 1
    assert time.close_silent_sessions(at=heard + 16 * MINUTE) == 0
    session = PlaySession.objects.get()
    assert (session.state, session.ending, session.closed_at) == ("closed", "silent", heard)
    found = hours.hours_of(learning.enrolment, at=heard)
    assert (found.held_seconds, found.waiting[0].seconds) == (60, 60)
    assert time.close_silent_sessions(at=heard + dt.timedelta(hours=24)) == 1
    assert LedgerRow.objects.get().reason == "unconfirmed"
    assert hours.hours_of(learning.enrolment, at=heard).refusals[0].code == "unconfirmed"
    lessons.assert_chain_holds(learning.user)


def test_somebody_elses_session_and_course_are_not_there(player, client):
    player.open()
    factories.sign_in(client, factories.learner(), second_factor=False)
    player.clock.go(15_000)
    assert player.send().status_code == 404
    response = player.post("sessions/", {"enrolment": player.learning.enrolment.pk, "lesson": "film"})
    assert response.status_code == 404
    client.logout()
    assert player.send().status_code == 403


def test_a_quiz_has_no_player_and_an_unknown_lesson_is_not_there(player):
    for key in ("quiz", "nothing"):
        response = player.post("sessions/", {"enrolment": player.learning.enrolment.pk, "lesson": key})
        assert response.status_code == 404


# -- caps -----------------------------------------------------------------------------------------------------------


def test_the_day_is_full_over_all_courses(client, db, at, moving_clock):
    from tests.learners.players import Player

    edition = lessons.fictional_edition(at, daily_cap_hours=1)
    learning = lessons.learning(at, edition=edition)
    factories.sign_in(client, learning.user, second_factor=False)
    player = Player(client, learning, moving_clock, lesson="short")
    player.open()
    last = player.watch(beat=3_000)
    assert last["counted_ms"] == 30_000
    assert {r["reason"]["code"] for r in player.replies if r.get("reason")} == {"daily_cap"}
    player.lesson = "film"
    player.open()
    assert player.beat(3_000)["reason"]["code"] == "daily_cap"
    moving_clock.go(24 * 3_600_000)
    player.open(0)
    assert player.beat(3_000)["credited_ms"] == 3_000


def test_a_course_counts_no_more_than_it_is_published_with(client, db, at, moving_clock):
    from tests.learners.players import Player

    edition = lessons.fictional_edition(at)
    learning = lessons.learning(at, edition=edition, hours=1, film=60)
    factories.sign_in(client, learning.user, second_factor=False)
    player = Player(client, learning, moving_clock)
    player.open()
    player.watch(beat=3_000)
    assert hours.counted_seconds(learning.enrolment.pk) == 30
    assert hours.valid_hours(learning.enrolment) == 1


# -- what the database refuses --------------------------------------------------------------------------------------


@pytest.fixture
def row(learning):
    lessons.read(learning, minutes=1)
    return LedgerRow.objects.get()


def copy(row, **changed):
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"}
    return LedgerRow(**{**fields, "place": row.place + 1, **changed})


def refused(act, name):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


def test_no_second_credit_for_a_moment(row):
    refused(copy(row).save, "ledger_row_no_second_credit_for_a_moment")
    copy(row, entry="refused", reason="repeat").save()


def test_no_credit_beyond_wall_time(row):
    later = row.wall.upper
    refused(copy(row, wall=(later, later + MINUTE), ms=60_001).save, "ledger_row_within_its_wall_time")


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"place": 1, "entry": "refused", "reason": "gap"}, "ledger_row_one_per_place"),
        ({"entry": "refused", "reason": ""}, "ledger_row_refused_with_a_reason"),
        ({"entry": "credit", "reason": "gap"}, "ledger_row_refused_with_a_reason"),
    ],
)
def test_ledger_rows_are_whole(row, changed, name):
    refused(copy(row, **changed).save, name)


def test_the_ledger_and_the_beats_are_append_only(player, row):
    player.open()
    player.beat()
    for act in (
        lambda: LedgerRow.objects.update(ms=1),
        lambda: LedgerRow.objects.all().delete(),
        lambda: Tape.objects.update(number=1),
        lambda: Tape.objects.all()._raw_delete("default"),
    ):
        refused(act, "permission denied")


@pytest.mark.parametrize("table", ["learners_ledgerrow", "learners_tape"])
def test_even_the_owner_cannot_empty_the_ledger(owner_sql, table):
    with pytest.raises(Exception, match="append-only"):
        owner_sql(f"TRUNCATE {table} CASCADE")


def test_one_live_session_a_learner(player, learning):
    player.open()
    session = PlaySession.objects.get()
    session.pk = None
    from uuid import uuid4

    session.id = uuid4()
    refused(lambda: session.save(force_insert=True), "play_session_one_live_per_learner")


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "closed"},
        {"state": "closed", "ending": "taken_over"},
        {"state": "abandoned", "ending": "left"},
        {"ending": "left"},
    ],
)
def test_a_session_ends_with_its_moment_and_reason(player, at, changed):
    player.open()
    moment = {} if changed == {"state": "closed"} else {"closed_at": at}
    refused(
        lambda: PlaySession.objects.update(**changed, **moment),
        "play_session_closed_with_its_moment_and_reason",
    )


def test_an_ended_session_stays_ended(player, at):
    player.open()
    PlaySession.objects.update(state="closed", ending="left", closed_at=at)
    refused(lambda: PlaySession.objects.update(state="live", ending="", closed_at=None), "does not go from")
    refused(PlaySession.objects.all().delete, "never deleted")


def test_held_time_has_its_moment(learning):
    lessons.read(learning, minutes=1)
    refused(lambda: Coverage.objects.update(held_ms=5), "coverage_held_since_a_moment")


def test_one_coverage_a_lesson(learning):
    lessons.read(learning, minutes=1)
    row = Coverage.objects.get()
    row.pk = None
    refused(row.save, "coverage_one_per_lesson")


# -- editions -------------------------------------------------------------------------------------------------------


def test_the_default_edition_is_loaded_once(db):
    load_default_editions()
    assert load_default_editions() == 0
    assert CountingEdition.objects.filter(province=None).count() == 1


def test_a_published_edition_never_changes(db):
    load_default_editions()
    refused(lambda: CountingEdition.objects.update(class_hour_seconds=1), "never changes")
    refused(lambda: CountingEdition.objects.all().delete(), "never changes")


def test_two_editions_cannot_begin_on_one_day(db, at):
    lessons.fictional_edition(at)
    with pytest.raises(EditionOnThatDay):
        lessons.fictional_edition(at)


@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        ({"class_hour_seconds": 0}, "numbers_above_zero"),
        ({"min_gap_ms": 20_000}, "gap_around_the_beat"),
        ({"check_max_ms": 1}, "checks_in_order"),
        ({"check_answer_seconds": 59}, "a_minute_to_answer"),
        ({"quiz_share_percent": 101}, "quiz_share_is_a_share"),
    ],
)
def test_the_numbers_of_an_edition_agree(db, at, numbers, name):
    writer = {"edited_by": factories.user(), "edited_at": at}
    draft = CountingEdition(name="x", valid_from=dt.date(2030, 1, 1), **writer, **numbers)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        draft.save()
