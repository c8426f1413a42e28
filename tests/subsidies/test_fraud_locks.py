"""Two at the same moment at the checks for fraud: runs, registers and decisions. See `test_locks.py` for all locks."""

import pytest

from portal.accounts.roles import Role
from subsidies import outside_port
from subsidies.fraud.checks import Found, When
from subsidies.fraud.numbers import Terms
from subsidies.models import Claim, Finding, Hold, OutsideQuestion
from subsidies.selectors.fraud.register import BY_CODE
from subsidies.services import claims, holds, notices
from subsidies.services.fraud import asking, deciding, looking
from subsidies.workflow.claims import State
from tests import factories
from tests.subsidies import fraud_world as world
from tests.subsidies import money_world
from tests.subsidies.test_locks import refused
from tests.threads import behind

AT, HOUR, DAY = world.AT, world.HOUR, world.DAY
YES = outside_port.Answer("yes", AT.date(), "1")


def found(claim=None, *, code="shared_account", action="hold", **told):
    about = {"claim": claim, "person": claim.claimant} if claim else {}
    return Finding.objects.create(
        **about,
        province_id="520000",
        check_code=code,
        version=1,
        action=action,
        found_at=AT,
        due_at=AT + DAY if action == "hold" else None,
        state="open",
        **told,
    )


def investigator():
    return factories.staff(Role.INVESTIGATOR)


def withdrawn(claim):
    return lambda: claims.withdraw(claim, by=claim.claimant, at=AT)


# -- registers outside ------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(committed_db, settings):
    """A claim with a question about it."""
    settings.OUTSIDE_QUESTIONS = ["pensioner"]
    outside_port.Recorder.forget()
    claim = world.claim()
    asking.ask_about([claim.pk], at=AT)
    Claim.objects.filter(pk=claim.pk).update(look_due_at=None)
    yield claim
    outside_port.Recorder.forget()


def test_one_question_to_a_register_is_taken_up_by_one_worker(together, asked):
    outcomes = behind(lambda: asking.take_up(at=AT), lambda: asking.take_up(at=AT))
    assert outcomes == [OutsideQuestion.objects.get(claim=asked), None]
    assert outcomes[0].attempts == 1


def test_of_two_answers_of_a_register_one_counts(together, asked):
    row = asking.take_up(at=AT)
    no = outside_port.Answer("no", AT.date(), "2")
    outcomes = behind(lambda: asking.told(row, YES, at=AT), lambda: asking.told(row, no, at=AT))
    assert [one.says for one in outcomes] == ["yes", "yes"]
    assert OutsideQuestion.objects.get().says == "yes"


def test_an_answer_to_a_question_that_is_being_asked_anew_is_set_aside(together, asked):
    early, later = asking.take_up(at=AT), AT + HOUR
    anew, told = behind(lambda: asking.take_up(at=later), lambda: asking.told(early, YES, at=later))
    assert (anew, anew.attempts, told.says) == (early, 2, "unknown")
    assert OutsideQuestion.objects.get().says == "unknown"


def test_an_answer_and_a_look_at_the_same_claim_do_not_wait_for_each_other(together, asked):
    row = asking.take_up(at=AT)
    Claim.objects.filter(pk=asked.pk).update(look_due_at=AT)

    def hold():
        return Claim.objects.select_for_update().get(pk=asked.pk)

    outcomes = behind(hold, lambda: asking.told(row, YES, at=AT), lambda: looking.look_at_new(at=AT))
    assert outcomes == [1, row]
    assert Claim.objects.get().look_due_at == AT, "the answer has the checks look again"


# -- runs -------------------------------------------------------------------------------------------------------------


def test_a_new_claim_is_looked_at_by_one_worker(together):
    claim = world.claim()
    Claim.objects.filter(pk=claim.pk).update(look_due_at=AT)
    found(claim)

    def look():
        return looking.look_at_new(at=AT)

    assert behind(look, look) == [1, 0]
    assert Hold.objects.count() == 1


def test_a_look_by_night_stops_no_claim_that_ends_meanwhile(together):
    claim = world.claim()
    found(claim)
    outcomes = behind(withdrawn(claim), lambda: looking.look_through(When.NIGHTLY, at=AT))
    assert outcomes[1] == 0
    assert not Hold.objects.exists()


@pytest.fixture
def burst(committed_db):
    """A finding about a provider that holds nothing yet, a claim of it, and a run that sees both."""
    (claim,) = world.of_provider(1)
    finding = found(code="provider_burst", provider=claim.provider, key="2026-W11")
    seen = Found(
        {}, key="2026-W11", provider=claim.provider_id, province="520000", claims=(), holds=(claim.pk,)
    )
    check = BY_CODE["provider_burst"]
    return finding, claim, lambda: looking._keep_of_subject(check, seen, Terms(None, {}), at=AT)


def test_two_runs_stop_a_claim_with_its_provider_once(together, burst):
    finding, claim, run = burst
    assert behind(run, run) == [False, False]
    assert finding.holds.get().claim == claim


def test_a_run_stops_no_claim_with_its_provider_that_ends_meanwhile(together, burst):
    _finding, claim, run = burst
    assert refused(behind(withdrawn(claim), run)) == 0
    assert not Hold.objects.exists()


def test_a_run_stops_nothing_for_a_finding_that_is_dismissed_meanwhile(together, burst):
    finding, _claim, run = burst
    by = investigator()
    outcomes = behind(lambda: deciding.dismiss(finding, by=by, at=AT, reason="学年结束"), run)
    assert outcomes == [finding, False]
    assert not Hold.objects.exists()


# -- decisions --------------------------------------------------------------------------------------------------------


def test_a_finding_is_decided_once(together):
    finding = found(world.claim(), action="sample")
    people = [investigator(), investigator()]
    outcomes = behind(
        lambda: deciding.dismiss(finding, by=people[0], at=AT, reason="夫妻"),
        lambda: deciding.confirm(finding, by=people[1], at=AT, reason="属实"),
    )
    assert refused(outcomes) == 1
    assert Finding.objects.get().state == "dismissed"


def test_a_claim_goes_on_when_both_findings_that_hold_it_are_dismissed_at_the_same_moment(together):
    money_world.budget(500_000)
    claim = money_world.approve(money_world.claim())
    notice = notices.publish_notice(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=AT)
    rows = [found(claim), found(claim, code="shared_device")]
    holds.put_holds([(claim, row) for row in rows], at=AT)
    later = notice.ends_at + HOUR
    notices.end_notice(notice, at=later)
    people = [investigator(), investigator()]

    def dismiss(n):
        return lambda: deciding.dismiss(rows[n], by=people[n], at=later, reason="夫妻共用一张卡")

    assert behind(dismiss(0), dismiss(1)) == rows
    claim.refresh_from_db()
    assert claim.state == State.PAYABLE
