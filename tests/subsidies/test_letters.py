"""The letter of a decision and the auditor's export: views of the one stored record, saying the same as the pages."""

import io
import json
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from certificates import signers
from certificates.paper.proof import Seal, examined
from portal.accounts.roles import Role
from subsidies import exported
from subsidies.models import Decision
from subsidies.services import letters, rejections
from subsidies.workflow.claims import Act
from tests import factories
from tests.subsidies import making, money_world

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    """Without what a line break puts between."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    return at


@pytest.fixture
def approved(at):
    making.policy(at=at)
    money_world.budget(10_000_000, at=at)
    return making.approved(making.passed(making.checked(at=at), at=at), at=at)


def decision_of(claim, act):
    return claim.decisions.select_related("claim__province", "policy", "by").get(act=act)


def signed_in(client, user, *, staff=True):
    return factories.sign_in(client, user, second_factor=staff)


def test_four_views_say_the_same(client, approved, now):
    """Outcome, amount, formula and rules: the claimant's page, the officer's page, the letter, the export."""
    decision = decision_of(approved, Act.APPROVED)
    record = decision.record
    auditor = factories.staff(Role.AUDITOR)
    mine = signed_in(client, approved.claimant, staff=False).get(
        reverse("subsidies:claim", args=[approved.number])
    )
    desk = signed_in(client, auditor).get(reverse("subsidies:review", args=[approved.number]))
    pages = [answer.content.decode() for answer in (mine, desk)]
    letter = text_of(letters.letter_pdf(decision))
    told = exported.decision_json(decision)
    book = load_workbook(io.BytesIO(exported.decision_xlsx(decision)))
    cells = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    everything = "\n".join(str(value) for row in cells for value in row)
    assert record["rules"]
    assert record["lines"]
    fen = decision.amount_fen
    assert (told["outcome"], told["amount_fen"], told["record"]) == ("APPROVE", fen, record)
    assert fen == sum(line["fen"] for line in record["lines"]) == approved.amount_fen
    for page in pages:
        assert f"{fen // 100:,}.{fen % 100:02d}" in page
        for rule in record["rules"]:
            assert rule["title_zh"] in page, rule["id"]
    assert f"{fen // 100}.{fen % 100:02d}元" in letter
    assert "符合全部条件" in letter
    for rule in record["rules"]:
        assert "".join(rule["title_zh"].split()) in letter, rule["id"]
        assert "".join(rule["title_en"].split()) in letter, rule["id"]
        assert rule["title_en"] in everything
        assert [rule["result"], rule["id"]] in [row[:2] for row in cells]
    for line in record["lines"]:
        assert "".join(line["formula"].split()) in letter
        assert line["formula"] in everything
        assert all(line["formula"] in page for page in pages)


def test_a_rejection_tells_reasons_clauses_and_the_last_day(at):
    making.policy(at=at)
    claim = making.rejected(making.checked(at=at), at=at)
    decision = decision_of(claim, Act.REJECTED)
    letter = text_of(letters.letter_pdf(decision))
    assert claim.number in letter
    for one in decision.reasons:
        assert one["code"] in letter
        assert "".join(one["ref"].split()) in letter
    assert "".join(decision.reason.split()) in letter
    assert letters.appeal_day(decision) == claim.appeal_day
    assert f"可在{claim.appeal_day.isoformat()}当日及以前" in letter
    assert "本次决定不发放补贴" in letter
    assert claim.claimant.identity.masked_name in letter
    assert "行政复议" in letter


def test_a_rejection_upheld_has_no_further_appeal_here(at):
    heard = making.heard(at=at)
    by = factories.staff(Role.SECOND_REVIEWER)
    claim = rejections.decide_appeal(heard, by=by, at=at, granted=False, reason="核实无误")
    letter = text_of(letters.letter_pdf(decision_of(claim, Act.UPHELD)))
    assert "复核维持原决定" in letter
    assert "申请复核" not in letter


def test_the_letter_names_whose_account_is_paid(approved):
    decision = approved.decisions.get(act="approved")
    own = str(letters.letter_of(decision).blocks)
    assert "你登记的银行账户" in own
    assert "your bank account" in own
    decision.claim.payee_organisation = enterprise = factories.enterprise()
    others = str(letters.letter_of(decision).blocks)
    assert f"{enterprise.name_zh}的银行账户" in others
    assert "your bank account" not in others


def test_the_letter_is_signed_and_the_same_each_time(approved):
    decision = decision_of(approved, Act.APPROVED)
    pdf = letters.letter_pdf(decision)
    proof = examined(pdf, signers.chains())
    assert (proof.seal, proof.reason) == (
        Seal.INTACT,
        f"补贴决定告知书 Decision letter {letters.number_of(decision)}",
    )
    assert letters.letter_pdf(decision) == pdf
    altered = bytearray(pdf)
    altered[200] ^= 1
    assert examined(bytes(altered), signers.chains()).seal is Seal.ALTERED


def test_a_letter_that_no_font_can_print_says_the_code(at):
    claim = making.rejected(making.checked(at=at), at=at)
    decision = decision_of(claim, Act.REJECTED)
    decision.reason = '材料 😀 "引号" \\ #let x = 1 \x00\x1b 欧阳𠮷·'
    letter = text_of(letters.letter_pdf(decision))
    assert '材料[U+1F600]"引号"\\#letx=1' in letter
    assert "欧阳𠮷·" in letter


def test_formulas_in_the_export_are_asleep(at):
    claim = making.rejected(making.checked(at=at), at=at)
    decision = decision_of(claim, Act.REJECTED)
    for reason in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1"):
        decision.reason = reason
        book = load_workbook(io.BytesIO(exported.decision_xlsx(decision)))
        (found,) = [row[1] for row in book.worksheets[0].iter_rows() if row[0].value == "reason"]
        assert found.data_type == "s"
        assert found.value.startswith("'")


def test_only_the_claimant_and_the_desk_of_the_province_read_it(client, approved, now):
    decision = decision_of(approved, Act.APPROVED)
    args = [approved.number, decision.pk]
    own, desk = reverse("subsidies:letter", args=args), reverse("subsidies:desk_letter", args=args)
    answer = signed_in(client, approved.claimant, staff=False).get(own)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert client.get(desk).status_code == 404
    assert signed_in(client, factories.learner("李四"), staff=False).get(own).status_code == 404
    for role, code, status in (
        (Role.PROVINCE_REVIEWER, "520000", 200),
        (Role.PROVINCE_REVIEWER, "530000", 404),
        (Role.AUDITOR, "", 200),
        (Role.FINANCE_MAKER, "520000", 404),
    ):
        person = factories.staff(role, **({"code": code} if code else {}))
        assert signed_in(client, person).get(desk).status_code == status, (role, code)


def test_there_is_no_letter_of_a_step_on_the_way(client, approved, now):
    check = approved.decisions.filter(act=Act.CHECKED).get()
    url = reverse("subsidies:letter", args=[approved.number, check.pk])
    mine = signed_in(client, approved.claimant, staff=False)
    assert mine.get(url).status_code == 404
    other = Decision.objects.order_by("-pk").first().pk + 1000
    assert mine.get(reverse("subsidies:letter", args=[approved.number, other])).status_code == 404


def test_without_a_key_the_page_says_so(client, approved, now, monkeypatch):
    monkeypatch.setattr("certificates.signers.signer", lambda: (_ for _ in ()).throw(OSError("away")))
    decision = decision_of(approved, Act.APPROVED)
    url = reverse("subsidies:letter", args=[approved.number, decision.pk])
    answer = signed_in(client, approved.claimant, staff=False).get(url)
    assert answer.status_code == 503
    assert 'role="alert"' in answer.content.decode()


def test_the_record_as_json_and_by_the_api(client, approved, now):
    decision = decision_of(approved, Act.APPROVED)
    desk = signed_in(client, factories.staff(Role.AUDITOR))
    file = desk.get(reverse("subsidies:decision_record", args=[approved.number, decision.pk, "json"]))
    told = json.loads(file.content)
    assert told == json.loads(json.dumps(exported.decision_json(decision)))
    assert desk.get(reverse("api-claim-decision", args=[approved.number, decision.pk])).json() == told
    assert not re.search(rf"{approved.claimant.identity.number[:14]}", file.content.decode())
    assert desk.get(reverse("api-claim-desk-letter", args=[approved.number, decision.pk])).content.startswith(
        b"%PDF"
    )
