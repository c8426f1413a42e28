"""The same beats under another edition, the commands that count again, and how large a beat is."""

import datetime as dt
import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from learners import tape
from learners.models import CountingEdition, LedgerRow, PlaySession, Tape
from learners.replay import replay
from learners.selectors.replays import UnknownLearner, handle_of, learner_named, stored_of, tried
from learners.services import ledger
from learners.services.editions import draft_edition
from portal import clock
from portal.accounts.roles import Role
from tests import factories

FILM = 2_700_000


@pytest.fixture
def watched(player, learning):
    """The film of 45 minutes, seen to its end with every question answered; then left."""
    player.open()
    player.watch()
    player.post(f"sessions/{player.session}/close/", {})
    return learning


@pytest.fixture
def draft(db, at):
    def make(**numbers):
        by = factories.staff(Role.PROVINCE_CATALOGUE, name="起草人𠮷")
        words = {"name": "贵州草案𠮷", "source": "虚构", "valid_from": dt.date(2026, 4, 1)}
        return draft_edition(province=factories.province(), by=by, at=at, **words, **numbers)

    return make


def under(learning, edition):
    at = learning.at + dt.timedelta(days=3)
    return tried(learning.user.pk, edition, [learning.enrolment], at=at)


def command(name, **options):
    out = io.StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


# -- another edition ------------------------------------------------------------------------------------------------


def test_the_same_numbers_change_nothing(watched, draft):
    found = under(watched, draft())
    assert not found.unlike
    assert found.was == found.would
    assert found.was.confirmed == FILM
    assert (found.loses, found.gains, found.elsewhere, found.shut, found.early) == (False, False, 0, 0, 0)


def test_a_smaller_day_refuses_what_is_more(watched, draft):
    found = under(watched, draft(class_hour_seconds=600, daily_cap_hours=2))
    assert found.would.confirmed == 1_200_000
    assert found.would.refused["daily_cap"] > 0
    assert found.loses


def test_a_longer_class_hour_costs_hours_and_no_seconds(watched, draft):
    found = under(watched, draft(class_hour_seconds=2_701))
    assert (found.was.confirmed, found.was.hours) == (found.would.confirmed, 1)
    assert (found.would.hours, found.loses) == (0, True)


def test_a_tighter_gap_refuses_what_was_told_late(player, learning, draft):
    player.open()
    for _turn in range(10):
        player.beat(60_000)
    player.post(f"sessions/{player.session}/close/", {})
    found = under(learning, draft(max_gap_ms=45_000))
    assert found.was.credited > 0
    assert found.would.credited == 0
    assert found.would.refused["gap"] > 0


def test_questions_at_other_moments_are_counted_and_the_real_answers_decide(watched, draft):
    found = under(watched, draft(check_min_ms=60_000, check_max_ms=61_000))
    assert found.elsewhere > 0
    assert found.would.confirmed == FILM


def test_less_time_to_answer_voids_what_was_answered_later(player, learning, draft):
    learning.user.reading_size = "large"
    learning.user.save()
    player.open()
    while not player.replies[-1]["check"]:
        player.beat()
    check = player.replies[-1]["check"]
    assert check["seconds"] == 120
    player.clock.go(110_000)
    assert player.answer(check)["passed"]
    assert under(learning, draft()).would.confirmed > 0
    session = PlaySession.objects.get()
    assert session.answer_ms == 120_000
    # twice the time for large type stays twice
    assert under(learning, draft(check_answer_seconds=60)).would.confirmed > 0
    assert under(learning, draft(check_answer_seconds=90)).would.confirmed > 0


def test_a_lesson_that_would_have_been_shut_goes_on_and_is_counted(player, learning, draft):
    player.open()
    while not player.replies[-1]["check"]:
        player.beat()
    told = player.answer(player.replies[-1]["check"], right=False)
    player.position = told["back_to"]
    player.beat(15_000, 0, start=told["back_to"])
    player.watch()
    player.post(f"sessions/{player.session}/close/", {})
    found = under(learning, draft(check_failures=1))
    assert found.shut == 1
    assert found.would.confirmed == found.was.confirmed == FILM


def test_beats_too_early_for_a_slower_player_are_left_out_and_cost_nothing(watched, draft):
    found = under(watched, draft(beat_ms=30_000, min_gap_ms=20_000))
    assert found.early > 0
    assert found.would.confirmed == FILM


def test_time_nobody_confirmed_in_time_is_told_apart(player, learning, draft):
    player.open()
    player.watch(until=60_000)
    player.post(f"sessions/{player.session}/close/", {})
    assert under(learning, draft(confirm_within_hours=1)).would.refused["unconfirmed"] == 60_000
    assert under(learning, draft(confirm_within_hours=200)).would.waiting == 60_000


# -- what differs is found ------------------------------------------------------------------------------------------


def forged(watched, **changed):
    """A row as a forger with the database's password adds it: the constraints hold, the chain does too."""
    last = LedgerRow.objects.order_by("place").last()
    fields = {f.attname: getattr(last, f.attname) for f in last._meta.concrete_fields if f.name != "id"}
    later = last.wall.upper + dt.timedelta(hours=2)
    wall = (later, later + dt.timedelta(minutes=10))
    return LedgerRow.objects.create(
        **{**fields, "place": last.place + 1, "wall": wall, "ms": 600_000, **changed}
    )


def test_a_row_that_no_beat_gave_is_found(watched):
    assert replay(stored_of(watched.user.pk)).differences == []
    forged(watched)
    (found,) = replay(stored_of(watched.user.pk)).differences
    assert (found.counted, found.written.credit) == (None, 600_000)


def test_a_first_state_that_was_touched_is_found(watched):
    session = PlaySession.objects.get()
    session.first["covered"] = [[0, 900_000]]
    PlaySession.objects.filter(pk=session.pk).update(first=session.first)
    assert "opening" in {one.what for one in replay(stored_of(watched.user.pk)).differences}


def test_a_beat_that_is_missing_is_found(watched):
    PlaySession.objects.update(events=PlaySession.objects.get().events + 1)
    assert [one.what for one in replay(stored_of(watched.user.pk)).differences] == ["beats"]


def test_coverage_that_was_touched_is_found(watched):
    from learners.models import Coverage

    Coverage.objects.update(covered=[[0, 1]])
    assert [one.what for one in replay(stored_of(watched.user.pk)).differences] == ["lesson"]


# -- the command ----------------------------------------------------------------------------------------------------


def test_the_command_counts_again_and_says_so(watched):
    handle = handle_of(watched.user.uid)
    for named in (str(watched.user.pk), handle, str(watched.user.uid)):
        said = command("replay_time", learner=named)
        assert handle in said
        assert "very rows" in said


def test_the_command_names_each_difference_and_fails(watched):
    forged(watched)
    with pytest.raises(CommandError, match="1 differences"):
        command("replay_time", learner=str(watched.user.pk))


def test_the_command_replays_a_draft_and_says_what_it_cannot_know(watched, draft):
    edition = draft(class_hour_seconds=600, daily_cap_hours=2)
    said = command("replay_time", learner=str(watched.user.pk), edition=edition.pk)
    assert "confirmed: 2700.000 s was, 1200.000 s would be" in said
    assert "refused, daily_cap: 0.000 s was" in said
    assert "cannot tell" in said
    said = command("replay_time", province="520000", edition=edition.pk)
    assert "1 learners would lose" in said
    assert handle_of(watched.user.uid) in said


def test_the_command_replays_a_province(watched):
    assert "all ledgers" in command("replay_time", province="520000")
    forged(watched)
    with pytest.raises(CommandError, match="1 learners differ"):
        command("replay_time", province="520000")


@pytest.mark.parametrize(
    "named", ["13900000001", "520102199003079238", "L-12", "韦春燕𠮷", "0", "L-" + "0" * 12]
)
def test_nobody_is_named_by_a_personal_number_and_none_is_repeated(db, named):
    with pytest.raises(UnknownLearner) as caught:
        learner_named(named)
    assert named not in str(caught.value)


def test_what_is_not_there_is_said_in_a_sentence(watched):
    with pytest.raises(CommandError, match="no counting edition"):
        command("replay_time", learner=str(watched.user.pk), edition=10**6)
    with pytest.raises(CommandError, match="no enrolment"):
        command("replay_time", learner=str(watched.user.pk), enrolment=10**6)


# -- a day over midnight --------------------------------------------------------------------------------------------


def test_a_day_is_full_also_for_credit_that_reaches_into_it_over_midnight(learning, at):
    """Time over midnight is confirmed after the second day was filled by something else."""
    from learners.counting import Post, day_end
    from learners.services.play import locked_coverage

    midnight = day_end(clock.milliseconds(at))
    with transaction.atomic():
        coverage = locked_coverage(learning.enrolment, learning.facts("film").id)
        told = {"kind": "video", "edition_id": learning.enrolment.edition_id, "daily_cap": 60_000, "at": at}
        ledger.post(
            coverage, [Post(midnight + 3_600_000, midnight + 3_660_000, ((0, 60_000),), 60_000)], **told
        )
        over = [
            Post(midnight - 10_000, midnight, ((60_000, 70_000),), 10_000),
            Post(midnight, midnight + 10_000, ((70_000, 80_000),), 10_000),
        ]
        assert ledger.post(coverage, over, **told) == ((60_000, 70_000),)
    assert LedgerRow.objects.get(reason="daily_cap").ms == 10_000


# -- size -----------------------------------------------------------------------------------------------------------


def test_what_a_beat_takes_in_the_database(db):
    """Forty learners at once, 24 sessions each, in pieces of nine minutes: table and index."""
    beats = [tape.Event(tape.BEAT, n * 15_012, n * 15_000, flags=3) for n in range(1, 37)]
    piece, place = b"", tape.Place()
    for event in beats:
        piece += tape.packed(event, place)
        place = place.after(event)
    with transaction.atomic(), connection.cursor() as cursor:
        before = _size(cursor)
        for _round in range(24):
            sessions = [uuid.uuid4() for _learner in range(40)]
            for number in range(36, 181, 36):
                Tape.objects.bulk_create(
                    Tape(session_id=session, province_id="520000", number=number, events=piece)
                    for session in sessions
                )
        bytes_of_a_beat = (_size(cursor) - before) / (24 * 40 * 180)
        transaction.set_rollback(True)
    assert 7 < bytes_of_a_beat < 12


def _size(cursor):
    cursor.execute("SELECT pg_total_relation_size('learners_tape')")
    return cursor.fetchone()[0]


def test_a_replay_takes_no_more_statements_for_more_sessions(player, learning, django_assert_max_num_queries):
    for _turn in range(4):
        player.open()
        player.beat()
    CountingEdition.objects.first()
    with django_assert_max_num_queries(6):
        stored_of(learning.user.pk)
