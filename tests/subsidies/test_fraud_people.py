"""Checks of who claims: each fires, and just does not; a second look adds nothing; the cost does not grow with the claims."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Arrival, ArrivalFile
from portal.accounts.roles import Role
from portal.accounts.services import set_bank_account
from subsidies.fraud.checks import When
from subsidies.models import Finding, Hold
from subsidies.selectors.fraud.register import due
from tests import factories
from tests.subsidies import fraud_world as world
from tests.subsidies import list_world, making

pytestmark = pytest.mark.django_db
AT, HOUR, DAY = world.AT, world.HOUR, world.DAY


def test_one_person_with_another_account_of_a_former_platform():
    claim, other = world.claim(), world.claim()
    assert world.found("same_person", claim, other) == {}
    elsewhere = factories.user()
    file = ArrivalFile.objects.create(
        province=factories.province(), told="people", digest=b"x" * 32, chunk_bytes=1, begun_at=AT
    )
    Arrival.objects.create(
        user=elsewhere,
        file=file,
        province=factories.province(),
        facts_sealed=b"x",
        number_index=bytes(claim.person_key),
    )
    assert world.found("same_person", claim, other) == {claim.number: {"accounts": 2}}


def test_the_same_right_twice():
    person = making.claimant()
    first = world.claim(person, certificate_kind="special")
    assert world.found("right_twice", first) == {}
    second = world.claim(person, certificate_kind="special", occupation="6-18-02-05")
    assert world.found("right_twice", first, second) == {}
    third = world.claim(person, certificate_kind="special")
    assert world.found("right_twice", first, second, third) == {
        first.number: {"claims": 2},
        third.number: {"claims": 2},
    }
    ended = world.claim(making.claimant("李娜"), state="withdrawn")
    world.claim(ended.claimant)
    assert world.found("right_twice", ended) == {ended.number: {"claims": 2}}


def test_the_living_allowance_beside_the_training_is_no_second_claim():
    person = making.claimant()
    training = world.claim(person, course_code="GZ-1")
    world.claim(person, course_code="GZ-1", programme="LIVING", purpose="living")
    assert world.found("right_twice", training) == {}
    assert world.found("same_training", training) == {}


def test_the_same_training_twice():
    person = making.claimant()
    one = world.claim(person, course_code="GZ-1", certificate_kind="special")
    world.claim(person, course_code="GZ-2", certificate_kind="special", level=3)
    assert world.found("same_training", one) == {}
    world.claim(person, course_code="GZ-1", certificate_kind="special", level=2)
    assert world.found("same_training", one) == {one.number: {"claims": 2, "employers": 0}}


def test_two_employers_for_one_training():
    claim = world.claim(course_code="GZ-1")
    world.invitation(claim, accepted=True)
    assert world.found("same_training", claim) == {}
    world.invitation(claim, accepted=True, organisation=factories.enterprise(code="440000"))
    assert world.found("same_training", claim) == {claim.number: {"claims": 1, "employers": 2}}


def shared(*people, number="6222020000000000"):
    for person in people:
        factories.with_bank_account(person, number=number)


def test_one_account_for_several_people():
    one, two, third = (world.claim() for _n in range(3))
    assert world.found("shared_account", one, two, third) == {}
    shared(one.claimant, two.claimant)
    told = {"persons": 2, "staff": 0}
    assert world.found("shared_account", one, third) == {one.number: told}
    assert world.found("shared_account", one, third, account_persons=3) == {}
    officer = factories.staff(Role.PROVIDER_MANAGER)
    factories.services.register_real_name(
        officer,
        name="赵刚",
        number=factories.ADULT_IDS[-1],
        province=factories.province(),
        agreed=True,
        at=AT,
    )
    shared(officer)
    assert world.found("shared_account", one)[one.number] == {"persons": 3, "staff": 1}


def test_an_account_of_a_person_and_of_an_enterprise():
    one = world.claim()
    boss = factories.staff(Role.EMPLOYER)
    list_world.with_account(boss, number="6222020000000000")
    assert world.found("shared_account", one) == {}
    shared(one.claimant)
    assert world.found("shared_account", one) == {one.number: {"persons": 2, "staff": 1}}


def test_an_account_that_somebody_gave_up_is_not_shared():
    one, two = world.claim(), world.claim()
    shared(one.claimant, two.claimant)
    factories.with_bank_account(two.claimant, number="6222020000000018")
    assert world.found("shared_account", one, two) == {}


def changed(claim, *, at, by=None, number="6222020000000026"):
    person = claim.claimant
    set_bank_account(person, number=number, bank_name="乙银行", agreed=True, by=by or person, at=at)


def test_an_account_changed_before_the_payment():
    """By its owner only where a number says so: as a rule such a change waits out the days of the bank profile."""
    claim = world.claim()
    assert world.found("account_changed", claim, at=AT + DAY, account_days=14) == {}
    changed(claim, at=AT + DAY)
    last = AT + 15 * DAY - dt.timedelta(seconds=1)
    assert world.found("account_changed", claim, at=last, account_days=14) == {
        claim.number: {"days": 13, "others": 0}
    }
    assert world.found("account_changed", claim, at=AT + 15 * DAY, account_days=14) == {}
    assert world.found("account_changed", claim, at=AT + DAY) == {}


def test_an_account_that_an_officer_entered_counts_for_good():
    claim = world.claim()
    changed(claim, at=AT + DAY, by=factories.staff(Role.COUNTY_DESK))
    assert world.found("account_changed", claim, at=AT + 200 * DAY) == {
        claim.number: {"days": 199, "others": 1}
    }


def test_a_new_device_and_soon_after_another_account():
    claim = world.claim()
    world.signed_in(claim.claimant, "phone", at=AT - 30 * DAY)
    changed(claim, at=AT + 72 * HOUR)
    assert world.found("taken_over", claim) == {}
    world.signed_in(claim.claimant, "strange", at=AT)
    assert world.found("taken_over", claim) == {claim.number: {"hours": 72, "devices": 2}}
    assert world.found("taken_over", claim, takeover_hours=71) == {}


def test_the_first_device_of_all_is_not_strange():
    claim = world.claim()
    world.signed_in(claim.claimant, "phone")
    changed(claim, at=AT + HOUR)
    assert world.found("taken_over", claim) == {}


def test_one_phone_for_several_people():
    claim = world.claim()
    for person in (b"a" * 32, b"b" * 32):
        world.invitation(claim, person=person)
    assert world.found("shared_phone", claim) == {claim.number: {"persons": 3}}
    assert world.found("shared_phone", claim, phone_persons=4) == {}


def test_what_is_known_is_not_found_again_and_the_claim_is_held_once():
    one, two = world.claim(), world.claim()
    shared(one.claimant, two.claimant)
    for _again in range(2):
        assert world.looked(one, two) == {one.pk, two.pk}
    assert Finding.objects.filter(check_code="shared_account").count() == 2
    assert Hold.objects.filter(category="check").count() == 2
    hold = Hold.objects.get(claim=one)
    assert (hold.finding.claim, hold.opened_by) == (one, None)
    assert hold.due_at == hold.finding.due_at
    assert hold.finding.person == one.claimant


@pytest.mark.parametrize("when", [When.SUBMIT, When.BATCH, When.NIGHTLY])
def test_a_batch_costs_the_same_however_many_claims_it_holds(when):
    few = [world.claim() for _n in range(2)]
    many = few + [world.claim() for _n in range(4)]
    counts = []
    for claims in (few, many):
        with CaptureQueriesContext(connection) as asked:
            world.looked(*claims, when=when)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_no_check_reads_sex_age_key_group_or_origin():
    """Of the claimant they are given an id and a digest; no statement touches what would tell more."""
    person = world.claim()
    shared(person.claimant, world.claim().claimant)
    with CaptureQueriesContext(connection) as asked:
        for when in When:
            for check in due(when):
                if check.of_claims:
                    world.found(check.code, person)
                elif check.of_time:
                    world.around(check.code)
    said = " ".join(query["sql"] for query in asked).lower()
    assert "subsidies_claim" in said
    for word in (
        "accounts_identity",
        '"sex"',
        "born_on",
        "keygroup",
        "number_sealed",
        "name_sealed",
        "declared",
    ):
        assert word not in said, word
