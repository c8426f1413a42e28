"""Extra time for an exam: granted before it begins, by those who may, and the server's clock knows it."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from learners.models import ExtraTime
from learners.services import assessment, extra_time
from learners.services.enrolment import withdraw
from portal.accounts.roles import Role
from portal.accounts.services import appoint
from portal.audit.models import Entry
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
WHY = "右手受伤𠮷，打字慢"


@pytest.fixture
def clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def teacher(db):
    return factories.staff(Role.INSTRUCTOR, name="李·老师")


@pytest.fixture
def enrolment(at):
    return study.ready(at)


def grant(enrolment, by, at, minutes=10, reason=WHY):
    return extra_time.grant_extra_time(enrolment.pk, minutes=minutes, reason=reason, by=by, at=at)


def test_the_servers_clock_knows_it(enrolment, teacher, at):
    grant(enrolment, teacher, at)
    attempt = assessment.start_attempt(enrolment, by=enrolment.user, at=at)
    assert attempt.ends_at - attempt.started_at == dt.timedelta(minutes=30 + 10)
    assessment.save_answer(attempt, attempt.question_ids[0], ["A"], at=at + dt.timedelta(minutes=39))
    assert not assessment.close_next_due(at=at + dt.timedelta(minutes=39))
    assert Entry.objects.get(action="exam.time_granted").reason == WHY
    assert Entry.objects.get(action="exam.started").detail["extra_minutes"] == 10


def test_the_newest_holds_and_nothing_ends_it(enrolment, teacher, at):
    grant(enrolment, teacher, at)
    grant(enrolment, teacher, at + dt.timedelta(minutes=1), minutes=0, reason="误发，收回")
    attempt = assessment.start_attempt(enrolment, by=enrolment.user, at=at + dt.timedelta(minutes=2))
    assert attempt.ends_at - attempt.started_at == dt.timedelta(minutes=30)


def test_who_may_and_when(enrolment, teacher, at):
    elsewhere = factories.user("远方")
    other = factories.organisation("91520281YYY58YK1XQ", code="510000")
    appoint(elsewhere, Role.INSTRUCTOR, by=None, at=at, organisation=other)
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    for person in (elsewhere, far, enrolment.user, factories.staff(Role.AUDITOR)):
        with pytest.raises(extra_time.NotYourLearner):
            grant(enrolment, person, at)
    for minutes in (-1, 241):
        with pytest.raises(extra_time.TooMuchTime):
            grant(enrolment, teacher, at, minutes=minutes)
    with pytest.raises(extra_time.ReasonMissing):
        grant(enrolment, teacher, at, reason=" \x00  好 ")
    assert grant(enrolment, factories.staff(Role.PROVINCE_CATALOGUE), at).minutes == 10
    assessment.start_attempt(enrolment, by=enrolment.user, at=at)
    with pytest.raises(extra_time.ExamRuns):
        grant(enrolment, teacher, at)


def test_nobody_grants_time_to_who_left(enrolment, teacher, at):
    withdraw(enrolment, by=enrolment.user, at=at)
    with pytest.raises(extra_time.NotLearning):
        grant(enrolment, teacher, at)


def test_the_database_keeps_it(enrolment, teacher, at):
    row = grant(enrolment, teacher, at)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ExtraTime.objects.filter(pk=row.pk).update(minutes=20)
    told = {
        "enrolment": enrolment,
        "province_id": enrolment.province_id,
        "granted_at": at,
        "granted_by": teacher,
    }
    with pytest.raises(IntegrityError, match="extra_time_within_reason"), transaction.atomic():
        ExtraTime.objects.create(**told, minutes=241, reason=WHY)
    with pytest.raises(IntegrityError, match="extra_time_has_reason"), transaction.atomic():
        ExtraTime.objects.create(**told, minutes=1, reason="")


def test_the_desk_grants_and_the_learner_reads_it(clock, enrolment, teacher, at):
    address = reverse("learners:extra-time")
    desk = factories.sign_in(Client(), teacher)
    assert desk.get(address).status_code == 200
    said = {"number": str(enrolment.pk), "minutes": "15", "reason": WHY}
    for wrong in (
        {"number": "999999"},
        {"number": "𠮷"},
        {"number": "9" * 30},
        {"minutes": "241"},
        {"reason": ""},
    ):
        refused = desk.post(address, said | wrong)
        assert refused.status_code == 422
        assert WHY in refused.content.decode() or not wrong.get("reason", "x")
    assert desk.post(address, said).status_code == 302
    assert WHY in desk.get(address).content.decode()
    learner = factories.sign_in(Client(), enrolment.user, second_factor=False)
    page = learner.get(reverse("learners:exam", args=[enrolment.pk])).content.decode()
    assert "45 分钟" in page
    assert f'<b class="num">{enrolment.pk}</b>' in page


def test_the_desk_asks_as_often_for_five_as_for_one(
    clock, enrolment, teacher, at, django_assert_max_num_queries
):
    address = reverse("learners:extra-time")
    desk = factories.sign_in(Client(), teacher)
    grant(enrolment, teacher, at)
    desk.get(address)
    with django_assert_max_num_queries(40) as first:
        desk.get(address)
    for n in range(4):
        grant(enrolment, teacher, at + dt.timedelta(minutes=n + 1))
    with django_assert_max_num_queries(len(first)):
        desk.get(address)


def test_the_api_grants_too(clock, enrolment, teacher):
    desk = factories.sign_in(Client(), teacher)
    told = {"number": enrolment.pk, "minutes": 20, "reason": WHY}
    made = desk.post(reverse("api-extra-time"), told, content_type="application/json")
    assert (made.status_code, made.json()["minutes"]) == (201, 20)
    again = desk.post(reverse("api-extra-time"), told | {"number": 10**9}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "not_your_learner")
