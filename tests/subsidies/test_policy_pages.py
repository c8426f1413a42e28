"""The pages and the API of the office of policies."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.tasks.papers import check_due_papers
from portal.accounts.roles import Role
from subsidies.models import PolicyVersion
from subsidies.policy import read_policy
from subsidies.services import impacts, policies
from tests import factories
from tests.subsidies import making
from tests.subsidies.test_policy_office import capped, nation

pytestmark = pytest.mark.django_db
AT = making.AT


def url(name, *args):
    return reverse(f"subsidies:policy-{name}", args=args)


@pytest.fixture
def signed(client):
    """`signed(person)`: the browser of this person."""
    return lambda person: factories.sign_in(client, person)


@pytest.fixture
def draft():
    return making.drafted(making.body())


@pytest.fixture
def editor(draft, signed):
    return signed(draft.edited_by)


@pytest.fixture
def publisher():
    return factories.staff(Role.POLICY_PUBLISHER)


def form_of(answer):
    """What a form would send as it stands."""
    form = answer.context["form"]
    said = {}
    for field in form:
        value = field.value()
        if value not in (None, ""):
            said[field.html_name] = value
    return said


def test_the_whole_road_from_a_blank_text_to_what_everybody_reads(signed, publisher, client):
    writer = factories.staff(Role.POLICY_EDITOR)
    browser = signed(writer)
    answer = browser.post(url("new"), {"place": "520000", "programme": "SKILL"})
    row = PolicyVersion.objects.get()
    assert answer.url == url("edit", row.pk)
    scope = form_of(browser.get(url("piece", row.pk, "scope")))
    scope |= {"doc_no": "黔人社发〔2026〕12号", "title_zh": "技能补贴", "first_day": "2027-01-01"}
    assert browser.post(url("piece", row.pk, "scope"), scope).url == url("edit", row.pk)
    line = form_of(browser.get(url("piece", row.pk, "lines-0"))) | {"fen": "1,000.50"}
    assert browser.post(url("piece", row.pk, "lines-0"), line).status_code == 302
    new = url("piece", row.pk, "eligibility-new") + "?type=age_between"
    rule = {"id": "AGE", "min": "16", "min_at": "training.started_on", "birthday_inclusive": "true"}
    assert browser.post(new, rule).status_code == 302
    row.refresh_from_db()
    assert (row.doc_no, row.body["amount"]["lines"][0]["fen"]) == ("黔人社发〔2026〕12号", 100_050)
    facts = {
        "person": {"born": "1990-01-01"},
        "training": {"started_on": "2027-02-01"},
        "certificate": {"issued_on": "2027-03-01"},
    }
    young = {**facts, "person": {"born": "2015-01-01"}}
    unknown = {**facts, "person": {}}
    for name, told, outcome, amount in (
        ("成年", facts, "APPROVE", "1000.50"),
        ("未满", young, "REJECT", ""),
        ("不详", unknown, "NEEDS_EVIDENCE", ""),
    ):
        case = {"name": name, "facts": json.dumps(told), "outcome": outcome, "amount": amount}
        assert browser.post(url("case", row.pk, "new"), case).url == url("cases", row.pk)
    row.refresh_from_db()
    assert browser.post(url("submit", row.pk), {"revision": row.revision}).url == url("version", row.pk)
    reader = signed(publisher)
    assert reader.post(url("publish", row.pk)).url == url("version", row.pk)
    client.logout()
    public = client.get(reverse("subsidies:policy", args=[row.pk])).content.decode()
    assert "黔人社发〔2026〕12号" in public
    assert "1,000.50" in public
    assert "年满 16 周岁" in public


def test_every_piece_of_the_sample_is_kept_as_it_stands(draft, editor):
    """Each form sent back untouched changes nothing that decides."""
    before = read_policy(draft.body)
    pieces = ["scope", "rounding", "notice", "review", "uplifts-0", "choices-0-0"]
    pieces += [f"eligibility-{n}" for n in range(len(draft.body["eligibility"]))]
    pieces += [f"frequency-{n}" for n in range(len(draft.body["frequency"]))]
    pieces += [f"lines-{n}" for n in range(len(draft.body["amount"]["lines"]))]
    for place in pieces:
        address = url("piece", draft.pk, place)
        answer = editor.post(address, form_of(editor.get(address)))
        assert answer.status_code == 302, f"{place}: {answer.context['form'].errors}"
    draft.refresh_from_db()
    assert read_policy(draft.body) == before


@pytest.mark.parametrize(
    ("place", "typed", "field"),
    [
        ("eligibility-0", {"min": "sixteen"}, "min"),
        ("eligibility-0", {"min": "70"}, "__all__"),
        ("eligibility-0", {"min": "", "max": ""}, "min"),
        ("eligibility-0", {"id": "STATUS"}, "__all__"),
        ("eligibility-0", {"min_at": ""}, "min_at"),
        ("lines-0", {"fen": "5 = -1"}, "fen"),
        ("lines-0", {"fund": "OTHER"}, "fund"),
        ("scope", {"first_day": "2030-01-01", "last_day": "2029-01-01"}, "last_day"),
        ("review", {"sample_percent": "101"}, "__all__"),
    ],
)
def test_a_piece_that_cannot_be_meant_says_so_at_its_field_and_keeps_what_was_typed(
    draft, editor, place, typed, field
):
    address = url("piece", draft.pk, place)
    said = form_of(editor.get(address))
    said = {name: value for name, value in (said | typed).items() if value != ""}
    answer = editor.post(address, said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    text = answer.content.decode()
    assert 'class="summary"' in text
    for value in typed.values():
        assert not value or value in text
    revision = draft.revision
    draft.refresh_from_db()
    assert draft.revision == revision


def test_pieces_are_moved_and_deleted_by_buttons(draft, editor):
    first, second = (rule["id"] for rule in draft.body["eligibility"][:2])
    editor.post(url("piece-move", draft.pk, "eligibility-1", "up"), {"revision": draft.revision})
    draft.refresh_from_db()
    assert [rule["id"] for rule in draft.body["eligibility"][:2]] == [second, first]
    editor.post(url("piece-move", draft.pk, "eligibility-0", "delete"), {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.body["eligibility"][0]["id"] == first
    stale = editor.post(url("piece-move", draft.pk, "eligibility-0", "delete"), {"revision": 1})
    assert stale.status_code == 409
    assert 'role="alert"' in stale.content.decode()
    for place, step in (("eligibility-99", "up"), ("eligibility-0", "sideways"), ("scope", "delete")):
        assert editor.post(url("piece-move", draft.pk, place, step)).status_code == 404


def test_the_last_line_of_money_is_not_deleted(draft, editor):
    for _line in range(len(draft.body["amount"]["lines"]) + 1):
        answer = editor.post(url("piece-move", draft.pk, "lines-0", "delete"))
    assert answer.status_code == 409


def test_the_text_as_json_keeps_what_was_typed(draft, editor):
    body = {**draft.body, "doc_no": "JSON 一号"}
    answer = editor.post(url("json", draft.pk), {"text": json.dumps(body), "revision": draft.revision})
    assert answer.status_code == 302
    for text in ("{", "[]", '{"a": NaN}', json.dumps(body | {"eligibilty": []})):
        answer = editor.post(url("json", draft.pk), {"text": text})
        assert answer.status_code == 422
        assert "text" in answer.context["form"].errors
    draft.refresh_from_db()
    assert draft.doc_no == "JSON 一号"


def test_both_languages_of_the_text_are_read_at_the_desk(draft, editor):
    chinese = editor.get(url("version", draft.pk) + "?in=zh").content.decode()
    english = editor.get(url("version", draft.pk) + "?in=en").content.decode()
    assert "申领条件" in chinese
    assert "Who may be paid" in english
    assert '<div class="policy" lang="en">' in english


def test_a_wider_version_shows_what_widens_before_it_is_handed_in(signed):
    nation(most=2)
    wide = making.drafted(capped(3))
    browser = signed(wide.edited_by)
    assert "每年最多次数" in browser.get(url("version", wide.pk)).content.decode()
    answer = browser.post(url("submit", wide.pk), {"revision": wide.revision})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    wide.refresh_from_db()
    assert wide.state == "draft"


def test_a_failing_case_shows_the_difference(draft, editor):
    case = draft.cases.first()
    said = form_of(editor.get(url("case", draft.pk, case.place))) | {"amount": "1.00"}
    assert editor.post(url("case", draft.pk, case.place), said).status_code == 302
    text = editor.get(url("cases", draft.pk)).content.decode()
    assert "¥1.00" in text
    assert "不符" in text
    answer = editor.post(url("submit", draft.pk))
    assert answer.status_code == 409
    assert case.name in answer.content.decode()


def test_a_case_keeps_what_was_typed_when_it_is_refused(draft, editor):
    said = {"name": "新案例", "facts": "{", "outcome": "REJECT", "amount": "x"}
    answer = editor.post(url("case", draft.pk, "new"), said)
    assert answer.status_code == 422
    assert {"facts", "amount"} <= set(answer.context["form"].errors)
    assert "新案例" in answer.content.decode()


def test_a_case_of_a_decision_of_the_province(draft, editor):
    claim = making.checked()
    far = making.checked(code="510000")
    answer = editor.post(url("case-from", draft.pk), {"number": claim.number, "name": "来自审定"})
    case = draft.cases.get(name="来自审定")
    assert answer.url == url("case", draft.pk, case.place)
    refused = editor.post(url("case-from", draft.pk), {"number": far.number, "name": "外省"})
    assert refused.status_code == 422
    assert draft.cases.filter(name="外省").count() == 0


def test_the_publisher_returns_with_a_reason_that_the_editor_reads(draft, signed, publisher):
    policies.submit_policy(draft, by=draft.edited_by, at=AT)
    browser = signed(publisher)
    assert browser.post(url("return", draft.pk), {"reason": " "}).status_code == 422
    assert browser.post(url("return", draft.pk), {"reason": "第二条缺依据"}).status_code == 302
    text = signed(draft.edited_by).get(url("version", draft.pk)).content.decode()
    assert "第二条缺依据" in text


def test_an_author_sees_no_button_to_publish_that_works(draft, signed):
    factories.services.appoint(
        draft.edited_by, Role.POLICY_PUBLISHER, by=None, at=AT, province=factories.province()
    )
    policies.submit_policy(draft, by=draft.edited_by, at=AT)
    browser = signed(draft.edited_by)
    assert "您参与了拟定" in browser.get(url("version", draft.pk)).content.decode()
    assert browser.post(url("publish", draft.pk)).status_code == 409


def test_the_last_day_is_set_and_a_coming_version_repealed(signed, publisher):
    current = making.policy()
    browser = signed(publisher)
    assert browser.post(url("end", current.pk), {"last_day": "2020-01-01", "reason": "x"}).status_code == 409
    ended = {"last_day": "2029-12-31", "reason": "黔人社发〔2026〕9号"}
    assert browser.post(url("end", current.pk), ended).status_code == 302
    coming = making.policy(version=4, first="2031-01-01")
    assert browser.post(url("repeal", coming.pk), {"reason": "黔人社发〔2026〕10号"}).status_code == 302
    coming.refresh_from_db()
    assert coming.state == "repealed"


def test_the_paper_is_public_once_it_is_scanned_and_published(draft, editor, publisher, client):
    pdf = SimpleUploadedFile("文件.pdf", b"%PDF-1.7 x", "application/pdf")
    assert editor.post(url("document", draft.pk), {"paper": pdf}).status_code == 302
    assert (
        editor.post(url("document", draft.pk), {"paper": SimpleUploadedFile("x.pdf", b"no")}).status_code
        == 422
    )
    check_due_papers()
    policies.publish_policy(policies.submit_policy(draft, by=draft.edited_by, at=AT), by=publisher, at=AT)
    client.logout()
    page = client.get(reverse("subsidies:policy", args=[draft.pk]))
    link = page.context["paper"].url
    assert b"".join(client.get(link)).startswith(b"%PDF-1.7")


def test_drafts_of_another_province_are_none(draft, signed):
    run = impacts.start_run(draft, by=draft.edited_by, at=AT)
    for role in (Role.POLICY_EDITOR, Role.POLICY_PUBLISHER, Role.PROVINCE_REVIEWER):
        browser = signed(factories.staff(role, code="510000"))
        for address in ("version", "cases", "difference", "impacts"):
            assert browser.get(url(address, draft.pk)).status_code == 404, (role, address)
        assert browser.get(url("impact", run.pk)).status_code == 404
        assert browser.get(url("impact-xlsx", run.pk)).status_code == 404
        assert draft.doc_no not in browser.get(url("desk")).content.decode()
    ministry = signed(factories.staff(Role.MINISTRY_POLICY))
    assert ministry.get(url("version", draft.pk)).status_code == 404


def test_an_auditor_reads_every_form_and_changes_nothing(draft, signed):
    browser = signed(factories.staff(Role.AUDITOR))
    for address in (
        url("edit", draft.pk),
        url("json", draft.pk),
        url("piece", draft.pk, "scope"),
        url("new"),
    ):
        assert browser.get(address).status_code == 200
    said = form_of(browser.get(url("piece", draft.pk, "lines-0")))
    assert browser.post(url("piece", draft.pk, "lines-0"), said).status_code == 422
    assert browser.post(url("submit", draft.pk)).status_code == 404


def test_a_page_of_versions_asks_as_often_for_one_as_for_many(signed, django_assert_max_num_queries):
    for number in range(3, 9):
        making.drafted(making.body(version=number, first=f"20{number + 20}-01-01"))
    browser = signed(factories.staff(Role.POLICY_EDITOR))
    with django_assert_max_num_queries(14):
        assert browser.get(url("desk")).status_code == 200


# -- API ------------------------------------------------------------------------------------------------------------


def api(name, *args):
    return reverse(f"api-policy-{name}" if name else "api-policy", args=args)


def test_the_road_by_machine(signed, publisher):
    writer = factories.staff(Role.POLICY_EDITOR)
    browser = signed(writer)
    body = making.body()
    told = browser.post(api("desk"), {"province": "520000", "body": body}, content_type="application/json")
    assert told.status_code == 201, told.json()
    row = told.json()
    assert (row["state"], row["region"], row["schema"], row["steps"]) == (
        "draft",
        "520000",
        "policy/1",
        ["submit"],
    )
    changed = browser.put(
        api("", row["id"]),
        {"body": body | {"doc_no": "二号"}, "revision": row["revision"]},
        content_type="application/json",
    )
    assert changed.json()["doc_no"] == "二号"
    stale = browser.put(api("", row["id"]), {"body": body, "revision": 1}, content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "policy_changed_meanwhile")
    few = browser.post(api("submit", row["id"]))
    assert (few.status_code, few.json()["code"]) == (409, "policy_too_few_cases")
    cases = [
        {"name": one.name, "facts": one.facts, "outcome": one.outcome, "amount_fen": one.amount_fen}
        for one in making.cases_for(body)
    ]
    ran = browser.put(api("cases", row["id"]), {"cases": cases}, content_type="application/json").json()
    assert {one["holds"] for one in ran} == {True}
    assert browser.post(api("submit", row["id"])).json()["state"] == "in_review"
    reader = signed(publisher)
    assert reader.post(api("publish", row["id"])).json()["state"] == "published"
    end = {"last_day": "2029-12-31", "reason": "文号"}
    assert (
        reader.post(api("end", row["id"]), end, content_type="application/json").json()["last_day"]
        == "2029-12-31"
    )


def test_a_bad_body_names_its_place_to_machines(signed):
    browser = signed(factories.staff(Role.POLICY_EDITOR))
    body = making.body()
    body["eligibility"][0]["max"] = 3
    told = browser.post(api("desk"), {"province": "520000", "body": body}, content_type="application/json")
    assert told.status_code == 409
    assert "policy.eligibility[0]" in told.json()["detail"]
