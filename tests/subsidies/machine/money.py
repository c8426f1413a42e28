"""The money's part of a history: budgets, notices and objections, the bank that vouches for accounts, batches and answers."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from portal.accounts.roles import Role
from subsidies import name_port
from subsidies.models import BankAnswer, Batch, BudgetProposal, Hold, Notice, NoticeLine, Objection
from subsidies.services import (
    answers,
    assembling,
    batches,
    budgets,
    files,
    holds,
    names,
    notices,
    objections,
    yearend,
)
from subsidies.workflow.money import BatchState, LineState
from tests import factories
from tests.subsidies import money_world as world
from tests.subsidies.machine.claims import CLAIMS, WORD, ClaimRules
from tests.subsidies.machine.ground import DAY, PROVINCE

BATCHES = Bundle("batches")
FUNDS = st.sampled_from(["SKILL", "SKILL", "EMPLOY"])
SPOILT = {
    "cut": lambda text, _batch: text[: text.rindex(",R")],
    "of another batch": lambda text, batch: text.replace(batch.number, f"{batch.number[:-1]}X"),
    "another sum": lambda text, batch: text.replace(_yuan(batch), "0.01"),
    "a line too many": lambda text, batch: f"{text}\n{batch.number},9999,R9999,1.00,成功,",
    "a line twice": lambda text, _batch: f"{text}\n{text.splitlines()[-1]}",
}
"""What no answer file may be, whatever else is right in it."""


def _yuan(batch: Batch) -> str:
    fen = batch.lines.first().fen
    return f"{fen // 100}.{fen % 100:02d}"


class MoneyRules(ClaimRules):
    @rule(
        kind=st.sampled_from(["issue", "issue", "raise", "cut"]),
        fund=FUNDS,
        fen=st.sampled_from([0, 1, 299, 80_000, 160_000, 400_000, 2_000_000]),
        how=st.sampled_from(["confirm", "confirm", "confirm", "refuse", "alone"]),
    )
    def budget_document(self, kind: str, fund: str, fen: int, how: str) -> None:
        self._document(kind, fund, fen, self.at.year, how=how)

    def _document(self, kind: str, fund: str, fen: int, year: int, *, how: str = "confirm") -> Any:
        maker, checker = self.officer(Role.FINANCE_MAKER), self.officer(Role.FINANCE_CHECKER)
        proposal = self.do(
            budgets.propose_budget,
            province=PROVINCE,
            fund=fund,
            year=year,
            fen=fen,
            kind=kind,
            document=self.next_paper(),
            purpose=WORD,
            by=maker,
        )
        if proposal is None:
            return None
        if how == "refuse":
            return self.do(budgets.refuse_budget, proposal, by=checker, reason=WORD)
        if how == "alone":
            assert self.do(budgets.issue_budget, proposal, by=maker) is None
            return None
        done = self.do(budgets.issue_budget, proposal, by=checker)
        assert self.do(budgets.issue_budget, proposal, by=checker) is None
        return done

    @rule(most=st.integers(1, 3), finish=st.booleans())
    def the_year_ends(self, most: int, finish: bool) -> None:
        year = self.at.year
        if year >= 2028:
            return
        self.at = dt.datetime(year + 1, 1, 5, 2, tzinfo=dt.UTC)
        for fund in ("SKILL", "EMPLOY"):
            self._document("close", fund, 0, year)
        self.carry(most if not finish else 500)

    @rule(most=st.integers(1, 3))
    def carry(self, most: int) -> None:
        for book in list(yearend.unfinished_books()):
            self.do(yearend.carry_some, book, most=most)
            self.do(yearend.give_back, book)

    @rule()
    def publish(self) -> None:
        self.do(notices.publish_notice, province=PROVINCE, by=self.officer(Role.PROVINCE_REVIEWER))

    @rule(early=st.booleans())
    def end_notices(self, early: bool) -> None:
        for notice in list(Notice.objects.filter(ended_at=None)):
            if not early:
                self.at = max(self.at, notice.ends_at)
            for _twice in range(2):
                self.do(notices.end_notice, notice)

    @rule(claim=CLAIMS)
    def object(self, claim: Any) -> None:
        line = NoticeLine.objects.filter(claim=claim).order_by("-pk").first()
        if line is not None:
            self.do(objections.raise_objection, line, words=WORD, contact="不愿公开")

    @rule(founded=st.booleans(), role=st.sampled_from([Role.SECOND_REVIEWER, Role.PROVINCE_REVIEWER]))
    def decide_objections(self, founded: bool, role: Role) -> None:
        act = objections.uphold if founded else objections.dismiss
        for row in list(Objection.objects.filter(state="open")):
            for index in range(3):
                self.do(act, row, by=self.officer(role, index), reason=WORD)

    @rule(claim=CLAIMS, anew=st.booleans())
    def close_holds(self, claim: Any, anew: bool) -> None:
        """The claimant enters an account, where the bank wants one; then somebody lets the claim go on."""
        for hold in list(Hold.objects.filter(claim=claim, closed_at=None)):
            if anew:
                factories.with_bank_account(claim.claimant, at=self.at)
            self.do(holds.close_hold, hold, by=self.officer(Role.FINANCE_CHECKER, 2), reason=WORD)

    @rule(
        script=st.lists(
            st.sampled_from(
                ["answer", "answer", "fail", "time out", "stale", "garble", "no_match", "unknown"]
            ),
            max_size=4,
        ),
        trouble=st.sampled_from(["", "", "told twice", "told late"]),
    )
    def ask_the_bank_about_accounts(self, script: list[str], trouble: str) -> None:
        self.at += 3 * DAY
        name_port.Recorder.script[:] = script
        accounts = names.unchecked_accounts(at=self.at).values_list("pk", "province_id")
        names.ask_for(list(accounts), at=self.at)
        for _question in range(12):
            check = self.do(names.take_up)
            if check is None:
                break
            outcome = names.ask(check, at=self.at)
            if trouble == "told late":  # somebody else asked anew meanwhile; what they were told counts
                self.at += names.LEASE
                if (again := self.do(names.take_up)) is not None:
                    self.do(names.told, again, names.ask(again, at=self.at))
            for _time in range(1 + bool(trouble)):
                self.do(names.told, check, outcome)
        name_port.Recorder.script.clear()

    @rule(target=BATCHES, who=st.integers(0, 2))
    def make_batch(self, who: int) -> Any:
        made = self.do(assembling.make_batch, province=PROVINCE, by=self.officer(Role.FINANCE_MAKER, who))
        return made or multiple()

    @rule(batch=BATCHES, who=st.integers(0, 2), twice=st.booleans())
    def check_batch(self, batch: Batch, who: int, twice: bool) -> None:
        for _time in range(1 + twice):
            self.do(batches.check_batch, batch, by=self.officer(Role.FINANCE_CHECKER, who))

    @rule(batch=BATCHES, who=st.integers(0, 2), written=st.booleans())
    def release_batch(self, batch: Batch, who: int, written: bool) -> None:
        for _twice in range(2):
            self.do(batches.release_batch, batch, by=self.officer(Role.FINANCE_CHECKER, who))
            if written:
                self.do(files.write_payment_file, Batch.objects.get(pk=batch.pk))

    @rule(batch=BATCHES)
    def cancel_batch(self, batch: Batch) -> None:
        self.do(batches.cancel_batch, batch, by=self.officer(Role.FINANCE_CHECKER), reason=WORD)

    @rule(
        batch=BATCHES,
        returned=st.sets(st.integers(1, 4), max_size=2),
        spoilt=st.sampled_from([None, None, None, None, *SPOILT, "of another encoding"]),
        partly=st.booleans(),
    )
    def bank_answers(self, batch: Batch, returned: set[int], spoilt: str | None, partly: bool) -> None:
        """A file that is right is taken, the same again changes nothing; one that is spoilt is refused as a whole."""
        if Batch.objects.get(pk=batch.pk).state not in (BatchState.SENT, BatchState.ANSWERED):
            return
        text = world.answer_csv(batch, dict.fromkeys(returned, "退票")).decode()
        if partly and batch.line_count > 1:
            text = text[: text.rindex("\n")]
        content = text.encode("utf-16" if spoilt == "of another encoding" else "utf-8")
        if spoilt in SPOILT:
            content = SPOILT[spoilt](text, batch).encode()
        before = BankAnswer.objects.count()
        file = self._take(batch, content)
        if spoilt:
            assert file.accepted is False, (spoilt, content.decode(errors="replace"))
            assert BankAnswer.objects.count() == before
        after = BankAnswer.objects.count()
        self._take(batch, content)
        assert BankAnswer.objects.count() == after

    def _take(self, batch: Batch, content: bytes) -> Any:
        by = self.officer(Role.FINANCE_MAKER)
        return self.do(answers.apply_answer_file, batch, name="a.csv", content=content, by=by)

    @rule(most=st.integers(1, 6), backwards=st.booleans(), twice=st.booleans())
    def answers_take_effect(self, most: int, backwards: bool, twice: bool) -> None:
        """Some now and some later, in any order, each once, however often it is asked for."""
        rows = list(BankAnswer.objects.filter(applied_at=None).order_by("-pk" if backwards else "pk")[:most])
        for row in [*rows, *rows] if twice else rows:
            if self.do(answers.apply_answer, row):
                assert (row.line_id, row.late) not in self.banked
                self.banked[row.line_id, row.late] = -row.fen if row.late else row.fen
                if row.result == "returned" and not row.late:
                    self.banked[row.line_id, row.late] = 0
        for batch in list(Batch.objects.filter(state=BatchState.SENT)):
            self.do(batches.close_if_answered, batch)

    @rule(batch=BATCHES, line=st.integers(1, 3))
    def bank_sends_back_late(self, batch: Batch, line: int) -> None:
        """Days after it had paid; and says so twice."""
        row = batch.lines.filter(line_no=line, state=LineState.SETTLED).first()
        if row is not None:
            self.at += DAY
            for _twice in range(2):
                self._take(batch, world.late_csv(row))

    @rule(target=BATCHES, who=st.integers(0, 11))
    def a_claim_is_paid(self, who: int) -> Any:
        """All the way, so that what comes after a payment is reached often."""
        for fund in ("SKILL", "EMPLOY"):
            self._document("issue", fund, 200_000, self.at.year)
        self.a_claim_gets_its_yes(who)
        self.publish()
        self.end_notices(early=False)
        self.ask_the_bank_about_accounts([], "")
        batch = self.make_batch(0)
        if not isinstance(batch, Batch):
            return multiple()
        self.check_batch(batch, 0, twice=False)
        self.release_batch(batch, 1, written=True)
        self.bank_answers(batch, set(), None, partly=False)
        self.answers_take_effect(20, backwards=False, twice=False)
        return batch


def documents() -> int:
    """Fen of all confirmed budget documents: what was issued and raised, less what was cut."""
    confirmed = BudgetProposal.objects.filter(state="issued")
    sign = {"issue": 1, "raise": 1, "cut": -1, "close": 0}
    return sum(sign[kind] * fen for kind, fen in confirmed.values_list("kind", "fen"))
