"""The pages and the API of appeals: what a learner sees, what the desk decides, and what stands nowhere."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Question
from learners.models import Appeal
from learners.services import appeals
from portal.accounts.roles import Role
from tests import factories
from tests.learners import kinds

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
WORDS = "第二题的数我带了单位，𠮷师傅也这样写。"
WHY = "单位写法可以接受𠮷"


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    return at


@pytest.fixture
def teacher(db):
    return factories.staff(Role.INSTRUCTOR, name="李·老师")


@pytest.fixture
def attempt(now):
    sat = kinds.sit(
        kinds.ready(now, course=kinds.publish(now, kinds=("single", "numeric"))), at=now, numeric=["13"]
    )
    return hand_in(sat, now)


def hand_in(sat, at):
    from learners.services.completion import hand_in

    return hand_in(sat, by=sat.enrolment.user, at=at)


@pytest.fixture
def learner(attempt):
    return factories.sign_in(Client(), attempt.enrolment.user, second_factor=False)


@pytest.fixture
def desk(teacher):
    return factories.sign_in(Client(), teacher)


def asked_in(attempt, kind):
    return Question.objects.get(kind=kind, version=attempt.enrolment.version_id).pk


def appealed(attempt, at):
    return appeals.make_appeal(attempt, words=WORDS, by=attempt.enrolment.user, at=at)


def test_from_the_result_to_the_decision(attempt, learner, desk, teacher):
    result, address = (reverse(f"learners:{name}", args=[attempt.pk]) for name in ("result", "appeal"))
    page = learner.get(result).content.decode()
    assert address in page
    assert "2026-03-31 10:00" in page, "until when"
    assert learner.get(address).status_code == 200
    numeric = asked_in(attempt, "numeric")
    for wrong in ({"words": ""}, {"words": "不服"}, {"questions": ["𠮷"]}, {"questions": ["9" * 40]}):
        refused = learner.post(address, {"words": WORDS, "questions": [numeric], **wrong})
        assert refused.status_code == 422
        assert WORDS in refused.content.decode() or "words" in wrong
    assert learner.post(address, {"words": WORDS, "questions": [numeric]}).status_code == 302
    page = learner.get(result).content.decode()
    assert WORDS in page
    assert address not in page, "one at a time"
    assert learner.get(address).status_code == 302
    assert learner.post(address, {"words": WORDS}).status_code == 422

    row = Appeal.objects.get()
    one = reverse("learners:desk-appeal", args=[row.pk])
    assert one in desk.get(reverse("learners:appeals")).content.decode()
    page = desk.get(one).content.decode()
    assert WORDS in page
    assert str(attempt.enrolment.user) not in page
    said = {"decision": "marks", f"mark_{numeric}": "right", "reason": WHY}
    for wrong in (
        {"decision": ""},
        {"decision": "𠮷"},
        {"decision": "uphold"},
        {f"mark_{numeric}": ""},
        {f"mark_{numeric}": "wrong"},
        {"reason": "x"},
    ):
        refused = desk.post(one, said | wrong)
        assert refused.status_code == 422, wrong
        assert WHY in refused.content.decode() or "reason" in wrong
    assert desk.post(one, said).status_code == 302
    page = learner.get(result).content.decode()
    assert WHY in page
    assert "50%" in page
    assert teacher.display_name not in page, "the learner reads why, not who"
    page = desk.get(one).content.decode()
    assert WHY in page
    assert f'name="mark_{numeric}"' not in page
    assert one in desk.get(reverse("learners:appeals"), {"state": "decided"}).content.decode()


def test_when_the_days_are_over(attempt, learner, monkeypatch, now):
    monkeypatch.setattr("portal.clock.now", lambda: now + dt.timedelta(days=16))
    page = learner.get(reverse("learners:result", args=[attempt.pk])).content.decode()
    address = reverse("learners:appeal", args=[attempt.pk])
    assert address not in page
    assert "2026-03-31" in page
    assert learner.get(address).status_code == 302
    refused = learner.post(address, {"words": WORDS})
    assert refused.status_code == 422
    assert WORDS in refused.content.decode()


def test_no_key_stands_on_the_learners_page(attempt, learner):
    page = learner.get(reverse("learners:appeal", args=[attempt.pk])).content.decode()
    assert "题numeric" in page
    assert "12.5" not in page
    assert "先断电" not in page


def test_who_sees_what(attempt, now):
    row = appealed(attempt, now)
    one = reverse("learners:desk-appeal", args=[row.pk])
    own = reverse("learners:appeal", args=[attempt.pk])
    stranger = factories.sign_in(Client(), factories.learner(), second_factor=False)
    assert stranger.get(own).status_code == 404
    assert stranger.get(one).status_code == 404
    far = factories.sign_in(Client(), factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    assert far.get(one).status_code == 404
    assert WORDS[:8] not in far.get(reverse("learners:appeals")).content.decode()
    auditor = factories.sign_in(Client(), factories.staff(Role.AUDITOR))
    assert 'name="decision"' not in auditor.get(one).content.decode()
    refused = auditor.post(one, {"decision": "uphold", "reason": WHY})
    assert refused.status_code == 422
    row.refresh_from_db()
    assert row.state == "open"
    assert Client().get(one).status_code == 302


def test_a_passed_exam_offers_no_new_attempt(now, desk):
    asked = ("single", "numeric", "short_text")
    sat = kinds.sit(kinds.ready(now, course=kinds.publish(now, kinds=asked)), at=now, numeric=["13"])
    row = appealed(hand_in(sat, now), now)
    one = reverse("learners:desk-appeal", args=[row.pk])
    assert 'value="set_aside"' not in desk.get(one).content.decode()
    assert desk.post(one, {"decision": "set_aside", "reason": WHY}).status_code == 422


def test_the_desk_asks_as_often_for_five_as_for_one(now, desk, attempt, django_assert_max_num_queries):
    address, one = reverse("learners:appeals"), None
    row = appealed(attempt, now)
    one = reverse("learners:desk-appeal", args=[row.pk])
    desk.get(address), desk.get(one)
    with django_assert_max_num_queries(40) as first:
        desk.get(address)
    few = len(first)
    with django_assert_max_num_queries(50) as sheet:
        desk.get(one)
    whole = len(sheet)
    for n in range(4):
        course = kinds.publish(now, code=f"GZ-K{n + 2}", kinds=("single", "numeric", "true_false"))
        appealed(hand_in(kinds.sit(kinds.ready(now, course=course), at=now, numeric=["13"]), now), now)
    last = reverse("learners:desk-appeal", args=[Appeal.objects.first().pk])
    desk.get(address), desk.get(last)
    with django_assert_max_num_queries(few):
        desk.get(address)
    with django_assert_max_num_queries(whole):
        desk.get(last)


def test_the_api_is_the_twin(attempt, learner, desk, now):
    own = reverse("api-appeals", args=[attempt.pk])
    numeric = asked_in(attempt, "numeric")
    assert learner.get(own).json()["is_open"] is True
    told = {"words": WORDS, "questions": [numeric]}
    made = learner.post(own, told, content_type="application/json")
    assert (made.status_code, made.json()["meant"]) == (201, [attempt.question_ids.index(numeric) + 1])
    again = learner.post(own, told, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "appeal_is_open")
    listed = desk.get(reverse("api-desk-appeals")).json()["results"]
    assert [row["id"] for row in listed] == [made.json()["id"]]
    one = reverse("api-desk-appeal", args=[listed[0]["id"]])
    assert {row["id"] for row in desk.get(one).json()["questions"]} == set(attempt.question_ids)
    decide = reverse("api-decide-appeal", args=[listed[0]["id"]])
    said = {"decision": "marks", "reason": WHY, "marks": [{"question": numeric, "ruling": "half"}]}
    assert desk.post(decide, said | {"decision": "x"}, content_type="application/json").status_code == 400
    done = desk.post(decide, said, content_type="application/json")
    assert (done.status_code, done.json()["new_score"], done.json()["state"]) == (200, 75, "granted")
    late = desk.post(decide, said, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert learner.get(own).json()["appeals"][0]["reason"] == WHY
