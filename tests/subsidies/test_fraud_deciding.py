"""What people do with a finding, what it weighs, and that holds and findings belong together."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal import calendar
from portal.accounts.roles import Role
from portal.audit.models import Entry
from subsidies.fraud.numbers import BadNumber
from subsidies.models import CheckTerms, Finding, Hold, LookCampaign, OutsideQuestion
from subsidies.policy.body import Review
from subsidies.selectors.fraud.findings import findings_visible_to, of_view, terms_on, waiting
from subsidies.services import holds, notices
from subsidies.services.fraud import deciding
from subsidies.services.reconcile import breaches
from subsidies.services.reviews import ReasonMissing
from subsidies.services.routing import drawn_otherwise, route
from tests import factories
from tests.subsidies import fraud_world as world
from tests.subsidies import list_world, making, money_world

pytestmark = pytest.mark.django_db
AT, HOUR, DAY = world.AT, world.HOUR, world.DAY


def shared(claim, number="6222020000001230"):
    """The claim's account is used by somebody else, too, and the checks have looked."""
    for person in (claim.claimant, factories.learner("李娜")):
        factories.with_bank_account(person, number=number)
    world.looked(claim)
    return Finding.objects.get(claim=claim, check_code="shared_account")


def investigator(code="520000"):
    return factories.staff(Role.INVESTIGATOR, code=code)


def test_a_finding_waits_for_a_person_some_working_days_and_goes_on_waiting():
    finding = shared(world.claim())
    assert finding.due_at == calendar.span_after(AT, 10).ends_at
    late = finding.due_at + dt.timedelta(days=30)
    rows = findings_visible_to(investigator())
    assert list(of_view(rows, "late", at=late)) == [finding]
    assert list(of_view(rows, "late", at=finding.due_at - HOUR)) == []
    assert Hold.objects.get().closed_at is None


def test_dismissed_it_lets_the_claim_go_on():
    claim = money_world.claim()
    money_world.budget(500_000)
    money_world.approve(claim)
    notice = notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=AT)
    finding = shared(claim)
    notices.end_notice(notice, at=notice.ends_at + HOUR)
    claim.refresh_from_db()
    assert claim.state == "in_notice"
    later = notice.ends_at + 2 * HOUR
    deciding.dismiss(finding, by=investigator(), at=later, reason="夫妻共用一张卡")
    claim.refresh_from_db()
    hold = Hold.objects.get(finding=finding)
    assert (claim.state, hold.closed_at, hold.closed_because) == ("payable", later, "夫妻共用一张卡")
    assert Entry.objects.filter(action="finding.dismissed", reason="夫妻共用一张卡").exists()
    world.looked(claim)
    assert Finding.objects.filter(claim=claim).count() == 1
    assert not claim.holds.filter(closed_at=None).exists()


def test_confirmed_it_holds_until_a_person_says_why_the_claim_may_go_on():
    claim = world.claim(state="approved")
    finding = shared(claim)
    hold = Hold.objects.get(finding=finding)
    keeper = factories.staff(Role.PROVINCE_REVIEWER)
    with pytest.raises(holds.DecideTheFinding):
        holds.close_hold(hold, by=keeper, at=AT, reason="放行")
    deciding.confirm(finding, by=investigator(), at=AT, reason="账户由他人控制")
    assert Hold.objects.get(pk=hold.pk).closed_at is None
    holds.close_hold(hold, by=keeper, at=AT, reason="已换卡")
    assert Hold.objects.get(pk=hold.pk).closed_at == AT


def test_who_may_not_decide():
    claim = world.claim()
    finding = shared(claim)
    told = {"at": AT, "reason": "x"}
    for who in (
        investigator("510000"),
        factories.staff(Role.AUDITOR),
        factories.staff(Role.FINANCE_MAKER),
        factories.user(),
    ):
        with pytest.raises(deciding.NotYours):
            deciding.dismiss(finding, by=who, **told)
    factories.services.appoint(
        claim.claimant, Role.INVESTIGATOR, by=None, at=AT, province=factories.province()
    )
    with pytest.raises(deciding.OwnClaim):
        deciding.confirm(finding, by=claim.claimant, **told)
    with pytest.raises(ReasonMissing):
        deciding.dismiss(finding, by=investigator(), at=AT, reason=" ")
    deciding.dismiss(finding, by=investigator(), **told)
    with pytest.raises(deciding.NotOpen):
        deciding.confirm(finding, by=investigator(), **told)


def test_whoever_acts_for_the_enterprise_that_is_paid_neither_sees_nor_decides():
    boss = factories.staff(Role.EMPLOYER)
    factories.services.appoint(boss, Role.INVESTIGATOR, by=None, at=AT, province=factories.province())
    list_world.published(list_world.ENTERPRISE)
    list_world.with_account(boss)
    made = list_world.submitted(list_world.row(list_world.employee()), by=boss)
    claim = made.claims.get()
    finding = Finding.objects.create(
        province_id="520000",
        check_code="same_training",
        version=1,
        action="hold",
        claim=claim,
        person=claim.claimant,
        found_at=AT,
        due_at=AT + DAY,
    )
    assert list(findings_visible_to(boss)) == []
    with pytest.raises(deciding.OwnClaim):
        deciding.dismiss(finding, by=boss, at=AT, reason="x")
    assert list(findings_visible_to(investigator())) == [finding]


def test_a_province_sees_its_own_and_nobody_what_is_said_of_themselves():
    finding = shared(world.claim())
    officer = factories.staff(Role.PROVINCE_REVIEWER)
    told = Finding.objects.create(
        province_id="520000",
        check_code="officer_fast",
        version=1,
        action="report",
        officer=officer,
        key="2026-W11",
        found_at=AT,
        state="reported",
    )
    assert set(findings_visible_to(factories.staff(Role.AUDITOR))) == {finding, told}
    assert set(findings_visible_to(investigator())) == {finding}
    assert set(findings_visible_to(officer)) == {finding}
    assert list(findings_visible_to(investigator("510000"))) == []
    assert list(findings_visible_to(finding.person)) == []
    assert list(waiting(investigator())) == [finding]


def test_what_the_database_refuses():
    finding = shared(world.claim())
    rows = Finding.objects.filter(pk=finding.pk)
    who = investigator()
    decided = {"decided_by": who, "decided_at": AT, "reason": "x"}
    refused = {
        "finding_decided_by_somebody_with_a_reason": {"state": "dismissed"},
        "finding_not_decided_by_its_person": {**decided, "state": "confirmed", "decided_by": finding.person},
        "finding_reported_is_not_decided": {"state": "reported"},
    }
    for name, change in refused.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**change)
    for change in ({"weight": 1}, {"evidence": {}}, {"due_at": AT + DAY}, {"key": "other"}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows.update(**change)
    rows.update(state="confirmed", **decided)
    with pytest.raises(IntegrityError, match="decided once"), transaction.atomic():
        rows.update(state="open", decided_by=None, decided_at=None, reason="")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    new = {
        "province_id": "520000",
        "check_code": "x",
        "version": 1,
        "action": "sample",
        "found_at": AT,
        "state": "open",
    }
    broken = {
        "finding_has_one_subject": {"officer": who, "provider": factories.organisation()},
        "finding_that_holds_is_due": {"action": "hold"},
        "finding_due_later": {"due_at": AT},
        "finding_weight_in_percent": {"weight": 101},
        "finding_reported_is_not_decided": {"action": "report"},
    }
    for name, change in broken.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Finding.objects.create(**new | change)
    Finding.objects.create(**new)
    with pytest.raises(IntegrityError, match="finding_once_of_a_subject"), transaction.atomic():
        Finding.objects.create(**new)
    again = {"claim": finding.claim, "person": finding.person, "key": finding.key}
    with pytest.raises(IntegrityError, match="finding_once_of_a_claim"), transaction.atomic():
        Finding.objects.create(**new | again | {"check_code": finding.check_code})


def test_what_the_database_refuses_of_holds_numbers_looks_and_questions():
    finding = shared(world.claim())
    hold = Hold.objects.get(finding=finding)
    with pytest.raises(IntegrityError, match="hold_of_a_finding_is_due"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(due_at=None)
    with pytest.raises(IntegrityError, match="hold_once_of_a_finding"), transaction.atomic():
        holds.put_holds([(finding.claim, finding)], at=AT)
    who = factories.staff(Role.MINISTRY_POLICY)
    with pytest.raises(IntegrityError, match="check_terms_have_a_reason"), transaction.atomic():
        CheckTerms.objects.create(starts_on=AT.date(), reason="", set_by=who, set_at=AT)
    look = {"province_id": "520000", "month": AT.date(), "population": 1, "numbers": {}, "drawn": []}
    with pytest.raises(IntegrityError, match="look_campaign_has_a_seed"), transaction.atomic():
        LookCampaign.objects.create(seed="x", made_at=AT, **look)
    LookCampaign.objects.create(seed="0" * 64, made_at=AT, **look)
    with pytest.raises(IntegrityError, match="look_campaign_one_per_month"), transaction.atomic():
        LookCampaign.objects.create(seed="1" * 64, made_at=AT, **look)
    asked = {"claim": finding.claim, "province_id": "520000", "question": "dead", "made_at": AT}
    with pytest.raises(IntegrityError, match="outside_question_answered_at_a_time"), transaction.atomic():
        OutsideQuestion.objects.create(says="yes", **asked)
    OutsideQuestion.objects.create(**asked)
    with pytest.raises(IntegrityError, match="outside_question_once"), transaction.atomic():
        OutsideQuestion.objects.create(**asked)
    with pytest.raises(IntegrityError, match="claim_looked_at_after_submitted"), transaction.atomic():
        type(finding.claim).objects.filter(pk=finding.claim_id).update(look_due_at=AT - DAY)


# -- what it weighs -------------------------------------------------------------------------------------------------

SAMPLED = Review(second="sample", ministry="never", sample_percent=10)


def test_a_finding_raises_the_chance_and_the_draw_says_by_what():
    claim = world.claim()
    assert route(claim, 1, SAMPLED, at=AT).record["below"] == 1000
    finding = shared(claim)
    told = route(claim, 1, SAMPLED, at=AT).record
    assert (told["percent"], told["weights"], told["below"]) == (10, [[finding.pk, 20]], 3000)
    deciding.confirm(finding, by=investigator(), at=AT, reason="属实")
    assert route(claim, 1, SAMPLED, at=AT).record["weights"] == [[finding.pk, 50]]
    other = world.claim(claim.claimant, occupation="6-18-02-05")
    assert route(other, 1, SAMPLED, at=AT).record["weights"] == [[finding.pk, 50]]


def test_dismissed_it_weighs_nothing():
    claim = world.claim()
    finding = shared(claim)
    deciding.dismiss(finding, by=investigator(), at=AT, reason="夫妻")
    assert route(claim, 1, SAMPLED, at=AT).record["weights"] == []


def test_a_finding_about_a_provider_weighs_on_its_claims():
    (claim,) = world.of_provider(1)
    finding = Finding.objects.create(
        province_id="520000",
        check_code="lax_exams",
        version=1,
        action="sample",
        provider=claim.provider,
        weight=30,
        found_at=AT,
        state="open",
    )
    assert route(claim, 1, SAMPLED, at=AT).record["weights"] == [[finding.pk, 30]]
    assert route(world.claim(), 1, SAMPLED, at=AT).record["weights"] == []


def test_the_proof_holds_a_draw_against_its_weights():
    making.policy(review={"second": "sample", "ministry": "sample", "sample_percent": 10})
    claim = making.accepted()
    finding = shared(claim)
    deciding.dismiss(finding, by=investigator(), at=AT, reason="夫妻")
    decision = making.first_passed(claim).decisions.last()
    assert list(drawn_otherwise()) == []
    for change in ({"below": 9000}, {"weights": [[finding.pk, 20]]}):
        decision.pk, kept = None, decision.routing
        decision.routing = {**kept, **change}
        decision._state.adding = True
        decision.save()
        decision.routing = kept
    assert len(list(drawn_otherwise())) == 2


# -- numbers --------------------------------------------------------------------------------------------------------


def test_numbers_are_set_from_a_day_on():
    by = factories.staff(Role.MINISTRY_POLICY)
    told = {"by": by, "at": AT, "reason": "夫妻共用账户太多"}
    tomorrow = AT.date() + dt.timedelta(days=1)
    with pytest.raises(deciding.StartsTooEarly):
        deciding.set_terms({"account_persons": 3}, starts_on=AT.date(), **told)
    for wrong in ({"account_persons": 1}, {"account_persons": "3"}, {"nobody": 3}, {"account_persons": True}):
        with pytest.raises(BadNumber):
            deciding.set_terms(wrong, starts_on=tomorrow, **told)
    with pytest.raises(deciding.NotYours):
        deciding.set_terms({}, starts_on=tomorrow, **told | {"by": investigator()})
    row = deciding.set_terms({"account_persons": 3, "phone_persons": 3}, starts_on=tomorrow, **told)
    assert row.numbers == {"account_persons": 3}
    assert (terms_on(AT.date())["account_persons"], terms_on(tomorrow)["account_persons"]) == (2, 3)
    with pytest.raises(deciding.DayTaken):
        deciding.set_terms({}, starts_on=tomorrow, **told)


# -- the proof ------------------------------------------------------------------------------------------------------


def fraud_breaches():
    return [
        breach.code
        for breach in breaches()
        if breach.code in {"hold_has_its_finding", "finding_has_its_hold"}
    ]


def test_the_proof_finds_a_finding_without_its_hold_and_a_hold_without_its_finding():
    claim, other = world.claim(), world.claim()
    finding = shared(claim)
    assert fraud_breaches() == []
    Hold.objects.filter(finding=finding).update(closed_at=AT, closed_by=investigator(), closed_because="放行")
    assert fraud_breaches() == ["hold_has_its_finding"]
    Finding.objects.create(
        province_id="520000",
        check_code="same_training",
        version=1,
        action="hold",
        claim=other,
        person=other.claimant,
        found_at=AT,
        due_at=AT + DAY,
        state="open",
    )
    assert sorted(fraud_breaches()) == ["finding_has_its_hold", "hold_has_its_finding"]
    world.looked(other)
    assert fraud_breaches() == ["hold_has_its_finding"]
