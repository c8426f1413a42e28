import pytest
from django.urls import reverse

from certificates import codes, services
from portal import limits
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from tests import factories
from tests.certificates import making

pytestmark = pytest.mark.django_db
HOLDER_PAGES = ["certificates:certificate", "certificates:pdf"]


@pytest.fixture
def requested(at):
    return services.request(making.completion(), at=at)


@pytest.fixture
def issued(requested, at):
    return services.issue(requested, at=at)


@pytest.fixture
def unprintable(at):
    """One that could not be made: no font has a character of the name."""
    asked = services.request(making.completion(name="王\U00030729"), at=at)
    services.issue_due(at=at, most=1)
    return asked


@pytest.fixture
def revoked(issued, at):
    return making.revoked(issued, at=at)


@pytest.fixture
def as_holder(client, requested):
    return factories.sign_in(client, requested.user)


def text_of(response):
    return response.content.decode()


# -- the holder's pages


def test_mine_is_empty_with_the_way_to_the_first(client):
    response = factories.sign_in(client, factories.learner()).get(reverse("certificates:mine"))
    assert response.status_code == 200
    assert reverse("courses:catalogue") in text_of(response)


def test_mine_lists_mine_only(as_holder, issued, at):
    other = services.issue(services.request(making.completion(name="李莲花"), at=at), at=at)
    page = text_of(as_holder.get(reverse("certificates:mine")))
    assert issued.serial in page
    assert other.serial not in page


def test_mine_asks_the_same_number_of_questions_for_five(
    as_holder, requested, at, django_assert_max_num_queries
):
    for _turn in range(4):
        services.issue(services.request(making.completion(requested.user), at=at), at=at)
    with django_assert_max_num_queries(12):
        assert as_holder.get(reverse("certificates:mine")).status_code == 200


def test_a_certificate_being_made_says_so(as_holder, requested):
    page = as_holder.get(reverse("certificates:certificate", args=[requested.number]))
    assert page.status_code == 200
    assert requested.course_code in text_of(page)
    assert as_holder.get(reverse("certificates:pdf", args=[requested.number])).status_code == 404


def test_a_failed_one_does_not_frighten_its_holder(client, unprintable):
    as_holder = factories.sign_in(client, unprintable.user)
    for name in ("certificates:mine", "certificates:certificate"):
        args = [] if name.endswith("mine") else [unprintable.number]
        page = as_holder.get(reverse(name, args=args))
        assert page.status_code == 200
        assert "U+30729" not in text_of(page)


def test_the_certificate_page_shows_all_and_leads_on(as_holder, issued):
    page = text_of(as_holder.get(reverse("certificates:certificate", args=[issued.serial])))
    for words in (
        "王建国",
        issued.serial,
        codes.grouped(issued.code),
        reverse("certificates:pdf", args=[issued.serial]),
        reverse("certificates:verified", args=[issued.code]),
        reverse("subsidies:start", args=[issued.serial]),
    ):
        assert words in page


def test_a_revoked_one_says_why_and_leads_to_no_claim(as_holder, revoked):
    page = text_of(as_holder.get(reverse("certificates:certificate", args=[revoked.serial])))
    assert "实操考核记录与本人不符" in page
    assert reverse("subsidies:start", args=[revoked.serial]) not in page


def test_the_pdf_comes_as_a_file(as_holder, issued):
    response = as_holder.get(reverse("certificates:pdf", args=[issued.serial]))
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"] == f'attachment; filename="{issued.serial}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", HOLDER_PAGES)
def test_somebody_else_does_not_know_of_it(client, issued, name):
    factories.sign_in(client, factories.learner("李莲花"))
    assert client.get(reverse(name, args=[issued.serial])).status_code == 404


def test_only_the_own_province_sees_the_pdf(client, issued):
    address = reverse("certificates:pdf", args=[issued.serial])
    for code, status in (("520000", 200), ("110000", 404)):
        factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code=code))
        assert client.get(address).status_code == status


@pytest.mark.parametrize(
    "name", ["certificates:mine", *HOLDER_PAGES, "certificates:desk", "certificates:sheet"]
)
def test_a_visitor_signs_in_first(client, issued, name):
    args = [] if name in {"certificates:mine", "certificates:desk"} else [issued.serial]
    response = client.get(reverse(name, args=args))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["mine", "certificate", "pdf", "verify", "verified", "desk"])
def test_pages_that_only_show_take_no_post(as_holder, issued, name):
    args = {"certificate": [issued.serial], "pdf": [issued.serial], "verified": [issued.code]}.get(name, [])
    assert as_holder.post(reverse(f"certificates:{name}", args=args)).status_code == 405


# -- the public check


def test_a_visitor_sees_a_valid_one_with_a_masked_name(client, issued):
    response = client.get(reverse("certificates:verified", args=[issued.code]))
    page = text_of(response)
    assert response.status_code == 200
    assert "王*国" in page
    assert issued.serial in page
    assert "verdict--" not in page
    assert "王建国" not in page
    assert issued.facts["holder_number"] not in page
    assert response["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in response["Cache-Control"]


def test_a_revoked_one_says_when_and_why(client, revoked):
    page = text_of(client.get(reverse("certificates:verified", args=[revoked.code])))
    assert "verdict--bad" in page
    assert "实操考核记录与本人不符" in page
    assert "2026" in page


@pytest.mark.parametrize(
    "code",
    [codes.new_code(), "0" * 27 + "1", "abc", "王", "x" * 500, "ZX-52-2026-0000001"],
    ids=["well formed", "wrong check", "short", "chinese", "long", "a serial"],
)
def test_an_unknown_one_is_a_404_that_speaks_of_typing(client, issued, code):
    response = client.get(reverse("certificates:verified", args=[code]))
    assert response.status_code == 404
    assert "verdict--none" in text_of(response)


def test_one_being_made_is_not_found_yet(client, requested):
    assert client.get(reverse("certificates:verified", args=[requested.code])).status_code == 404


def test_the_form_forgives_how_the_code_is_typed(client, issued):
    typed = f" {codes.grouped(issued.code).lower()} "
    response = client.get(reverse("certificates:verify"), {"code": typed})
    assert response.status_code == 302
    assert response["Location"] == reverse("certificates:verified", args=[issued.code])


def test_the_serial_alone_reveals_nothing(client, issued):
    response = client.get(reverse("certificates:verify"), {"code": issued.serial})
    assert response.status_code == 422
    assert "王*国" not in text_of(response)
    assert issued.serial in text_of(response), "what was typed is kept"


@pytest.mark.parametrize("typed", ["", "   ", "？？", "a/b", "x" * 300, "\x00", "<script>"])
def test_bad_input_gets_a_sentence(client, typed):
    response = client.get(reverse("certificates:verify"), {"code": typed})
    assert response.status_code == 422
    assert "field--bad" in text_of(response)


def test_an_empty_form_is_just_a_form(client):
    assert client.get(reverse("certificates:verify")).status_code == 200


def test_an_address_that_asks_too_often_waits(client, issued, monkeypatch):
    monkeypatch.setattr(limits, "A_MINUTE", 2)
    address = reverse("certificates:verified", args=[issued.code])
    assert [client.get(address).status_code for _turn in range(4)] == [200, 200, 429, 429]


# -- the desk


@pytest.mark.parametrize(
    "role", [Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER, Role.AUDITOR, Role.OPERATOR]
)
def test_the_desk_shows_what_its_roles_may_see(client, issued, role):
    factories.sign_in(client, factories.staff(role))
    page = client.get(reverse("certificates:desk"))
    assert issued.serial in text_of(page)
    sheet = text_of(client.get(reverse("certificates:sheet", args=[issued.serial])))
    assert ("<textarea" in sheet) == (role in {Role.PROVINCE_REVIEWER, Role.OPERATOR})
    assert "王建国" not in sheet


@pytest.mark.parametrize("role", [Role.FINANCE_MAKER, Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR])
def test_other_roles_do_not_know_of_the_desk(client, issued, role):
    factories.sign_in(client, factories.staff(role))
    assert client.get(reverse("certificates:desk")).status_code == 404
    assert client.get(reverse("certificates:sheet", args=[issued.serial])).status_code == 404


def test_another_province_sees_nothing_of_it(client, issued):
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="110000"))
    assert issued.serial not in text_of(client.get(reverse("certificates:desk")))
    for method in (client.get, client.post):
        assert method(reverse("certificates:sheet", args=[issued.serial])).status_code == 404


def test_staff_need_their_second_factor(client, issued):
    factories.sign_in(client, factories.staff(Role.OPERATOR), second_factor=False)
    assert client.get(reverse("certificates:desk")).status_code == 302


def test_the_desk_filters_and_forgives(client, issued):
    factories.sign_in(client, factories.staff(Role.OPERATOR))
    desk = reverse("certificates:desk")
    for found, query in (
        (True, {"words": issued.serial[:10].lower()}),
        (True, {"words": codes.grouped(issued.code)}),
        (True, {"state": "issued"}),
        (False, {"state": "revoked"}),
        (True, {"state": "nonsense", "page": "x"}),
        (False, {"words": "%"}),
    ):
        response = client.get(desk, query)
        assert response.status_code == 200
        assert (reverse("certificates:sheet", args=[issued.serial]) in text_of(response)) == found, query


def test_the_desk_asks_the_same_number_of_questions_for_five(client, at, django_assert_max_num_queries):
    for _turn in range(5):
        services.issue(services.request(making.completion(), at=at), at=at)
    factories.sign_in(client, factories.staff(Role.OPERATOR))
    with django_assert_max_num_queries(14):
        assert client.get(reverse("certificates:desk")).status_code == 200


def test_two_reviewers_revoke(client, issued):
    sheet = reverse("certificates:sheet", args=[issued.serial])
    decide = reverse("certificates:decide", args=[issued.serial])
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    assert client.post(sheet, {"kind": "revoke", "reason": "实操考核记录与本人不符"}).status_code == 302
    assert 'value="approve"' not in text_of(client.get(sheet))
    assert client.post(decide, {"decision": "approve"}).status_code == 422
    issued.refresh_from_db()
    assert issued.state == "issued"
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    assert 'value="approve"' in text_of(client.get(sheet))
    assert client.post(decide, {"decision": "approve"}).status_code == 302
    issued.refresh_from_db()
    assert issued.state == "revoked"
    assert client.post(decide, {"decision": "approve"}).status_code == 404


def test_a_second_reviewer_refuses_with_a_reason_and_the_first_takes_back(client, issued, at):
    first, second = (factories.staff(Role.PROVINCE_REVIEWER) for _turn in range(2))
    decide = reverse("certificates:decide", args=[issued.serial])
    services.propose(issued, "revoke", by=first, at=at, reason="实操考核记录与本人不符")
    factories.sign_in(client, second)
    assert client.post(decide, {"decision": "refuse", "reason": ""}).status_code == 422
    assert client.post(decide, {"decision": "nonsense"}).status_code == 422
    assert client.post(decide, {"decision": "refuse", "reason": "已核对，没有错误"}).status_code == 302
    services.propose(issued, "revoke", by=first, at=at, reason="实操考核记录与本人不符")
    factories.sign_in(client, first)
    assert client.post(decide, {"decision": "withdraw"}).status_code == 302
    assert "已核对，没有错误" in text_of(client.get(reverse("certificates:sheet", args=[issued.serial])))


def test_a_new_name_is_shown_beside_the_old_before_it_is_replaced(client, issued, at):
    accounts.renew_name(issued.user, name="王新国", by=issued.user, at=at)
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    sheet = reverse("certificates:sheet", args=[issued.serial])
    assert "王新国" in text_of(client.get(sheet))
    assert client.post(sheet, {"kind": "replace", "reason": "姓名登记有误"}).status_code == 302
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    answer = client.post(reverse("certificates:decide", args=[issued.serial]), {"decision": "approve"})
    new = issued.__class__.objects.get(replaces=issued)
    assert answer["Location"] == reverse("certificates:sheet", args=[new.serial])
    assert issued.serial in text_of(client.get(answer["Location"]))
    factories.sign_in(client, issued.user)
    assert new.serial in text_of(client.get(reverse("certificates:certificate", args=[issued.serial])))
    public = text_of(client.get(reverse("certificates:verified", args=[issued.code])))
    assert "verdict--wait" in public
    assert new.serial in public
    assert new.code not in public


@pytest.mark.parametrize("reason", ["", "no", " " * 20, "x" * 501])
def test_no_reason_no_proposal(client, issued, reason):
    factories.sign_in(client, factories.staff(Role.OPERATOR))
    sheet = reverse("certificates:sheet", args=[issued.serial])
    assert client.post(sheet, {"kind": "revoke", "reason": reason}).status_code == 422
    assert not issued.proposals.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MINISTRY_REVIEWER])
def test_who_may_only_read_is_told_so(client, issued, role):
    factories.sign_in(client, factories.staff(role))
    sheet = reverse("certificates:sheet", args=[issued.serial])
    assert client.post(sheet, {"kind": "revoke", "reason": "some reason"}).status_code == 422
    assert not issued.proposals.exists()


def test_an_operator_tries_again(client, unprintable):
    address = reverse("certificates:retry", args=[unprintable.number])
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    assert client.post(address).status_code == 404
    factories.sign_in(client, factories.staff(Role.OPERATOR))
    assert client.get(address).status_code == 405
    assert "U+30729" in text_of(client.get(reverse("certificates:sheet", args=[unprintable.number])))
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302, "twice is refused with a message, not an error"
    unprintable.refresh_from_db()
    assert unprintable.state == "requested"


# -- the API


def test_api_check_says_what_the_page_says(client, issued):
    answer = client.get(reverse("api-verify", args=[issued.code])).json()
    assert (answer["state"], answer["serial"], answer["holder_masked"]) == ("issued", issued.serial, "王*国")
    assert "王建国" not in str(answer)
    unknown = client.get(reverse("api-verify", args=["nonsense"]))
    assert (unknown.status_code, unknown.json()["state"]) == (404, "unknown")
    assert unknown.json().keys() == answer.keys()


def test_api_mine(client, issued):
    assert client.get(reverse("api-certificates")).status_code in {401, 403}
    rows = factories.sign_in(client, issued.user).get(reverse("api-certificates")).json()["results"]
    assert [row["serial"] for row in rows] == [issued.serial]


def test_api_propose_and_approve(client, issued):
    address = reverse("api-certificate-propose", args=[issued.serial])
    said = {"kind": "revoke", "reason": "some reason"}
    for person, status in (
        (issued.user, 403),
        (factories.staff(Role.AUDITOR), 403),
        (factories.staff(Role.PROVINCE_REVIEWER, code="110000"), 404),
    ):
        factories.sign_in(client, person)
        assert client.post(address, said, "application/json").status_code == status
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    assert client.post(address, said | {"reason": "x"}, "application/json").status_code == 400
    proposal = client.post(address, said, "application/json").json()
    assert proposal["state"] == "open"
    again = client.post(address, said, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "proposed_already")
    approve = reverse("api-proposal-approve", args=[proposal["uid"]])
    own = client.post(approve, {}, "application/json")
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="110000"))
    assert client.post(approve, {}, "application/json").status_code == 404
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    assert client.post(approve, {}, "application/json").json()["state"] == "revoked"
    late = client.post(
        reverse("api-proposal-refuse", args=[proposal["uid"]]), {"reason": "too late"}, "application/json"
    )
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")
