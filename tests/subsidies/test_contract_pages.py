"""The pages of project contracts: the desk's, the provider's choice, and what a person reads before the mandate."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import services as accounts
from portal.accounts.roles import Role
from subsidies.models import ClaimList, ProjectContract
from subsidies.services import contracts
from subsidies.workflow.contracts import ContractState
from tests import factories
from tests.subsidies import contract_world as world
from tests.subsidies import list_world, making, money_world
from tests.subsidies.contract_world import AT

pytestmark = pytest.mark.django_db
DESK, NEW = "/desk/contracts/", "/desk/contracts/new/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: AT)
    return AT


@pytest.fixture
def body(now):
    return world.school()


def as_(client, person):
    return factories.sign_in(client, person)


def typed(body, **changes):
    told = {
        "province": "520000",
        "number": "黔项〔2026〕7 号",
        "title": "焊工项目制培训",
        "organisation": str(body.pk),
        "programme": "PROJECT",
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "occupation": "6-18-02-04",
        "level": "4",
        "courses": "",
        "people": "3",
        "hours": "3",
        "online_least": "50",
        "online_most": "100",
        "price": "800",
        "total": "2,400.00",
    }
    return told | changes


def test_one_drafts_another_puts_it_in_force_and_it_ends(client, body):
    editor, publisher = world.editor(), world.publisher()
    page = as_(client, editor).get(DESK)
    assert "No contract here" in page.text
    assert NEW in page.text
    made = client.post(NEW, typed(body))
    contract = ProjectContract.objects.get()
    assert made.url == reverse("subsidies:contract", args=[contract.pk])
    assert (contract.price_fen, contract.sum_fen, contract.occupation) == (80_000, 240_000, "6-18-02-04")
    shown = client.get(made.url)
    assert "You drafted this contract. Another person puts it in force." in shown.text
    assert "nothing can be claimed by it" in shown.text, "there is no policy of this programme yet"
    assert f"{made.url}enforce/" not in shown.text
    again = client.post(f"{made.url}edit/", typed(body, title="电焊工项目制培训"))
    assert again.status_code == 302
    contract.refresh_from_db()
    assert contract.title == "电焊工项目制培训"

    page = as_(client, publisher).get(made.url)
    assert f"{made.url}enforce/" in page.text
    assert NEW not in client.get(DESK).text
    assert client.post(f"{made.url}enforce/").status_code == 302
    late = client.post(f"{made.url}enforce/")
    assert late.status_code == 409
    outside = {"last_day": "2027-06-30", "reason": "协商解除"}
    refused = client.post(f"{made.url}end/", outside)
    assert refused.status_code == 409
    assert "The last day lies within the days of the contract." in refused.text
    assert "协商解除" in refused.text, "what was typed is kept"
    assert client.post(f"{made.url}end/", {"last_day": "", "reason": ""}).status_code == 422
    assert client.post(f"{made.url}end/", outside | {"last_day": "2026-06-30"}).status_code == 302
    contract.refresh_from_db()
    assert (contract.state, contract.last_day) == (ContractState.ENDED, dt.date(2026, 6, 30))
    assert "协商解除" in client.get(made.url).text


def test_a_draft_is_dropped_for_a_reason(client, body):
    draft = world.drafted(body)
    page = reverse("subsidies:contract", args=[draft.pk])
    as_(client, world.editor())
    assert client.post(f"{page}drop/", {"reason": " "}).status_code == 422
    assert client.get(f"{page}edit/").status_code == 404, "another editor's draft"
    assert client.post(f"{page}drop/", {"reason": "重签"}).status_code == 302
    assert client.post(f"{page}drop/", {"reason": "重签"}).status_code == 409


def test_the_drafter_cannot_put_it_in_force_on_the_page_either(client, body):
    one = world.editor()
    accounts.appoint(one, Role.POLICY_PUBLISHER, by=None, at=AT, province=factories.province())
    draft = world.drafted(body, by=one)
    page = reverse("subsidies:contract", args=[draft.pk])
    refused = as_(client, one).post(f"{page}enforce/")
    assert refused.status_code == 409
    assert "Who drafted a contract cannot put it in force." in refused.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": ""}, "required"),
        ({"last_day": "2025-12-31"}, "The last day lies before the first."),
        ({"people": "三"}, "Enter a whole number."),
        ({"people": "99999999999999999999"}, "less than or equal to"),
        ({"price": "一千"}, "Type an amount in yuan"),
        ({"total": "2400.01"}, "at most that of all of them"),
        ({"occupation": ""}, "Name courses or an occupation, not both."),
        ({"occupation": "no such trade"}, "occupation"),
        (
            {"occupation": "", "level": "", "courses": "C-1, C-2"},
            "The provider has no course with the code C-1.",
        ),
        ({"online_least": "90", "online_most": "80"}, "The least online share is above the most."),
        ({"organisation": "0"}, "Select a valid choice"),
        ({"title": "\x00"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(client, body, changes, sentence):
    as_(client, world.editor())
    page = client.post(NEW, typed(body, **changes))
    assert page.status_code == 422
    assert sentence in page.text
    assert 'class="summary"' in page.text
    assert "黔项〔2026〕7 号" in page.text or "number" in changes
    assert not ProjectContract.objects.exists()


def test_a_number_that_is_taken_is_said_at_its_field(client, body):
    world.drafted(body)
    page = as_(client, world.editor()).post(NEW, typed(body))
    assert page.status_code == 422
    assert "Another contract of the province has this number." in page.text


def test_a_province_sees_its_own_contracts_only(client, body):
    contract = world.in_force(body)
    address = reverse("subsidies:contract", args=[contract.pk])
    for role in (Role.POLICY_EDITOR, Role.PROVINCE_REVIEWER, Role.POLICY_PUBLISHER):
        factories.province("440000")
        as_(client, factories.staff(role, code="440000"))
        assert client.get(address).status_code == 404
        assert contract.title not in client.get(DESK).text
    assert contract.title in as_(client, factories.staff(Role.AUDITOR)).get(DESK).text
    assert contract.title in as_(client, factories.staff(Role.SECOND_REVIEWER)).get(address).text
    assert client.post(f"{address}end/").status_code == 404


def test_the_page_says_what_was_claimed_granted_and_is_left_by_the_ledger(client, body):
    money_world.budget(500_000)
    world.policy()
    contract = world.in_force(body)
    manager = world.manager(body)
    first, _second = world.claims(contract, world.trained("王建国"), world.trained("李四"), by=manager)
    making.approved(making.passed(first))
    page = as_(client, world.editor()).get(reverse("subsidies:contract", args=[contract.pk]))
    standing = page.context["standing"]
    assert (standing.claimed_people, standing.claimed_fen) == (2, 160_000)
    assert (standing.granted_people, standing.granted_fen) == (1, 80_000)
    assert (standing.left_people, standing.left_fen) == (2, 160_000)
    assert (standing.set_aside_fen, standing.at_bank_fen, standing.paid_fen) == (80_000, 0, 0)
    assert first.number in page.text
    assert first.claimant.identity.full_name not in page.text


def test_lists_do_not_cost_more_with_more_contracts(client, body):
    as_(client, world.editor())

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert client.get(DESK).status_code == 200
        return len(found)

    world.in_force(body, number="1")
    client.get(DESK)
    one = cost()
    for number in range(2, 7):
        world.in_force(body, number=str(number))
    assert cost() == one


# -- the provider and the person ------------------------------------------------------------------------------------


def test_a_provider_chooses_a_contract_for_its_list(client, body):
    world.policy()
    contract = world.in_force(body)
    other = world.in_force(body, number="2", title="电工项目制培训")
    world.drafted(body, number="3", title="未生效的合同")
    manager = world.manager(body)
    paper = world.trained()
    page = as_(client, manager).get("/claims/lists/")
    assert contract.title in page.text
    assert other.title in page.text
    assert "未生效的合同" not in page.text
    file = list_world.csv(list_world.row(paper))
    file.name = "claims.csv"
    what = f"provider-{body.pk}-PROJECT-{contract.pk}"
    assert client.post("/claims/lists/", {"file": file}).status_code == 422, "which one is asked"
    file.seek(0)
    made = client.post("/claims/lists/", {"file": file, "what": what})
    assert made.status_code == 302
    row = ClaimList.objects.get()
    assert row.contract == contract
    list_world.work(row)
    assert contract.number in client.get(made.url).text
    check = client.get(f"{made.url}check/")
    assert contract.number in check.text
    client.post(f"{made.url}check/", {"agreed": "on", "key": "k-12345678"})
    list_world.work(row)
    claim = row.claims.get()
    assert contract.title in client.get(reverse("subsidies:list_claim", args=[claim.number])).text


def test_a_list_by_the_api_names_a_contract_of_ones_own(client, body):
    world.policy()
    contract = world.in_force(body)
    as_(client, world.manager(body))
    paper = world.trained()

    def send(pk):
        file = list_world.csv(list_world.row(paper))
        file.name = "claims.csv"
        told = {"organisation": body.pk, "programme": "PROJECT", "channel": "provider", "contract": pk}
        return client.post(reverse("api-claim-lists"), told | {"file": file})

    assert send(contract.pk + 999).status_code == 404
    draft = world.drafted(body, number="3")
    assert send(draft.pk).status_code == 404
    read = client.get(reverse("api-contracts")).json()["results"]
    assert [(one["id"], one["left_people"], one["left_fen"]) for one in read] == [(contract.pk, 3, 240_000)]
    assert client.get(reverse("api-contract", args=[draft.pk])).status_code == 404, "a draft is the office's"
    made = send(contract.pk)
    assert made.status_code == 201, made.content
    assert made.json()["contract"] == contract.pk


def test_a_person_reads_of_the_contract_before_the_mandate(client, body):
    making.policy()
    world.policy()
    contract = world.in_force(body)
    person = factories.with_bank_account(factories.learner())
    paper = making.certificate(person)
    page = as_(client, person).get(reverse("subsidies:start", args=[paper.serial]))
    assert contract.number in page.text
    assert "Then the money goes to the provider, not to you." in page.text
    contracts.end_contract(contract, last_day=dt.date(2026, 3, 31), reason="x", by=world.publisher(), at=AT)
    assert contract.number in client.get(reverse("subsidies:start", args=[paper.serial])).text


def test_a_reviewer_reads_by_which_contract_a_claim_was_made(client, body):
    world.policy()
    contract = world.in_force(body)
    claim = world.claims(contract, world.trained(), by=world.manager(body))[0]
    page = as_(client, factories.staff(Role.INTAKE_OFFICER)).get(
        reverse("subsidies:review", args=[claim.number])
    )
    assert contract.title in page.text
    assert reverse("subsidies:contract", args=[contract.pk]) in page.text
    assert "¥2,400.00" in page.text, "the sum of the contract, as a fact"
