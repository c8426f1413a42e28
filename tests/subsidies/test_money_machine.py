"""Whatever happens to claims and money, in whatever order: the books hold, nobody is paid twice and `reconcile` finds nothing.

A Hypothesis state machine over the services, with a name check that fails, is late and says things twice, and a bank whose
answer files come cut, doubled, of another batch and in parts.
"""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, multiple, run_state_machine_as_test

from subsidies.models import Account, Batch, BatchLine, Claim, JournalEntry, RecoveryOrder
from subsidies.services import reconcile
from subsidies.workflow.money import Event, Kind
from tests.subsidies.machine.claims import CLAIMS
from tests.subsidies.machine.ground import Ground
from tests.subsidies.machine.money import BATCHES, documents
from tests.subsidies.machine.recovery import ORDERS, RecoveryRules

pytestmark = pytest.mark.django_db
SPENT = (Kind.PAID, Kind.RECEIVABLE, Kind.WRITTEN_OFF)
SO_FAR = st.shared(
    st.tuples(
        st.sampled_from(["nothing", "paid", "asked back", "asked back", "payable", "at the bank"]),
        st.integers(0, 11),
    ),
    key="so far",
)


class Money(RecoveryRules):
    @initialize(target=CLAIMS, so_far=SO_FAR)
    def claims_so_far(self, so_far: tuple[str, int]) -> Any:
        self.begin(*so_far)
        return multiple(*Claim.objects.order_by("pk"))

    @initialize(target=BATCHES, so_far=SO_FAR)
    def batches_so_far(self, so_far: tuple[str, int]) -> Any:
        self.begin(*so_far)
        return multiple(*Batch.objects.order_by("pk"))

    @initialize(target=ORDERS, so_far=SO_FAR)
    def orders_so_far(self, so_far: tuple[str, int]) -> Any:
        self.begin(*so_far)
        return multiple(*RecoveryOrder.objects.order_by("pk"))

    def begin(self, so_far: str, who: int) -> None:
        """Not every history begins with nothing: what comes late is reached by few steps."""
        if Claim.objects.exists():
            return
        if so_far in ("paid", "asked back"):
            self.a_claim_is_paid(who)
        if so_far == "asked back":
            self.what_was_paid_is_asked_back(Claim.objects.get(), who, None)
        if so_far in ("asked back", "payable", "at the bank"):
            payable(self, who ^ 1)
        if so_far == "at the bank":
            batch = self.make_batch(0)
            self.check_batch(batch, 0, twice=False)
            self.release_batch(batch, 1, written=True)

    @invariant()
    def books_hold(self) -> None:
        sums = dict(Account.objects.order_by().values_list("kind").annotate(fen=Sum("balance_fen")))
        assert sum(sums.values()) == 0 or -sums[Kind.APPROPRIATION] == sum(
            fen for kind, fen in sums.items() if kind != Kind.APPROPRIATION
        )
        assert not Account.objects.filter(~Q(kind=Kind.APPROPRIATION), balance_fen__lt=0).exists()
        spent = sum(sums.get(kind, 0) for kind in SPENT)
        assert spent == sum(self.banked.values()) - self.cash_back

    def teardown(self) -> None:
        try:
            connection.check_constraints()
            told: list[reconcile.Breach] = []
            reconcile.prove(at=self.at, tell=told.append)
            assert told == []
            self._nobody_was_paid_twice()
            self._no_more_than_the_documents_say()
        finally:
            self.left()

    def _nobody_was_paid_twice(self) -> None:
        of_line = dict(BatchLine.objects.values_list("pk", "claim_id"))
        paid: dict[int, int] = {}
        for (line, _late), fen in self.banked.items():
            paid[of_line[line]] = paid.get(of_line[line], 0) + fen
        owed = dict(Claim.objects.filter(pk__in=paid).values_list("pk", "amount_fen"))
        assert all(0 <= fen <= owed[claim] for claim, fen in paid.items())

    def _no_more_than_the_documents_say(self) -> None:
        assert sum(self.banked.values()) <= documents() + self.cash_back


def test_books_hold_after_any_history():
    Money.ground = Ground()
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_one_history_holds_every_event():
    """Each of the rules reaches what it is there for, and no event is left to chance."""
    Money.ground = Ground()
    story = Money()
    story.a_claim_is_paid(0)
    order = story.what_was_paid_is_asked_back(Claim.objects.get(), 0, None)
    payable(story, 1)
    for kind, fen in (("repay", 1_000), ("offset", 7), ("write off", 1)):
        story.decide_settlement(story.enter_settlement(order, kind, fen), refused=False)
    story.go_on_with(order, "plan")
    story.go_on_with(order, "cancel")
    story.budget_document("raise", "SKILL", 400_000, "confirm")
    story.budget_document("cut", "SKILL", 299, "confirm")
    story.claimant_acts(story.a_claim_gets_its_yes(2), "withdraw")
    payable(story, 3)
    batch = story.make_batch(0)
    story.check_batch(batch, 0, twice=True)
    story.release_batch(batch, 1, written=True)
    story.bank_answers(batch, {1}, "cut", partly=False)
    story.bank_answers(batch, {1}, None, partly=False)
    story.answers_take_effect(9, backwards=True, twice=True)
    story.bank_sends_back_late(story.a_claim_is_paid(4), 1)
    story.answers_take_effect(9, backwards=False, twice=True)
    last = story.a_claim_is_paid(6)
    payable(story, 7)
    order = story.what_was_paid_is_asked_back(last.lines.first().claim, 6, None)
    story.the_year_ends(1, finish=True)
    for kind, fen in (("repay", 1), ("offset", 7)):
        story.decide_settlement(story.enter_settlement(order, kind, fen), refused=False)
    story.books_hold()
    posted = set(JournalEntry.objects.values_list("event", flat=True))
    assert set(Event) - posted == set()
    story.teardown()


def payable(story: Money, who: int) -> None:
    story.budget_document("issue", "EMPLOY", 80_000, "confirm")
    story.budget_document("issue", "SKILL", 400_000, "confirm")
    story.a_claim_gets_its_yes(who)
    story.publish()
    story.end_notices(early=False)
    story.ask_the_bank_about_accounts([], "")
