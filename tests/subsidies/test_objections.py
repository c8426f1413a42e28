"""Anybody objects to a line; only its claim stops; somebody outside its chain decides; the objector is protected."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from courses import papers
from portal import clock
from portal.accounts.roles import Role
from portal.audit.models import Entry
from subsidies.models import Hold, Objection
from subsidies.selectors.desks import SamePerson
from subsidies.services import holds, notices, objections, rejections, reviews
from subsidies.services.reconcile import breaches
from tests import factories
from tests.subsidies import making, money_world

pytestmark = pytest.mark.django_db
AT = money_world.AT
CONTACT = "李四 13800138000"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def book():
    return money_world.budget(900_000)


@pytest.fixture
def notice(book):
    """Two claims in a notice: the one that is objected to has its decisions."""
    making.approved(making.passed())
    money_world.approve(money_world.claim())
    return notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=AT)


def line_of(notice):
    return notice.lines.select_related("claim", "notice").order_by("line_no").first()


def raised(notice, **told):
    return objections.raise_objection(line_of(notice), **{"words": "此人未参加培训", "at": AT, **told})


def officer():
    return factories.staff(Role.SECOND_REVIEWER)


def test_only_the_claim_objected_to_stops(notice):
    objection = raised(notice)
    assert (objection.hold.category, objection.state) == (Hold.Category.OBJECTION, "open")
    notices.end_notice(notice, at=notice.ends_at)
    states = list(notice.lines.order_by("line_no").values_list("claim__state", flat=True))
    assert states == ["in_notice", "payable"]


def test_it_has_to_be_decided_within_the_policys_days(notice):
    assert raised(notice).due_at == objections.calendar.span_after(AT, 5).ends_at


def test_dismissed_the_claim_goes_on_where_the_notice_has_ended(notice):
    objection = raised(notice)
    after = notice.ends_at + dt.timedelta(hours=1)
    notices.end_notice(notice, at=after)
    done = objections.dismiss(objection, by=officer(), at=after, reason="已核实，参加了培训")
    done.claim.refresh_from_db()
    assert (done.state, done.claim.state) == ("dismissed", "payable")
    assert not done.claim.holds.filter(closed_at=None).exists()


def test_upheld_the_claim_is_struck_and_its_money_is_free(notice, book):
    before = money_world.balances(book)
    objection = objections.uphold(raised(notice), by=officer(), at=AT, reason="代学，属实")
    claim = objection.claim
    claim.refresh_from_db()
    assert (claim.state, claim.reason) == ("rejected", "代学，属实")
    decision = claim.decisions.last()
    assert (decision.act, decision.seat) == ("struck", "objection")
    assert [one["code"] for one in decision.reasons] == ["OBJECTION"]
    after = money_world.balances(book)
    assert after["available"] - before["available"] == claim.amount_fen
    assert list(breaches()) == []
    appealed = rejections.file_appeal(claim, by=claim.claimant, at=AT, words="我参加了培训")
    assert appealed.state == "in_appeal"


def test_who_had_a_part_in_the_claim_decides_nothing(book):
    first = factories.staff(Role.PROVINCE_REVIEWER)
    making.approved(making.passed(making.accepted(), by=first))
    notice = notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=AT)
    objection = raised(notice)
    for step in (objections.dismiss, objections.uphold):
        with pytest.raises(SamePerson):
            step(objection, by=first, at=AT, reason="我看过")
    objection.refresh_from_db()
    assert objection.state == "open"
    with pytest.raises(objections.NotYours):
        objections.dismiss(
            objection, by=factories.staff(Role.SECOND_REVIEWER, code="510000"), at=AT, reason="外省"
        )


def test_its_hold_ends_with_the_decision_only(notice):
    with pytest.raises(holds.DecideTheObjection):
        holds.close_hold(
            raised(notice).hold, by=factories.staff(Role.PROVINCE_REVIEWER), at=AT, reason="放行"
        )


def test_a_decision_is_made_once_and_stays(notice):
    objection = raised(notice)
    with pytest.raises(reviews.ReasonMissing):
        objections.dismiss(objection, by=officer(), at=AT, reason=" ")
    objections.dismiss(objection, by=officer(), at=AT, reason="不属实")
    with pytest.raises(objections.NotOpen):
        objections.uphold(objection, by=officer(), at=AT, reason="属实")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Objection.objects.update(words="其他")


def test_a_notice_that_is_over_takes_none(notice):
    with pytest.raises(objections.NoticeOver):
        raised(notice, at=notice.ends_at)


def test_who_raised_it_is_sealed_and_every_look_is_kept(notice):
    objection = raised(notice, contact=CONTACT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(o)::text FROM subsidies_objection o")
        assert "13800138000" not in cursor.fetchone()[0]
    assert not Entry.objects.filter(detail__icontains="13800138000").exists()
    with pytest.raises(objections.NotYours):
        objections.contact_of(objection, by=factories.staff(Role.AUDITOR), at=AT, reason="看看")
    assert objections.contact_of(objection, by=officer(), at=AT, reason="需要核实") == CONTACT
    assert Entry.objects.filter(action="objection.revealed", reason="需要核实").count() == 1


@pytest.mark.parametrize("file", [b"MZ\x90 a program", b"", b"<html>"])
def test_evidence_is_a_paper(notice, file):
    with pytest.raises(papers.NotAPaper), transaction.atomic():
        raised(notice, evidence=SimpleUploadedFile("证据.pdf", file))
    assert not Hold.objects.exists()
    objection = raised(notice, evidence=SimpleUploadedFile("证据.pdf", PDF))
    assert (objection.document_name, objection.document_bytes) == ("证据.pdf", len(PDF))


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(minutes=1))


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def test_a_visitor_objects_and_asks_again_with_the_receipt(client, notice, today):
    page = client.get(url("notice", notice.number)).content.decode()
    address = url("object", notice.number, 1)
    assert address in page
    assert client.get(url("object", notice.number, 99)).status_code == 404
    empty = client.post(address, {"words": " ", "contact": CONTACT})
    assert empty.status_code == 422
    assert CONTACT in empty.content.decode(), "what was typed is kept"
    answer = client.post(address, {"words": "此人是我邻居，当时在外地 𠮷·𬎆", "contact": CONTACT})
    receipt = Objection.objects.get().receipt
    assert answer.url == url("objection", receipt)
    page = client.get(answer.url).content.decode()
    assert receipt in page
    assert CONTACT not in page
    asked = client.get(url("objection_ask"), {"receipt": receipt.lower().replace("-", " ")})
    assert asked.url == url("objection", receipt)
    wrong = client.get(url("objection_ask"), {"receipt": "AAAA-BBBB"})
    assert (wrong.status_code, "AAAA-BBBB" in wrong.content.decode()) == (200, True)
    assert client.get(url("objection", "AAAA-BBBB-CCCC-DDDD")).status_code == 404


def test_a_flood_from_one_address_is_braked(client, notice, today):
    answers = [client.post(url("object", notice.number, 1), {"words": "x"}).status_code for _n in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert Objection.objects.count() == 3


def test_the_desk_decides_on_its_page(client, notice, today):
    objection = raised(notice, contact=CONTACT)
    browser = factories.sign_in(client, officer())
    assert objection.claim.number in browser.get(url("objections")).content.decode()
    page = url("objection_desk", objection.pk)
    assert CONTACT not in browser.get(page).content.decode()
    assert browser.post(url("objection_reveal", objection.pk), {"reason": ""}).status_code == 422
    assert CONTACT in browser.post(url("objection_reveal", objection.pk), {"reason": "核实"}).content.decode()
    decide = url("objection_decide", objection.pk, "dismiss")
    assert browser.post(decide, {"reason": " "}).status_code == 422
    assert browser.post(url("objection_decide", objection.pk, "dance"), {"reason": "x"}).status_code == 404
    assert browser.post(decide, {"reason": "已核实"}).url == url("objections")
    assert browser.post(decide, {"reason": "已核实"}).status_code == 409
    assert objection.claim.number in browser.get(url("objections") + "?decided=1").content.decode()
    told = client.get(url("objection", objection.receipt)).content.decode()
    assert "已核实" in told


def test_another_province_and_other_roles_find_no_objection(client, notice, today):
    objection = raised(notice)
    for person in (
        factories.staff(Role.SECOND_REVIEWER, code="510000"),
        factories.staff(Role.FINANCE_MAKER),
        objection.claim.claimant,
    ):
        browser = factories.sign_in(client, person)
        assert browser.get(url("objection_desk", objection.pk)).status_code == 404
