"""What the database itself refuses of project contracts, of claims and of lists beside them."""

import datetime as dt

import pytest

from subsidies.insurance_port import Recorder
from subsidies.models import Claim, ClaimList, ProjectContract
from tests.guards import refused
from tests.subsidies import contract_world as world
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


def _row(like: ProjectContract, **changes: object) -> ProjectContract:
    names = [field.attname for field in ProjectContract._meta.fields if field.name != "id"]
    told = {name: getattr(like, name) for name in names}
    return ProjectContract(**told | {"number": "other"} | changes)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("contract_number_once", {"number": "黔项〔2026〕7 号"}),
        ("contract_has_number_and_title", {"title": ""}),
        ("contract_has_first_and_last_day", {"valid": (dt.date(2026, 1, 1), None)}),
        ("contract_for_courses_or_an_occupation", {"courses": ["C"]}),
        ("contract_for_courses_or_an_occupation", {"occupation": ""}),
        ("contract_level_is_known", {"level": 6}),
        ("contract_is_for_something", {"hours": 0}),
        ("contract_online_shares_in_order", {"online_least": 100, "online_most": 99}),
        ("contract_sum_fits_its_price", {"sum_fen": 240_001}),
        ("contract_enforced_by_somebody", {"enforced_at": AT}),
        ("contract_ended_by_somebody_for_a_reason", {"ended_because": "x"}),
        ("a contract starts as draft", {"granted_fen": 1}),
        ("a contract starts as draft", {"granted_people": 1}),
        ("a contract starts as draft", {"state": "in_force"}),
        ("a contract is of a programme that pays by contracts", {"programme_id": "SKILL"}),
    ],
)
def test_the_table_refuses_a_contract_that_cannot_be(contract, name, changes):
    draft = world.drafted(contract.organisation, number="2")
    refused(name, lambda: _row(draft, **changes).save(force_insert=True))


def test_the_table_keeps_a_contract_as_it_came_into_force(contract, manager):
    rows = ProjectContract.objects.filter(pk=contract.pk)
    by = world.publisher()
    draft = world.drafted(contract.organisation, number="2")
    drafts = ProjectContract.objects.filter(pk=draft.pk)
    ended = {"state": "ended", "ended_by": by, "ended_at": LATER, "ended_because": "x"}
    for change in (
        {"price_fen": 1},
        {"sum_fen": 100_000},
        {"people": 4},
        {"title": "x"},
        {"drafted_by": by},
        {"valid": (dt.date(2026, 1, 1), dt.date(2027, 1, 1))} | ended | {"people": 4},
        {"valid": (dt.date(2026, 1, 1), dt.date(2028, 1, 1))} | ended,
        {"valid": (dt.date(2026, 1, 2), dt.date(2027, 1, 1))} | ended,
    ):
        refused("a contract is not changed", lambda change=change: rows.update(**change))
    refused("follows from its claims", lambda: rows.update(granted_fen=1))
    refused("follows from its claims", lambda: rows.update(granted_people=1))
    refused(
        "does not go from in_force to draft",
        lambda: rows.update(state="draft", enforced_by=None, enforced_at=None),
    )
    refused("never deleted", rows.delete)
    refused("a contract is not changed", lambda: drafts.update(drafted_by=by))
    refused(
        "contract_enforced_by_somebody",
        lambda: drafts.update(state="in_force", enforced_by=by, enforced_at=AT - dt.timedelta(days=1)),
    )
    refused(
        "contract_ended_by_somebody_for_a_reason",
        lambda: drafts.update(state="dropped", ended_by=by, ended_at=AT),
    )
    refused("contract_state_is_known|does not go", lambda: drafts.update(state="lost"))
    claim = world.claims(contract, world.trained(), by=manager)[0]
    claims_ = Claim.objects.filter(pk=claim.pk)
    refused("frozen", lambda: claims_.update(contract=None))
    refused("frozen", lambda: claims_.update(programme="PROVIDER"))
    refused("frozen", lambda: ClaimList.objects.filter(pk=claim.claim_list_id).update(contract=None))


def test_the_table_lets_a_claim_name_its_own_contract_only(contract, manager):
    other = world.in_force(contract.organisation, number="2")
    claim = world.claims(contract, world.trained(), by=manager)[0]

    def twin(**changes):
        row = Claim.objects.get(pk=claim.pk)
        row.pk, row.number, row.state, row.desk, row.check_due_at = (
            None,
            "X-1",
            "submitted",
            "",
            row.submitted_at,
        )
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    refused("exactly where its programme pays by contracts", lambda: twin(contract=None))
    refused("exactly where its programme pays by contracts", lambda: twin(programme="PROVIDER"))
    refused("the contract of a claim is another one", lambda: twin(contract=other))
    refused(
        "the contract of a claim is another one|claim_by_a_contract_pays_its_provider|does not pay this payee",
        lambda: twin(payee_organisation=None),
    )
    made = ClaimList.objects.get(pk=claim.claim_list_id)

    def again(**changes):
        row = ClaimList.objects.get(pk=made.pk)
        row.pk, row.sha256, row.state, row.due_at = None, "x", "checking", AT
        row.submitted_by = row.submitted_at = row.finished_at = None
        row.declaration = row.key = ""
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    again()
    refused("claim_list_same_file_once", again)
    refused("the contract of a list is another one", lambda: again(contract=None))
    refused("the contract of a list is another one", lambda: again(programme_id="PROVIDER"))
    refused("claim_list_of_a_contract_by_its_provider", lambda: again(channel="enterprise"))
