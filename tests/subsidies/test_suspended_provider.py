"""The journey of issue 3: a suspended provider's course stops counting tomorrow, and yesterday's hours stay."""

import datetime as dt

import pytest
from django.urls import reverse

from certificates import services as certificates
from courses import services as catalogue
from courses.models import Course
from courses.selectors.providers import licence_of
from courses.tasks import apply_due_licences
from learners.models import Completion, Enrolment
from learners.selectors import hours_of
from learners.services.completion import hand_in
from learners.services.enrolment import StandingChanged, enrol, withdraw
from portal.accounts.roles import Role
from subsidies.services import checking, claims
from tests import factories
from tests.learners import study
from tests.subsidies import making

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def keeper(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="keeper")


@pytest.fixture
def course(at):
    return study.publish(at, subsidised=True)


@pytest.fixture
def suspend(course, keeper, at):
    def make():
        return catalogue.decide(
            course.organisation,
            course.province,
            "suspend",
            effective_on=(at + DAY).date(),
            reason="抽查发现𠮷某替学",
            by=keeper,
            at=at,
        )

    return make


def finish(enrolment, at):
    """Learn everything, sit the exam, get the certificate, claim; gives the claim as the rules see it."""
    study.learn(enrolment, at=at)
    hand_in(study.sit(enrolment, at=at), by=enrolment.user, at=at + dt.timedelta(minutes=5))
    completion = Completion.objects.get(enrolment=enrolment)
    later = at + dt.timedelta(minutes=6)
    paper = certificates.issue(certificates.request(completion, at=later), at=later)
    claim = claims.submit_claim(enrolment.user, paper.serial, at=later, answers=making.asked(), agreed=True)
    return checking.check_claim(claim, at=later)


def finding(claim):
    record = claim.decisions.get().record
    return next((rule for rule in record["rules"] if rule["id"] == "ENROLMENT"), None)


def test_tomorrow_stops_counting_and_yesterday_stays(course, suspend, at):
    making.policy(at=at)
    early, late, after = (making.claimant(name) for name in ("王建国", "李梅𠮷", "张䶮"))
    first = enrol(early, course.code, at=at)
    study.learn(first, at=at)
    hours = hours_of(first, at=at).counted_hours
    assert hours == 3

    suspend()
    second = enrol(late, course.code, at=at + dt.timedelta(hours=13))
    assert Course.objects.get(pk=course.pk).subsidised
    assert second.counts_for_subsidy

    tomorrow = at + DAY
    assert catalogue.apply_next_due(at=tomorrow)
    assert not Course.objects.get(pk=course.pk).subsidised
    third = enrol(after, course.code, at=tomorrow)
    assert (third.counts_for_subsidy, third.subsidy_reason) == (False, "provider_suspended")

    first.refresh_from_db()
    assert first.counts_for_subsidy
    assert hours_of(first, at=tomorrow).counted_hours == hours

    paid, refused = finish(second, tomorrow), finish(third, tomorrow)
    assert paid.outcome == "APPROVE"
    assert paid.amount_fen > 0
    assert finding(paid)["result"] == "PASS"
    assert (refused.outcome, refused.amount_fen) == ("REJECT", 0)
    assert refused.decisions.get().record["reasons"] == ["ENROLMENT_NOT_COUNTED"]
    assert finding(refused)["message_zh"] == "报名那天，培训机构被暂停。"
    assert finding(refused)["message_en"] == "On the day of enrolment the provider was suspended."


def test_a_completion_of_earlier_days_counts_as_it_did(at):
    claim = making.checked(at=at)
    assert claim.outcome == "APPROVE"
    assert finding(claim) is None


def test_the_claim_s_page_names_the_reason(client, course, suspend, at, monkeypatch):
    making.policy(at=at)
    suspend()
    person = making.claimant()
    claim = finish(enrol(person, course.code, at=at + DAY), at + DAY)
    monkeypatch.setattr("portal.clock.now", lambda: at + DAY * 2)
    reviewer = factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    page = reviewer.get(reverse("subsidies:review", args=[claim.number])).content.decode()
    assert "报名那天，培训机构被暂停。" in page


def test_the_learner_reads_it_before_enrolling(client, course, suspend, at, monkeypatch):
    person = factories.learner()
    browser = factories.sign_in(client, person)
    monkeypatch.setattr("portal.clock.now", lambda: at)
    address = reverse("learners:enrol", args=[course.code])
    page = browser.get(address).content.decode()
    assert "计入补贴。" in page
    assert 'name="counts" value="yes"' in page

    suspend()
    monkeypatch.setattr("portal.clock.now", lambda: at + DAY)
    stale = browser.post(address, {"counts": "yes"})
    assert stale.status_code == 409
    assert "有了变化" in stale.content.decode()
    assert not Enrolment.objects.exists()

    page = browser.get(address).content.decode()
    assert "不计入补贴。" in page
    assert "培训机构在课程所在省被暂停。" in page
    told = browser.post(address, {"counts": "no"})
    mine = Enrolment.objects.get()
    assert told.url == reverse("learners:course", args=[mine.pk])
    shown = browser.get(told.url).content.decode()
    assert "不计入补贴。" in shown
    assert "以报名当天为准" in shown
    client.cookies["django_language"] = "en"
    assert "Does not count for the subsidy." in browser.get(told.url).content.decode()


def test_the_api_tells_and_asks_the_same(client, course, suspend, at, monkeypatch):
    browser = factories.sign_in(client, factories.learner())
    suspend()
    monkeypatch.setattr("portal.clock.now", lambda: at + DAY)
    address = reverse("api-enrolments")
    stale = browser.post(address, {"course": course.code, "counts": True}, content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, StandingChanged.code)
    made = browser.post(address, {"course": course.code}, content_type="application/json").json()
    assert (made["counts_for_subsidy"], made["subsidy_reason"]) == (False, "provider_suspended")


def test_who_takes_a_course_up_again_keeps_its_first_day(course, suspend, at):
    person = factories.learner()
    row = enrol(person, course.code, at=at)
    withdraw(row, by=person, at=at)
    suspend()
    assert enrol(person, course.code, at=at + DAY).counts_for_subsidy


def test_probation_counts_and_says_so(course, keeper, at):
    catalogue.decide(
        course.organisation,
        course.province,
        "put_on_probation",
        effective_on=(at + DAY).date(),
        reason="整改中",
        by=keeper,
        at=at,
    )
    row = enrol(factories.learner(), course.code, at=at + DAY)
    assert (row.counts_for_subsidy, row.subsidy_reason) == (True, "provider_probation")


def test_the_task_does_it_by_itself(course, suspend, at, monkeypatch):
    suspend()
    monkeypatch.setattr("portal.clock.now", lambda: at + DAY)
    assert (apply_due_licences(), apply_due_licences()) == (1, 0)
    assert not Course.objects.get(pk=course.pk).subsidised
    assert licence_of(course.organisation_id, course.province_id, on=(at + DAY).date()).state == "suspended"
