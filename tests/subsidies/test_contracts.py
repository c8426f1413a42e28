"""Project contracts: drafted by one, in force by another; claimed by their provider; never granted beyond what was agreed."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import translation

from learners.models import Completion
from portal import moves
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.audit.models import Entry
from subsidies.insurance_port import Recorder
from subsidies.models import BatchLine, Claim, ClaimList
from subsidies.selectors import lists as asked
from subsidies.selectors.contracts import standing_of
from subsidies.services import (
    assembling,
    claims,
    contracts,
    files,
    lists,
    mandates,
    notices,
    reconcile,
    reviews,
)
from subsidies.workflow.claims import State
from subsidies.workflow.contracts import CONTRACT_MOVES, ContractState
from tests import factories
from tests.guards import refused
from tests.subsidies import contract_world as world
from tests.subsidies import list_world, making, money_world
from tests.subsidies.contract_world import AT

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()
    yield
    Recorder.forget()


@pytest.fixture
def contract():
    world.policy()
    return world.in_force()


@pytest.fixture
def manager(contract):
    return world.manager(contract.organisation)


def said(made: ClaimList) -> list[str]:
    with translation.override("en"):
        return [" ".join(asked.reasons_of(line)) for line in asked.rows_of(made)]


# -- the whole road -------------------------------------------------------------------------------------------------


def test_the_money_of_a_contract_goes_the_road_of_all_money(contract, manager):
    money_world.budget(500_000)
    claim = making.passed(world.claims(contract, world.trained(), by=manager)[0])
    making.approved(claim)
    notice = notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=AT)
    after = notice.ends_at + money_world.HOUR
    notices.end_notice(notice, at=after)
    money_world.vouched(at=after)
    batch = assembling.make_batch(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=after)
    line = BatchLine.objects.get(batch=batch)
    assert line.account.organisation == contract.organisation
    money_world.released(batch, at=after)
    files.write_payment_file(batch, at=after)
    contract.refresh_from_db()
    assert standing_of(contract).at_bank_fen == 80_000
    money_world.answered(batch, at=after)
    claim.refresh_from_db()
    contract.refresh_from_db()
    found = standing_of(contract)
    assert (claim.state, found.paid_fen, found.set_aside_fen, found.at_bank_fen) == ("paid", 80_000, 0, 0)
    assert (found.granted_fen, found.left_fen) == (80_000, 160_000)
    assert list(reconcile.breaches()) == []


def test_a_contract_is_claimed_by_and_decided_for_its_provider(contract, manager):
    money_world.budget(500_000)
    claim = world.claims(contract, world.trained(), by=manager)[0]
    assert (claim.channel, claim.payee_organisation, claim.contract) == (
        "provider",
        contract.organisation,
        contract,
    )
    assert (claim.outcome, claim.amount_fen, claim.state) == ("APPROVE", 80_000, State.CHECKED)
    record = claim.decisions.latest("pk").record
    told = {one["name"]: (one["value"], one["source"]) for one in record["facts"]}
    assert told["contract.person_fen"] == (80_000, "contract")
    assert told["paid.contract_people"] == (0, "claims")
    claim = making.approved(making.passed(claim))
    contract.refresh_from_db()
    assert (claim.state, contract.granted_fen, contract.granted_people) == (State.APPROVED, 80_000, 1)
    claims.withdraw(claim, by=manager, at=LATER)
    contract.refresh_from_db()
    assert (contract.granted_fen, contract.granted_people) == (0, 0), "what is taken back is free again"


def test_once_per_right_whatever_the_channel(contract, manager):
    """I4: what is claimed by a contract is claimed by nobody else, and the other way round."""
    mine, other = world.trained("王建国"), world.trained("李四")
    making.policy()
    factories.with_bank_account(mine.user)
    factories.with_bank_account(other.user)
    world.claims(contract, mine, by=manager)
    told = {"at": AT, "answers": making.asked(), "agreed": True}
    with pytest.raises(claims.AlreadyClaimed):
        claims.submit_claim(mine.user, mine.serial, **told)
    claims.submit_claim(other.user, other.serial, **told)
    assert (
        said(world.listed(contract, mine, other, by=manager))
        == ["This certificate, or this occupation and level, is claimed already."] * 2
    )
    twin = Claim.objects.get(contract=contract)
    twin.pk, twin.number, twin.state, twin.desk, twin.check_due_at = None, "X-1", "submitted", "", AT
    twin.moved_step = "submit"
    refused("claim_one_live_per_certificate", lambda: twin.save(force_insert=True))


def test_the_province_grants_up_to_the_places_and_the_sum(contract, manager):
    money_world.budget(5_000_000)
    papers = [world.trained(f"学员{name}") for name in "甲乙丙"]
    first, second, third = (making.passed(claim) for claim in world.claims(contract, *papers, by=manager))
    for claim in (third, first, second):  # the order of decisions does not matter
        making.approved(claim)
    contract.refresh_from_db()
    assert (contract.granted_fen, contract.granted_people) == (240_000, 3)
    assert said(world.listed(contract, world.trained("学员丁"), by=manager)) == [
        "All 3 places of the contract are taken."
    ]


def test_what_is_left_of_the_sum_is_all_that_is_paid(manager):
    money_world.budget(5_000_000)
    small = world.in_force(contracts_school(), number="2", sum_fen=100_000)
    papers = [world.trained("王建国"), world.trained("李四"), world.trained("张三")]
    found = world.claims(small, *papers, by=manager)
    assert [(one.outcome, one.amount_fen) for one in found] == [
        ("APPROVE", 80_000),
        ("APPROVE", 20_000),
        ("APPROVE", 0),
    ]
    last = making.accepted(found[2])
    with pytest.raises(reviews.NothingToPay):
        reviews.pass_on(last, by=factories.staff(Role.PROVINCE_REVIEWER), at=AT, confirmed=True)
    for claim in found[1::-1]:
        making.approved(making.passed(claim))
    small.refresh_from_db()
    assert (small.granted_fen, small.granted_people) == (100_000, 2)


def contracts_school():
    return factories.organisation()


def test_a_claim_that_was_granted_first_counts_whichever_was_made_first(manager):
    money_world.budget(5_000_000)
    one_place = world.in_force(contracts_school(), number="2", people=2, sum_fen=80_000)
    early, late = world.claims(one_place, world.trained("王建国"), world.trained("李四"), by=manager)
    assert (early.amount_fen, late.amount_fen) == (80_000, 0)
    early = making.passed(early)
    assert making.approved(early).state == State.APPROVED
    with pytest.raises(reviews.NothingToPay):
        making.passed(late)


def test_what_a_policy_does_not_cap_the_contract_does():
    """A policy that pays more than the contract holds is stopped by the service, and by the table."""
    money_world.budget(5_000_000)
    text = world.PROJECT | {
        "amount": {"lines": [{"fund": "SKILL", "item": "BASE", "type": "flat", "fen": 90_000}]}
    }
    list_world.published(text)
    small = world.in_force(sum_fen=100_000)
    by = world.manager(small.organisation)
    one, two = (
        making.passed(claim)
        for claim in world.claims(small, world.trained("王建国"), world.trained("李四"), by=by)
    )
    making.approved(one)
    with pytest.raises(contracts.SumUsedUp):
        making.approved(two)
    two.refresh_from_db()
    assert two.state == State.IN_MINISTRY_REVIEW
    refused(
        "contract_sum_never_exceeded",
        lambda: Claim.objects.filter(pk=one.pk).update(amount_fen=100_001),
    )


def test_more_people_than_planned_are_not_granted(manager):
    money_world.budget(5_000_000)
    list_world.published(
        world.PROJECT | {"eligibility": world.PROJECT["eligibility"][:1], "version": 2},
        code="520000",
        valid=["2019-01-01", "2019-12-31"],
    )
    single = world.in_force(contracts_school(), number="2", people=1, sum_fen=80_000)
    claim = making.approved(making.passed(world.claims(single, world.trained(), by=manager)[0]))
    single.refresh_from_db()
    with pytest.raises(contracts.PlacesTaken):
        contracts.must_hold(single, 1)
    refused(
        "contract_sum_never_exceeded|contract_people_never_exceeded",
        lambda: Claim.objects.filter(pk=claim.pk).update(amount_fen=80_001),
    )


# -- which rows fit -------------------------------------------------------------------------------------------------


def test_a_row_fits_the_course_the_occupation_and_the_days(contract, manager):
    paper = world.trained()
    body = contract.organisation
    course = list_world.certificate(factories.learner("李四"))
    mandates.give_mandate(course.user, course.serial, at=AT, agreed=True)
    code = Completion.objects.get(pk=course.completion_id).enrolment.course_code
    by_course = world.in_force(body, number="2", occupation="", level=None, courses=[code])
    other_level = world.in_force(body, number="3", level=3)
    before = world.in_force(body, number="4", last_day=dt.date(2026, 2, 13))
    any_level = world.in_force(body, number="5", level=None)
    assert said(world.listed(any_level, paper, course, by=manager)) == ["", ""]
    assert said(world.listed(by_course, paper, course, by=manager)) == [
        "The contract does not cover this course, occupation or level.",
        "",
    ]
    assert said(world.listed(other_level, paper, by=manager)) == [
        "The contract does not cover this course, occupation or level."
    ]
    assert said(world.listed(before, paper, by=manager)) == [
        "Not trained within the days of the contract, 2026-01-01 to 2026-02-13."
    ]


def test_without_the_persons_mandate_nothing_is_claimed_or_said(contract, manager):
    paper = making.certificate(factories.learner())
    made = world.listed(contract, paper, by=manager)
    assert said(made) == ["This person has not given you a mandate for this certificate."]
    mandates.give_mandate(paper.user, paper.serial, at=AT, agreed=True)
    lists.check_again(made, by=manager, at=AT)
    list_world.work(made)
    mandates.end_mandate(paper.user, paper.serial, at=LATER)
    list_world.work(lists.submit_list(made, by=manager, at=LATER, agreed=True), at=LATER)
    assert not Claim.objects.exists(), "a mandate that is taken back in time is none"


def test_a_list_is_of_a_contract_of_ones_own_that_is_in_force(contract, manager):
    paper = world.trained()
    told = {"by": manager, "organisation": contract.organisation, "channel": "provider"}
    row = list_world.csv(list_world.row(paper))
    with pytest.raises(lists.ProgrammeClosed):
        list_world.upload(row, programme="PROJECT", **told)
    with pytest.raises(lists.ProgrammeClosed):
        list_world.upload(row, programme="PROVIDER", contract=contract, **told)
    draft = world.drafted(contract.organisation, number="2")
    with pytest.raises(lists.ContractClosed):
        list_world.upload(row, programme="PROJECT", contract=draft, **told)
    employer = list_world.boss()
    with pytest.raises(lists.ContractClosed):
        list_world.upload(row, by=employer, programme="PROJECT", contract=contract)
    made = world.listed(contract, paper, by=manager)
    assert world.listed(contract, paper, by=manager) == made, "the same file is the same list"
    other = world.in_force(contract.organisation, number="3")
    assert world.listed(other, paper, by=manager) != made, "of another contract it is another one"


def test_what_was_trained_before_the_end_is_claimed_after_it(contract, manager):
    paper = world.trained()
    contracts.end_contract(
        contract, last_day=dt.date(2026, 3, 31), reason="协商解除", by=world.publisher(), at=LATER
    )
    contract.refresh_from_db()
    assert said(world.listed(contract, paper, by=manager)) == [""]


# -- the office -----------------------------------------------------------------------------------------------------


def test_every_step_of_a_contract_and_no_other(contract):
    made = {
        ContractState.DRAFT: world.drafted(contract.organisation, number="2"),
        ContractState.IN_FORCE: world.in_force(contract.organisation, number="3"),
        ContractState.DROPPED: world.drafted(contract.organisation, number="4"),
        ContractState.ENDED: world.in_force(contract.organisation, number="5"),
    }
    steps = {
        "enforce": lambda row: contracts.enforce_contract(row, by=world.publisher(), at=LATER),
        "drop": lambda row: contracts.drop_contract(row, reason="重签", by=world.editor(), at=LATER),
        "end": lambda row: contracts.end_contract(
            row, last_day=dt.date(2026, 6, 30), reason="解除", by=world.publisher(), at=LATER
        ),
    }
    steps["drop"](made[ContractState.DROPPED])
    steps["end"](made[ContractState.ENDED])
    assert steps.keys() == CONTRACT_MOVES.keys()
    for state, row in made.items():
        row.refresh_from_db()
        assert row.state == state
        for step, act in steps.items():
            if state in CONTRACT_MOVES[step].sources:
                with transaction.atomic():
                    assert act(row).state == CONTRACT_MOVES[step].target
                    transaction.set_rollback(True)
            else:
                with pytest.raises(moves.IllegalMove):
                    act(row)
    assert (
        Entry.objects.filter(action__startswith="contract.")
        .values_list("action", flat=True)
        .distinct()
        .count()
        == 4
    )


def test_who_may_do_what(contract):
    body = contract.organisation
    draft = world.drafted(body, number="2")
    far = {"code": "440000"}
    factories.province("440000")
    with pytest.raises(contracts.NotYours):
        contracts.draft_contract(
            world.terms(body, number="3"), province="520000", by=world.publisher(), at=AT
        )
    with pytest.raises(contracts.NotYours):
        contracts.draft_contract(
            world.terms(body, number="3"), province="520000", by=world.editor(**far), at=AT
        )
    with pytest.raises(contracts.NotYours):
        contracts.enforce_contract(draft, by=world.editor(), at=AT)
    with pytest.raises(contracts.NotYours):
        contracts.enforce_contract(draft, by=world.publisher(**far), at=AT)
    with pytest.raises(contracts.NotYours):
        contracts.end_contract(contract, last_day=dt.date(2026, 5, 1), reason="x", by=world.editor(), at=AT)
    with pytest.raises(contracts.NotYours):
        contracts.drop_contract(draft, reason="x", by=world.publisher(), at=AT)
    with pytest.raises(contracts.NotTheDrafter):
        contracts.change_contract(draft, world.terms(body, number="2"), by=world.editor(), at=AT)
    changed = contracts.change_contract(
        draft, world.terms(body, number="2", title="新"), by=draft.drafted_by, at=AT
    )
    assert changed.title == "新"
    inside = world.publisher()
    accounts.appoint(inside, Role.PROVIDER_MANAGER, by=None, at=AT, organisation=body)
    with pytest.raises(contracts.OwnInterest):
        contracts.enforce_contract(draft, by=inside, at=AT)


def test_without_an_agreement_no_contract_comes_into_force(contract):
    draft = world.drafted(contract.organisation, number="2")
    with pytest.raises(contracts.NoAgreement):
        contracts.enforce_contract(draft, by=world.publisher(), at=AT + dt.timedelta(days=400))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("number", {"number": " \x00 "}),
        ("number", {"number": "七" * 41}),
        ("title", {"title": ""}),
        ("organisation", {"organisation": 10**12}),
        ("programme", {"programme": "SKILL"}),
        ("last_day", {"last_day": dt.date(2025, 12, 31)}),
        ("last_day", {"last_day": dt.date.max}),
        ("people", {"people": 0}),
        ("people", {"people": 10**7}),
        ("hours", {"hours": 0}),
        ("online_least", {"online_least": 101}),
        ("online_most", {"online_most": 49}),
        ("price_fen", {"price_fen": 0}),
        ("price_fen", {"price_fen": 10**12, "sum_fen": 10**12}),
        ("sum_fen", {"sum_fen": 79_999}),
        ("sum_fen", {"sum_fen": 240_001}),
        ("occupation", {"occupation": "", "level": None}),
        ("occupation", {"courses": ["C"]}),
        ("occupation", {"occupation": "9-99-99-99"}),
        ("level", {"level": 6}),
        ("courses", {"occupation": "", "level": None, "courses": ["no-such-course"]}),
        ("courses", {"occupation": "", "level": None, "courses": [str(n) for n in range(51)]}),
    ],
)
def test_terms_that_cannot_stand_are_refused_by_name(contract, field, changes):
    told = world.terms(contract.organisation, **{"number": "2"} | changes)
    with pytest.raises(contracts.BadTerms) as broken:
        contracts.draft_contract(told, province="520000", by=world.editor(), at=AT)
    assert broken.value.field == field
    assert str(broken.value)


def test_a_number_is_used_once_in_a_province(contract):
    with pytest.raises(contracts.NumberTaken):
        world.drafted(contract.organisation)
    draft = world.drafted(contract.organisation, number="2")
    contracts.drop_contract(draft, reason="重签", by=world.editor(), at=LATER)
    assert world.drafted(contract.organisation, number="2").pk


@pytest.mark.parametrize("day", [dt.date(2025, 12, 31), dt.date(2027, 1, 1)])
def test_an_end_lies_within_the_days(contract, day):
    with pytest.raises(contracts.EndsOutside):
        contracts.end_contract(contract, last_day=day, reason="x", by=world.publisher(), at=LATER)
    with pytest.raises(contracts.ReasonMissing):
        contracts.end_contract(
            contract, last_day=dt.date(2026, 6, 1), reason=" \x00", by=world.publisher(), at=LATER
        )
