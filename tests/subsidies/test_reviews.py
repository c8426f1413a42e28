"""Each desk and its seat: taken in, passed on, sent back and down; money reserved with the last yes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from certificates.models import Certificate
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from subsidies.models import Claim, Decision
from subsidies.selectors.desks import NotTheReviewer, OwnClaim, SamePerson
from subsidies.services import checking, claims, reviews
from subsidies.workflow.claims import State
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import making, money_world
from tests.subsidies.making import LINKS

pytestmark = pytest.mark.django_db
AT = making.AT


def officer(role=Role.PROVINCE_REVIEWER, code="520000"):
    return factories.staff(role, code=code)


def test_a_claim_is_taken_in_by_the_intake():
    by = officer(Role.INTAKE_OFFICER)
    claim = making.accepted(by=by)
    assert (claim.state, claim.desk) == ("in_first_review", "first")
    assert list(claim.seats.values_list("seat", "user")) == [("intake", by.pk)]
    decision = claim.decisions.last()
    assert (decision.act, decision.seat, decision.by) == ("accepted", "intake", by)


def test_an_open_question_is_asked_before_a_claim_is_taken_in():
    claim = making.checked(**{LINKS[0]: None})
    with pytest.raises(reviews.EvidenceNotAsked):
        making.accepted(claim)
    reviews.send_back(claim, by=officer(Role.INTAKE_OFFICER), at=AT, reason="请说明户籍")
    again = checking.check_claim(claims.resubmit(claim, by=claim.claimant, at=AT), at=AT)
    assert making.accepted(again).outcome == "NEEDS_EVIDENCE", "it was asked; a person decides now"


def test_the_first_reviewer_confirms_what_was_declared():
    by = officer()
    claim = making.first_passed(by=by)
    assert (claim.state, claim.confirmed, claim.desk) == ("in_second_review", True, "second")
    decision = claim.decisions.last()
    assert (decision.act, decision.by, decision.seat, decision.outcome) == ("passed", by, "first", "APPROVE")
    sources = {fact["name"]: fact["source"] for fact in decision.record["facts"]}
    assert sources[LINKS[0]] == "reviewer"


def test_passing_needs_the_comparison():
    with pytest.raises(reviews.NotConfirmed):
        reviews.pass_on(making.accepted(), by=officer(), at=AT)


def test_a_claim_that_does_not_meet_the_rules_is_not_passed():
    claim = making.accepted(making.checked(**dict.fromkeys(LINKS, False)))
    before = Decision.objects.count()
    with pytest.raises(reviews.RulesNotMet):
        reviews.pass_on(claim, by=officer(), at=AT, confirmed=True)
    assert Decision.objects.count() == before
    assert claim.seats.count() == 1


def test_another_province_and_other_roles_cannot_act():
    claim = making.accepted()
    people = [
        officer(code="510000"),
        officer(Role.MINISTRY_REVIEWER),
        officer(Role.SECOND_REVIEWER),
        officer(Role.INTAKE_OFFICER),
        officer(Role.AUDITOR),
        officer(Role.FINANCE_MAKER),
        claim.claimant,
    ]
    for by in people:
        with pytest.raises(NotTheReviewer):
            reviews.pass_on(claim, by=by, at=AT, confirmed=True)
        with pytest.raises(NotTheReviewer):
            reviews.send_back(claim, by=by, at=AT, reason="不符合")


def test_nobody_reviews_their_own_claim():
    claim = making.accepted()
    accounts.appoint(claim.claimant, Role.PROVINCE_REVIEWER, by=None, at=AT, province=factories.province())
    with pytest.raises(OwnClaim):
        reviews.pass_on(claim, by=claim.claimant, at=AT, confirmed=True)


def test_nobody_acts_twice_on_a_claim():
    by = officer(Role.INTAKE_OFFICER)
    for role in (Role.PROVINCE_REVIEWER, Role.SECOND_REVIEWER):
        accounts.appoint(by, role, by=None, at=AT, province=factories.province())
    by = type(by).objects.get(pk=by.pk)
    claim = making.accepted(by=by)
    with pytest.raises(SamePerson):
        reviews.pass_on(claim, by=by, at=AT, confirmed=True)


@pytest.mark.parametrize("reason", ["", "  \n", "\x00"])
def test_every_no_has_a_reason_in_words(reason):
    with pytest.raises(reviews.ReasonMissing):
        reviews.send_back(making.accepted(), by=officer(), at=AT, reason=reason)


def test_a_reason_may_hold_any_character_but_has_an_end():
    claim = making.accepted()
    told = {"by": officer(), "at": AT, "codes": ["MATERIAL_MISSING"]}
    with pytest.raises(reviews.ReasonTooLong):
        reviews.send_back(claim, reason="长" * 1001, **told)
    done = reviews.send_back(claim, reason="姓名 𠮷·𬎆 与档案不一致", **told)
    assert done.reason == "姓名 𠮷·𬎆 与档案不一致"


def test_a_correction_has_a_day_and_begins_anew():
    claim = making.accepted()
    claim = reviews.send_back(claim, by=officer(), at=AT, reason="证明不全", codes=["MATERIAL_MISSING"])
    assert claim.due_at == claims.days_after(AT, 15)
    again = claims.resubmit(claim, by=claim.claimant, at=claim.due_at - dt.timedelta(seconds=1))
    assert not again.seats.filter(given_up_at=None).exists()


def test_a_correction_that_comes_late_is_refused_and_the_claim_lapses():
    claim = reviews.send_back(
        making.checked(),
        by=officer(Role.INTAKE_OFFICER),
        at=AT,
        reason="证明不全",
        codes=["MATERIAL_MISSING"],
    )
    with pytest.raises(claims.TooLate):
        claims.resubmit(claim, by=claim.claimant, at=claim.due_at)
    assert claims.lapse(claim, at=claim.due_at - dt.timedelta(seconds=1)) is False
    late = claim.due_at
    assert claims.lapse(claim, at=late) is True
    assert claims.lapse(claim, at=late) is False, "twice changes nothing"
    claim.refresh_from_db()
    assert claim.state == "lapsed"
    again = claims.submit_claim(
        claim.claimant, claim.certificate_serial, at=late, answers=making.asked(), agreed=True
    )
    assert again.number != claim.number


def test_the_second_review_sends_down_and_the_same_people_may_look_again():
    first, second = officer(), officer(Role.SECOND_REVIEWER)
    claim = making.first_passed(by=first)
    claim = reviews.send_down(claim, by=second, at=AT, reason="请再核对户籍")
    assert (claim.state, claim.desk) == ("in_first_review", "first")
    claim = reviews.pass_on(claim, by=first, at=AT)
    assert reviews.pass_on(claim, by=second, at=AT).state == "in_ministry_review"


def test_approval_without_budget_waits_for_funds():
    claim = making.approved()
    assert (claim.state, claim.amount_fen, claim.desk) == (State.AWAITING_FUNDS, 160000, "")


def test_approval_reserves_the_sum_and_withdrawing_frees_it():
    book = money_world.budget(500000)

    def available():
        return book.accounts.get(kind="available").balance_fen

    claim = making.approved()
    assert (claim.state, available()) == (State.APPROVED, 340000)
    assert claim.decisions.last().act == "approved"
    claims.withdraw(claim, by=claim.claimant, at=AT)
    assert available() == 500000


def test_a_claim_that_waited_withdraws_without_money():
    claim = making.approved()
    assert claims.withdraw(claim, by=claim.claimant, at=AT).state == State.WITHDRAWN


def test_approval_stops_when_the_amount_has_changed():
    claim = making.passed()
    Claim.objects.filter(pk=claim.pk).update(amount_fen=150000)
    before = claim.decisions.count()
    with pytest.raises(reviews.AmountChanged):
        making.approved(claim)
    assert claim.decisions.count() == before


def test_a_revoked_certificate_stops_every_yes():
    claim = making.passed()
    paper = Certificate.objects.get(serial=claim.certificate_serial)
    papers.revoked(paper, at=AT, reason="重复发证，已核实")
    with pytest.raises(reviews.CertificateNotValid):
        making.approved(claim)


def test_nothing_to_pay_is_not_passed():
    worthless = making.body()
    worthless["amount"]["lines"][0]["fen"] = {"5": 1}
    making.policy(amount=worthless["amount"])
    claim = making.accepted()
    assert (claim.outcome, claim.amount_fen) == ("APPROVE", 0)
    with pytest.raises(reviews.NothingToPay):
        reviews.pass_on(claim, by=officer(), at=AT, confirmed=True)


def test_an_officer_who_was_dismissed_in_the_middle_acts_no_more():
    by = officer()
    claim = making.accepted()
    by.appointments.update(
        valid_to=AT.date() - dt.timedelta(days=1), valid_from=AT.date() - dt.timedelta(days=9)
    )
    by = type(by).objects.get(pk=by.pk)
    with pytest.raises(NotTheReviewer):
        reviews.pass_on(claim, by=by, at=AT, confirmed=True)


def test_the_database_wants_two_people_behind_a_yes():
    claim = making.first_passed()
    with pytest.raises(IntegrityError, match="claim_approved_by_two_people"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="approved", moved_step="approve", desk="")


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
        ("reject_proposed", {"reason": ""}, "claim_turned_down_with_a_reason"),
        ("returned", {"due_at": None}, "claim_returned_until_a_day"),
        ("rejected", {"appeal_ends_at": None}, "claim_rejected_with_a_way_to_appeal"),
        ("paid", {"amount_fen": 0}, "claim_approved_with_an_amount"),
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
        ({"act": "rejected", "by": True, "reason": "不符"}, "decision_against_names_what_it_rests_on"),
        ({"act": "approved", "by": True, "outcome": "REJECT"}, "decision_for_rests_on_the_rules"),
        ({"act": "approved", "by": True, "amount_fen": 0}, "decision_for_rests_on_the_rules"),
    ],
)
def test_the_decisions_constraints(fields, constraint):
    if fields.get("by"):
        fields = fields | {"by": officer()}
    with pytest.raises(IntegrityError, match=constraint):
        decision(making.row(), **fields)
