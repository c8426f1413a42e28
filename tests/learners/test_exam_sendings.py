"""An answer that is sent again, since no word of it came back, is known by the sender's own name for it."""

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from learners.models import Answer
from learners.services import assessment
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture
def attempt(at):
    row = study.ready(at)
    return assessment.start_attempt(row, by=row.user, at=at)


def test_the_same_sending_again_is_the_same_row_whatever_came_after(attempt, at):
    asked = attempt.question_ids[0]
    first = assessment.save_answer(attempt, asked, ["A"], at=at, seen=0, key=ONE)
    later = assessment.save_answer(attempt, asked, ["B"], at=at, seen=first.seq, key=TWO)
    assert assessment.save_answer(attempt, asked, ["A"], at=at, seen=0, key=ONE) == first
    assert assessment.save_answer(attempt, asked, ["B"], at=at, seen=first.seq, key=TWO) == later
    assert Answer.objects.count() == 2
    with pytest.raises(assessment.AnsweredElsewhere):
        assessment.save_answer(attempt, asked, ["A"], at=at, seen=first.seq, key=UUID(int=3))


def test_it_is_acknowledged_even_after_the_end(attempt, at):
    asked = attempt.question_ids[0]
    first = assessment.save_answer(attempt, asked, ["A"], at=at, key=ONE)
    assessment.submit_attempt(attempt, by=attempt.enrolment.user, at=at)
    assert assessment.save_answer(attempt, asked, ["A"], at=at, key=ONE) == first
    with pytest.raises(assessment.AttemptClosed):
        assessment.save_answer(attempt, asked, ["A"], at=at, key=TWO)


def test_one_name_for_two_questions_is_two_answers(attempt, at):
    for asked in attempt.question_ids[:2]:
        assessment.save_answer(attempt, asked, ["A"], at=at, key=ONE)
    assert Answer.objects.filter(sending=ONE).count() == 2
    row = Answer.objects.first()
    row.pk, row.seq = None, 9
    with pytest.raises(IntegrityError, match="answer_sending_once"), transaction.atomic():
        row.save(force_insert=True)


def test_the_api_takes_the_name(attempt, at, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    browser = factories.sign_in(Client(), attempt.enrolment.user, second_factor=False)
    address = reverse("api-exam-answer", args=[attempt.pk, attempt.question_ids[0]])
    told = {"chosen": ["A"], "seen": 0, "key": ONE.hex}
    for _again in range(2):
        answer = browser.put(address, told, content_type="application/json")
        assert (answer.status_code, answer.json()["seq"]) == (200, 1)
    bad = browser.put(address, told | {"key": "𠮷"}, content_type="application/json")
    assert bad.status_code == 400
