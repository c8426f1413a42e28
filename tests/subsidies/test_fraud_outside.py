"""Registers outside: three answers, silence that is no yes, and a yes that has the checks look again."""

import datetime as dt

import pytest

from subsidies import outside_port
from subsidies.models import Finding, Hold, OutsideQuestion
from subsidies.outside_port import Recorder
from subsidies.selectors.fraud.register import BY_CODE
from subsidies.services.fraud import asking, looking
from subsidies.tasks import ask_due_registers, look_at_new_claims
from tests.subsidies import fraud_world as world

pytestmark = pytest.mark.django_db
AT, HOUR, DAY = world.AT, world.HOUR, world.DAY


@pytest.fixture(autouse=True)
def recorder(settings):
    settings.OUTSIDE_QUESTIONS = ["pensioner"]
    Recorder.forget()
    yield Recorder
    Recorder.forget()


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: AT)


def asked(claim, *words, at=AT):
    Recorder.script.extend(words)
    asking.ask_about([claim.pk], at=at)
    row = asking.take_up(at=at)
    return asking.told(row, asking.ask(row, at=at), at=at)


@pytest.mark.parametrize("question", sorted(outside_port.REGISTERS))
def test_only_a_yes_is_a_finding(settings, question):
    settings.OUTSIDE_QUESTIONS = [question]
    (claim,) = world.of_provider(1)
    code = next(
        code
        for code, check in BY_CODE.items()
        if code.startswith("outside_") and question in _questions(check)
    )
    assert asked(claim, "unknown").says == "unknown"
    assert world.found(code, claim) == {}
    row = OutsideQuestion.objects.get()
    row.refresh_from_db()
    Recorder.script.append("yes")
    row = asking.take_up(at=row.due_at)
    asking.told(row, asking.ask(row, at=AT + HOUR), at=AT + HOUR)
    assert world.found(code, claim) == {claim.number: {"as_of": "2026-03-16"}}


def _questions(check):
    return check.of_claims.__closure__[0].cell_contents


@pytest.mark.parametrize(
    ("word", "trouble"),
    [
        ("fail", "unreachable"),
        ("time out", "timeout"),
        ("garble", "unreadable"),
        ("stale", "stale"),
        ("unknown", "unknown"),
    ],
)
def test_silence_and_old_data_are_not_known_and_asked_again_later(word, trouble):
    row = asked(world.claim(), word)
    assert (row.says, row.trouble, row.due_at) == ("unknown", trouble, AT + dt.timedelta(minutes=5))
    assert not Finding.objects.exists()


def test_after_many_questions_it_is_given_up():
    claim = world.claim()
    row = asked(claim, "fail")
    for _turn in range(asking.MOST_ATTEMPTS - 1):
        Recorder.script.append("fail")
        at = row.due_at
        row = asking.take_up(at=at)
        row = asking.told(row, asking.ask(row, at=at), at=at)
    assert (row.due_at, row.says) == (None, "unknown")


def test_an_answer_that_comes_twice_or_late_is_set_aside():
    claim = world.claim()
    asking.ask_about([claim.pk], at=AT)
    early = asking.take_up(at=AT)
    late = asking.take_up(at=AT + HOUR)
    yes = outside_port.Answer("yes", AT.date(), "1")
    no = outside_port.Answer("no", AT.date(), "2")
    assert asking.told(early, yes, at=AT + HOUR).says == "unknown"
    assert asking.told(late, no, at=AT + HOUR).says == "no"
    assert asking.told(late, yes, at=AT + HOUR).says == "no"


def test_a_yes_has_the_checks_look_again_and_the_tasks_run_twice(now):
    claim = world.claim()
    type(claim).objects.filter(pk=claim.pk).update(look_due_at=AT)
    Recorder.says["pensioner", claim.claimant.identity.full_name] = "yes"
    assert (look_at_new_claims(), look_at_new_claims()) == (1, 0)
    assert not Hold.objects.exists()
    assert (ask_due_registers(), ask_due_registers()) == (1, 0)
    assert (look_at_new_claims(), look_at_new_claims()) == (1, 0)
    hold = Hold.objects.get()
    assert (hold.claim, hold.finding.check_code, hold.finding.key) == (claim, "outside_status", "pensioner")


def test_the_number_is_told_and_kept_nowhere(monkeypatch):
    claim = world.claim()
    seen = []

    def note(_self, _question, about, *, at, timeout):
        seen.append(about)
        return outside_port.Answer("no", at.date(), "1")

    monkeypatch.setattr(Recorder, "ask", note)
    asked(claim)
    number = claim.claimant.identity.number
    assert seen[0].number == number
    assert number not in str(list(OutsideQuestion.objects.values()))


def test_a_claim_that_was_withdrawn_is_not_looked_at():
    claim = world.claim(state="withdrawn")
    type(claim).objects.filter(pk=claim.pk).update(look_due_at=AT)
    assert looking.look_at_new(at=AT) == 1
    assert not OutsideQuestion.objects.exists()


def test_what_is_no_answer_is_silence():
    for body in (
        b"",
        b"[]",
        b'{"says": 1}',
        b'{"says": "yes"}',
        b'{"says": "yes", "as_of": 3}',
        b"x" * 200_000,
    ):
        with pytest.raises(outside_port.OutsideSilent, match="unreadable"):
            outside_port.read(body)
