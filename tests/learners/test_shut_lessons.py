"""Lessons shut by failed presence checks: the desk, its API, and what the learner is told."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import Coverage
from learners.selectors.shut_lessons import may_reopen, shut_lessons_visible_to
from learners.services import shut_lessons, time
from learners.services.play import LessonShut
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.learners import lessons

WHY = "电话核实：孩子误触，本人在学。"
MINUTE = dt.timedelta(minutes=1)
OTHER_SCHOOL = "91513224YYYXEW2XXJ"


@pytest.fixture
def coverage(learning):
    return lessons.shut(learning)


@pytest.fixture
def keeper(db, at):
    return factories.staff(Role.PROVINCE_CATALOGUE, at=at)


@pytest.fixture
def teacher(db, at):
    return factories.staff(Role.INSTRUCTOR, at=at)


def page(coverage):
    return reverse("learners:desk-lesson", args=[coverage.pk])


def api(coverage):
    return reverse("api-lesson-reopen", args=[coverage.pk])


def far_teacher(at):
    made = factories.user(at=at)
    school = factories.organisation(OTHER_SCHOOL, code="510000")
    accounts.appoint(made, Role.INSTRUCTOR, by=None, at=at, organisation=school)
    return made


# -- the service ----------------------------------------------------------------------------------------------------


def test_a_person_reopens_and_the_failures_begin_anew(coverage, keeper, learning, at):
    counted = coverage.covered_ms
    with pytest.raises(LessonShut):
        time.open_session(learning.enrolment, learning.facts("page"), by=learning.user, at=at + 20 * MINUTE)
    time.reopen_lesson(coverage, by=keeper, at=at + 21 * MINUTE, reason=f"  {WHY}\n")
    coverage.refresh_from_db()
    assert (coverage.shut_at, coverage.failures, coverage.covered_ms) == (None, 0, counted)
    assert (coverage.reopened_at, coverage.reopened_by) == (at + 21 * MINUTE, keeper)
    entry = Entry.objects.get(action="lesson.reopened")
    assert (entry.by, entry.reason, entry.chain.code) == (keeper, WHY, "520000")
    time.open_session(learning.enrolment, learning.facts("page"), by=learning.user, at=at + 22 * MINUTE)


def test_it_is_reopened_once(coverage, keeper, teacher, at):
    time.reopen_lesson(coverage, by=keeper, at=at, reason=WHY)
    with pytest.raises(shut_lessons.NotShut):
        time.reopen_lesson(coverage, by=teacher, at=at, reason=WHY)
    assert Entry.objects.filter(action="lesson.reopened").count() == 1


@pytest.mark.parametrize("reason", ["", "  \n ", "ok", "\x00\x00\x00\x00\x00"])
def test_a_reason_is_required(coverage, keeper, at, reason):
    with pytest.raises(shut_lessons.ReasonMissing):
        time.reopen_lesson(coverage, by=keeper, at=at, reason=reason)
    coverage.refresh_from_db()
    assert coverage.shut_at


def test_nobody_reopens_a_lesson_of_their_own(coverage, learning, at):
    accounts.appoint(learning.user, Role.PROVINCE_CATALOGUE, by=None, at=at, province=factories.province())
    assert not may_reopen(learning.user, coverage)
    with pytest.raises(shut_lessons.NotYours):
        time.reopen_lesson(coverage, by=learning.user, at=at, reason=WHY)
    with pytest.raises(IntegrityError, match="coverage_reopened_by_another"), transaction.atomic():
        Coverage.objects.update(reopened_at=at, reopened_by=learning.user)


def test_reopened_at_and_by_go_together(coverage, at):
    with pytest.raises(IntegrityError, match="coverage_reopened_at_with_by"), transaction.atomic():
        Coverage.objects.update(reopened_at=at)


def test_two_at_once_reopen_it_once(together):
    at = factories.AT
    coverage = lessons.shut(lessons.learning(at))
    helpers = [factories.staff(Role.PROVINCE_CATALOGUE, at=at) for _ in range(4)]

    def reopen(number):
        try:
            time.reopen_lesson(coverage, by=helpers[number], at=at, reason=WHY)
        except shut_lessons.NotShut:
            return False
        return True

    assert sum(together(reopen, 4)) == 1
    assert Entry.objects.filter(action="lesson.reopened").count() == 1


# -- who may see and open it ----------------------------------------------------------------------------------------


def test_a_desk_holds_what_is_its_own(coverage, keeper, teacher, at):
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000", at=at)
    auditor = factories.staff(Role.AUDITOR, at=at)
    sees = {
        keeper: True,
        teacher: True,
        auditor: True,
        far: False,
        far_teacher(at): False,
        factories.staff(Role.PROVINCE_REVIEWER, at=at): False,
        factories.staff(Role.PROVIDER_MANAGER, at=at): False,
        factories.user(at=at): False,
    }
    for person, seen in sees.items():
        assert shut_lessons_visible_to(person).filter(pk=coverage.pk).exists() is seen, person
        assert may_reopen(person, coverage) is (seen and person != auditor), person


def test_an_instructor_sees_learners_of_every_province_in_their_own_courses_only(learning, teacher, at):
    of = lessons.version(at, code="SC-T1")
    type(of.course).objects.filter(pk=of.course_id).update(
        organisation=factories.organisation(OTHER_SCHOOL, code="510000")
    )
    own, other = lessons.shut(learning), lessons.shut(lessons.learning(at, of=of))
    Coverage.objects.filter(pk=own.pk).update(province_id="510000")
    assert list(shut_lessons_visible_to(teacher)) == [own]
    assert list(shut_lessons_visible_to(factories.staff(Role.PROVINCE_CATALOGUE, at=at))) == [other]


def test_nobody_waits_for_who_has_left_or_was_never_shut_out(coverage, learning, keeper, at):
    time.open_session(learning.enrolment, learning.facts("film"), by=learning.user, at=at)
    assert list(shut_lessons_visible_to(keeper)) == [coverage]
    type(learning.enrolment).objects.update(state="withdrawn", withdrawn_at=at)
    assert not shut_lessons_visible_to(keeper).shut().exists()


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR])
def test_the_desk_leads_to_the_lesson_and_opens_it(client, coverage, learning, role, at):
    factories.sign_in(client, factories.staff(role, at=at))
    text = client.get(reverse("learners:desk")).content.decode()
    assert "王*国" in text or "王**" in text
    assert "王建国" not in text
    assert page(coverage) in text
    assert 'aria-current="page"' in text
    assert "读一读" in client.get(page(coverage)).content.decode()
    answer = client.post(page(coverage), {"reason": WHY}, follow=True)
    assert answer.redirect_chain == [(reverse("learners:desk"), 302)]
    assert "这一节已重新开启" in answer.content.decode()
    assert page(coverage) not in answer.content.decode()
    assert WHY in client.get(page(coverage)).content.decode()


def test_an_empty_desk_says_so(client, keeper):
    factories.sign_in(client, keeper)
    assert "没有暂停的课节" in client.get(reverse("learners:desk")).content.decode()


def test_without_a_reason_nothing_happens_and_the_words_are_kept(client, coverage, keeper):
    factories.sign_in(client, keeper)
    answer = client.post(page(coverage), {"reason": "好的"})
    assert answer.status_code == 422
    assert "好的</textarea>" in answer.content.decode()
    assert "至少五个字" in answer.content.decode()
    assert client.post(page(coverage), {}).status_code == 422
    coverage.refresh_from_db()
    assert coverage.shut_at


def test_the_second_one_reads_that_it_is_open(client, coverage, keeper, teacher, at):
    time.reopen_lesson(coverage, by=teacher, at=at, reason=WHY)
    factories.sign_in(client, keeper)
    answer = client.post(page(coverage), {"reason": WHY})
    assert answer.status_code == 422
    assert "已有人重新开启" in answer.content.decode()


def test_an_auditor_reads_and_changes_nothing(client, coverage, at):
    factories.sign_in(client, factories.staff(Role.AUDITOR, at=at))
    text = client.get(page(coverage)).content.decode()
    assert "<textarea" not in text
    assert client.post(page(coverage), {"reason": WHY}).status_code == 422
    coverage.refresh_from_db()
    assert coverage.shut_at


def test_doors(client, coverage, at):
    desk = reverse("learners:desk")
    for url in (desk, page(coverage)):
        assert client.get(url).url.startswith("/accounts/login/")
    for person in (
        factories.learner("赵小红", at=at),
        factories.staff(Role.PROVINCE_REVIEWER, at=at),
        factories.staff(Role.PROVIDER_MANAGER, at=at),
    ):
        factories.sign_in(client, person)
        for url in (desk, page(coverage)):
            assert client.get(url).status_code == 404
            assert client.post(url, {"reason": WHY}).status_code in {404, 405}
    for person in (factories.staff(Role.PROVINCE_CATALOGUE, code="510000", at=at), far_teacher(at)):
        factories.sign_in(client, person)
        text = client.get(desk).content.decode()
        assert page(coverage) not in text
        assert client.get(page(coverage)).status_code == 404
        assert client.post(page(coverage), {"reason": WHY}).status_code == 404
    factories.sign_in(client, factories.staff(Role.PROVINCE_CATALOGUE, at=at))
    assert client.post(desk).status_code == 405
    assert client.put(page(coverage)).status_code == 405
    coverage.refresh_from_db()
    assert coverage.shut_at


def test_five_lessons_cost_no_more_queries_than_one(client, keeper, at):
    of = lessons.version(at)
    lessons.shut(lessons.learning(at, of=of))
    factories.sign_in(client, keeper)
    client.get(reverse("learners:desk"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("learners:desk"))
    for _ in range(4):
        lessons.shut(lessons.learning(at, of=of))
    with CaptureQueriesContext(connection) as five:
        text = client.get(reverse("learners:desk")).content.decode()
    assert text.count("/learn/desk/") >= 5
    assert len(five) == len(one)


@pytest.mark.parametrize("key", ["page", "film"])
def test_the_learner_reads_who_opens_it_and_whom_to_ring(client, learning, settings, key):
    coverage = lessons.shut(learning, key)
    factories.sign_in(client, learning.user, second_factor=False)
    url = reverse("learners:lesson", args=[learning.enrolment.pk, key])
    settings.SITE_FURNITURE = {**settings.SITE_FURNITURE, "hotline": ""}
    text = client.get(url).content.decode()
    assert "示例职业学校" in text
    assert "贵州" in text
    assert "tel:" not in text
    assert "再看一遍这一段" not in text
    settings.SITE_FURNITURE = {**settings.SITE_FURNITURE, "hotline": "12333"}
    assert client.get(url).content.decode().count('href="tel:12333"') >= 1
    assert coverage.shut_at


# -- API ------------------------------------------------------------------------------------------------------------


def test_the_api_lists_and_reopens(client, coverage, keeper, at):
    factories.sign_in(client, keeper)
    (row,) = client.get(reverse("api-shut-lessons")).json()["results"]
    assert (row["id"], row["lesson"], row["failures"], row["province"]) == (coverage.pk, "page", 3, "520000")
    assert "王建国" not in str(row)
    key = {"HTTP_IDEMPOTENCY_KEY": "reopen-lesson-1"}
    for _ in range(2):
        answer = client.post(api(coverage), {"reason": WHY}, content_type="application/json", **key)
        assert (answer.status_code, answer.json()["shut_at"]) == (200, None)
    assert Entry.objects.filter(action="lesson.reopened").count() == 1
    answer = client.post(api(coverage), {"reason": WHY}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "lesson_not_shut")
    assert client.get(reverse("api-shut-lessons")).json()["results"] == []


def test_the_api_keeps_its_doors(client, coverage, keeper, at):
    told = {"data": {"reason": WHY}, "content_type": "application/json"}
    assert client.get(reverse("api-shut-lessons")).status_code == 403
    assert client.post(api(coverage), **told).status_code == 403
    auditor = factories.staff(Role.AUDITOR, at=at)
    factories.sign_in(client, auditor)
    assert client.get(reverse("api-shut-lessons")).status_code == 200
    assert client.post(api(coverage), **told).status_code == 403
    for person in (factories.staff(Role.PROVINCE_CATALOGUE, code="510000", at=at), far_teacher(at)):
        factories.sign_in(client, person)
        assert client.get(reverse("api-shut-lessons")).json()["results"] == []
        assert client.post(api(coverage), **told).status_code == 404
    factories.sign_in(client, keeper)
    assert client.post(api(coverage), {"reason": " "}, content_type="application/json").status_code == 400
    assert client.get(api(coverage)).status_code == 405
    factories.sign_in(client, keeper, second_factor=False)
    assert client.post(api(coverage), **told).status_code == 403
    coverage.refresh_from_db()
    assert coverage.shut_at
