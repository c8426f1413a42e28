"""Registering a certificate issued elsewhere, its page, and the desk: as people and machines meet them."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates.models import ExternalCertificate, Ruling
from certificates.register_port import Recorder
from certificates.selectors.external import waiting_at_desk
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.certificates import elsewhere, making
from tests.certificates.elsewhere import ISSUED, NEW, REASON, checked, reported, with_paper
from tests.guards import Reader

pytestmark = pytest.mark.django_db
NEW_URL = "/certificates/external/new/"
DESK = "/certificates/desk/external/"


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()
    elsewhere.welder()
    yield
    Recorder.forget()


@pytest.fixture(autouse=True)
def now(monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


@pytest.fixture
def person():
    return factories.learner()


@pytest.fixture
def mine(client, person):
    return factories.sign_in(client, person)


def officer(code="520000", role=Role.PROVINCE_REVIEWER):
    person = factories.staff(role, code=code)
    browser = factories.sign_in(Reader(), person)
    browser.person = person
    return browser


def typed(**told):
    return {
        "kind": "level",
        "number": "S000052000000000001",
        "occupation": "6-18-02-04 焊工",
        "level": "4",
        "issuer_name": "贵州示例评价机构",
        "issued_on": ISSUED.isoformat(),
        "agreed": "on",
    } | told


def words(answer):
    return answer.content.decode()


def page_of(row):
    return reverse("certificates:external", args=[row.serial])


def test_a_certificate_is_registered_on_a_page(mine, person):
    assert "焊工" in words(mine.get(NEW_URL))
    answer = mine.post(NEW_URL, typed(paper=elsewhere.paper()), follow=True)
    row = ExternalCertificate.objects.get()
    assert answer.redirect_chain == [(page_of(row), 302)]
    assert (row.user, row.number, row.document_name) == (person, "S000052000000000001", "证书.pdf")
    assert "正在联网核验" in words(answer)
    assert row.serial in words(mine.get("/certificates/"))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"number": "12"}, "6 至 40 位"),
        ({"number": "ZX-52-2026-0000001"}, "这是本平台颁发的证书"),
        ({"occupation": "没有的职业"}, "没有的职业"),
        ({"level": ""}, "五级到一级"),
        ({"issued_on": "2027-01-01"}, "1990"),
        ({"agreed": ""}, "没有您的同意"),
        ({"kind": "completion"}, "completion"),
        ({"issued_on": "2026-02-30"}, "2026-02-30"),
    ],
)
def test_what_is_wrong_stands_at_its_box_and_the_rest_stays(mine, told, sentence):
    answer = mine.post(NEW_URL, typed(**told))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "贵州示例评价机构" in words(answer)
    assert not ExternalCertificate.objects.exists()


def test_a_program_is_no_paper(mine):
    answer = mine.post(NEW_URL, typed(paper=SimpleUploadedFile("a.pdf", b"MZ")))
    assert answer.status_code == 422
    assert not ExternalCertificate.objects.exists()


def test_first_the_real_name(client):
    answer = factories.sign_in(client, factories.user()).get(NEW_URL)
    assert answer.url.startswith(reverse("accounts:identity"))


def test_the_page_in_every_state(mine, person, at):
    making.completion(person)
    row = reported(person, at=at, issued_on=NEW)
    assert "正在联网核验" in words(mine.get(page_of(row)))
    rows = ExternalCertificate.objects.filter(pk=row.pk)
    for said, sentence in {
        "silent": "没有答复",
        "stale": "没有答复",
        "not_yet": "60 天",
        "named_otherwise": "职业或能力名称不同",
    }.items():
        rows.update(said=said)
        assert sentence in words(mine.get(page_of(row)))
    refused = reported(person, at=at)
    ExternalCertificate.objects.filter(pk=refused.pk).update(due_at=at - dt.timedelta(days=2))
    elsewhere.asked(at)
    assert "查不到该编号" in words(mine.get(page_of(refused)))
    valid = checked(person, at=at, issued_on=NEW)
    text = words(mine.get(page_of(valid)))
    assert reverse("subsidies:start", args=[valid.serial]) in text
    ExternalCertificate.objects.filter(pk=valid.pk).update(doubted_at=at)
    assert "与之前不一致" in words(mine.get(page_of(valid)))
    elsewhere.ruled(valid, "withdraw", at=at)
    assert "不能用它申领补贴" in words(mine.get(page_of(valid)))
    assert mine.get(reverse("subsidies:start", args=[valid.serial])).status_code == 200


def test_without_a_course_the_page_says_what_is_missing(mine, person, at):
    row = checked(person, at=at, issued_on=NEW)
    text = words(mine.get(page_of(row)))
    assert "目前还不能用它申领补贴" in text
    assert reverse("subsidies:start", args=[row.serial]) not in text
    assert mine.get(reverse("subsidies:start", args=[row.serial])).status_code == 404
    link = reverse("certificates:external-link", args=[row.serial])
    assert "没有该职业" in words(mine.post(link, follow=True))
    making.completion(person)
    assert link in words(mine.get(page_of(row)))
    assert "可用它申领补贴" in words(mine.post(link, follow=True))


def test_a_paper_is_added_and_all_is_taken_back(mine, person, at):
    row = reported(person, at=at)
    assert mine.post(page_of(row), {}).status_code == 422
    assert mine.post(page_of(row), {"paper": SimpleUploadedFile("a.pdf", b"MZ")}).status_code == 422
    assert "证书.pdf" in words(mine.post(page_of(row), {"paper": elsewhere.paper()}, follow=True))
    again = mine.post(page_of(row), {"paper": elsewhere.paper()})
    assert (again.status_code, "已有证书材料" in words(again)) == (422, True)
    back = reverse("certificates:external-take-back", args=[row.serial])
    assert "已撤回" in words(mine.post(back, follow=True))
    assert "状态" in words(mine.post(back, follow=True))


def test_somebody_elses_is_not_there(mine, at):
    row = reported(factories.learner("李明"), at=at)
    assert mine.get(page_of(row)).status_code == 404
    for name in ("external-take-back", "external-link"):
        assert mine.post(reverse(f"certificates:{name}", args=[row.serial])).status_code == 404


# the desk


def test_the_desk_finds_by_state_and_number(at):
    row, other = reported(at=at), checked(at=at)
    far = reported(factories.learner("李明", code="110000"), at=at)
    desk = officer()
    text = words(desk.get(DESK))
    assert row.serial in text
    assert far.serial not in text
    assert row.serial not in words(desk.get(DESK, {"state": "checked"}))
    assert other.serial in words(desk.get(DESK, {"words": f" {other.number.lower()} "}))
    assert row.serial in words(desk.get(DESK, {"words": row.serial[:12]}))
    assert row.serial not in words(desk.get(DESK, {"state": "person"}))
    ExternalCertificate.objects.filter(pk=row.pk).update(said="silent")
    assert row.serial in words(desk.get(DESK, {"state": "person"}))
    assert desk.get(DESK + far.serial + "/").status_code == 404


def test_the_list_does_not_ask_more_with_more_rows(at, django_assert_max_num_queries):
    desk = officer()
    reported(at=at)
    desk.get(DESK)
    with django_assert_max_num_queries(60) as few:
        desk.get(DESK)
    for _ in range(4):
        reported(at=at)
    with django_assert_max_num_queries(len(few.captured_queries)):
        desk.get(DESK)


def test_two_officers_decide_by_the_paper(at):
    row = with_paper(at=at)
    Recorder.script.append("time out")
    elsewhere.asked(at)
    first, second = officer(), officer()
    sheet = f"{DESK}{row.serial}/"
    text = words(first.get(sheet))
    assert "没有答复" in text
    assert "/courses/media/" in text or "证书.pdf" in text
    assert first.post(sheet, {"kind": "vouch", "reason": "x"}).status_code == 422
    assert "由您提出" not in words(first.post(sheet, {"kind": "vouch", "reason": REASON}, follow=True))
    own = first.post(sheet + "decide/", {"decision": "approve"})
    assert (own.status_code, ExternalCertificate.objects.get().state) == (422, "reported")
    assert second.post(sheet + "decide/", {"decision": ""}).status_code == 422
    assert second.post(sheet + "decide/", {"decision": "refuse", "reason": ""}).status_code == 422
    answer = second.post(sheet + "decide/", {"decision": "approve"}, follow=True)
    assert "已核验，有效" in words(answer)
    assert second.post(sheet + "decide/", {"decision": "approve"}).status_code == 404


def test_a_proposal_is_refused_or_taken_back_on_the_sheet(at):
    row = reported(at=at)
    first, second = officer(), officer()
    sheet = f"{DESK}{row.serial}/"
    for who, decision, state in ((second, "refuse", "refused"), (first, "withdraw", "withdrawn")):
        first.post(sheet, {"kind": "refuse", "reason": REASON})
        assert who.post(sheet + "decide/", {"decision": decision, "reason": REASON}).status_code == 302
        assert Ruling.objects.first().state == state
    assert "核对" in words(first.get(sheet))
    assert ExternalCertificate.objects.get().state == "reported"


def test_the_desk_has_the_register_asked_again(at):
    row = reported(at=at)
    ask = f"{DESK}{row.serial}/ask/"
    assert "马上联网核验" in words(officer().post(ask, follow=True))
    assert officer("110000").post(ask).status_code == 404
    assert officer(role=Role.AUDITOR).post(ask).status_code == 404
    elsewhere.asked(at)
    assert "状态" in words(officer().post(ask, follow=True))


# the API


def sent(browser, url, **body):
    return browser.post(url, body, content_type="application/json")


def test_the_api_is_the_twin_of_the_holders_pages(mine, person, at):
    body = typed(level=4, agreed=True)
    made = sent(mine, "/api/certificates/external/", **body)
    assert (made.status_code, made.json()["state"], made.json()["claimable"]) == (201, "reported", False)
    again = sent(mine, "/api/certificates/external/", **body)
    assert (again.status_code, again.json()["code"]) == (409, "registered_by_you")
    assert sent(mine, "/api/certificates/external/", **body | {"level": 9}).status_code == 400
    one = f"/api/certificates/external/{made.json()['serial']}/"
    assert mine.get(one).json()["number"] == "S000052000000000001"
    assert mine.get("/api/certificates/external/").json()["results"][0]["serial"] == made.json()["serial"]
    assert mine.post(one + "paper/", {"paper": elsewhere.paper()}).status_code == 200
    assert sent(mine, one + "link/").json()["code"] == "no_fitting_course"
    assert sent(mine, one + "take-back/").json()["state"] == "taken_back"
    assert sent(mine, one + "take-back/").status_code == 409


def test_the_api_is_the_twin_of_the_desk(at):
    row = with_paper(at=at)
    Recorder.script.append("time out")
    elsewhere.asked(at)
    first, second, far = officer(), officer(), officer("110000")
    desk = f"/api/certificates/external/desk/{row.serial}/"
    assert [one["serial"] for one in first.get("/api/certificates/external/desk/").json()["results"]] == [
        row.serial
    ]
    evidence = first.get(desk).json()
    assert (evidence["answers"][0]["said"], evidence["answers"][0]["trouble"]) == ("silent", "timeout")
    assert far.get(desk).status_code == 404
    assert sent(first, desk + "ask/").json()["state"] == "reported"
    made = sent(first, desk + "propose/", kind="vouch", reason=REASON).json()
    ruling = f"/api/certificates/external/rulings/{made['uid']}/"
    assert sent(first, ruling + "approve/").json()["code"] == "second_person_needed"
    assert sent(far, ruling + "approve/").status_code == 404
    assert sent(second, ruling + "refuse/", reason=REASON).json()["state"] == "refused"
    made = sent(first, desk + "propose/", kind="vouch", reason=REASON).json()
    ruling = f"/api/certificates/external/rulings/{made['uid']}/"
    assert sent(second, ruling + "withdraw/").status_code == 409
    assert sent(second, ruling + "approve/").json()["state"] == "checked"


def test_the_rail_counts_what_needs_a_person(at):
    desk = officer()
    row = reported(at=at)
    ExternalCertificate.objects.filter(pk=row.pk).update(said="named_otherwise", due_at=None)
    assert list(waiting_at_desk(desk.person)) == [row]
    assert "外部证书" in words(desk.get(DESK))
