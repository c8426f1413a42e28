"""Pages of providers: works, wrong role, another province, refused by rule, what they cost; and their API twins."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from courses import services, tasks
from courses.models import Agreement, Contact, Course, Licence, Notice
from portal.accounts.models import Organisation
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)
DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture(autouse=True)
def now(at, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def listed(provider, guizhou, keeper, at):
    services.decide(
        provider, guizhou, "list", effective_on=TODAY - DAY, reason="核验通过", by=keeper, at=at - DAY
    )
    return provider


@pytest.fixture
def desk(client, keeper):
    return factories.sign_in(client, keeper)


@pytest.fixture
def own(manager):
    return factories.sign_in(Client(), manager)


def url(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# -- the province's desk --------------------------------------------------------------------------------------------


def test_the_list_is_searched_and_filtered(desk, listed, guizhou):
    other = factories.organisation()
    page = desk.get(url("providers"))
    assert listed.name in text_of(page)
    assert other.name in text_of(page)
    for query, shown, hidden in (
        ({"state": "listed"}, listed, other),
        ({"state": "none"}, other, listed),
        ({"kind": "enterprise"}, listed, other),
        ({"q": "示例六"}, listed, other),
        ({"q": "９１５２０２８１"}, listed, other),
        ({"q": "sample six"}, listed, other),
    ):
        said = text_of(desk.get(url("providers"), query))
        assert shown.name in said, query
        assert hidden.name not in said, query
    assert desk.get(url("providers"), {"state": "lost", "kind": "\x00", "q": "\x00"}).status_code == 200
    assert "没有符合的机构" in text_of(desk.get(url("providers"), {"q": "没有这样的"}))


def test_one_page_of_the_rail_is_the_page_one_is_on(desk, listed):
    """Although the address of another group, the desk of courses, is how this one begins."""
    rail = desk.get(url("providers")).content.decode().split('<nav class="rail"')[1].split("</nav>")[0]
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', rail) == [url("providers")]


def test_the_list_costs_the_same_for_many(desk, listed, guizhou, django_assert_max_num_queries):
    for row in factories.rows("uscc.csv")[:8]:
        if row["valid"] == "yes":
            factories.organisation(row["code"])
    with django_assert_max_num_queries(11):
        assert desk.get(url("providers")).status_code == 200


def test_a_provider_is_entered_with_its_first_licence(desk, guizhou):
    code = [r["code"] for r in factories.rows("uscc.csv") if r["valid"] == "yes"][-1]
    told = {
        "uscc": code,
        "kind": "platform",
        "name_zh": "贵州𠮷星平台",
        "step": "list",
        "effective_on": "2026-03-16",
        "reason": "材料齐全",
    }
    bad = desk.post(url("provider-new"), told | {"uscc": code[:-1] + "I", "effective_on": "2026-03-15"})
    assert bad.status_code == 422
    assert "统一社会信用代码" in text_of(bad)
    assert "贵州𠮷星平台" in bad.content.decode()
    late = desk.post(url("provider-new"), told | {"effective_on": "2026-03-15"})
    assert "过去的日子不改变" in text_of(late)
    made = desk.post(url("provider-new"), told)
    licence = Licence.objects.get()
    assert made.url == url("provider-desk", licence.organisation_id)
    assert licence.organisation.name_zh == "贵州𠮷星平台"


def test_a_decision_from_tomorrow_on_can_be_called_off(desk, listed, publish_course):
    course = publish_course()
    Course.objects.filter(pk=course.pk).update(for_subsidy=True)
    address = url("provider-desk", listed.pk)
    assert "计入补贴" in text_of(desk.get(address))
    told = {"step": "suspend", "effective_on": "2026-03-17", "reason": "抽查发现替学"}
    refused = desk.post(address, told | {"reason": ""})
    assert refused.status_code == 422
    assert desk.post(address, told).url == address
    planned = Licence.objects.get(state="suspended")
    page = text_of(desk.get(address))
    assert "抽查发现替学" in page
    assert "2026-03-17" in page
    assert desk.post(url("licence-call-off", planned.pk), {"reason": ""}).status_code == 422
    assert desk.post(url("licence-call-off", planned.pk), {"reason": "查无实据"}).url == address
    assert "未生效即撤销" in text_of(desk.get(address))
    gone = desk.post(url("licence-call-off", planned.pk), {"reason": "再来"})
    assert gone.status_code == 422
    assert "不能撤销" in text_of(gone)


def test_a_step_that_is_not_open_is_refused_with_a_sentence(desk, listed):
    page = desk.post(
        url("provider-desk", listed.pk), {"step": "remove", "effective_on": "2026-03-16", "reason": "x"}
    )
    assert page.status_code == 422
    assert Licence.objects.count() == 1


def test_papers_go_up_and_come_down_for_this_reader_only(desk, listed, keeper):
    told = {
        "number": "黔培〔2026〕1 号",
        "title": "协议𠮷",
        "signed_on": "2026-03-01",
        "valid_from": "2026-03-01",
        "valid_to": "",
    }
    add = url("agreement-add", listed.pk)
    bad = desk.post(add, told | {"document": SimpleUploadedFile("协议.pdf", b"MZ")})
    assert bad.status_code == 422
    assert "不是 PDF" in text_of(bad)
    assert "协议𠮷" in bad.content.decode()
    assert desk.post(add, told | {"document": SimpleUploadedFile("协议.pdf", PDF)}).status_code == 302
    assert "/courses/media/" not in desk.get(url("provider-desk", listed.pk)).text
    tasks.check_due_papers()
    page = desk.get(url("provider-desk", listed.pk)).content.decode()
    link = re.search(r'href="(/courses/media/[^"]+)"', page)[1]
    paper = desk.get(link)
    assert b"".join(paper) == PDF
    assert paper["Content-Disposition"] == "attachment"
    assert paper["Content-Type"] == "application/pdf"
    assert paper["X-Content-Type-Options"] == "nosniff"
    assert Client().get(link).status_code == 404
    twice = desk.post(add, told)
    assert "已有相同编号的协议" in text_of(twice)
    assert Agreement.objects.count() == 1


def test_contacts_are_masked_until_somebody_says_why(desk, listed, keeper):
    add = url("contact-add", listed.pk)
    told = {"name": "龙䶮𠮷", "function": "教务", "phone": "139 5555 7779", "email": "long@school.example"}
    assert "不是" in text_of(desk.post(add, told | {"phone": "12"}))
    assert desk.post(add, told).status_code == 302
    contact = Contact.objects.get()
    page = desk.get(url("provider-desk", listed.pk)).content.decode()
    assert "龙䶮𠮷" in page
    assert "5555" not in page
    reveal = url("contact-reveal", contact.pk)
    assert desk.post(reveal, {"reason": " "}).status_code == 422
    shown = desk.post(reveal, {"reason": "约抽查时间"}).content.decode()
    assert "+8613955557779" in shown
    assert "long@school.example" in shown
    assert Entry.objects.get(action="contact.revealed").reason == "约抽查时间"
    assert desk.post(url("contact-remove", contact.pk)).status_code == 302
    assert "龙䶮𠮷" not in desk.get(url("provider-desk", listed.pk)).content.decode()


def test_another_province_can_neither_see_nor_decide(client, listed):
    far = factories.sign_in(client, factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    address = url("provider-desk", listed.pk)
    told = {"step": "suspend", "effective_on": "2026-03-17", "reason": "越权"}
    assert listed.name not in text_of(far.get(url("providers")))
    assert far.get(address).status_code == 404
    assert far.post(address, told).status_code == 404
    for name in ("contact-add", "agreement-add"):
        assert far.post(url(name, listed.pk), {}).status_code == 404
    assert far.post(url("licence-call-off", Licence.objects.get().pk), {"reason": "x"}).status_code == 404
    api = reverse("api-licence-decide", args=[listed.pk])
    assert far.post(api, told, content_type="application/json").status_code == 404
    assert Licence.objects.count() == 1


def test_an_auditor_reads_and_decides_nothing(client, listed):
    auditor = factories.sign_in(client, factories.staff(Role.AUDITOR))
    page = text_of(auditor.get(url("provider-desk", listed.pk)))
    assert listed.name in page
    assert "决定名单状态" not in page
    assert auditor.post(url("provider-desk", listed.pk), {}).status_code == 404


# -- the provider's own desk ----------------------------------------------------------------------------------------


def test_a_manager_sees_the_own_organisation_and_its_notices(own, listed, guizhou, keeper, at):
    services.decide(
        listed, guizhou, "suspend", effective_on=TODAY + DAY, reason="抽查发现替学", by=keeper, at=at
    )
    page = own.get(url("own"))
    said = text_of(page)
    assert listed.name in said
    assert "抽查发现替学" in said
    assert "决定名单状态" not in said
    assert "keeper" not in said
    assert re.search(r'class="count">2<', page.content.decode())
    heard = text_of(own.get(url("notices")))
    assert "自 2026-03-17 起为“已暂停”。原因：抽查发现替学" in heard
    newest = Notice.objects.first()
    assert own.post(url("notices"), {"notice": [newest.pk, "x", "9" * 30]}).status_code == 302
    assert re.search(r'class="count">1<', own.get(url("own")).content.decode())
    own.cookies["django_language"] = "en"
    assert "Your licence in Guizhou is “Suspended” from 2026-03-17 on" in text_of(own.get(url("notices")))


def test_a_manager_keeps_contacts_but_decides_nothing(own, listed):
    told = {"name": "石磊", "function": "教务", "phone": "13955557779"}
    assert own.post(url("contact-add", listed.pk), told).status_code == 302
    assert own.post(url("provider-desk", listed.pk), {"step": "list"}).status_code == 404
    assert own.post(url("agreement-add", listed.pk), {}).status_code == 404


def test_a_manager_knows_of_no_other_provider(own, listed):
    other = factories.organisation()
    assert own.get(url("provider-desk", other.pk)).status_code == 404
    assert own.post(url("contact-add", other.pk), {"name": "x"}).status_code == 404
    assert own.get(url("providers")).status_code == 404
    assert other.name not in text_of(own.get(url("own")))


# -- for everybody --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "zh", "en"),
    [
        (["list"], "列入贵州名单", "Listed in Guizhou since"),
        (["put_on_probation"], "在贵州处于试用期", "On probation in Guizhou since"),
        (["list", "suspend"], "在贵州被暂停", "Suspended in Guizhou since"),
        (["list", "suspend", "remove"], "移出贵州名单", "Removed from the list of Guizhou"),
    ],
)
def test_anybody_reads_the_licence_in_plain_words(provider, guizhou, at, client, steps, zh, en):
    for place, step in enumerate(steps):
        when = at - DAY * (len(steps) - place)
        services.decide(
            provider,
            guizhou,
            step,
            effective_on=when.date(),
            reason="内部理由",
            by=factories.staff(Role.PROVINCE_CATALOGUE),
            at=when,
        )
    page = text_of(client.get(url("provider", provider.pk)))
    assert zh in page
    assert "内部理由" not in page
    client.cookies["django_language"] = "en"
    assert en in text_of(client.get(url("provider", provider.pk)))


def test_the_course_leads_to_its_provider(client, listed, publish_course):
    publish_course()
    assert url("provider", listed.pk) in client.get("/courses/GZ-0001/").content.decode()
    page = client.get(url("provider", listed.pk)).content.decode()
    assert "/courses/GZ-0001/" in page
    assert client.get(url("provider", 10**12)).status_code == 404
    assert client.get("/courses/providers/" + "9" * 40 + "/").status_code == 404


# -- in JSON --------------------------------------------------------------------------------------------------------


def test_the_api_is_the_twin_of_the_desk(desk, listed, own):
    def post(name, body, *args, by=desk, **more):
        return by.post(reverse(f"api-{name}", args=args), body, content_type="application/json", **more)

    rows = desk.get(reverse("api-providers"), {"state": "listed"}).json()["results"]
    assert [(row["id"], row["licence_state"]) for row in rows] == [(listed.pk, "listed")]
    told = {"step": "suspend", "effective_on": "2026-03-15", "reason": "抽查"}
    refused = post("licence-decide", told, listed.pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "past_day")
    told["effective_on"] = "2026-03-17"
    once = {"headers": {"Idempotency-Key": "decide-0001"}}
    made = post("licence-decide", told, listed.pk, **once)
    assert (made.status_code, made.json()["state"]) == (201, "suspended")
    assert post("licence-decide", told, listed.pk, **once).json() == made.json()
    off = post("licence-call-off", {"reason": "查无实据"}, made.json()["id"])
    assert off.json()["valid_to"] == "2026-03-16"
    contact = post(
        "contact-add", {"name": "石磊", "function": "教务", "phone": "13955557779"}, listed.pk, by=own
    ).json()
    assert contact["masked_phone"] == "139****7779"
    assert (
        post("contact-reveal", {"reason": "核对"}, contact["id"], by=own).json()["phone"] == "+8613955557779"
    )
    agreed = {"number": "1", "title": "协议", "signed_on": "2026-03-01", "valid_from": "2026-03-01"}
    paper = desk.post(
        reverse("api-agreement-add", args=[listed.pk]),
        agreed | {"document": SimpleUploadedFile("协议.pdf", PDF)},
    )
    assert paper.status_code == 201, paper.content
    assert (paper.json()["document_state"], paper.json()["document_url"]) == ("waiting", "")
    tasks.check_due_papers()
    detail = own.get(reverse("api-provider-desk", args=[listed.pk])).json()
    assert detail["agreements"][0]["document_url"].startswith("/courses/media/")
    assert len(detail["licences"]) == 2
    assert detail["contacts"][0]["name"] == "石磊"
    assert detail["agreements"][0]["number"] == "1"
    assert post("contact-remove", {}, contact["id"], by=own).status_code == 200
    notices = own.get(reverse("api-provider-notices")).json()["results"]
    assert {row["kind"] for row in notices} == {"licence", "called_off", "agreement"}
    assert post("provider-notices-read", {"notices": [row["id"] for row in notices]}, by=own).json() == {
        "read": len(notices)
    }
    public = Client().get(reverse("api-provider", args=[listed.pk])).json()
    assert public["licences"] == [{"province": "520000", "state": "listed", "valid_from": "2026-03-15"}]


def test_a_provider_is_admitted_by_api(desk):
    code = [r["code"] for r in factories.rows("uscc.csv") if r["valid"] == "yes"][-1]
    told = {
        "uscc": code,
        "kind": "school",
        "name_zh": "𠮷林学校",
        "step": "list",
        "effective_on": "2026-03-16",
        "reason": "核验",
    }
    bad = desk.post(reverse("api-providers"), told | {"uscc": "1"}, content_type="application/json")
    assert (bad.status_code, bad.json()["code"]) == (409, "uscc")
    made = desk.post(reverse("api-providers"), told, content_type="application/json")
    assert made.status_code == 201
    assert Organisation.objects.get(uscc=code).name_zh == "𠮷林学校"
