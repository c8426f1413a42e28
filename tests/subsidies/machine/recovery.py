"""The last part of a history: what was paid is asked back, settled in every way there is, and somebody is barred."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from portal import clock
from portal.accounts.roles import Role
from subsidies.models import Entitlement, RecoveryOrder, Sanction, Settlement
from subsidies.selectors import recovery as asked
from subsidies.services import instalments, recovery, sanctions, settlements
from subsidies.workflow.recovery import RecoveryState, SettlementState
from tests.subsidies.machine.claims import CLAIMS, WORD
from tests.subsidies.machine.ground import DAY
from tests.subsidies.machine.money import MoneyRules

ORDERS = Bundle("orders")
SETTLEMENTS = Bundle("settlements")
PARTS = st.sampled_from([1, 7, 1_000, 50_000, None])


class RecoveryRules(MoneyRules):
    def _now(self, order: RecoveryOrder) -> RecoveryOrder:
        return RecoveryOrder.objects.get(pk=order.pk)

    @rule(target=ORDERS, claim=CLAIMS, fen=PARTS)
    def propose_recovery(self, claim: Any, fen: int | None) -> Any:
        row = Entitlement.objects.filter(claim=claim).exclude(state="carried").order_by("-fen", "pk").first()
        if row is None:
            return multiple()
        told = {"ground": "audit", "reason": WORD, "fen": fen, "by": self.officer(Role.RECOVERY_OFFICER)}
        return self.do(recovery.propose_recovery, row, **told) or multiple()

    @rule(order=ORDERS, replies=st.booleans(), who=st.integers(0, 2))
    def order_recovery(self, order: RecoveryOrder, replies: bool, who: int) -> None:
        """Told, answered or not, and ordered by another person; too early is refused."""
        told = {"by": self.officer(Role.RECOVERY_OFFICER)}
        self.do(recovery.notify_payee, order, **told)
        order = self._now(order)
        if order.state != RecoveryState.NOTIFIED:
            return
        by = self.officer(Role.RECOVERY_OFFICER, who)
        if replies:
            self.do(recovery.reply_to_recovery, order, text=WORD, by=order.payee)
        elif self.at < order.reply_due_at - dt.timedelta(minutes=5):
            assert (
                self.do(
                    recovery.order_recovery, order, document="x", by=self.officer(Role.RECOVERY_OFFICER, 1)
                )
                is None
            )
            self.at = order.reply_due_at
        self.do(recovery.order_recovery, order, document=self.next_paper(), by=by)

    @rule(order=ORDERS, how=st.sampled_from(["plan", "enforce", "cancel"]))
    def go_on_with(self, order: RecoveryOrder, how: str) -> None:
        order, by = self._now(order), self.officer(Role.RECOVERY_OFFICER)
        if how == "plan":
            half = order.owed_fen // 2
            today = clock.today(self.at)
            parts = [(today + 30 * DAY, half), (today + 60 * DAY, order.owed_fen - half)]
            self.do(instalments.plan_instalments, order, parts, by=by)
        elif how == "enforce":
            self.do(recovery.hand_to_enforcement, order, reason=WORD, by=by)
        else:
            self.do(recovery.cancel_recovery, order, reason=WORD, by=self.officer(Role.FINANCE_CHECKER))

    @rule(
        target=SETTLEMENTS,
        order=ORDERS,
        kind=st.sampled_from(["repay", "repay", "offset", "write off"]),
        fen=PARTS,
    )
    def enter_settlement(self, order: RecoveryOrder, kind: str, fen: int | None) -> Any:
        order, by = self._now(order), self.officer(Role.RECOVERY_OFFICER)
        if kind == "offset":
            target = asked.offsettable(order).order_by("pk").first()
            if target is None:
                return multiple()
            return self.do(settlements.enter_offset, order, target, fen=fen, by=by) or multiple()
        fen = order.owed_fen if fen is None else fen
        if kind == "repay":
            paper = self.next_paper()
            made = self.do(settlements.enter_repayment, order, fen=fen, reference=paper, by=by)
            assert self.do(settlements.enter_repayment, order, fen=fen, reference=paper, by=by) is None
        else:
            made = self.do(settlements.enter_write_off, order, fen=fen, document=self.next_paper(), by=by)
        return made or multiple()

    @rule(row=SETTLEMENTS, refused=st.booleans())
    def decide_settlement(self, row: Settlement, refused: bool) -> None:
        if refused:
            self.do(
                settlements.refuse_settlement, row, reason=WORD, by=self.officer(Role.RECOVERY_OFFICER, 1)
            )
            return
        assert self.do(settlements.confirm_settlement, row, by=self.officer(Role.RECOVERY_OFFICER)) is None
        self._confirm(row)

    def _confirm(self, row: Settlement) -> None:
        for by in (self.officer(Role.RECOVERY_OFFICER, 1), self.officer(Role.FINANCE_CHECKER)):
            done = self.do(settlements.confirm_settlement, row, by=by)
            if done is not None and done.kind == Settlement.Kind.REPAYMENT:
                assert done.state == SettlementState.CONFIRMED
                self.cash_back += done.fen

    @rule(order=ORDERS, days=st.integers(0, 400), lifted=st.booleans())
    def bar(self, order: RecoveryOrder, days: int, lifted: bool) -> None:
        by, today = self.officer(Role.RECOVERY_OFFICER, 1), clock.today(self.at)
        told = {"kind": Sanction.Kind.SUSPENSION, "starts_on": today, "ends_on": today + days * DAY}
        row = self.do(
            sanctions.impose_sanction, order, document=self.next_paper(), reason=WORD, by=by, **told
        )
        if lifted and row is not None:
            self.do(sanctions.lift_sanction, row, reason=WORD, by=by)

    @rule(target=ORDERS, claim=CLAIMS, who=st.integers(0, 11), fen=PARTS)
    def what_was_paid_is_asked_back(self, claim: Any, who: int, fen: int | None) -> Any:
        """All the way to an order, so that what comes after it is reached often."""
        if not Entitlement.objects.filter(claim=claim, state="paid").exists():
            self.a_claim_is_paid(who)
        row = Entitlement.objects.filter(state="paid").order_by("-pk").first()
        order = self.propose_recovery(row.claim, fen) if row else None
        if not isinstance(order, RecoveryOrder):
            return multiple()
        self.order_recovery(order, replies=False, who=1)
        return order
