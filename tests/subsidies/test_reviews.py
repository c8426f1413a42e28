"""Two people, reasons in words, and money reserved with the yes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from certificates.models import Certificate
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from subsidies.models import Claim, Decision
from subsidies.services import claims, reviews
from subsidies.workflow import State
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import making, money_world
from tests.subsidies.making import LINKS

pytestmark = pytest.mark.django_db
AT = making.AT


def reviewer(code="520000"):
    return factories.staff(Role.PROVINCE_REVIEWER, code=code)


def ministry():
    return factories.staff(Role.MINISTRY_REVIEWER)


def test_the_province_passes_and_confirms_what_was_declared():
    by = reviewer()
    claim = making.passed(by=by)
    assert (claim.state, claim.province_reviewer, claim.confirmed) == ("in_ministry_review", by, True)
    decision = claim.decisions.last()
    assert (decision.act, decision.by, decision.outcome) == ("passed", by, "APPROVE")
    sources = {fact["name"]: fact["source"] for fact in decision.record["facts"]}
    assert sources[LINKS[0]] == "reviewer"


def test_passing_needs_the_comparison():
    with pytest.raises(reviews.NotConfirmed):
        reviews.pass_to_ministry(making.checked(), by=reviewer(), at=AT, confirmed=False)


@pytest.mark.parametrize("answer", [None, False])
def test_a_claim_that_does_not_meet_the_rules_is_not_passed(answer):
    claim = making.checked(**{LINKS[0]: answer, LINKS[1]: False, LINKS[2]: False})
    with pytest.raises(reviews.RulesNotMet):
        reviews.pass_to_ministry(claim, by=reviewer(), at=AT, confirmed=True)
    assert Decision.objects.count() == 1


def test_another_province_and_other_roles_cannot_act():
    claim = making.checked()
    people = [
        reviewer("510000"),
        ministry(),
        factories.staff(Role.AUDITOR),
        factories.staff(Role.FINANCE_MAKER),
        claim.claimant,
    ]
    for by in people:
        with pytest.raises(reviews.NotTheReviewer):
            reviews.pass_to_ministry(claim, by=by, at=AT, confirmed=True)
        with pytest.raises(reviews.NotTheReviewer):
            reviews.reject(claim, by=by, at=AT, reason="不符合")


def test_nobody_reviews_their_own_claim():
    claim = making.checked()
    accounts.appoint(claim.claimant, Role.PROVINCE_REVIEWER, by=None, at=AT, province=factories.province())
    with pytest.raises(reviews.OwnClaim):
        reviews.pass_to_ministry(claim, by=claim.claimant, at=AT, confirmed=True)
    with pytest.raises(IntegrityError, match="claim_not_reviewed_by_its_claimant"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(province_reviewer=claim.claimant)


def test_the_second_reviewer_is_another_person():
    by = reviewer()
    claim = making.passed(by=by)
    accounts.appoint(by, Role.MINISTRY_REVIEWER, by=None, at=AT)
    by = type(by).objects.get(pk=by.pk)
    for act in (reviews.approve, lambda *a, **k: reviews.reject(*a, **k, reason="不符合")):
        with pytest.raises(reviews.SamePerson):
            act(claim, by=by, at=AT)
    with pytest.raises(IntegrityError, match="claim_reviewed_by_two_people"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(ministry_reviewer=by)


@pytest.mark.parametrize("act", [reviews.send_back, reviews.reject])
@pytest.mark.parametrize("reason", ["", "  \n", "\x00"])
def test_every_no_has_a_reason_in_words(act, reason):
    with pytest.raises(reviews.ReasonMissing):
        act(making.checked(), by=reviewer(), at=AT, reason=reason)


def test_a_reason_may_hold_any_character_but_has_an_end():
    claim = making.checked()
    with pytest.raises(reviews.ReasonTooLong):
        reviews.reject(claim, by=reviewer(), at=AT, reason="长" * 1001)
    done = reviews.reject(claim, by=reviewer(), at=AT, reason="姓名 𠮷·𬎆 与档案不一致")
    assert done.reason == "姓名 𠮷·𬎆 与档案不一致"


def test_a_rejected_claim_makes_room_for_another():
    claim = making.checked()
    reviews.reject(claim, by=reviewer(), at=AT, reason="不符合")
    with pytest.raises(reviews.NotTheReviewer):
        reviews.reject(claim, by=reviewer(), at=AT, reason="不符合")
    again = claims.submit_claim(
        claim.claimant, claim.certificate_serial, at=AT, answers=making.asked(), agreed=True
    )
    assert claims.check_claim(again, at=AT).outcome == "APPROVE"


def test_approval_without_budget_waits_for_funds():
    claim = reviews.approve(making.passed(), by=ministry(), at=AT)
    assert (claim.state, claim.amount_fen) == (State.AWAITING_FUNDS, 160000)


def test_approval_reserves_the_sum_and_withdrawing_frees_it():
    book = money_world.budget(500000)

    def available():
        return book.accounts.get(kind="available").balance_fen

    claim = reviews.approve(making.passed(), by=ministry(), at=AT)
    assert (claim.state, available()) == (State.APPROVED, 340000)
    claims.withdraw(claim, by=claim.claimant, at=AT)
    assert available() == 500000


def test_a_claim_that_waited_withdraws_without_money():
    claim = reviews.approve(making.passed(), by=ministry(), at=AT)
    assert claims.withdraw(claim, by=claim.claimant, at=AT).state == State.WITHDRAWN


def test_approval_stops_when_the_amount_has_changed():
    claim = making.passed()
    Claim.objects.filter(pk=claim.pk).update(amount_fen=150000)
    with pytest.raises(reviews.AmountChanged):
        reviews.approve(claim, by=ministry(), at=AT)
    assert claim.decisions.count() == 2


def test_a_revoked_certificate_stops_both_reviews():
    claim = making.passed()
    paper = Certificate.objects.get(serial=claim.certificate_serial)
    papers.revoked(paper, at=AT, reason="重复发证，已核实")
    with pytest.raises(reviews.CertificateNotValid):
        reviews.approve(claim, by=ministry(), at=AT)


def test_nothing_to_pay_is_not_passed():
    worthless = making.body()
    worthless["amount"]["lines"][0]["fen"] = {"5": 1}
    making.policy(amount=worthless["amount"])
    claim = making.checked()
    assert (claim.outcome, claim.amount_fen) == ("APPROVE", 0)
    with pytest.raises(reviews.NothingToPay):
        reviews.pass_to_ministry(claim, by=reviewer(), at=AT, confirmed=True)


def test_a_step_that_is_not_next_is_refused():
    claim = making.passed()
    with pytest.raises((reviews.NotTheReviewer, IllegalMove)):
        reviews.pass_to_ministry(claim, by=reviewer(), at=AT, confirmed=True)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"amount_fen": -1}, "claim_amount_not_negative"),
        ({"level": None}, "claim_for_a_level_names_it"),
        ({"check_due_at": None}, "claim_submitted_will_be_checked"),
        ({"due_at": AT - dt.timedelta(days=1)}, "claim_due_after_submitted"),
        ({"check_due_at": AT - dt.timedelta(days=1)}, "claim_checked_after_submitted"),
        ({"moved_at": AT - dt.timedelta(days=1)}, "claim_moved_after_submitted"),
        ({"state": "lost"}, "a claim starts as submitted"),
    ],
)
def test_the_claims_constraints(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        making.row(**fields) if "state" not in fields else Claim.objects.create(
            submitted_at=AT, moved_at=AT, check_due_at=AT, certificate_issued_on=AT.date(), **fields
        )


@pytest.mark.parametrize(
    ("state", "fields", "constraint"),
    [
        ("returned", {"reason": ""}, "claim_turned_down_with_a_reason"),
        ("rejected", {"reason": ""}, "claim_turned_down_with_a_reason"),
        ("in_ministry_review", {"province_reviewer": None}, "claim_passed_by_the_province"),
        ("approved", {"ministry_reviewer": None}, "claim_approved_by_the_ministry"),
        ("paid", {"amount_fen": 0}, "claim_approved_by_the_ministry"),
    ],
)
def test_a_state_needs_what_led_to_it(state, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        making.row(state, **fields)


def test_one_live_claim_each():
    first = making.row()
    with pytest.raises(IntegrityError, match="claim_one_live_per_certificate"), transaction.atomic():
        making.row(certificate_serial=first.certificate_serial)
    with pytest.raises(IntegrityError, match="claim_one_live_per_occupation_and_level"), transaction.atomic():
        making.row(person_key=bytes(first.person_key))
    making.row(key="same-key", claimant=first.claimant)
    with pytest.raises(IntegrityError, match="claim_one_per_idempotency_key"), transaction.atomic():
        making.row(key="same-key", claimant=first.claimant)


def decision(claim, **fields):
    return Decision.objects.create(
        **{
            "claim": claim,
            "province_id": "520000",
            "act": "checked",
            "at": AT,
            "outcome": "APPROVE",
            "amount_fen": 1,
            "facts": {},
            "record": {},
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"act": "passed"}, "decision_by_the_rules_or_a_person"),
        ({"act": "rejected", "by": True}, "decision_against_has_a_reason"),
        ({"amount_fen": -1}, "decision_amount_not_negative"),
        ({"outcome": "PERHAPS"}, "decision_outcome_is_known"),
        ({"act": "approved", "by": True, "outcome": "REJECT"}, "decision_for_rests_on_the_rules"),
        ({"act": "approved", "by": True, "amount_fen": 0}, "decision_for_rests_on_the_rules"),
    ],
)
def test_the_decisions_constraints(fields, constraint):
    if fields.get("by"):
        fields = fields | {"by": reviewer()}
    with pytest.raises(IntegrityError, match=constraint):
        decision(making.row(), **fields)
