"""The desk of terms, the enrol page of a full course, the line on the learner's own page; and all of it as JSON."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import Enrolment, Intake, WaitingPlace
from learners.services import enrolment as services
from learners.services import intake
from portal.accounts.roles import Role
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def manager():
    return factories.staff(Role.PROVIDER_MANAGER)


@pytest.fixture
def course(at):
    return study.publish(at)


@pytest.fixture
def full(course, manager, at):
    """One seat, taken by the enrolment that is given."""
    intake.set_intake(course.code, by=manager, at=at, seats=1)
    return study.enrolled(at, course=course)


@pytest.fixture
def person(client):
    made = factories.learner("买买提·𠮷")
    factories.sign_in(client, made, second_factor=False)
    return made


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def english(client):
    client.cookies["django_language"] = "en"


def test_the_manager_sets_the_terms_and_the_page_says_them(client, manager, course, at):
    factories.sign_in(client, manager)
    english(client)
    page = reverse("learners:intake", args=[course.code])
    told = {"seats": "12", "accept_days": "2", "opens_on": "2026-03-16", "closes_on": "2026-04-30"}
    assert client.post(page, told).url == page
    shown = text(client.get(page))
    assert "2026-03-16 – 2026-04-30" in shown
    assert "0 / 12" in shown
    assert course.title_en in text(client.get(reverse("learners:intakes")))
    assert course.title_en in text(client.get(reverse("learners:intakes"), {"q": "electricity"}))
    assert course.title_en not in text(client.get(reverse("learners:intakes"), {"q": "no such course\x00"}))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"seats": "0"}, "1"),
        ({"seats": "many"}, "number"),
        ({"opens_on": "2026-03-16", "closes_on": "2026-03-01"}, "Enrolment would close before it opens."),
        (
            {"closes_on": "2026-03-16", "learn_until": "2026-03-01"},
            "Learning would end before enrolment does.",
        ),
        ({"prerequisites": "no-such"}, "There is no published course with the code NO-SUCH."),
        ({"prerequisites": "GZ-S1"}, "GZ-S1 asks for this course itself, so nobody could ever begin."),
        ({"only_province": "x"}, "choice"),
        ({"accept_days": "99"}, "14"),
        ({"seats": "99999999999999999999"}, "2147483647"),
    ],
)
def test_bad_terms_are_refused_in_words_and_kept(client, manager, course, told, said):
    factories.sign_in(client, manager)
    english(client)
    answer = client.post(reverse("learners:intake", args=[course.code]), {"accept_days": "3", **told})
    assert answer.status_code == 422
    assert said in text(answer)
    assert next(iter(told.values())) in answer.content.decode()
    assert not Intake.objects.exists()


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.PROVINCE_CATALOGUE, Role.AUDITOR])
def test_others_read_the_terms(client, course, full, role):
    factories.sign_in(client, factories.staff(role))
    english(client)
    page = reverse("learners:intake", args=[course.code])
    assert "you may read them" in text(client.get(page))
    answer = client.post(page, {"seats": "5", "accept_days": "3"})
    assert answer.status_code == 422
    assert "Only the managers" in text(answer)
    assert Intake.objects.get().seats == 1


def test_another_provinces_desk_knows_nothing_of_it(client, course):
    factories.sign_in(client, factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    assert client.get(reverse("learners:intake", args=[course.code])).status_code == 404
    assert course.code not in text(client.get(reverse("learners:intakes")))


def test_a_full_course_offers_the_line_and_a_kept_seat_is_accepted_by_enrolling(
    client, person, course, full, at
):
    english(client)
    page = reverse("learners:enrol", args=[course.code])
    assert "All seats are taken." in text(client.get(page))
    assert client.post(page).status_code == 409
    client.post(reverse("learners:line", args=[course.code]))
    assert "You are number 1 in line." in text(client.get(page))
    assert "Number 1 in line" in text(client.get(reverse("my")))
    services.withdraw(full, by=full.user, at=at)
    assert "A seat is kept for you until" in text(client.get(page))
    assert "A seat is kept for you until" in text(client.get(reverse("my")))
    client.post(page, {"counts": "no"})
    assert Enrolment.objects.active().get().user == person


def test_leaving_the_line(client, person, course, full, at):
    place = services.await_seat(person, course.code, at=at)
    other = services.await_seat(factories.learner(), course.code, at=at)
    leave = lambda row: client.post(reverse("learners:leave-line", args=[row.pk]))  # noqa: E731
    assert leave(other).status_code == 404
    assert leave(place).url == reverse("learners:enrol", args=[course.code])
    assert leave(place).status_code == 404
    assert WaitingPlace.objects.live().get() == other


def test_what_must_come_first_stands_on_the_page(client, person, course, manager, at):
    english(client)
    first = study.publish(at, code="GZ-S0")
    intake.set_intake(course.code, by=manager, at=at, prerequisites=[first.code])
    page = reverse("learners:enrol", args=[course.code])
    assert "Courses to complete first" in text(client.get(page))
    answer = client.post(page, {"counts": "no"})
    assert answer.status_code == 409
    assert "First complete: Safe use of electricity." in text(answer)


def test_a_visitor_and_somebody_without_a_name_are_led_on(client, course, full):
    line = reverse("learners:line", args=[course.code])
    assert client.post(line).url.startswith("/accounts/login/")
    factories.sign_in(client, factories.user(), second_factor=False)
    assert client.post(line).url.startswith(reverse("accounts:identity"))


def test_the_list_costs_the_same_with_more_courses(client, manager, course, full, at):
    factories.sign_in(client, manager)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(reverse("learners:intakes"))
        return len(found)

    cost()
    one = cost()
    for n in range(4):
        other = study.publish(at, code=f"GZ-M{n}")
        intake.set_intake(other.code, by=manager, at=at, seats=3)
    assert cost() == one


# -- as JSON --------------------------------------------------------------------------------------------------------


def test_the_terms_as_json(client, manager, course, full):
    factories.sign_in(client, manager)
    address = reverse("api-intake", args=[course.code])
    assert client.get(address).json()["seats"] == 1
    told = {"seats": 4, "learn_until": "2026-12-31", "only_province": "520000"}
    said = client.put(address, told, **JSON).json()
    assert (said["seats"], said["learn_until"], said["only_province"], said["learning"]) == (
        4, "2026-12-31", "520000", 1,
    )  # fmt: skip
    for bad in ({"seats": 0}, {"only_province": "1"}, {"opens_on": "2026-03-02", "closes_on": "2026-03-01"}):
        assert client.put(address, bad, **JSON).status_code == 400
    circle = client.put(address, {"prerequisites": [course.code]}, **JSON)
    assert (circle.status_code, circle.json()["code"]) == (409, "prerequisites_in_a_circle")


def test_the_line_as_json(client, person, course, full, at):
    refused = client.post(reverse("api-enrolments"), {"course": course.code}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "course_full")
    made = client.post(reverse("api-lines"), {"course": course.code}, **JSON)
    assert (made.status_code, made.json()["number"]) == (201, 1)
    services.withdraw(full, by=full.user, at=at)
    (mine,) = client.get(reverse("api-lines")).json()["results"]
    assert mine["state"] == "offered"
    leave = reverse("api-line-leave", args=[mine["id"]])
    assert client.post(leave).json()["state"] == "left"
    assert client.post(leave).status_code == 404
    assert client.get(reverse("api-lines")).json()["results"] == []
