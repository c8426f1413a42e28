"""Whatever happened, what was stored gives the very rows of the ledger again: a machine over real rows."""

import datetime as dt
import itertools
from collections import Counter

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from learners import counting, ranges
from learners.models import Coverage, LedgerRow, PlaySession
from learners.reasons import REASONS
from learners.replay import replay
from learners.selectors.beats import events_of
from learners.selectors.replays import Under, stored_of
from learners.services import contests, corrections, play, time
from learners.services.answers import NoCheck
from learners.services.beats import OutOfOrder, TooSoon
from learners.services.credit import CheckFailed, page_questions
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.learners import lessons

SECOND = dt.timedelta(seconds=1)
MS = dt.timedelta(milliseconds=1)


def again(user, **told):
    return replay(stored_of(user.pk), **told)


class Learning(RuleBasedStateMachine):
    """One learner, two courses, a few devices; the clock stands where the rules put it. Rows are real."""

    enrolments: tuple
    """Set by the test: what is learned."""

    def __init__(self):
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.user = self.enrolments[0].user
        self.began = self.at = self.enrolments[0].at
        self.session = None
        self.told = None
        signed_in = factories.sign_in(Client(), self.user, second_factor=False)
        self.web_session = signed_in.session.session_key

    def teardown(self):
        try:
            self.the_ledger_comes_out_again()
        finally:
            transaction.set_rollback(True)
            self.rolled_back.__exit__(None, None, None)

    # -- what a learner, a device and the clock do ------------------------------------------------------------------

    @rule(
        which=st.integers(0, 1),
        lesson=st.sampled_from(["film", "film", "short", "page"]),
        position=st.one_of(st.none(), st.integers(0, 60_000)),
        skew=st.sampled_from([0, 0, 0, 40]),
    )
    def open(self, which, lesson, position, skew):
        """Also where another session is live: it is taken over, sometimes by a host whose clock is behind."""
        learning = self.enrolments[which]
        self.at += SECOND
        try:
            self.session = time.open_session(
                learning.enrolment,
                learning.facts(lesson),
                by=self.user,
                at=self.at - skew * MS,
                position=position,
                web_session=self.web_session,
            )
        except play.LessonShut:
            self.session = None
            return
        self.nonce, self.seq, self.told = self.session.nonce, 0, None
        self.last_nonce = ""
        self.position = self.session.first["position"]

    @precondition(lambda self: self.session)
    @rule(
        gap=st.one_of(
            st.integers(0, 10_000), st.sampled_from([1_499, 1_500, 3_000, 59_000, 119_999, 120_001])
        ),
        moved=st.one_of(st.integers(-30_000, 60_000), st.none()),
        playing=st.sampled_from([True, True, True, False]),
        visible=st.sampled_from([True, True, True, False]),
        start=st.one_of(st.none(), st.none(), st.integers(0, 90_000)),
    )
    def beat(self, gap, moved, playing, visible, start):
        self.at += gap * MS
        begin = self.position if start is None else start
        position = max(0, begin + (gap if moved is None else moved))
        self._beat(position, playing=playing, visible=visible, start=start)

    def _tell(self, seq, nonce, position, *, playing=True, visible=True, start=None):
        told = time.Told(seq, nonce, position, playing=playing, visible=visible, start=start)
        return time.beat(self.session.pk, told, web_session=self.web_session, at=self.at)

    def _beat(self, position, **told):
        try:
            self.told = self._tell(self.seq + 1, self.nonce, position, **told)
        except TooSoon:
            return
        except play.SessionOver:
            self.session = None
            return
        self.last_nonce = self.nonce
        self.seq, self.nonce, self.position = self.told["seq"], self.told["nonce"], self.told["position"]

    @precondition(lambda self: self.session)
    @rule(times=st.integers(1, 12), rate=st.sampled_from([1, 1, 1, 2, 16]), right=st.booleans())
    def watch(self, times, rate, right):
        for _turn in range(times):
            if not self.session:
                return
            self.at += 3 * SECOND
            self._beat(self.position + 3_000 * rate)
            if self.session and self.told and self.told["check"]:
                self.answer(right, 4_000)

    @precondition(lambda self: self.session and self.told and self.told["check"])
    @rule(right=st.sampled_from([True, True, False]), wait=st.integers(0, 90_000))
    def answer(self, right, wait):
        self.at += wait * MS
        check = self.told["check"]
        answers = {q["id"]: frozenset("A" if right else "B") for q in check["questions"]}
        try:
            self.told = time.answer(
                self.session.pk, by=self.user, at=self.at, number=check["number"], answers=answers, here=right
            )
        except (NoCheck, play.SessionOver):
            self.told = None
            return
        self.position = self.told["position"] if self.told["back_to"] is None else self.told["back_to"]

    @precondition(lambda self: self.session and self.told and self.told["check"])
    @rule()
    def ask_for_more_time(self):
        try:
            time.more_time(self.session.pk, by=self.user, at=self.at, number=self.told["check"]["number"])
        except (NoCheck, play.SessionOver):
            self.told = None

    @precondition(lambda self: self.session and self.seq)
    @rule(position=st.integers(0, 90_000))
    def tell_again(self, position):
        """The last beat once more, then an older one: neither raises anything."""
        before = self._everything()
        try:
            again = self._tell(self.seq, self.last_nonce, position)
            assert (again["seq"], again["nonce"]) == (self.seq, self.nonce)
            for seq, nonce in ((self.seq, self.nonce), (self.seq - 1, self.last_nonce)):
                with pytest.raises(OutOfOrder):
                    self._tell(seq, nonce, position)
        except play.SessionOver:
            self.session = None
        assert self._everything() == before

    def _everything(self):
        sessions = PlaySession.objects.filter(user=self.user).order_by("pk").prefetch_related("tapes")
        told = [(session.now, events_of(session)) for session in sessions]
        return LedgerRow.objects.filter(user=self.user).count(), told

    @precondition(lambda self: self.session)
    @rule()
    def leave(self):
        time.close_session(self.session.pk, by=self.user, at=self.at)
        self.session = None

    @rule(after=st.sampled_from([0, 61, 3_600, 25 * 3_600]))
    def silence(self, after):
        self.at += after * SECOND + MS
        time.close_silent_sessions(at=self.at)

    @rule(before=st.integers(1, 20))
    def nearly_midnight(self, before):
        midnight = clock.moment(counting.day_end(clock.milliseconds(self.at)))
        self.at = max(self.at, midnight - before * SECOND)
        time.close_silent_sessions(at=self.at)

    @rule(
        which=st.integers(0, 1),
        lesson=st.sampled_from(["page", "film"]),
        since=st.integers(1, 90),
        right=st.booleans(),
    )
    def read(self, which, lesson, since, right):
        learning = self.enrolments[which]
        facts = learning.facts(lesson)
        asked = page_questions(learning.enrolment, facts)
        answers = {q.id: frozenset("A" if right else "B") for q in asked}
        self.at += SECOND
        opened = max(self.began, self.at - since * SECOND)
        try:
            time.read_page(
                learning.enrolment, facts, by=self.user, opened_at=opened, at=self.at, answers=answers
            )
        except (play.LessonShut, CheckFailed):
            return
        self.session = None

    @rule(which=st.integers(0, 1), seconds=st.integers(1, 40))
    def quiz(self, which, seconds):
        learning = self.enrolments[which]
        self.at += MS
        wall = (max(self.began, self.at - seconds * SECOND), self.at)
        time.credit(
            learning.enrolment, learning.facts("quiz"), kind="quiz", wall=wall, seconds=seconds, at=self.at
        )

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 1))
    def a_person_opens_what_was_shut(self, which):
        shut = Coverage.objects.filter(
            enrolment=self.enrolments[which].enrolment, shut_at__isnull=False
        ).first()
        if shut:
            helper = factories.staff(Role.INSTRUCTOR)
            self.at += SECOND
            time.reopen_lesson(shut, by=helper, at=self.at, reason="电话里谈过了𠮷")

    @rule(row=st.integers(0, 50))
    def a_person_lets_refused_time_count(self, row):
        """Also while the lesson plays."""
        refused = list(LedgerRow.objects.filter(user=self.user, entry="refused", contests=None, ms__gt=0))
        if not refused:
            return
        self.at += SECOND
        asked = contests.contest(refused[row % len(refused)], by=self.user, at=self.at, words="一直在看·𠮷")
        try:
            contests.answer(
                asked,
                by=factories.staff(Role.INSTRUCTOR),
                at=self.at,
                grant=True,
                reason="电话里谈过了𠮷",
            )
        except contests.NothingToGrant:
            return

    @rule(row=st.integers(0, 50), seconds=st.integers(1, 20))
    def two_people_take_back(self, row, seconds):
        counted = list(LedgerRow.objects.filter(user=self.user, entry="credit"))
        if not counted:
            return
        self.at += SECOND
        first, second = factories.staff(Role.INSTRUCTOR), factories.staff(Role.PROVINCE_CATALOGUE)
        try:
            proposed = corrections.propose(
                counted[row % len(counted)], by=first, at=self.at, seconds=seconds, why="现场检查𠮷"
            )
        except corrections.NothingCounted:
            return
        corrections.decide(proposed, by=second, at=self.at, confirm=True)

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def counted_is_within_wall_day_and_film(self):
        rows = list(LedgerRow.objects.filter(user=self.user))
        credit = [row for row in rows if row.entry == "credit"]
        assert {row.reason for row in rows if row.entry == "refused"} <= set(REASONS)
        assert sum(row.ms for row in credit) <= (self.at - self.began) / MS
        walls = sorted((row.wall.lower, row.wall.upper) for row in credit)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(walls))
        days, by_lesson = Counter(), Counter()
        for row in credit:
            days[(clock.milliseconds(row.wall.upper) - 1 + counting.SHANGHAI) // counting.DAY] += row.ms
        assert all(ms <= 90_000 for ms in days.values())
        for row in rows:
            counted = {"credit": row.ms, "taken": -row.ms}.get(row.entry, 0)
            by_lesson[row.enrolment_id, row.lesson_id] += counted
        for coverage in Coverage.objects.filter(user=self.user):
            counted = ranges.total(ranges.from_json(coverage.covered))
            assert counted == coverage.covered_ms == by_lesson[coverage.enrolment_id, coverage.lesson_id]

    def the_ledger_comes_out_again(self):
        enrolments = [learning.enrolment for learning in self.enrolments]
        same = Under(enrolments[0].edition)
        found = again(self.user, other=same.terms, other_cap=same.cap)
        assert found.differences == []
        assert (found.would.elsewhere, found.would.shut, found.would.early) == (0, 0, 0)
        for enrolment in enrolments:
            was, would = found.was.sums[enrolment.pk], found.would.sums[enrolment.pk]
            assert was == would
            rows = LedgerRow.objects.filter(enrolment=enrolment)
            assert was.confirmed == sum(
                {"credit": row.ms, "taken": -row.ms}.get(row.entry, 0) for row in rows
            )


def test_whatever_happens_the_stored_beats_give_the_ledger_again(db, at):
    edition = lessons.fictional_edition(at, daily_cap_hours=3)
    first = lessons.learning(at, edition=edition)
    second = lessons.learning(
        at, user=first.user, of=lessons.version(at, code="GZ-T2", no_skip=True), edition=edition
    )
    machine = type("Machine", (Learning,), {"enrolments": (first, second)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            phases=[Phase.generate],
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
