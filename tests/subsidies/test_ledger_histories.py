"""Random histories of money: whatever happens in whatever order, the books hold and nothing is lost."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.models import Account, BankAnswer, Batch, Claim, Posting
from subsidies.services import answers, assembling, batches, files, holds, ledger, notices
from subsidies.services.moves import _move
from subsidies.services.reconcile import breaches
from tests import factories
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("budget"), st.integers(1, 400_000), st.sampled_from(["SKILL", "EMPLOY"])),
        st.tuples(st.just("claim"), st.integers(1, 200_000), st.integers(0, 50_000)),
        st.tuples(st.just("withdraw"), st.integers(0, 5), st.just(0)),
        st.tuples(
            st.sampled_from(["publish", "end", "batch", "check", "release", "cancel", "free"]),
            st.just(0),
            st.just(0),
        ),
        st.tuples(st.just("answer"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("return_late"), st.integers(1, 3), st.none()),
    ),
    min_size=1,
    max_size=25,
)


class History:
    """The service layer with officers, a clock that moves on, and no memory of its own."""

    def __init__(self):
        self.at = world.AT
        self.people = {role: world.officer(role) for role in (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)}
        self.releaser = world.officer(Role.FINANCE_CHECKER)
        self.payees = [world.payee() for _ in range(3)]
        self.made = 0

    def step(self, name, first, second):
        self.at += dt.timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, name)(first, second)
        except RuleBroken:
            pass

    def budget(self, fen, fund):
        world.budget(fen, fund, at=self.at)

    def claim(self, skill, employ):
        self.made += 1
        lines = [("SKILL", skill), ("EMPLOY", employ)] if employ else [("SKILL", skill)]
        claim = world.claim(person=self.payees[self.made % 3], lines=lines, at=self.at)
        try:
            with transaction.atomic():
                world.approve(claim, at=self.at)
        except ledger.BudgetExhausted:
            world.wait_for_funds(Claim.objects.get(pk=claim.pk), at=self.at)

    def withdraw(self, index, _second):
        live = Claim.objects.filter(state__in=["approved", "in_notice", "payable"]).order_by("pk")
        if len(live) > index:
            claim = _move(live[index], "withdraw", at=self.at)
            ledger.release(claim, by=None, at=self.at)

    def publish(self, *_):
        notices.publish_notice(province="520000", by=self.people[Role.FINANCE_MAKER], at=self.at)

    def end(self, *_):
        from subsidies.models import Notice

        for notice in Notice.objects.filter(ended_at=None):
            self.at = max(self.at, notice.ends_at)
            notices.end_notice(notice, at=self.at)

    def batch(self, *_):
        self.at += dt.timedelta(days=3)
        world.vouched(at=self.at)
        assembling.make_batch(province="520000", by=self.people[Role.FINANCE_MAKER], at=self.at)

    def _one(self, *states):
        return Batch.objects.filter(state__in=states).order_by("pk").first()

    def check(self, *_):
        if found := self._one("assembled"):
            batches.check_batch(found, by=self.people[Role.FINANCE_CHECKER], at=self.at)

    def release(self, *_):
        if found := self._one("checked"):
            batches.release_batch(found, by=self.releaser, at=self.at)
            files.write_payment_file(found, at=self.at)

    def cancel(self, *_):
        if found := self._one("assembled", "checked"):
            batches.cancel_batch(found, by=self.people[Role.FINANCE_CHECKER], at=self.at, reason="x")

    def free(self, *_):
        from subsidies.models import Hold

        for hold in Hold.objects.filter(closed_at=None):
            factories.with_bank_account(hold.claim.claimant, at=self.at)
            holds.close_hold(hold, by=self.people[Role.FINANCE_CHECKER], at=self.at, reason="x")

    def answer(self, returned, late):
        if found := self._one("sent"):
            content = world.answer_csv(found, {returned: "退票"})
            for _twice in range(2):
                answers.apply_answer_file(
                    found, name="a", content=content, by=self.people[Role.FINANCE_MAKER], at=self.at
                )
            rows = list(BankAnswer.objects.filter(line__batch=found))
            for row in rows[:1] if late else rows * 2:
                answers.apply_answer(row, at=self.at)
            batches.close_if_answered(found, at=self.at)

    def return_late(self, line_no, _second):
        """The bank sends back what it had paid, a day later; and says so twice."""
        self.at += dt.timedelta(days=1)
        found = (
            Batch.objects.filter(state__in=["sent", "answered"], lines__line_no=line_no).order_by("pk").last()
        )
        if found is None:
            return
        line = found.lines.get(line_no=line_no)
        if line.state == "settled":
            content = world.late_csv(line)
            for _twice in range(2):
                taken = answers.apply_answer_file(
                    found, name="l", content=content, by=self.people[Role.FINANCE_MAKER], at=self.at
                )
                assert taken.accepted
            for row in [*BankAnswer.objects.filter(file=taken)] * 2:
                answers.apply_answer(row, at=self.at)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_books_hold_after_any_history(history):
    with transaction.atomic():
        story = History()
        for name, first, second in history:
            story.step(name, first, second)
            assert not Account.objects.exclude(kind="appropriation").filter(balance_fen__lt=0).exists()
        sums = Posting.objects.aggregate(debit=Sum("debit_fen"), credit=Sum("credit_fen"))
        assert sums["debit"] == sums["credit"]
        issued = -(Account.objects.filter(kind="appropriation").aggregate(s=Sum("balance_fen"))["s"] or 0)
        held = Account.objects.exclude(kind="appropriation").aggregate(s=Sum("balance_fen"))["s"] or 0
        assert issued == held
        assert list(breaches()) == []
        transaction.set_rollback(True)
