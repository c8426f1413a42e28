"""The API twin: the same rules, as JSON."""

import datetime as dt

import pytest
from django.urls import reverse

from learners.models import Answer, Attempt, Completion, Enrolment, QuizResult
from learners.services import assessment
from portal.accounts.roles import Role
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def course(at):
    return study.publish(at)


@pytest.fixture
def ready(at, course):
    return study.ready(at, course=course)


@pytest.fixture
def attempt(ready, at):
    return assessment.start_attempt(ready, by=ready.user, at=at)


@pytest.fixture
def mine(client, ready):
    return factories.sign_in(client, ready.user, second_factor=False)


def answer_at(attempt, place=0):
    return reverse("api-exam-answer", args=[attempt.pk, attempt.question_ids[place]])


def test_the_whole_road_as_json(client, course, at, the_clock):
    person = factories.learner()
    factories.sign_in(client, person, second_factor=False)
    made = client.post(reverse("api-enrolments"), {"course": course.code}, **JSON)
    assert made.status_code == 201
    row = Enrolment.objects.get()
    far = client.get(reverse("api-enrolment", args=[row.pk])).json()
    assert far["exam_open"] is False
    assert {reason["code"] for reason in far["exam_waits_for"]} == {"hours_missing", "lessons_open"}
    quiz = client.get(reverse("api-quiz", args=[row.pk, "quiz"])).json()
    told = [{"question": question["id"], "chosen": ["A"]} for question in quiz["questions"]]
    done = client.post(
        reverse("api-quiz", args=[row.pk, "quiz"]), {"answers": told, "opened": quiz["opened"]}, **JSON
    )
    assert done.json()["passed"] is True
    study.learn(row, at=at)
    started = client.post(reverse("api-exam-start", args=[row.pk]), **JSON).json()
    attempt = Attempt.objects.get()
    assert [q["id"] for q in started["questions"]] == attempt.question_ids
    assert started["seconds_left"] == 1800
    for place, question_id in enumerate(attempt.question_ids):
        keys = study.right_keys(question_id)
        saved = client.put(answer_at(attempt, place), {"chosen": keys, "seen": 0}, **JSON)
        assert saved.json()["chosen"] == keys
        assert saved.json()["seq"] == place + 1
    shown = client.get(reverse("api-exam", args=[attempt.pk])).json()
    assert all(question["answer"] for question in shown["questions"])
    the_clock.at += MINUTE
    graded = client.post(reverse("api-exam-submit", args=[attempt.pk])).json()
    assert (graded["state"], graded["score_percent"], graded["questions"]) == ("passed", 100, [])
    assert Completion.objects.get().enrolment_id == row.pk
    assert client.get(reverse("api-enrolment", args=[row.pk])).json()["completed_at"]
    assert client.get(reverse("api-enrolments")).json()["results"][0]["state"] == "completed"


def test_visitors_and_others(client, ready, attempt):
    calls = [
        ("get", reverse("api-enrolments")),
        ("get", reverse("api-enrolment", args=[ready.pk])),
        ("post", reverse("api-withdraw", args=[ready.pk])),
        ("post", reverse("api-exam-start", args=[ready.pk])),
        ("get", reverse("api-quiz", args=[ready.pk, "quiz"])),
        ("get", reverse("api-exam", args=[attempt.pk])),
        ("put", answer_at(attempt)),
        ("post", reverse("api-exam-submit", args=[attempt.pk])),
    ]
    for method, address in calls:
        assert getattr(client, method)(address, {}, **JSON).status_code == 403, address
    for person in (factories.learner(), factories.staff(Role.AUDITOR)):
        factories.sign_in(client, person)
        for method, address in calls[1:]:
            assert getattr(client, method)(address, {}, **JSON).status_code == 404, address
        assert client.get(calls[0][1]).json()["results"] == []
    assert Attempt.objects.get().is_running


def test_refusals_are_409_with_the_sentence_of_the_page(client, course):
    factories.sign_in(client, factories.user("new"), second_factor=False)
    refused = client.post(reverse("api-enrolments"), {"course": course.code}, **JSON)
    assert refused.status_code == 409
    assert refused.json()["code"] == "not_verified"


def test_a_retried_enrolment_is_one(client, course):
    factories.sign_in(client, factories.learner(), second_factor=False)
    for _ in range(2):
        made = client.post(
            reverse("api-enrolments"),
            {"course": course.code},
            **JSON,
            headers={"Idempotency-Key": "enrol-0001"},
        )
        assert made.status_code == 201
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"chosen": null}',
        '{"chosen": "A"}',
        '{"chosen": [1, {}]}',
        '{"chosen": ["AAAAAAAAA"]}',
        '{"chosen": ["A"], "seen": -1}',
        '{"chosen": ["A"], "seen": 1e400}',
        '{"chosen": ["A"], "seen": "𠮷"}',
        '{"chosen": ["\\u0000"]}',
        '{"chosen": ["\\ud800"]}',
    ],
)
def test_spoiled_answers_never_break_the_server(mine, attempt, body):
    reply = mine.put(answer_at(attempt), body, **JSON)
    assert reply.status_code in {400, 409}, reply.content
    assert not Answer.objects.exists()


def test_tampered_questions_are_refused(mine, attempt):
    for question_id in (0, 10**15, 10**30):
        address = reverse("api-exam-answer", args=[attempt.pk, question_id])
        reply = mine.put(address, {"chosen": ["A"]}, **JSON)
        assert (reply.status_code, reply.json()["code"]) == (409, "not_asked")


def test_an_answer_after_time_is_refused(mine, attempt, the_clock):
    the_clock.at = attempt.ends_at + MINUTE
    reply = mine.put(answer_at(attempt), {"chosen": ["A"]}, **JSON)
    assert (reply.status_code, reply.json()["code"]) == (409, "time_over")
    assert mine.get(reverse("api-exam", args=[attempt.pk])).json()["questions"] == []


def test_enormous_numbers_in_addresses_are_not_found(mine):
    for name in ("api-enrolment", "api-exam"):
        assert mine.get(reverse(name, args=[10**30])).status_code == 404
    for name in ("learners:course", "learners:result"):
        assert mine.get(reverse(name, args=[10**30])).status_code == 404


def test_quiz_answers_are_checked(mine, ready):
    address = reverse("api-quiz", args=[ready.pk, "quiz"])
    before = QuizResult.objects.count()
    for body in ({}, {"answers": [{}]}, {"answers": "A"}, {"answers": [{"question": "x", "chosen": []}]}):
        assert mine.post(address, body, **JSON).status_code == 400, body
    refused = mine.post(address, {"answers": []}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_answered")
    assert QuizResult.objects.count() == before


def test_leaving_by_api(mine, ready):
    assert mine.post(reverse("api-withdraw", args=[ready.pk])).json()["state"] == "withdrawn"
    assert mine.post(reverse("api-withdraw", args=[ready.pk])).status_code == 404
