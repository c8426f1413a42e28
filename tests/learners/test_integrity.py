"""Signals about exams: what stands out and what does not, found once, closed by a person, and that nothing follows by itself."""

import datetime as dt
import itertools
import random

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import selectors as courses
from courses.models import Question
from learners import asking, integrity, tape, tasks
from learners.models import Attempt, Enrolment, IntegritySignal, LedgerRow, PlaySession, Tape
from learners.services import assessment, time
from learners.services import integrity as services
from learners.services.completion import hand_in
from portal import clock as clocks
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.learners import study

SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
NOTE = "问过学员和𠮷师傅，同一个班上的课"


# -- the pure part --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", range(5))
def test_the_chance_of_as_many_is_that_of_all_ways(many):
    chances = (0.1, 0.5, 0.25, 1.0)
    every = itertools.product((0, 1), repeat=len(chances))
    sums = 0.0
    for way in every:
        if sum(way) >= many:
            part = 1.0
            for hit, chance in zip(way, chances, strict=True):
                part *= chance if hit else 1 - chance
            sums += part
    assert integrity.at_least(chances, many) == pytest.approx(sums)


def test_how_likely_two_wrong_answers_are_the_same():
    told = {"A": 100, "B": 30, "C": 10, "": 5}
    assert integrity.twin_chance(told, ["A"], ordered=False) == pytest.approx(0.75**2 + 0.25**2)
    assert integrity.twin_chance({"A": 100, "B": 3}, ["A"], ordered=False) == integrity.UNKNOWN_TWIN
    steps = {"A B": 50, "B A": 40}
    assert integrity.twin_chance(steps, ["A", "B"], ordered=True) == 1.0
    assert integrity.twin_chance({"B A": 50, "C": 40}, ["A", "B"], ordered=False) == 1.0


def test_equal_errors_far_above_chance():
    mine = dict.fromkeys(range(14), "B")
    near = {**mine, 13: "C"}
    odd = {n: "BC"[n % 2] for n in range(14)}
    twins = dict.fromkeys(range(14), 0.4)
    found, facts = integrity.same_errors(mine, {1: odd, 2: near, 3: {}}, twins)
    assert (found, facts["both"], facts["same"], facts["compared"]) == (2, 14, 13, 3)
    assert integrity.same_errors(mine, {1: odd}, twins) is None
    assert integrity.same_errors(mine, {2: near}, dict.fromkeys(range(14), 1.0)) is None, (
        "a question misleads"
    )
    many = {n: near if n == 2 else odd for n in range(200)}
    assert integrity.same_errors(dict(list(mine.items())[:9]), many, {}) is None, "nine of many are no wonder"


def test_right_answers_faster_than_reading():
    letters = dict.fromkeys(range(10), 80)

    def seen(after, right=range(10), saves=range(10)):
        return integrity.quick_answers([integrity.Save(qid, after) for qid in saves], letters, right)

    assert seen(1.5) == {"quick": 10, "total": 10}
    assert seen(4.0) is None
    assert seen(1.5, right=range(4)) is None, "who guesses is wrong"
    changed = [integrity.Save(qid, after) for after in (30, 1) for qid in range(10)]
    assert integrity.quick_answers(changed, letters, range(10)) is None, "a second thought is quick"


def told(steps, *, rate=100, start=None):
    position, at, events = 0, 0, []
    for step in steps:
        position, at = position + step, at + 15_000
        events.append(tape.Event(tape.BEAT, at, position, start, tape.PLAYING | tape.VISIBLE, rate))
    return events


def test_reports_like_clockwork():
    dice = random.Random(3)  # noqa: S311 - a made-up network
    assert integrity.even_beats([told([15_000] * 50)]) == {"even": 49, "moves": 49}
    assert integrity.even_beats([told([15_000] * 30)]) is None, "too few"
    assert integrity.even_beats([told([15_000 + dice.randint(5, 60) for _n in range(60)])]) is None
    assert integrity.even_beats([told([15_000] * 60, rate=150)]) is None
    assert integrity.even_beats([told([15_000] * 60, start=3)]) is None
    assert integrity.even_beats([told([0] * 60)]) is None, "a film that stands"


def test_learning_at_night():
    def pieces(nights, days, minutes=20):
        begun = dt.datetime(2026, 3, 1, 3, tzinfo=clocks.SHANGHAI)
        told = [(begun + n * DAY, minutes * 60) for n in range(nights)]
        return told + [(begun + n * DAY + dt.timedelta(hours=9), 600) for n in range(days)]

    assert integrity.night_study(pieces(6, 8)) == {"nights": 6, "days": 8}
    assert integrity.night_study(pieces(4, 0)) is None
    assert integrity.night_study(pieces(6, 20)) is None
    assert integrity.night_study(pieces(6, 0, minutes=5)) is None


# -- from stored facts ----------------------------------------------------------------------------------------------


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at + DAY)
    return at


@pytest.fixture
def keeper(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="目录·员")


@pytest.fixture
def course(db, at):
    return study.publish(at, exam=20)


ODD = {"single": ["C"], "multiple": ["C"]}


def sat(course, at, *, wrong=None, right=0, pace=30, code="520000"):
    """An exam answered one after the other; `wrong` by the kind of question."""
    enrolment = study.ready(at, user=factories.learner(at=at, code=code), course=course)
    attempt = assessment.start_attempt(enrolment, by=enrolment.user, at=at)
    for place, qid in enumerate(attempt.question_ids):
        kind = Question.objects.get(pk=qid).kind
        keys = study.right_keys(qid) if place < right else (wrong or {}).get(kind, ["B"])
        then = at + (place + 1) * pace * SECOND
        assessment.save_answer(attempt, qid, keys, at=then)
    return hand_in(attempt, by=enrolment.user, at=at + 20 * MINUTE)


def kinds_seen(attempt):
    return set(IntegritySignal.objects.filter(attempt=attempt).values_list("kind", flat=True))


def test_the_same_wrong_answers_are_seen_once_and_change_nothing(now, course):
    first, second = sat(course, now), sat(course, now)
    before = list(Attempt.objects.values("pk", "state", "score_percent", "right_ids"))
    rows = LedgerRow.objects.count()
    assert tasks.look_at_graded_exams() == 2
    assert tasks.look_at_graded_exams() == 0
    row = IntegritySignal.objects.get(attempt=second)
    assert (row.kind, row.other_id, row.state) == ("same_errors", first.pk, "open")
    assert list(Attempt.objects.values("pk", "state", "score_percent", "right_ids")) == before
    assert LedgerRow.objects.count() == rows
    Attempt.objects.update(signals_due_at=now)
    assert tasks.look_at_graded_exams() == 2, "looked at again"
    assert IntegritySignal.objects.count() == 2, "each once"


def test_other_errors_and_other_provinces_are_not_compared(now, course):
    sat(course, now)
    far, odd = sat(course, now, code="510000"), sat(course, now, wrong=ODD)
    tasks.look_at_graded_exams()
    assert kinds_seen(far) == set()
    assert "same_errors" not in kinds_seen(odd)


def test_quick_right_answers_pass_all_the_same(now, course):
    attempt = sat(course, now, right=20, pace=1)
    tasks.look_at_graded_exams()
    assert kinds_seen(attempt) == {"quick_answers"}
    assert Attempt.objects.get(pk=attempt.pk).is_passed
    assert Enrolment.objects.get(pk=attempt.enrolment_id).state == "completed"


def test_nights_and_clockwork(now, course):
    enrolment = study.ready(now, course=course)
    page = courses.outline(enrolment.version_id).lesson("page")
    night = dt.datetime(2026, 2, 1, 2, 30, tzinfo=clocks.SHANGHAI)
    for n in range(6):
        wall = (night + n * DAY, night + n * DAY + 20 * MINUTE)
        time.credit(enrolment, page, kind="reading", wall=wall, seconds=1200, at=now)
    session = PlaySession.objects.create(
        user=enrolment.user, province_id=enrolment.province_id, enrolment=enrolment, lesson_id=page.id,
        edition_id=enrolment.edition_id, length_ms=3_600_000, no_skip=True, reading=False, answer_ms=60_000,
        opened_at=now - DAY, beat_at=now - DAY,
        nonce="n", door="d", first={}, now={},
    )  # fmt: skip
    PlaySession.objects.update(state="closed", ending="left", closed_at=now - DAY)
    place, piece = tape.Place(), b""
    for event in told([15_000] * 50):
        piece, place = piece + tape.packed(event, place), place.after(event)
    Tape.objects.create(session=session, province_id=enrolment.province_id, number=50, events=piece)
    attempt = assessment.start_attempt(enrolment, by=enrolment.user, at=now)
    attempt = assessment.submit_attempt(attempt, by=enrolment.user, at=now + MINUTE)
    tasks.look_at_graded_exams()
    assert kinds_seen(attempt) == {"night_study", "even_beats"}


def test_looking_costs_as_much_among_five_as_among_one(now, course):
    def statements(attempt):
        Attempt.objects.filter(pk=attempt.pk).update(signals_due_at=now)
        Attempt.objects.exclude(pk=attempt.pk).update(signals_due_at=None)
        with CaptureQueriesContext(connection) as asked:
            assert services.look_at_next_due(at=now)
        return len(asked)

    sat(course, now)
    few = statements(sat(course, now))
    for _n in range(4):
        sat(course, now)
    assert statements(sat(course, now)) == few


# -- the desk -------------------------------------------------------------------------------------------------------


@pytest.fixture
def row(now, course):
    sat(course, now), sat(course, now)
    tasks.look_at_graded_exams()
    return IntegritySignal.objects.first()


def test_a_person_closes_it_with_a_note(row, keeper, now):
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    for person in (far, factories.staff(Role.INSTRUCTOR), factories.staff(Role.AUDITOR), row.user):
        with pytest.raises(services.NotYoursToClose):
            services.close_signal(row, "clear", note=NOTE, by=person, at=now)
    with pytest.raises(services.NoteMissing):
        services.close_signal(row, "clear", note=" \x00 好", by=keeper, at=now)
    with pytest.raises(asking.PersonalNumber):
        services.close_signal(row, "clear", note="电话 13900001234 问过", by=keeper, at=now)
    before = Attempt.objects.filter(pk=row.attempt_id).values().get()
    done = services.close_signal(row, "refer", note=NOTE, by=keeper, at=now)
    assert (done.state, done.closed_by, done.note) == ("referred", keeper, NOTE)
    assert Attempt.objects.filter(pk=row.attempt_id).values().get() == before
    assert Entry.objects.get(action="signal.referred").reason == NOTE
    with pytest.raises(IllegalMove):
        services.close_signal(row, "clear", note=NOTE, by=keeper, at=now)


def test_the_database_refuses(row, keeper, now):
    def refused(act, name):
        with pytest.raises((DatabaseError, IntegrityError), match=name), transaction.atomic():
            act()

    mine = IntegritySignal.objects.filter(pk=row.pk)
    whole = {"state": "cleared", "closed_at": now, "closed_by": keeper, "note": NOTE}
    for lack in ({"closed_at": None}, {"closed_by": None}, {"note": ""}):
        refused(lambda lack=lack: mine.update(**{**whole, **lack}), "integrity_signal_closed_by_somebody")
    refused(lambda: mine.update(**{**whole, "closed_by": row.user}), "integrity_signal_closed_by_another")
    refused(lambda: mine.update(facts={}), "stays")
    refused(lambda: mine._raw_delete(mine.db), "stays")
    copy = {
        "attempt_id": row.attempt_id,
        "user_id": row.user_id,
        "province_id": row.province_id,
        "version_id": row.version_id,
        "found_at": now,
    }
    refused(lambda: IntegritySignal.objects.create(**copy, kind=row.kind), "integrity_signal_once")
    refused(lambda: IntegritySignal.objects.create(**copy, kind=""), "integrity_signal_has_kind")
    refused(
        lambda: IntegritySignal.objects.create(**copy, kind="x", other_id=row.attempt_id),
        "integrity_signal_of_another",
    )
    mine.update(**whole)
    refused(lambda: mine.update(note="x"), "stays")
    learner = study.enrolled(now, course=study.publish(now, code="GZ-S9"))
    study.learn(learner, at=now)
    running = assessment.start_attempt(learner, by=learner.user, at=now)
    refused(
        lambda: Attempt.objects.filter(pk=running.pk).update(signals_due_at=now),
        "attempt_signals_once_graded",
    )


def test_the_pages(row, keeper, now):
    desk = factories.sign_in(Client(), keeper)
    address, one = reverse("learners:signals"), reverse("learners:signal", args=[row.pk])
    assert one in desk.get(address).content.decode()
    page = desk.get(one).content.decode()
    assert "不会改变" in page
    assert "王建国" not in page
    assert "王*国" in page
    said = {"step": "clear", "note": NOTE}
    for wrong in ({"step": ""}, {"step": "𠮷"}, {"note": ""}, {"note": "x"}):
        refused = desk.post(one, said | wrong)
        assert refused.status_code == 422
        assert NOTE in refused.content.decode() or "note" in wrong
    assert desk.post(one, said).status_code == 302
    assert NOTE in desk.get(one).content.decode()
    assert one in desk.get(address, {"state": "closed"}).content.decode()
    assert desk.post(one, said).status_code == 422
    far = factories.sign_in(Client(), factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    assert far.get(one).status_code == 404
    learner = factories.sign_in(Client(), row.user, second_factor=False)
    assert learner.get(one).status_code == 404
    start = learner.get(reverse("learners:exam", args=[row.attempt.enrolment_id])).content.decode()
    assert "自动" in start


def test_the_desk_asks_as_often_for_five_as_for_one(row, keeper, course, now, django_assert_max_num_queries):
    desk = factories.sign_in(Client(), keeper)
    address = reverse("learners:signals")
    desk.get(address)
    with django_assert_max_num_queries(40) as first:
        desk.get(address)
    few = len(first)
    for _n in range(4):
        sat(course, now)
    tasks.look_at_graded_exams()
    desk.get(address)
    with django_assert_max_num_queries(few):
        desk.get(address)


def test_the_api_is_the_twin(row, keeper):
    desk = factories.sign_in(Client(), keeper)
    listed = desk.get(reverse("api-signals")).json()["results"]
    assert row.pk in {one["id"] for one in listed}
    address = reverse("api-close-signal", args=[row.pk])
    said = {"step": "clear", "note": NOTE}
    assert desk.post(address, said | {"step": "x"}, content_type="application/json").status_code == 400
    done = desk.post(address, said, content_type="application/json")
    assert (done.status_code, done.json()["state"]) == (200, "cleared")
    late = desk.post(address, said, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")
