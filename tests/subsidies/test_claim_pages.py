"""Every claims page: works · visitor · wrong role · someone else's · another province's · wrong method · refused by rule."""

import datetime as dt

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.roles import Role
from portal.audit.models import Entry
from subsidies.models import Claim, ClaimDraft, Hold
from subsidies.selectors.desks import READERS
from subsidies.selectors.queue import VIEWS, counts
from subsidies.services import drafts, reviews
from subsidies.services.holds import close_hold, put_hold
from subsidies.workflow.claims import State
from tests import factories
from tests.subsidies import making
from tests.subsidies.making import LINKS

pytestmark = pytest.mark.django_db

STATUS_STEP = {"statuses": ["none"]}
LINK_STEP = {
    "person_hukou_in_region": "yes",
    "person_insured_in_region": "unknown",
    "person_unemployment_registered": "unknown",
}
OTHER_STEP = {"scheme_UI_SKILL": "no", "person_living_paid_this_year": "no"}


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


@pytest.fixture
def signed(client):
    """`signed(person)`: the browser of this person."""
    return lambda person: factories.sign_in(client, person)


@pytest.fixture
def person():
    return making.claimant()


@pytest.fixture
def paper(person):
    making.policy()
    return making.certificate(person)


# -- the claimant ---------------------------------------------------------------------------------------------------


def test_the_whole_road_of_a_claim(signed, person, paper):
    browser = signed(person)
    assert paper.serial in browser.get(url("mine")).content.decode()
    assert (
        url("answer", paper.serial, "SKILL", "status")
        in browser.get(url("start", paper.serial)).content.decode()
    )
    answer = browser.post(url("answer", paper.serial, "SKILL", "status"), STATUS_STEP)
    assert answer.url == url("answer", paper.serial, "SKILL", "link")
    answer = browser.post(answer.url, LINK_STEP)
    assert answer.url == url("answer", paper.serial, "SKILL", "other")
    answer = browser.post(answer.url, OTHER_STEP)
    assert answer.url == url("check", paper.serial, "SKILL")
    page = browser.get(answer.url)
    assert "¥1,600.00" in page.content.decode()
    key = page.context["form"]["key"].value()
    answer = browser.post(answer.url, {"agreed": "on", "key": key})
    claim = Claim.objects.get()
    assert answer.url == url("claim", claim.number)
    assert claim.number in browser.get(answer.url).content.decode()
    # The same form sent twice is the same claim.
    again = browser.post(url("check", paper.serial, "SKILL"), {"agreed": "on", "key": key})
    assert again.url == answer.url
    assert Claim.objects.count() == 1


def test_answers_that_are_missing_are_asked_for_and_the_others_kept(signed, person, paper):
    page = signed(person).post(
        url("answer", paper.serial, "SKILL", "link"), {"person_hukou_in_region": "yes"}
    )
    assert page.status_code == 422
    assert 'value="yes"' in page.content.decode()
    assert "checked" in page.content.decode()
    assert not ClaimDraft.objects.exists()


def test_answers_come_back_when_one_comes_back(signed, person, paper):
    browser = signed(person)
    browser.post(url("answer", paper.serial, "SKILL", "link"), LINK_STEP)
    page = browser.get(url("answer", paper.serial, "SKILL", "link"))
    assert page.context["form"]["person_hukou_in_region"].value() == "yes"


def test_without_the_declaration_nothing_is_submitted(signed, person, paper):
    page = signed(person).post(url("check", paper.serial, "SKILL"), {"key": "abcdefgh"})
    assert page.status_code == 422
    assert not Claim.objects.exists()


def test_a_rule_that_forbids_is_said_on_the_page(signed, paper):
    nobody = paper.user
    nobody.bank_accounts.update(retired_at=making.AT)
    page = signed(nobody).post(url("check", paper.serial, "SKILL"), {"key": "abcdefgh", "agreed": "on"})
    assert page.status_code == 409
    assert not Claim.objects.exists()


def test_who_has_no_account_yet_is_sent_to_add_one(signed, paper):
    paper.user.bank_accounts.update(retired_at=making.AT)
    assert reverse("accounts:bank") in signed(paper.user).get(url("start", paper.serial)).content.decode()


@pytest.mark.parametrize("name", ["start", "check", "answer"])
def test_someone_elses_certificate_is_not_there(signed, paper, name):
    args = {"start": (), "check": ("SKILL",), "answer": ("SKILL", "link")}[name]
    assert signed(making.claimant("李莲花")).get(url(name, paper.serial, *args)).status_code == 404


def test_an_unknown_step_is_not_there(signed, person, paper):
    assert signed(person).get(url("answer", paper.serial, "SKILL", "colour")).status_code == 404


@pytest.mark.parametrize("state", State.values)
def test_a_claims_page_in_every_state(signed, state):
    claim = making.row(state)
    for language in ("zh-hans", "en"):
        claim.claimant.language = language
        claim.claimant.save()
        page = signed(claim.claimant).get(url("claim", claim.number))
        assert page.status_code == 200
        assert claim.number in page.content.decode()
    assert signed(claim.claimant).get(url("mine")).status_code == 200


def test_a_payment_that_the_bank_returned_is_said_to_the_claimant(signed):
    claim = making.row(State.PAYABLE)
    browser = signed(claim.claimant)
    assert browser.get(url("claim", claim.number)).context["returned_by_bank"] is False
    Hold.objects.create(
        claim=claim, province_id="520000", category="bank_details", note="账户已注销", opened_at=making.AT
    )
    page = browser.get(url("claim", claim.number))
    assert page.context["returned_by_bank"] is True


@pytest.mark.parametrize("name", ["claim", "mend"])
def test_someone_elses_claim_is_not_there(signed, name):
    claim = making.row(State.RETURNED)
    assert signed(factories.user()).get(url(name, claim.number)).status_code == 404
    assert signed(factories.user()).post(url("withdraw", claim.number)).status_code == 404
    reviewer = factories.staff(Role.PROVINCE_REVIEWER)
    assert signed(reviewer).get(url(name, claim.number)).status_code == 404


def test_a_returned_claim_is_mended(signed):
    claim = making.checked()
    reviews.send_back(
        claim,
        by=factories.staff(Role.INTAKE_OFFICER),
        at=clock.now(),
        reason="证明不全",
        codes=["MATERIAL_MISSING"],
    )
    browser = signed(claim.claimant)
    assert "证明不全" in browser.get(url("mend", claim.number)).content.decode()
    assert browser.post(url("mend", claim.number), LINK_STEP).status_code == 422
    answer = browser.post(url("mend", claim.number), STATUS_STEP | LINK_STEP | OTHER_STEP)
    assert answer.url == url("claim", claim.number)
    claim.refresh_from_db()
    assert claim.state == State.SUBMITTED
    assert browser.get(url("mend", claim.number)).status_code == 404


def test_withdrawing(signed):
    claim = making.row()
    browser = signed(claim.claimant)
    assert browser.post(url("withdraw", claim.number)).url == url("claim", claim.number)
    assert browser.post(url("withdraw", claim.number)).status_code == 409
    assert browser.get(url("withdraw", claim.number)).status_code == 405


@pytest.mark.parametrize("name", ["mine", "queue"])
def test_a_visitor_signs_in_first(client, name):
    answer = client.get(url(name))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


# -- the desk -------------------------------------------------------------------------------------------------------


def test_the_queue_shows_the_most_urgent_first_in_a_constant_number_of_queries(
    signed, django_assert_max_num_queries
):
    claims = [making.row(State.IN_FIRST_REVIEW) for _ in range(5)]
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    with django_assert_max_num_queries(19):
        page = browser.get(url("queue"))
    assert [row[0].number for row in page.context["rows"]] == [claim.number for claim in claims]


@pytest.mark.parametrize("view", [*VIEWS, "nonsense"])
@pytest.mark.parametrize("query", ["", "&q=焊工", "&q=%00", "&province=99", "&after=x", "&desk=x"])
def test_saved_views_and_filters_never_break(signed, view, query):
    making.row(State.IN_FIRST_REVIEW)
    page = signed(factories.staff(Role.PROVINCE_REVIEWER)).get(f"{url('queue')}?view={view}{query}")
    assert page.status_code == 200


def test_the_last_day_is_shown_and_is_not_late(signed):
    """A claim is due by the midnight that ends its last working day: on that day it is due today, not overdue."""
    claim = making.checked()
    day = claim.due_at - dt.timedelta(hours=10)
    officer = factories.staff(Role.INTAKE_OFFICER)
    browser = signed(officer)
    on_the_day = counts(officer, at=day)
    before = counts(officer, at=day - dt.timedelta(days=1))
    assert (before["due"], on_the_day["due"]) == (0, 1)
    assert claim.due_on == clock.today(day)
    assert claim.due_on.isoformat() in browser.get(url("queue") + "?view=all").content.decode()


def test_each_province_sees_its_own_and_the_ministry_all(signed):
    here, there = making.row(State.IN_MINISTRY_REVIEW), making.row(State.IN_MINISTRY_REVIEW, code="510000")

    def seen(role, code="520000"):
        page = signed(factories.staff(role, code=code)).get(url("queue") + "?view=all")
        return {row[0].number for row in page.context["rows"]}

    assert seen(Role.PROVINCE_REVIEWER) == {here.number}
    assert seen(Role.PROVINCE_REVIEWER, "510000") == {there.number}
    assert seen(Role.MINISTRY_REVIEWER) == seen(Role.AUDITOR) == {here.number, there.number}


WRONG = [role for role in Role if role not in READERS]


@pytest.mark.parametrize("role", [None, *WRONG])
def test_other_roles_find_no_desk(signed, role):
    claim = making.row(State.IN_FIRST_REVIEW)
    browser = signed(factories.staff(role) if role else factories.user())
    assert browser.get(url("queue")).status_code == 404
    assert browser.get(url("review", claim.number)).status_code == 404
    assert browser.post(url("decide", claim.number, "reject"), {"reason": "x"}).status_code == 404
    assert browser.post(url("reveal", claim.number), {"reason": "x"}).status_code == 404


def test_another_provinces_claim_is_not_there(signed):
    claim = making.row(State.IN_FIRST_REVIEW)
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER, code="510000"))
    assert browser.get(url("review", claim.number)).status_code == 404
    assert browser.post(url("decide", claim.number, "reject"), {"reason": "x"}).status_code == 404


def test_the_auditor_reads_and_changes_nothing(signed):
    claim = making.row(State.IN_FIRST_REVIEW)
    browser = signed(factories.staff(Role.AUDITOR))
    page = browser.get(url("review", claim.number)).content.decode()
    assert claim.number in page
    assert url("decide", claim.number, "pass") not in page
    assert browser.post(url("decide", claim.number, "pass"), {"confirmed": "on"}).status_code == 404


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client):
    browser = factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER), second_factor=False)
    assert browser.get(url("queue")).url == reverse("accounts:second_factor")


@pytest.mark.parametrize("state", State.values)
def test_a_review_page_in_every_state(signed, state):
    claim = making.row(state)
    for role in (Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER):
        assert signed(factories.staff(role)).get(url("review", claim.number)).status_code == 200


def test_every_desk_on_its_page(signed):
    making.policy(at=making.AT)
    claim = making.checked()

    def act(role, step, *, status=302, **told):
        answer = signed(factories.staff(role)).post(url("decide", claim.number, step), told)
        assert answer.status_code == status, answer.content.decode()
        return answer

    assert act(Role.INTAKE_OFFICER, "accept").url == url("queue")
    act(Role.PROVINCE_REVIEWER, "pass", status=409)
    act(Role.PROVINCE_REVIEWER, "pass", confirmed="on")
    act(Role.SECOND_REVIEWER, "down", reason="请再核对户籍")
    act(Role.PROVINCE_REVIEWER, "pass")
    act(Role.SECOND_REVIEWER, "pass")
    browser = signed(factories.staff(Role.MINISTRY_REVIEWER))
    assert "¥1,600.00" in browser.get(url("review", claim.number)).content.decode()
    act(Role.MINISTRY_REVIEWER, "pass")
    claim.refresh_from_db()
    assert claim.state == State.AWAITING_FUNDS
    act(Role.MINISTRY_REVIEWER, "pass", status=409)


def test_after_an_act_the_next_claim_opens(signed):
    first, second = making.accepted(), making.row(State.IN_FIRST_REVIEW)
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    answer = browser.post(url("decide", first.number, "pass"), {"confirmed": "on"})
    assert answer.url == url("review", second.number)


def test_the_claims_before_and_after_are_one_key_away(signed):
    rows = [making.row(State.IN_FIRST_REVIEW) for _ in range(3)]
    page = signed(factories.staff(Role.PROVINCE_REVIEWER)).get(url("review", rows[1].number))
    assert (page.context["before"], page.context["after"]) == (rows[0], rows[2])
    assert 'accesskey="n"' in page.content.decode()


@pytest.mark.parametrize(
    ("step", "role"), [("back", Role.INTAKE_OFFICER), ("reject", Role.PROVINCE_REVIEWER)]
)
def test_a_no_without_a_reason_keeps_the_page(signed, step, role):
    claim = making.checked() if step == "back" else making.accepted()
    browser = signed(factories.staff(role))
    assert browser.post(url("decide", claim.number, step), {"reason": " "}).status_code == 422
    page = browser.post(
        url("decide", claim.number, step), {"reason": "长" * 1001, "codes": ["MATERIAL_MISSING"]}
    )
    assert page.status_code == 422
    assert "长" * 1001 in page.content.decode()
    nothing = browser.post(url("decide", claim.number, step), {"reason": "证明不全"})
    assert nothing.status_code == 409
    assert "请选择依据" in nothing.content.decode()
    told = {"reason": "证明不全", "codes": ["MATERIAL_MISSING"]}
    assert browser.post(url("decide", claim.number, step), told).url == url("queue")
    page = signed(claim.claimant).get(url("claim", claim.number)).content.decode()
    assert ("证明不全" in page) == (step == "back"), "nobody is told of what is only proposed"


def test_the_claimant_appeals_once_and_reads_the_answer(signed):
    claim = making.rejected(making.accepted(), at=clock.now())
    browser = signed(claim.claimant)
    assert url("appeal", claim.number) in browser.get(url("claim", claim.number)).content.decode()
    assert "材料与记录不符" in browser.get(url("appeal", claim.number)).content.decode()
    assert browser.post(url("appeal", claim.number), {"words": " "}).status_code == 422
    answer = browser.post(url("appeal", claim.number), {"words": "姓名是𠮷，不是吉"})
    assert answer.url == url("claim", claim.number)
    assert browser.get(url("appeal", claim.number)).status_code == 404
    desk = signed(factories.staff(Role.SECOND_REVIEWER))
    assert "姓名是𠮷，不是吉" in desk.get(url("review", claim.number)).content.decode()
    told = {"reason": "档案无误"}
    assert desk.post(url("decide", claim.number, "uphold"), told).status_code == 302
    page = signed(claim.claimant).get(url("claim", claim.number)).content.decode()
    assert "档案无误" in page


def test_claims_that_need_no_look_are_passed_together(signed):
    good = making.first_passed()
    unseen = making.row(State.IN_SECOND_REVIEW)
    browser = signed(factories.staff(Role.SECOND_REVIEWER))
    page = browser.get(url("queue")).content.decode()
    assert f'value="{good.number}"' in page
    assert f'value="{unseen.number}"' not in page
    browser.post(url("pass_many"), {"claim": [good.number, unseen.number]})
    good.refresh_from_db()
    unseen.refresh_from_db()
    assert (good.state, unseen.state) == ("in_ministry_review", "in_second_review")
    assert browser.post(url("pass_many")).url == url("queue")


def test_a_held_claim_says_so_and_offers_no_yes(signed):
    claim = making.first_passed()
    browser = signed(factories.staff(Role.SECOND_REVIEWER))
    chosen, yes = f'value="{claim.number}"', url("decide", claim.number, "pass")
    assert chosen in browser.get(url("queue")).content.decode()
    assert yes in browser.get(url("review", claim.number)).content.decode()
    hold = put_hold(claim, Hold.Category.CERTIFICATE, "户名不符", by=None, at=clock.now())
    queue = browser.get(url("queue")).content.decode()
    assert chosen not in queue
    assert claim.number in queue
    assert "暂停中" in queue.split("<tbody>")[1]
    page = browser.get(url("review", claim.number)).content.decode()
    assert yes not in page
    assert "请先解除暂停" in page
    close_hold(hold, by=factories.staff(Role.PROVINCE_REVIEWER), at=clock.now(), reason="已核实")
    assert chosen in browser.get(url("queue")).content.decode()


def test_a_claim_is_taken_and_the_workload_shows_it(signed):
    claim = making.accepted()
    officer = factories.staff(Role.PROVINCE_REVIEWER)
    browser = signed(officer)
    assert browser.post(url("assign", claim.number), {"to": str(officer.uid)}).status_code == 302
    loads = browser.get(url("workload")).context["loads"]
    assert [(load.user, load.count) for load in loads] == [(officer, 1)]
    colleague = signed(factories.staff(Role.PROVINCE_REVIEWER))
    assert colleague.post(url("decide", claim.number, "pass"), {"confirmed": "on"}).status_code == 409
    assert colleague.post(url("assign", claim.number), {"to": "nobody-known"}).status_code == 422


def test_who_knows_the_claimant_stays_out(signed):
    claim = making.accepted()
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    assert browser.post(url("stay_out", claim.number), {"reason": " "}).status_code == 422
    assert browser.post(url("stay_out", claim.number), {"reason": "申领人是我表弟"}).url == url("queue")
    assert browser.post(url("decide", claim.number, "pass"), {"confirmed": "on"}).status_code == 409


def test_answers_that_were_not_submitted_can_be_thrown_away(signed):
    making.policy()
    person = making.claimant()
    paper = making.certificate(person)
    drafts.save_answers(person, paper.serial, {LINKS[0]: True}, at=making.AT)
    browser = signed(person)
    assert browser.post(url("discard", paper.serial, "SKILL")).url == url("mine")
    assert not ClaimDraft.objects.exists()
    assert browser.post(url("discard", "ZX-52-2026-9999999", "SKILL")).status_code == 404


def test_wrong_methods_and_steps(signed):
    claim = making.row(State.IN_FIRST_REVIEW)
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    assert browser.get(url("decide", claim.number, "pass")).status_code == 405
    assert browser.post(url("queue")).status_code == 405
    assert browser.post(url("decide", claim.number, "dance")).status_code == 404


def test_the_full_number_is_shown_once_with_a_reason_in_the_audit(signed):
    claim = making.checked()
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    number = claim.claimant.identity.number
    assert number not in browser.get(url("review", claim.number)).content.decode()
    assert browser.post(url("reveal", claim.number), {"reason": ""}).status_code == 422
    page = browser.post(url("reveal", claim.number), {"reason": "与考试登记表核对"})
    assert number in page.content.decode()
    assert Entry.objects.filter(reason="与考试登记表核对").exists()


def test_names_with_rare_characters_stay_whole(signed):
    claim = making.row(State.IN_FIRST_REVIEW, holder_masked="𠮷*𬎆", occupation_name="焊工·𠮷")
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    assert "𠮷*𬎆" in browser.get(url("queue")).content.decode()
    assert "焊工·𠮷" in browser.get(url("review", claim.number)).content.decode()


# -- policies -------------------------------------------------------------------------------------------------------


def test_policies_are_public(client):
    version = making.policy()
    assert version.doc_no in client.get(url("policies")).content.decode()
    assert client.get(url("policies") + "?province=510000&x=%00").status_code == 200
    page = client.get(url("policy", version.pk)).content.decode()
    assert version.body_sha256 in page
    assert "1,600 元" in page
    assert "四级" in page
    assert client.post(url("policies")).status_code == 405
    assert client.get(url("policy", 999)).status_code == 404
