"""Checks of providers and officers as a whole, and the random look: each fires, and just does not; twice is once."""

import datetime as dt

import pytest

from portal.accounts.roles import Role
from subsidies.fraud.checks import When
from subsidies.fraud.sampling import looked_at
from subsidies.models import Claim, Decision, Finding, Hold, LookCampaign
from subsidies.selectors.fraud import campaigns
from subsidies.services import assembling, batches
from subsidies.services.fraud import looking
from subsidies.workflow.claims import Act
from tests import factories
from tests.subsidies import fraud_world as world
from tests.subsidies import making, money_world

pytestmark = pytest.mark.django_db
AT, HOUR, DAY = world.AT, world.HOUR, world.DAY
MONDAY = dt.date(2026, 3, 9)
"""Of the week before AT, which is a Monday."""


def one(code, **numbers):
    (found,) = world.around(code, **numbers)
    return dict(found.figures)


def test_a_burst_of_certificates():
    world.of_provider(5, certificate_issued_on=MONDAY)
    world.of_provider(1, certificate_issued_on=MONDAY - dt.timedelta(days=7))
    assert world.around("provider_burst", burst_certificates=6) == []
    assert world.around("provider_burst", burst_certificates=5, burst_times=6) == []
    told = {"certificates": 5, "usual": 1, "week": "2026-W11"}
    assert one("provider_burst", burst_certificates=5) == told
    world.of_provider(2, certificate_issued_on=MONDAY - dt.timedelta(days=14))
    world.of_provider(3, certificate_issued_on=MONDAY - dt.timedelta(days=21))
    assert world.around("provider_burst", burst_certificates=5) == []


def test_a_spike_of_claims():
    world.of_provider(5, course_code="GZ-1", submitted_at=AT - HOUR)
    assert world.around("claims_spike", spike_claims=6) == []
    assert one("claims_spike", spike_claims=5) == {"claims": 5, "usual": 0, "course": "GZ-1"}
    world.of_provider(15, course_code="GZ-1", submitted_at=AT - 3 * DAY)
    assert world.around("claims_spike", spike_claims=5) == []
    assert one("claims_spike", spike_claims=5, spike_times=9) == {"claims": 5, "usual": 1, "course": "GZ-1"}


def test_exams_that_nearly_all_pass_alike():
    enrolment = world.enrolment_of(making.claimant())
    world.of_provider(1, course_code=enrolment.course_code)
    for number in range(5):
        world.attempt_of(enrolment, number, passed=number > 0, score=60 + number)
    numbers = {"exam_attempts": 5}
    assert world.around("lax_exams", **numbers) == []
    assert world.around("lax_exams", exam_attempts=6, exam_passed_percent=80) == []
    told = one("lax_exams", exam_passed_percent=80, **numbers)
    assert told == {"course": enrolment.course_code, "exams": 5, "passed": 80, "same": 20, "minutes": 20}
    assert one("lax_exams", exam_equal_percent=20, **numbers)["same"] == 20
    assert one("lax_exams", exam_minutes=21, **numbers)["minutes"] == 20


def roster(organisation, people, *, at):
    from learners.models import Roster, RosterRow

    made = Roster.objects.create(
        organisation=organisation,
        province_id=organisation.province_id,
        sha256="0" * 64,
        rows=len(people),
        uploaded_at=at,
        uploaded_by=factories.user(),
    )
    for number, person in enumerate(people):
        RosterRow.objects.create(
            roster=made, number=number, typed_sealed=b"x", person_index=person, course_code="GZ-1", fate="new"
        )
    return made


def test_a_list_that_is_a_copy():
    claim = world.claim(course_code="GZ-1")
    same = [bytes(claim.person_key), *(bytes([n]) * 32 for n in range(7))]
    roster(factories.enterprise(), [*same, b"a" * 32], at=AT - 30 * DAY)
    newer = roster(factories.enterprise(code="440000"), [*same, b"b" * 32], at=AT - HOUR)
    assert world.around("copied_list", roster_people=9, roster_percent=81) == []
    assert world.around("copied_list", roster_people=10) == []
    (found,) = world.around("copied_list", roster_people=9)
    assert found.figures == {"people": 9, "alike": 8}
    assert (found.provider, found.holds) == (newer.organisation_id, (claim.pk,))
    roster(newer.organisation, same, at=AT - HOUR)  # of the same employer
    assert len(world.around("copied_list", roster_people=9)) == 1


def test_sums_just_below_a_limit():
    making.policy(review={"ministry": "never", "ministry_if_fen_at_least": 200_000})
    world.of_provider(3, amount_fen=190_000)
    world.of_provider(2, amount_fen=189_999)
    assert one("below_limit", limit_claims=5) == {"below": 3, "claims": 5, "yuan": 2000}
    assert world.around("below_limit", limit_claims=5, limit_percent=61) == []
    assert world.around("below_limit", limit_claims=6) == []
    world.of_provider(1, amount_fen=200_000)
    assert world.around("below_limit", limit_claims=5, limit_percent=51) == []


def decided(officer, claim, at):
    return Decision.objects.create(
        claim=claim,
        province_id=claim.province_id,
        act=Act.ACCEPTED,
        seat="intake",
        by=officer,
        at=at,
        outcome="APPROVE",
        amount_fen=1,
        facts={},
        record={},
    )


def test_officers_who_decide_within_seconds_at_night_or_for_one_provider():
    officer = factories.user("officer")
    (claim,) = world.of_provider(1)
    other = world.claim()
    for n in range(4):
        decided(officer, claim, AT - HOUR + n * dt.timedelta(seconds=14))
    decided(officer, other, AT - 12 * HOUR)
    numbers = {"officer_decisions": 5}
    assert one("officer_fast", **numbers) == {"decisions": 5, "seconds": 14}
    assert world.around("officer_fast", officer_seconds=14, **numbers) == []
    assert world.around("officer_fast", officer_decisions=6) == []
    assert one("officer_night", officer_night_percent=20, **numbers) == {"decisions": 5, "night": 1}
    assert world.around("officer_night", officer_night_percent=21, **numbers) == []
    assert one("officer_one_provider", officer_provider_percent=80, **numbers) == {"decisions": 5, "one": 4}
    assert world.around("officer_one_provider", officer_provider_percent=81, **numbers) == []


def batch(maker, checker):
    _notice, after = money_world.noticed([money_world.claim()])
    made = assembling.make_batch(province="520000", by=maker, at=after)
    batches.check_batch(made, by=checker, at=after)
    return after + HOUR


def test_a_pair_that_always_agrees():
    money_world.budget(900_000)
    maker = factories.staff(Role.FINANCE_MAKER)
    checker, other = (factories.staff(Role.FINANCE_CHECKER) for _n in range(2))
    batch(maker, checker)
    later = batch(maker, checker)
    assert world.around("pair_agrees", at=later, pair_batches=3) == []
    (found,) = world.around("pair_agrees", at=later, pair_batches=2)
    assert (found.officer, found.figures) == (maker.pk, {"batches": 2, "all": 2})
    later = batch(maker, other)
    assert world.around("pair_agrees", at=later, pair_batches=2) == []
    (found,) = world.around("pair_agrees", at=later, pair_batches=2, pair_percent=66)
    assert found.figures == {"batches": 2, "all": 3}


def test_what_is_said_of_an_officer_is_told_once_and_holds_nothing():
    officer = factories.user("officer")
    for n in range(20):
        decided(
            officer,
            world.claim() if n == 0 else Claim.objects.last(),
            AT - HOUR + n * dt.timedelta(seconds=1),
        )
    assert looking.look_around(When.WEEKLY, at=AT) == 1
    assert looking.look_around(When.WEEKLY, at=AT) == 0
    finding = Finding.objects.get()
    assert (finding.check_code, finding.officer, finding.state) == ("officer_fast", officer, "reported")
    assert not Hold.objects.exists()


def test_a_spike_holds_its_claims_once_and_the_ones_that_come_after_too():
    claims = world.of_provider(50, course_code="GZ-1", submitted_at=AT - HOUR)
    for _again in range(2):
        looking.look_around(When.HOURLY, at=AT)
    finding = Finding.objects.get()
    assert finding.holds.count() == len(claims)
    world.of_provider(1, course_code="GZ-1", submitted_at=AT - HOUR)
    looking.look_around(When.HOURLY, at=AT)
    assert finding.holds.count() == len(claims) + 1


def test_the_random_look_is_drawn_once_and_can_be_drawn_again():
    month = dt.date(2026, 2, 1)
    then = dt.datetime(2026, 2, 10, tzinfo=dt.UTC)
    claims = world.of_provider(6, submitted_at=then)
    world.claim(submitted_at=AT)
    assert looking.draw_looks(at=AT) == 2
    assert looking.draw_looks(at=AT) == 0
    campaign = LookCampaign.objects.get()
    assert (campaign.month, campaign.population) == (month, 6)
    assert set(campaign.drawn) < {claim.number for claim in claims}
    held = Hold.objects.filter(finding__check_code="random_look").values_list("claim__number", flat=True)
    assert sorted(held) == campaign.drawn
    assert list(campaigns.drawn_otherwise()) == []
    forged = LookCampaign(
        province_id="110000",
        month=month,
        seed=campaign.seed,
        population=1,
        drawn=[],
        made_at=AT,
        numbers=campaign.numbers,
    )
    forged.save()
    assert list(campaigns.drawn_otherwise()) == [forged]


def test_a_draw_takes_at_least_and_at_most_so_many():
    claims = {"1": [f"a{n}" for n in range(3)], "2": [f"b{n}" for n in range(500)]}
    numbers = {"files": 20, "fewest": 2, "most": 20}
    found = looked_at("s", claims, providers=100, **numbers)
    assert [sum(one[0] == letter for one in found) for letter in "ab"] == [2, 20]
    assert found == looked_at("s", claims, providers=100, **numbers)
    assert len({one[0] for one in looked_at("s", claims, providers=50, **numbers)}) == 1
