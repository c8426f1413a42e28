"""Every page × works, visitor, not verified, somebody else's, wrong method, refused by rule."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from courses import services as catalogue
from learners.models import Answer, Attempt, Completion, Enrolment, QuizResult
from learners.services import assessment
from learners.services import enrolment as enrolments
from learners.services.completion import hand_in
from portal.accounts.roles import Role
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def course(at):
    return study.publish(at)


@pytest.fixture
def enrolled(at, course):
    return study.enrolled(at, course=course)


@pytest.fixture
def ready(at, course):
    return study.ready(at, course=course)


@pytest.fixture
def attempt(ready, at):
    return assessment.start_attempt(ready, by=ready.user, at=at)


@pytest.fixture
def mine(client):
    """The browser of somebody, signed in."""

    def sign_in(person):
        return factories.sign_in(client, person, second_factor=False)

    return sign_in


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def addresses(row, attempt):
    return {
        "learners:enrol": [row.course_code],
        "learners:course": [row.pk],
        "learners:exam": [row.pk],
        "learners:quiz": [row.pk, "quiz"],
        "learners:question": [attempt.pk, 1],
        "learners:review": [attempt.pk],
        "learners:result": [attempt.pk],
    }


POSTED = ("learners:withdraw", "learners:submit")


# -- who may ask ----------------------------------------------------------------------------------------------------


def test_visitors_are_sent_to_sign_in(client, ready, attempt):
    for name, args in addresses(ready, attempt).items():
        page = client.get(reverse(name, args=args))
        assert page.status_code == 302, name
        assert page["Location"].startswith(reverse("account_login")), name
    for name, key in zip(POSTED, (ready.pk, attempt.pk), strict=True):
        assert client.post(reverse(name, args=[key]))["Location"].startswith(reverse("account_login"))
    assert Attempt.objects.get().is_running


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER])
def test_somebody_elses_is_not_found(client, ready, attempt, role):
    other = factories.staff(role) if role else factories.learner(code="510000")
    factories.sign_in(client, other)
    for name, args in addresses(ready, attempt).items():
        if name != "learners:enrol":
            assert client.get(reverse(name, args=args)).status_code == 404, name
            if name not in {"learners:course", "learners:review", "learners:result"}:
                assert client.post(reverse(name, args=args)).status_code == 404, name
    for name, key in zip(POSTED, (ready.pk, attempt.pk), strict=True):
        assert client.post(reverse(name, args=[key])).status_code == 404, name
    assert Attempt.objects.get().is_running


def test_wrong_methods(mine, ready, attempt):
    browser = mine(ready.user)
    for name, key in zip(POSTED, (ready.pk, attempt.pk), strict=True):
        assert browser.get(reverse(name, args=[key])).status_code == 405, name
    for name, args in addresses(ready, attempt).items():
        assert browser.delete(reverse(name, args=args)).status_code == 405, name
    for name in ("learners:course", "learners:review", "learners:result"):
        assert browser.post(reverse(name, args=addresses(ready, attempt)[name])).status_code == 405, name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_works_in_both_languages(mine, ready, attempt, language):
    browser = mine(ready.user)
    browser.cookies["django_language"] = language
    for name, args in addresses(ready, attempt).items():
        page = browser.get(reverse(name, args=args), follow=True)
        assert page.status_code == 200, name
        assert page["Content-Language"] == language


def test_no_page_of_an_exam_holds_the_key(mine, ready, attempt):
    browser = mine(ready.user)
    for name, args in addresses(ready, attempt).items():
        html = browser.get(reverse(name, args=args), follow=True).content.decode()
        assert "right_keys" not in html
        assert "电会伤人" not in html


# -- enrol ----------------------------------------------------------------------------------------------------------


def test_enrol_shows_the_terms_and_enrols(mine, course):
    browser = mine(factories.learner("𠮷田·买买提"))
    page = browser.get(reverse("learners:enrol", args=[course.code]))
    assert page.status_code == 200
    assert "安全用电𠮷入门" in text(page)
    done = browser.post(reverse("learners:enrol", args=[course.code]))
    row = Enrolment.objects.get()
    assert done["Location"] == reverse("learners:course", args=[row.pk])
    assert browser.get(reverse("learners:enrol", args=[course.code]))["Location"] == done["Location"]
    assert browser.post(reverse("learners:enrol", args=[course.code]))["Location"] == done["Location"]


def test_who_is_not_verified_is_led_to_the_registration(mine, course):
    browser = mine(factories.user("new"))
    address = reverse("learners:enrol", args=[course.code])
    assert reverse("accounts:identity") in text(browser.get(address))
    assert (
        browser.post(address)["Location"]
        == f"{reverse('accounts:identity')}?next={address.replace('/', '%2F')}"
    )
    assert not Enrolment.objects.exists()


def test_unknown_and_suspended_courses(mine, course, at):
    browser = mine(factories.learner())
    assert browser.get(reverse("learners:enrol", args=["NO-SUCH"])).status_code == 404
    assert browser.post(reverse("learners:enrol", args=["NO-SUCH"])).status_code == 404
    catalogue.suspend(course, by=factories.staff(Role.PROVINCE_CATALOGUE), at=at, reason="核查")
    refused = browser.post(reverse("learners:enrol", args=[course.code]))
    assert refused.status_code == 409
    assert 'role="alert"' in text(refused)
    assert not Enrolment.objects.exists()


def test_a_sample_entry_says_that_nobody_can_enrol(mine, course, at):
    from courses.models import Course

    Course.objects.filter(pk=course.pk).update(is_sample=True)
    browser = mine(factories.learner())
    address = reverse("learners:enrol", args=[course.code])
    for page in (browser.get(address), browser.post(address)):
        assert page["Location"] == reverse("courses:course", args=[course.code])
    with pytest.raises(enrolments.NothingToLearn):
        enrolments.enrol(factories.learner(), course.code, at=at)


def test_a_draft_seen_at_the_desk_is_no_page_to_enrol_on(client, course, at):
    from courses.models import Occupation

    draft = catalogue.create_course(
        code="GZ-DRAFT",
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(edition="2022").first(),
        certificate_kind="completion",
        level=None,
        title_zh="草稿",
        hours=3,
        delivery="video",
        by=factories.user("author"),
        at=at,
    )
    factories.sign_in(client, factories.staff(Role.PROVINCE_CATALOGUE))
    assert client.get(reverse("learners:enrol", args=[draft.code])).status_code == 404


# -- the course -----------------------------------------------------------------------------------------------------


def test_the_course_leads_from_the_lessons_to_the_exam(mine, enrolled, at):
    browser = mine(enrolled.user)
    address = reverse("learners:course", args=[enrolled.pk])
    page = text(browser.get(address))
    assert reverse("learners:quiz", args=[enrolled.pk, "quiz"]) in page
    assert reverse("learners:lesson", args=[enrolled.pk, "page"]) in page
    study.learn(enrolled, at=at)
    assert reverse("learners:exam", args=[enrolled.pk]) in text(browser.get(address))
    attempt = assessment.start_attempt(enrolled, by=enrolled.user, at=at)
    assert reverse("learners:question", args=[attempt.pk, 1]) in text(browser.get(address))


def test_a_completed_course_leads_to_the_certificates(mine, ready, at):
    hand_in(study.sit(ready, at=at), by=ready.user, at=at + MINUTE)
    page = text(mine(ready.user).get(reverse("learners:course", args=[ready.pk])))
    assert reverse("certificates:mine") in page
    assert reverse("learners:withdraw", args=[ready.pk]) not in page


def test_leave_a_course(mine, enrolled):
    browser = mine(enrolled.user)
    done = browser.post(reverse("learners:withdraw", args=[enrolled.pk]))
    assert done["Location"] == reverse("courses:course", args=[enrolled.course_code])
    assert browser.get(reverse("learners:course", args=[enrolled.pk])).status_code == 404


def test_no_leaving_during_an_exam(mine, ready, attempt):
    browser = mine(ready.user)
    page = browser.post(reverse("learners:withdraw", args=[ready.pk]), follow=True)
    assert "note--bad" in text(page)
    assert Enrolment.objects.get().state == "active"


def test_the_course_page_asks_the_database_a_bounded_number_of_times(
    mine, ready, django_assert_max_num_queries
):
    browser = mine(ready.user)
    address = reverse("learners:course", args=[ready.pk])
    browser.get(address)
    with django_assert_max_num_queries(26):
        browser.get(address)


# -- the exam -------------------------------------------------------------------------------------------------------


def test_a_closed_exam_says_what_is_missing(mine, enrolled):
    browser = mine(enrolled.user)
    address = reverse("learners:exam", args=[enrolled.pk])
    page = text(browser.get(address))
    assert "rule--wait" in page
    refused = browser.post(address)
    assert refused.status_code == 409
    assert not Attempt.objects.exists()


def test_the_whole_exam_without_a_script(mine, ready, the_clock):
    browser = mine(ready.user)
    started = browser.post(reverse("learners:exam", args=[ready.pk]))
    attempt = Attempt.objects.get()
    assert started["Location"] == reverse("learners:question", args=[attempt.pk, 1])
    for number, question_id in enumerate(attempt.question_ids, 1):
        address = reverse("learners:question", args=[attempt.pk, number])
        assert browser.get(address).status_code == 200
        onward = browser.post(
            address, {"chosen": study.right_keys(question_id), "seen": "0", "to": str(number + 1)}
        )
    assert onward["Location"] == reverse("learners:review", args=[attempt.pk])
    assert "note--ok" in text(browser.get(onward["Location"]))
    the_clock.at += MINUTE
    done = browser.post(reverse("learners:submit", args=[attempt.pk]))
    page = text(browser.get(done["Location"]))
    assert "100%" in page
    assert Completion.objects.get().enrolment_id == ready.pk
    assert browser.post(reverse("learners:submit", args=[attempt.pk])).status_code == 302


def test_a_saved_answer_is_there_after_a_reload(mine, attempt):
    browser = mine(attempt.enrolment.user)
    address = reverse("learners:question", args=[attempt.pk, 2])
    assert "checked" not in text(browser.get(address))
    browser.post(address, {"chosen": "B", "seen": "0", "to": "4"})
    assert len(re.findall(r'value="B"\s+checked', browser.get(address).content.decode())) == 1


def test_the_page_goes_where_the_button_says(mine, attempt):
    browser = mine(attempt.enrolment.user)
    address = reverse("learners:question", args=[attempt.pk, 2])
    for to, where in {
        "1": reverse("learners:question", args=[attempt.pk, 1]),
        "review": reverse("learners:review", args=[attempt.pk]),
        "99": reverse("learners:question", args=[attempt.pk, 3]),
        "²": reverse("learners:question", args=[attempt.pk, 3]),
        "//evil.example": reverse("learners:question", args=[attempt.pk, 3]),
    }.items():
        assert browser.post(address, {"to": to})["Location"] == where
    assert not Answer.objects.exists()


def test_tampered_answers_are_refused_with_a_sentence(mine, attempt):
    browser = mine(attempt.enrolment.user)
    address = reverse("learners:question", args=[attempt.pk, 1])
    for told in (
        {"chosen": "Z"},
        {"chosen": "\x00"},
        {"chosen": "𠮷" * 500},
        {"chosen": "Z", "seen": "9" * 400},
    ):
        page = browser.post(address, told)
        assert page.status_code == 409, told
        assert 'role="alert"' in text(page)
    assert not Answer.objects.exists()
    for number in (0, 5, 10**6):
        assert browser.get(reverse("learners:question", args=[attempt.pk, number])).status_code == 404


def test_another_tabs_answer_is_shown_and_not_overwritten(mine, attempt, at):
    browser = mine(attempt.enrolment.user)
    assessment.save_answer(attempt, attempt.question_ids[0], ["A"], at=at)
    page = browser.post(reverse("learners:question", args=[attempt.pk, 1]), {"chosen": "B", "seen": "0"})
    assert page.status_code == 409
    assert re.search(r'value="A"\s+checked', page.content.decode())
    assert 'name="seen" value="1"' in page.content.decode()


def test_after_time_the_page_says_so_and_grades_what_was_saved(mine, attempt, the_clock):
    browser = mine(attempt.enrolment.user)
    address = reverse("learners:question", args=[attempt.pk, 1])
    browser.post(address, {"chosen": study.right_keys(attempt.question_ids[0]), "seen": "0"})
    the_clock.at = attempt.ends_at + MINUTE
    late = browser.post(address, {"chosen": "B", "seen": "1"}, follow=True)
    assert "note--bad" in text(late)
    assert browser.get(address)["Location"] == reverse("learners:result", args=[attempt.pk])
    assert browser.get(reverse("learners:review", args=[attempt.pk])).status_code == 302
    assert reverse("learners:submit", args=[attempt.pk]) in text(late)
    done = browser.post(reverse("learners:submit", args=[attempt.pk]), follow=True)
    assert "25%" in text(done)


def test_a_failed_exam_says_when_the_next_may_be_and_shows_no_answers(mine, ready, at, the_clock):
    hand_in(study.sit(ready, at=at, right=1), by=ready.user, at=at + MINUTE)
    the_clock.at = at + 2 * MINUTE
    page = text(mine(ready.user).get(reverse("learners:result", args=[Attempt.objects.get().pk])))
    assert "2026-03-16 10:11" in page
    assert "先断电" not in page
    assert reverse("learners:exam", args=[ready.pk]) in page
    assert mine(ready.user).post(reverse("learners:exam", args=[ready.pk])).status_code == 409


# -- the quiz -------------------------------------------------------------------------------------------------------


def quiz_of(browser, enrolled):
    address = reverse("learners:quiz", args=[enrolled.pk, "quiz"])
    form = browser.get(address).context["form"]
    return address, [f"q{question.id}" for question in form.questions], form.initial["opened"]


def test_a_quiz_is_checked_at_once_and_credited(mine, enrolled, the_clock):
    browser = mine(enrolled.user)
    address, names, opened = quiz_of(browser, enrolled)
    the_clock.at += 50 * SECOND
    page = browser.post(address, dict.fromkeys(names, "A") | {"opened": opened})
    assert page.status_code == 200
    assert "note--ok" in text(page)
    assert (QuizResult.objects.get().submitted_at - QuizResult.objects.get().opened_at) == 50 * SECOND


def test_a_quiz_with_gaps_keeps_what_was_chosen(mine, enrolled):
    browser = mine(enrolled.user)
    address, names, _ = quiz_of(browser, enrolled)
    page = browser.post(address, {names[0]: "B"})
    assert page.status_code == 422
    assert re.search(r'value="B"[^>]*checked', page.content.decode())
    assert not QuizResult.objects.exists()
    assert browser.post(address, dict.fromkeys(names, "Z")).status_code == 422


@pytest.mark.parametrize("opened", ["", "x", "a:b:c", "𠮷"])
def test_a_changed_opening_moment_earns_no_time_and_breaks_nothing(mine, enrolled, opened):
    browser = mine(enrolled.user)
    address, names, _ = quiz_of(browser, enrolled)
    page = browser.post(address, dict.fromkeys(names, "A") | {"opened": opened})
    assert page.status_code == 200
    assert QuizResult.objects.get().opened_at == QuizResult.objects.get().submitted_at


def test_only_quizzes_are_quizzes(mine, enrolled):
    browser = mine(enrolled.user)
    for key in ("page", "none"):
        assert browser.get(reverse("learners:quiz", args=[enrolled.pk, key])).status_code == 404
