"""The claim's part of a history: from the declaration to the yes or the no, at every desk and by everybody who sits there."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from subsidies.models import Claim
from subsidies.selectors.desks import DESKS, why_not
from subsidies.services import checking, claims, funding, rejections, reviews, seats
from subsidies.workflow.claims import Desk, State
from tests.subsidies import making
from tests.subsidies.machine.ground import DAY, OFFICES, Recording

CLAIMS = Bundle("claims")
ANYBODY = st.integers(0, 2)
WORD = "记录与申报不符"
HOW = st.sampled_from(["yes", "yes", "yes", "yes", "back", "down", "no", "stay out"])


def fresh(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


class ClaimRules(Recording):
    @rule(target=CLAIMS, who=st.integers(0, 11), twice=st.booleans())
    def submit(self, who: int, twice: bool) -> Any:
        """Twice by the same key is one claim."""
        person, serial = self.ground.wallet[who]
        self.made += 1
        told = {"answers": making.ANSWERS, "agreed": True, "key": f"form-{self.made}"}
        claim = self.do(claims.submit_claim, person, serial, **told)
        if claim and twice:
            assert self.do(claims.submit_claim, person, serial, **told).pk == claim.pk
        return claim or multiple()

    @rule(claim=CLAIMS, twice=st.booleans())
    def let_the_rules_look(self, claim: Claim, twice: bool) -> None:
        for _time in range(1 + twice):
            self.do(checking.check_claim, claim)

    @rule(claim=CLAIMS, how=HOW, who=ANYBODY)
    def act_at_the_desk(self, claim: Claim, how: str, who: int) -> None:
        """By somebody who may, where there is anybody."""
        claim = fresh(claim)
        if not claim.desk:
            return
        people = [self.officer(role, who + n) for role in DESKS[claim.desk][0] for n in range(3)]
        by = next((person for person in people if why_not(claim, person) is None), people[0])
        self._act(claim, how, by)

    def _act(self, claim: Claim, how: str, by: Any) -> Any:
        act, told = self._meant(claim.desk, how)
        return self.do(act, claim, by=by, **told)

    def _meant(self, desk: str, how: str) -> tuple[Any, dict[str, Any]]:
        """The service behind what somebody wants at a desk. What a desk has not got is tried all the same."""
        yes: dict[str, Any] = {
            Desk.INTAKE: (reviews.accept, {}),
            **dict.fromkeys(rejections.CONFIRMING, (rejections.confirm_reject, {})),
            **dict.fromkeys(
                rejections.HEARING, (rejections.decide_appeal, {"granted": True, "reason": WORD})
            ),
        }
        no: dict[str, Any] = {
            **dict.fromkeys(rejections.CONFIRMING, (rejections.overrule, {"reason": WORD})),
            **dict.fromkeys(
                rejections.HEARING, (rejections.decide_appeal, {"granted": False, "reason": WORD})
            ),
        }
        propose = (rejections.propose_reject, {"reason": WORD, "codes": ["STATED_WRONGLY"]})
        return {
            "yes": yes.get(desk, (reviews.pass_on, {"confirmed": True})),
            "no": no.get(desk, propose),
            "back": (reviews.send_back, {"reason": WORD, "codes": ["MATERIAL_MISSING"]}),
            "down": (reviews.send_down, {"reason": WORD}),
            "stay out": (seats.stay_out, {"reason": "亲属"}),
        }[how]

    @rule(claim=CLAIMS, role=st.sampled_from(OFFICES), who=ANYBODY, how=HOW)
    def somebody_tries(self, claim: Claim, role: Any, who: int, how: str) -> None:
        """Anybody at all; who may not leaves the claim as it was."""
        claim, by = fresh(claim), self.officer(role, who)
        broken = why_not(claim, by)
        self._act(claim, how, by)
        if broken is not None:
            assert (fresh(claim).state, fresh(claim).moved_at) == (claim.state, claim.moved_at)

    @rule(
        claim=CLAIMS, how=st.sampled_from(["hand in", "hand in", "appeal", "appeal", "withdraw", "let lapse"])
    )
    def claimant_acts(self, claim: Claim, how: str) -> None:
        claim = fresh(claim)
        person = claim.claimant
        if how == "hand in":
            self.do(claims.resubmit, claim, by=person)
        elif how == "appeal":
            self.do(rejections.file_appeal, claim, by=person, words=WORD)
        elif how == "withdraw":
            self.do(claims.withdraw, claim, by=person)
        elif claim.state == State.RETURNED:
            self.at = max(self.at, claim.due_at)
            assert self.do(claims.resubmit, claim, by=person) is None
            assert self.do(claims.lapse, claim) is True
            assert self.do(claims.lapse, claim) is False

    @rule(target=CLAIMS, who=st.integers(0, 11))
    def a_claim_gets_its_yes(self, who: int) -> Any:
        """Several steps at once, so that what comes after the yes is reached often."""
        claim = self.submit(who, twice=False)
        if not isinstance(claim, Claim):
            return multiple()
        self.let_the_rules_look(claim, twice=False)
        while fresh(claim).desk:
            before = fresh(claim).desk
            self.act_at_the_desk(claim, "yes", 0)
            if fresh(claim).desk == before:
                break
        return claim

    @rule(most=st.integers(1, 4))
    def wait_for_money(self, most: int) -> None:
        """As the task does it: the oldest first."""
        waiting = Claim.objects.filter(state=State.AWAITING_FUNDS).order_by("moved_at", "pk")
        for claim in list(waiting[:most]):
            self.do(funding.fund_claim, claim)

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        self.at += days * DAY
        for claim in list(Claim.objects.filter(state=State.RETURNED)):
            self.do(claims.lapse, claim)
