"""The learner's desk along the whole road: one next step, one status line, nothing of anybody else."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import selectors as papers
from certificates import services as certificates
from learners import selectors as learners
from learners.models import CountingEdition, Enrolment
from learners.services import completion
from portal import clock
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.views import desk
from portal.views.desk import Road
from subsidies import selectors as claims
from tests import factories
from tests.certificates import making
from tests.learners import lessons, study
from tests.subsidies import making as claiming

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


def roads_of(person: User, at: dt.datetime) -> list[Road]:
    mine = learners.courses_of(person, at=at + LATER)
    return desk.roads(mine, list(papers.certificates_of(person)), claims.road_of(person))


def road_of(person: User, at: dt.datetime) -> Road:
    return roads_of(person, at)[0]


def states(road: Road) -> list[str]:
    return [state for state, _name, _small in road.steps]


def certified(person: User, at: dt.datetime, course: object = None) -> None:
    enrolment = study.ready(at, user=person, course=course)
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
    assert (road.turn.who, str(road.done)) == ("portal", "考试已通过")
    page = mine.get(reverse("my"))
    assert page.status_code == 200
    assert "正在制作证书" in page.text


def test_a_stopped_road_says_where(person, at):
    certified(person, at)
    certificates.request_all(list(learners.completions().filter(user_id=person.pk)), at=at)
    certificates.issue_due(at=at + LATER, most=1)
    paper = making.revoked(papers.certificates_of(person).get(), at=at + LATER)
    revoked = road_of(person, at)
    assert states(revoked)[4] == "bad"
    assert f"/{paper.serial}/" in revoked.next.url
    assert revoked.turn.who == "you"


def test_a_newer_certificate_takes_the_place_of_the_older_on_the_road(person, at):
    certified(person, at)
    certificates.request_all(list(learners.completions().filter(user_id=person.pk)), at=at)
    certificates.issue_due(at=at + LATER, most=1)
    accounts.renew_name(person, name="王新国", by=person, at=at + LATER)
    new = making.decided(papers.certificates_of(person).get(), "replace", at=at + LATER)
    assert road_of(person, at).certificate == new


def test_what_is_under_way_comes_before_what_is_completed(mine, person, at):
    certified(person, at)
    study.enrolled(at - dt.timedelta(days=1), user=person, course=study.publish(at, code="GZ-S2"))
    roads = roads_of(person, at)
    assert [(road.enrolment.course_code, road.course.is_completed) for road in roads] == [
        ("GZ-S2", False),
        ("GZ-S1", True),
    ]
    page = mine.get(reverse("my")).text
    assert '<details class="fold">' in page
    assert page.index("GZ-S1" if "GZ-S1" in page else "已完成的课程") > page.index('id="hours"')


def test_nobody_sees_the_courses_of_another(mine, at):
    study.enrolled(at, user=factories.learner("李芳"))
    assert (
        "安全用电𠮷入门"
        not in mine.get(reverse("my")).text.split("<main")[1].split("<aside")[0].split("lessons")[0]
    )


def test_fifty_courses_ask_no_more_than_five(mine, person, at):
    """Under way and completed ones, with hours, quizzes and exams."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert mine.get(reverse("my")).status_code == 200
        return len(queries)

    first = study.publish(at, code="GZ-S0")
    certified(person, at, first)
    for number in range(1, 5):
        study.enrolled(at, user=person, course=study.publish(at, code=f"GZ-S{number}"))
    study.learn(Enrolment.objects.get(course_code="GZ-S1"), at=at)
    five = asked()
    for number in range(5, 50):
        study.enrolled(at, user=person, course=study.publish(at, code=f"GZ-S{number}"))
    study.learn(Enrolment.objects.get(course_code="GZ-S9"), at=at)
    assert asked() == five <= 30
    few = mine.get(reverse("my")).text
    assert few.count('class="mycourse ') == desk.SHOWN + 1
    assert 'href="?all=1"' in few
    assert mine.get(reverse("my"), {"all": "1"}).text.count('class="mycourse ') == 49


def test_learning_that_has_ended_says_so_and_leads_to_no_lesson(mine, person, at):
    day = clock.today(at)
    enrolment = study.ready(at, user=person)
    for last, over in ((day, False), (day - LATER * 24, True)):
        Enrolment.objects.update(learn_until=last)
        road = road_of(person, at)
        assert (road.course.ends_on, road.course.is_over) == (last, over)
        assert road.course.exam.state == ("closed" if over else "open")
        page = mine.get(reverse("my")).text
        assert f"学习截止日：{last}" in page
        assert ("学习期限已过" in page) == over
    assert road.next.url == reverse("learners:course", args=[enrolment.pk])


def test_the_lesson_learned_last_is_where_one_goes_on(mine, person, at):
    old = study.enrolled(at - dt.timedelta(days=2), user=person)
    study.enrolled(at, user=person, course=study.publish(at, code="GZ-S2"))
    assert road_of(person, at).enrolment.course_code == "GZ-S2"
    study.learn(old, at=at)
    roads = roads_of(person, at)
    assert [road.enrolment.course_code for road in roads] == ["GZ-S1", "GZ-S2"]
    page = mine.get(reverse("my")).text
    assert page.index(reverse("learners:exam", args=[old.pk])) < page.index('id="others"')


def test_the_figures_are_those_of_the_course_page(person, at):
    """One rule for hours, lessons and exam, read in two ways."""
    study.ready(at, user=person)
    film = lessons.learning(at, user=person)
    for road in roads_of(person, at):
        far = learners.progress(road.enrolment)
        course = road.course
        assert (course.hours, course.required_hours) == (far.hours, far.required_hours)
        assert (course.done, course.lessons) == (far.done, len(far.lessons))
        assert (course.next.key if course.next else None) == (far.next.lesson.key if far.next else None)
        if course.exam.state == "none":
            continue
        standing = learners.exam_standing(road.enrolment, at=at + LATER)
        assert (course.exam.state == "open") == (
            not {code for code, _said in standing.reasons} - {"not_verified"}
        )
    assert film.enrolment.pk in {road.enrolment.pk for road in roads_of(person, at)}


def test_whoever_failed_reads_the_result_and_when_to_try_again(mine, person, at):
    enrolment = study.ready(at, user=person)
    attempt = study.sit(enrolment, at=at + LATER - dt.timedelta(minutes=5), right=0)
    running = road_of(person, at)
    assert (running.course.exam.state, running.turn.who) == ("running", "you")
    assert reverse("learners:question", args=[attempt.pk, 1]) == running.next.url
    completion.hand_in(attempt, by=person, at=at + LATER - dt.timedelta(minutes=1))
    road = road_of(person, at)
    assert (road.course.exam.state, road.course.exam.failed) == ("waiting", True)
    assert "19:" not in str(road.turn.words)
    assert "2026-03-16 11:09" in str(road.turn.words)


def test_every_state_of_a_claim_says_whose_turn_it_is(person, at):
    certified(person, at)
    paper = type("Paper", (), {"state": "issued", "serial": "X"})()
    course = road_of(person, at).course
    for state in claiming.State.values:
        claim = type("Claim", (), {"state": state, "number": "1", "get_state_display": lambda self: "·"})()
        road = Road(course, paper, claim)
        assert (road.turn is None) == (state == "paid")
        assert len(road.steps) == 6
        assert [kind for kind, _name, _small in road.steps].count("todo") == 5 - min(road.reached, 5)


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
    certified(person, at, study.publish(at, subsidised=True))
    paper = certificates.request(learners.completions().get(user_id=person.pk), at=at)
    certificates.issue_due(at=at + LATER, most=1)
    paper.refresh_from_db()
    assert states(road_of(person, at)) == ["done", "done", "done", "done", "now", "todo"]
    page = mine.get(reverse("my"))
    assert reverse("subsidies:start", args=[paper.serial]) in page.text
    assert reverse("certificates:certificate", args=[paper.serial]) in page.text
