"""The organisation's pages and API: upload, rows, check, hand in, a claim; and the claimant's pages of programmes and papers."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from portal.accounts.roles import Role
from subsidies.insurance_port import Recorder
from subsidies.models import Claim, ClaimDraft, ClaimList, Material
from subsidies.services import checking, list_work, reviews
from tests import factories
from tests.subsidies import list_world as world
from tests.subsidies import making
from tests.subsidies.list_world import AT, csv, employee, row, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    Recorder.forget()
    monkeypatch.setattr("portal.clock.now", lambda: AT)


@pytest.fixture
def signed(client):
    return lambda person: factories.sign_in(client, person)


@pytest.fixture
def boss():
    world.published(world.ENTERPRISE)
    by = world.boss()
    world.with_account(by)
    return by


def url(name: str, *args: object) -> str:
    return reverse(f"subsidies:{name}", args=args)


def file(content: io.BytesIO, name: str = "名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.read())


def test_the_whole_road_of_a_list(signed, boss):
    browser = signed(boss)
    paper, wrong = employee(), employee("李四")
    rows = csv(row(paper), row(wrong, name="李五"))
    answer = browser.post(url("lists"), {"file": file(rows)})
    made = ClaimList.objects.get()
    assert answer.url == url("list", made.pk)
    while list_work.work_on_next(at=AT):
        pass
    page = browser.get(answer.url).content.decode()
    assert "姓名与该身份证号登记的姓名不一致" in page
    assert paper.user.identity.full_name not in page
    assert paper.user.identity.number not in page
    table = browser.post(url("list_wrong_rows", made.pk))
    sheet = load_workbook(io.BytesIO(table.content)).active
    assert "李五" in [cell.value for line in sheet.iter_rows() for cell in line]
    check = browser.get(url("list_check", made.pk))
    assert browser.post(url("list_check", made.pk), {"key": "k"}).status_code == 422
    key = check.context["form"]["key"].value()
    for _twice in range(2):
        answer = browser.post(url("list_check", made.pk), {"agreed": "on", "key": key})
        assert answer.url == url("list", made.pk)
    while list_work.work_on_next(at=AT):
        pass
    claim = Claim.objects.get()
    assert claim.number in browser.get(url("list", made.pk)).content.decode()
    page = browser.get(url("list_claim", claim.number)).content.decode()
    assert claim.holder_masked in page
    assert browser.get(url("list_check", made.pk)).url == url("list", made.pk)
    assert browser.post(url("list_withdraw", claim.number)).url == url("list_claim", claim.number)
    assert browser.post(url("list_withdraw", claim.number)).status_code == 409


def test_a_file_that_is_no_list_is_said_on_the_page(signed, boss):
    browser = signed(boss)
    page = browser.post(url("lists"), {"file": SimpleUploadedFile("a.csv", b"name,number\nA,B")})
    assert page.status_code == 422
    assert "缺少" in page.content.decode()
    assert browser.post(url("lists"), {}).status_code == 422


def test_a_list_is_dropped_or_checked_again_by_a_button(signed, boss):
    browser = signed(boss)
    made = world.checked(row(employee()), by=boss)
    assert browser.post(url("list", made.pk), {"step": "check_again"}).url == url("list", made.pk)
    assert browser.post(url("list", made.pk), {"step": "check_again"}).status_code == 409
    assert browser.post(url("list", made.pk), {"step": "cancel"}).url == url("list", made.pk)
    assert browser.post(url("list", made.pk), {"step": "fly"}).status_code == 404


def test_another_enterprise_knows_nothing_of_it(signed, boss):
    made = submitted(row(employee()), by=boss)
    claim = Claim.objects.get()
    browser = signed(world.boss(code="440000"))
    for address in (url("list", made.pk), url("list_check", made.pk), url("list_claim", claim.number)):
        assert browser.get(address).status_code == 404
    assert browser.post(url("list_withdraw", claim.number)).status_code == 404
    assert browser.get(f"/api/subsidies/claim-lists/{made.pk}/").status_code == 404


def test_the_person_sees_the_claim_and_may_do_nothing_with_it(signed, boss):
    submitted(row(employee()), by=boss)
    claim = checking.check_claim(Claim.objects.get(), at=AT)
    browser = signed(claim.claimant)
    page = browser.get(url("claim", claim.number)).content.decode()
    assert factories.enterprise().name_zh in page
    assert url("withdraw", claim.number) not in page
    assert claim.number in browser.get(url("mine")).content.decode()
    assert browser.post(url("withdraw", claim.number)).status_code == 404
    told = browser.get(f"/api/subsidies/claims/{claim.number}/").json()
    assert told["steps"] == []
    assert browser.post(f"/api/subsidies/claims/{claim.number}/withdraw/").status_code == 404


def test_a_returned_claim_is_answered_with_a_paper(signed):
    world.published(world.ENTERPRISE, materials=["insurance_proof"])
    boss = world.boss()
    world.with_account(boss)
    paper = employee()
    Recorder.says[paper.user.identity.number] = "unknown"
    made = world.checked(row(paper), by=boss)
    browser = signed(boss)
    scan = {"paper": SimpleUploadedFile("参保证明.pdf", b"%PDF-1.7")}
    assert browser.post(url("list_paper", made.pk, "insurance_proof"), scan).status_code == 302
    assert browser.post(url("list_paper", made.pk, "payroll"), scan).status_code == 404
    browser.post(url("list_check", made.pk), {"agreed": "on", "key": "k"})
    while list_work.work_on_next(at=AT):
        pass
    claim = checking.check_claim(Claim.objects.get(), at=AT)
    told = {"by": factories.staff(Role.INTAKE_OFFICER), "at": AT, "reason": "请补参保证明"}
    reviews.send_back(claim, codes=("EVIDENCE_NEEDED",), **told)
    assert "请补参保证明" in browser.get(url("list_mend", claim.number)).content.decode()
    scan = {"paper": SimpleUploadedFile("补.png", b"\x89PNG\r\n\x1a\n")}
    address = url("list_claim_paper", claim.number, "insurance_proof")
    assert browser.post(address, scan).url == address
    assert browser.post(address, {"paper": SimpleUploadedFile("x.exe", b"MZ")}).status_code == 422
    assert browser.post(url("list_mend", claim.number), {}).status_code == 422
    answer = browser.post(url("list_mend", claim.number), {"person_insured_by_payee": "yes"})
    assert answer.url == url("list_claim", claim.number)
    officer = signed(told["by"])
    checking.check_claim(Claim.objects.get(), at=AT)
    page = officer.get(url("review", claim.number)).content.decode()
    assert "补.png" in page
    assert "参保证明.pdf" in page
    assert factories.enterprise().name_zh in page


def test_two_programmes_and_a_page_for_each_paper(signed):
    making.policy()
    world.published(world.LIVING, materials=["group_proof", "payroll"])
    person = making.claimant()
    serial = making.certificate(person).serial
    browser = signed(person)
    page = browser.get(url("start", serial)).content.decode()
    assert url("answer", serial, "SKILL", "status") in page
    assert url("answer", serial, "LIVING", "other") in page
    answer = browser.post(url("answer", serial, "LIVING", "other"), {"person_living_paid_this_year": "no"})
    first = url("paper", serial, "LIVING", "group_proof")
    assert answer.url == first
    assert browser.post(url("check", serial, "LIVING"), {"agreed": "on", "key": "k"}).status_code == 409
    for kind in ("group_proof", "payroll"):
        scan = {"paper": SimpleUploadedFile("证.pdf", b"%PDF-1.7")}
        assert browser.post(url("paper", serial, "LIVING", kind), scan).status_code == 302
    assert url("paper", serial, "LIVING", "payroll") in browser.get(first).content.decode()
    row_ = Material.objects.filter(kind="group_proof").get()
    assert browser.post(first, {"remove": "999"}).status_code == 404
    assert browser.post(first, {"remove": str(row_.pk)}).url == first
    browser.post(first, {"paper": SimpleUploadedFile("证.pdf", b"%PDF-1.7")})
    answer = browser.post(url("check", serial, "LIVING"), {"agreed": "on", "key": "k"})
    claim = Claim.objects.get()
    assert answer.url == url("claim", claim.number)
    assert claim.materials.count() == 2
    assert not ClaimDraft.objects.exists()
    for bad in ("SKILLS", "ENTERPRISE"):
        assert browser.get(url("check", serial, bad)).status_code == 404
    assert browser.get(url("paper", serial, "LIVING", "fee_receipt")).status_code == 404


def test_the_account_of_an_organisation_is_set_on_its_page(signed):
    boss, enterprise = world.boss(), factories.enterprise()
    browser = signed(boss)
    address = reverse("accounts:organisation_bank")
    told = {"organisation": enterprise.pk, "bank_name": "示例银行", "number": "12345678"}
    page = browser.post(address, told)
    assert page.status_code == 422
    assert "12345678" in page.content.decode()
    assert browser.post(address, told | {"number": "123456789012"}).status_code == 302
    assert "1234******12" in browser.get(address).content.decode()


def test_the_api_of_lists(signed, boss):
    browser = signed(boss)
    paper = employee()
    told = {"organisation": factories.enterprise().pk, "programme": "ENTERPRISE", "channel": "enterprise"}
    answer = browser.post("/api/subsidies/claim-lists/", told | {"file": file(csv(row(paper)))})
    assert answer.status_code == 201
    number = answer.json()["id"]
    while list_work.work_on_next(at=AT):
        pass
    (line,) = browser.get(f"/api/subsidies/claim-lists/{number}/rows/").json()["results"]
    assert (line["fate"], line["reasons"], line["claim"]) == ("ready", [], None)
    address = f"/api/subsidies/claim-lists/{number}/submit/"
    said = {"data": {"agreed": True}, "content_type": "application/json"}
    first = browser.post(address, headers={"Idempotency-Key": "abcdefgh"}, **said)
    again = browser.post(address, headers={"Idempotency-Key": "abcdefgh"}, **said)
    assert (first.status_code, first.json()) == (200, again.json())
    while list_work.work_on_next(at=AT):
        pass
    claim = Claim.objects.get()
    told = browser.get(f"/api/subsidies/claim-lists/claims/{claim.number}/").json()
    assert told["steps"] == ["withdraw"]
    assert "declared" not in told
    withdrawn = browser.post(f"/api/subsidies/claim-lists/claims/{claim.number}/withdraw/")
    assert withdrawn.json()["status"] == "withdrawn"
    assert browser.post("/api/subsidies/claim-lists/", {"file": file(csv(row(paper)))}).status_code == 400


def test_the_api_of_papers_and_mandates(signed):
    world.published(world.LIVING, materials=["group_proof"])
    person = making.claimant()
    serial = making.certificate(person).serial
    browser = signed(person)
    address = f"/api/subsidies/claims/materials/{serial}/?programme=LIVING"
    assert [one["kind"] for one in browser.get(address).json()] == ["group_proof"]
    scan = {"kind": "group_proof", "paper": SimpleUploadedFile("证.pdf", b"%PDF-1.7")}
    made = browser.post(address, scan)
    assert made.status_code == 201
    assert browser.get("/api/subsidies/claims/materials/ZX-1/").status_code == 404
    assert browser.get(f"/api/subsidies/claims/materials/{serial}/?programme=X").status_code == 404
    assert browser.delete(f"/api/subsidies/claims/materials/{made.json()['id']}/remove/").status_code == 204
    assert not Material.objects.exists()
    given = browser.post(
        f"/api/subsidies/claims/mandates/{serial}/", {"agreed": True}, content_type="application/json"
    )
    assert (given.status_code, given.json()["code"]) == (409, "no_provider_to_mandate")
    assert browser.delete(f"/api/subsidies/claims/mandates/{serial}/").status_code == 204
