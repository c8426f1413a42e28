"""The learner's desk along the whole road: one next step, one status line, nothing of anybody else."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import services as certificates
from learners import selectors as learners
from learners.models import CountingEdition, Enrolment
from learners.services import completion
from portal.accounts.models import User
from portal.views import desk
from portal.views.desk import Road
from tests import factories
from tests.certificates import making
from tests.learners import study

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def the_clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at + LATER)


@pytest.fixture
def person():
    return factories.learner("王建国")


@pytest.fixture
def mine(client, person):
    return factories.sign_in(client, person, second_factor=False)


def road_of(person: User, at: dt.datetime) -> Road:
    front, _others = desk.courses_of(person)
    return desk.road_of(front, user=person, at=at + LATER)


def states(road: Road) -> list[str]:
    return [state for state, _name, _small in road.steps]


def certified(person: User, at: dt.datetime) -> None:
    enrolment = study.ready(at, user=person)
    completion.hand_in(study.sit(enrolment, at=at), by=person, at=at + dt.timedelta(minutes=5))
    enrolment.refresh_from_db()
    completion.complete_if_due(enrolment, at=at + dt.timedelta(minutes=6))


def test_whoever_enrolled_goes_on_learning(mine, person, at):
    enrolment = study.enrolled(at, user=person)
    road = road_of(person, at)
    assert states(road) == ["done", "now", "todo", "todo", "todo", "todo"]
    page = mine.get(reverse("my"))
    assert reverse("learners:lesson", args=[enrolment.pk, "page"]) in page.text
    assert page.text.count("btn--primary") == 1
    assert "安全用电𠮷入门" in page.text


def test_whoever_learned_goes_to_the_exam(mine, person, at):
    enrolment = study.ready(at, user=person)
    assert states(road_of(person, at)) == ["done", "done", "now", "todo", "todo", "todo"]
    assert reverse("learners:exam", args=[enrolment.pk]) in mine.get(reverse("my")).text


def test_whoever_passed_waits_for_the_paper(mine, person, at):
    certified(person, at)
    road = road_of(person, at)
    assert states(road) == ["done", "done", "done", "now", "todo", "todo"]
    assert road.next is None
    page = mine.get(reverse("my"))
    assert page.status_code == 200
    assert "证书正在制作" in page.text


def test_a_stopped_road_says_where(person, at):
    certified(person, at)
    road = road_of(person, at)
    revoked = Road(
        enrolment=road.enrolment,
        progress=road.progress,
        certificate=type("Paper", (), {"state": "revoked", "serial": "X"})(),
        claim=None,
        passed=True,
    )
    assert states(revoked)[4] == "bad"
    assert revoked.next is None


def test_what_is_under_way_comes_before_what_is_completed(mine, person, at):
    certified(person, at)
    study.enrolled(at - dt.timedelta(days=1), user=person, course=study.publish(at, code="GZ-S2"))
    front, others = desk.courses_of(person)
    assert front.course_code == "GZ-S2"
    assert [(other.enrolment.course_code, other.is_completed) for other in others] == [("GZ-S1", True)]
    assert mine.get(reverse("my")).status_code == 200


def test_nobody_sees_the_courses_of_another(mine, at):
    study.enrolled(at, user=factories.learner("李芳"))
    assert (
        "安全用电𠮷入门"
        not in mine.get(reverse("my")).text.split("<main")[1].split("<aside")[0].split("lessons")[0]
    )


def test_five_courses_ask_no_more_than_two(mine, person, at):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            mine.get(reverse("my"))
        return len(queries)

    for number in range(2):
        study.enrolled(at, user=person, course=study.publish(at, code=f"GZ-S{number}"))
    two = asked()
    for number in range(2, 5):
        study.enrolled(at, user=person, course=study.publish(at, code=f"GZ-S{number}"))
    assert asked() == two


def test_a_course_without_lessons_and_exam_is_no_obstacle(mine, person):
    bare = making.version()
    Enrolment.objects.create(
        user=person,
        province_id="520000",
        course_code=bare.course.code,
        version=bare,
        edition=CountingEdition.objects.published().first(),
        required_percent=80,
        counts_for_subsidy=True,
        enrolled_at=factories.AT,
    )
    assert mine.get(reverse("my")).status_code == 200


def test_a_made_certificate_opens_the_way_to_the_subsidy(mine, person, at):
    certified(person, at)
    paper = certificates.request(learners.completions().get(user_id=person.pk), at=at)
    certificates.issue(certificates.take_up(at=at + LATER), at=at + LATER)
    paper.refresh_from_db()
    assert states(road_of(person, at)) == ["done", "done", "done", "done", "now", "todo"]
    page = mine.get(reverse("my"))
    assert reverse("subsidies:start", args=[paper.serial]) in page.text
    assert reverse("certificates:certificate", args=[paper.serial]) in page.text
