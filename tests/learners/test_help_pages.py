"""The desk's pages of help, the banner on every page meanwhile, and what the learner sees."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import Enrolment, HelpSession, KeyGroupMembership
from learners.services import county_help as services
from portal.accounts.models import Identity, SentMessage
from portal.accounts.roles import Role
from tests import factories
from tests.learners import ports, staff_files, study

pytestmark = pytest.mark.django_db
DESK = "learners:help-desk"


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def helper(client):
    made = factories.staff(Role.COUNTY_DESK, name="阿依古丽·𠮷")
    enter(client, made)
    return made


@pytest.fixture
def person():
    return factories.learner("买买提·𠮷")


@pytest.fixture
def page(client, helper, person):
    """Help that the learner's code has opened."""
    page = client.post(reverse(DESK), {"presence": "phone", "who": person.phone}).url
    (code,) = re.findall(r"\b\d{6}\b", SentMessage.objects.get().text)
    assert client.post(page, {"code": code}).url == page
    return page


def enter(client, user, *, staff=True):
    factories.sign_in(client, user, second_factor=staff)
    client.cookies["django_language"] = "en"


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_begin_with_the_code_that_the_learner_reads_out(client, helper, person):
    made = client.post(reverse(DESK), {"presence": "phone", "who": person.phone})
    assert person.phone not in made.url
    sent = SentMessage.objects.get()
    (code,) = re.findall(r"\b\d{6}\b", sent.text)
    assert "You act for" not in text(client.get(made.url))
    wrong = client.post(made.url, {"code": "000000" if code != "000000" else "1"})
    assert wrong.status_code == 422
    assert "This is not the code." in text(wrong)
    client.post(made.url, {"code": code})
    assert "买**·*" in re.sub(r"<[^>]+>", "", text(client.get(made.url)))


def test_the_desk_refuses_in_one_sentence(client, helper, person, settings):
    for told, said in (
        ({"presence": "phone"}, "This field is required."),
        ({"presence": "phone", "who": "12"}, "This is not a phone number."),
        ({"presence": "phone", "who": "13700000000"}, "No learner of your province"),
        ({"presence": "official", "who": "x\x00"}, "Null characters are not allowed."),
        ({"presence": "praise", "who": "x"}, "Select a valid choice"),
    ):
        answer = client.post(reverse(DESK), told)
        assert answer.status_code == 422
        assert said in text(answer), said
    settings.SMS_PORT = f"{ports.__name__}.OutOfOrder"
    assert "could not be sent" in text(client.post(reverse(DESK), {"presence": "phone", "who": person.phone}))
    assert HelpSession.objects.get().state == "ended"


def test_a_banner_on_every_page_until_the_end(client, page, person, moving_clock):
    for somewhere in (reverse("home"), reverse("courses:catalogue"), reverse("my"), reverse(DESK), page):
        shown = text(client.get(somewhere))
        assert "You act for" in shown, somewhere
        assert "End the help" in shown
    client.post(reverse("learners:help-end", args=[HelpSession.objects.get().pk]))
    assert "You act for" not in text(client.get(reverse("home")))
    assert client.get(page).status_code == 404


def test_time_takes_the_banner_and_the_page_away(client, page, moving_clock):
    moving_clock.at += services.OPEN_FOR
    assert "You act for" not in text(client.get(reverse("home")))
    assert client.get(page).status_code == 404
    assert client.post(page, {"step": "enrol", "course": "GZ-S1"}).status_code == 404


def test_a_helper_enrols_declares_and_accepts(client, page, person, at):
    study.publish(at)
    second = study.publish(at, code="GZ-S2")
    boss = factories.staff(Role.EMPLOYER)
    (asked,) = staff_files.invited(
        staff_files.row(0, number=person.identity.number, course=second.code), by=boss, at=at
    )
    assert "No published course has this code." in text(client.get(page, {"course": "XX-1"}))
    assert "Does not count for the subsidy." in text(client.get(page, {"course": "gz-s1"}))
    client.post(page, {"step": "enrol", "course": "GZ-S1", "counts": "no"})
    assert "The learner is in this course already." in text(client.get(page, {"course": "GZ-S1"}))
    empty = client.post(page, {"step": "declare", "group": "veteran"})
    assert empty.status_code == 422
    client.post(page, {"step": "declare", "group": "veteran", "evidence": "退役证"})
    assert "Invitation from" in text(client.get(page))
    client.post(page, {"step": "accept", "invitation": asked.pk})
    assert Enrolment.objects.filter(user=person).count() == 2
    assert KeyGroupMembership.objects.get().user == person
    enter(client, person, staff=False)
    shown = text(client.get(reverse("my")))
    assert "acts for you until" in shown
    assert "Declared a key group for you" in shown
    client.post(reverse("learners:help-end", args=[HelpSession.objects.get().pk]))
    assert "acted for you on" in text(client.get(reverse("my")))


@pytest.mark.parametrize(
    "told",
    [
        {"step": "praise"},
        {"step": "enrol", "course": "XX\x00"},
        {"step": "enrol"},
        {"step": "accept", "invitation": "9" * 40},
        {"step": "accept", "invitation": "x"},
        {"step": "register"},
        {"step": "bank", "number": "9999991285726840905"},
    ],
)
def test_there_is_nothing_else_a_helper_can_do(client, page, told):
    assert client.post(page, told).status_code in {404, 422}
    assert not Enrolment.objects.exists()


def test_a_newcomer_is_registered_first(client, helper):
    newcomer = factories.user()
    page = client.post(reverse(DESK), {"presence": "phone", "who": newcomer.phone}).url
    (code,) = re.findall(r"\b\d{6}\b", SentMessage.objects.get().text)
    client.post(page, {"code": code})
    told = {"step": "register", "name": "买买提·𠮷", "number": "520102199003079238", "province": "520000"}
    assert "Without your consent" in text(client.post(page, told))
    client.post(page, told | {"agreed": "on"})
    assert Identity.objects.get(user=newcomer).masked_name == "买**·*"
    assert "Enrol in a course" in text(client.get(page))


def test_a_second_official_confirms_and_the_phone_at_home_is_told(client, helper, person):
    number = person.identity.number
    page = client.post(reverse(DESK), {"presence": "official", "who": number}).url
    assert number not in page
    assert "A second official" in text(client.get(page))
    assert client.post(page, {"step": "confirm"}).status_code == 422
    enter(client, factories.staff(Role.PROVINCE_REVIEWER))
    assert page in text(client.get(reverse(DESK)))
    assert "wants to act for" in text(client.get(page))
    assert client.post(page, {"step": "praise"}).status_code == 404
    client.post(page, {"step": "confirm"})
    assert "代您办理" in SentMessage.objects.get().text
    assert client.get(page).status_code == 404
    assert client.post(reverse(DESK), {"presence": "phone", "who": person.phone}).status_code == 404
    enter(client, helper)
    assert "Enrol in a course" in text(client.get(page))


def test_another_provinces_desk_and_a_colleague_know_nothing_of_it(client, page):
    for user in (factories.staff(Role.COUNTY_DESK, code="510000"), factories.staff(Role.COUNTY_DESK)):
        enter(client, user)
        assert client.get(page).status_code == 404
        assert client.post(page, {"step": "confirm"}).status_code == 404


def test_the_desk_costs_the_same_with_more_rows(client, helper, at):
    def cost():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(DESK))
        return len(found)

    def more():
        session, code = services.ask_with_phone(factories.learner().phone, by=helper, at=at)
        services.prove_presence(session, code, by=helper, at=at)
        services.end_help(session, by=helper, at=at)

    more()
    cost()
    one = cost()
    for _ in range(4):
        more()
    assert cost() == one
