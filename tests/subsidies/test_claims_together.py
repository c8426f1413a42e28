"""Threads, tasks and the owning role: what needs real commits."""

import datetime as dt

import pytest

from certificates.register_port import Recorder
from portal import clock
from portal.accounts.roles import Role
from portal.notices.models import Notice
from subsidies import tasks
from subsidies.models import Claim, Decision
from subsidies.selectors.desks import NotTheReviewer
from subsidies.services import claims, reviews
from subsidies.workflow.claims import State
from tests import factories
from tests.certificates import elsewhere
from tests.certificates import making as courses
from tests.subsidies import making


def test_the_task_checks_what_is_due_and_may_run_twice(committed_db):
    making.policy()
    making.submitted()
    assert tasks.check_due_claims() == 1
    assert tasks.check_due_claims() == 0


def test_a_claim_that_cannot_be_checked_is_put_off_and_stops_no_other(committed_db, caplog):
    making.policy()
    bad = making.row()
    good = making.submitted()
    assert tasks.check_due_claims() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert good.state == State.CHECKED
    assert bad.check_due_at > making.AT
    assert bad.check_problem == "ObjectDoesNotExist"
    assert "could not be checked" in caplog.text


def test_two_threads_submit_one_claim(together):
    person = making.claimant()
    paper = making.certificate(person)

    def act(_number):
        try:
            return claims.submit_claim(person, paper.serial, at=making.AT, agreed=True).pk
        except claims.AlreadyClaimed:
            return None

    done = together(act, 4)
    assert len([one for one in done if one]) == 1
    assert Claim.objects.count() == 1


def test_numbers_have_no_gaps_under_load(together):
    people = []
    for number in range(3):
        person = making.claimant(["王建国", "李莲花", "赵敏"][number])
        people.append((person, making.certificate(person).serial))

    def act(number):
        person, serial = people[number]
        return claims.submit_claim(person, serial, at=making.AT, agreed=True).number

    assert sorted(together(act, 3)) == [f"CL-52-2026-00000{n}" for n in (1, 2, 3)]


def test_two_ministry_reviewers_at_once_decide_once(together):
    claim = making.passed()
    judges = [factories.staff(Role.MINISTRY_REVIEWER) for _ in range(3)]

    def act(number):
        try:
            return reviews.pass_on(claim, by=judges[number], at=making.AT).state
        except NotTheReviewer:
            return None

    done = together(act, 3)
    assert len([one for one in done if one]) == 1
    assert Decision.objects.filter(act="approved").count() == 1


def test_decisions_are_never_changed(committed_db, owner_sql):
    Decision.objects.create(
        claim=making.row(),
        province_id="520000",
        act="checked",
        at=making.AT,
        outcome="APPROVE",
        amount_fen=1,
        facts={},
        record={},
    )
    for sql in (
        "UPDATE subsidies_decision SET amount_fen = 2",
        "DELETE FROM subsidies_decision",
        "TRUNCATE subsidies_decision CASCADE",
    ):
        with pytest.raises(Exception, match="append-only"):
            owner_sql(sql)


def test_one_form_sent_twice_at_the_same_moment_is_one_claim(together):
    person = making.claimant()
    paper = making.certificate(person)

    def act(_number):
        return claims.submit_claim(
            person, paper.serial, at=making.AT, key="one-form-only", answers=making.asked(), agreed=True
        ).number

    assert set(together(act, 4)) == {"CL-52-2026-000001"}


def test_two_claims_for_one_training_at_the_same_moment(together, at):
    """One for the certificate of this portal, one for a certificate issued elsewhere that stands beside the same course."""
    Recorder.forget()
    person = making.claimant()
    own = courses.issued(person, at=at, of=courses.version(certificate_kind="completion", level=None))
    other = elsewhere.checked(person, at=at, issued_on=elsewhere.NEW)
    serials = [own.serial, other.serial]

    def act(number):
        return claims.submit_claim(person, serials[number], at=at, answers=making.asked(), agreed=True)

    done = together(act, 2)
    assert sorted(type(one).__name__ for one in done) == ["AlreadyClaimed", "Claim"]
    assert Claim.objects.count() == 1


def test_two_officers_act_at_once_and_one_of_them_does(together):
    claim = making.accepted()
    officers = [factories.staff(Role.PROVINCE_REVIEWER) for _ in range(3)]

    def act(number):
        try:
            reviews.pass_on(claim, by=officers[number], at=making.AT, confirmed=True)
        except Exception as broken:  # noqa: BLE001 - counted below
            return type(broken).__name__
        return "done"

    assert sorted(together(act, 3)) == ["NotTheReviewer", "NotTheReviewer", "done"]
    assert Claim.objects.get().seats.filter(seat="first").count() == 1


def test_returned_claims_are_closed_and_their_claimants_reminded_once(committed_db, monkeypatch):
    claim = reviews.send_back(
        making.checked(),
        by=factories.staff(Role.INTAKE_OFFICER),
        at=making.AT,
        reason="证明不全",
        codes=["MATERIAL_MISSING"],
    )
    soon = claim.due_at - dt.timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: soon)
    assert [tasks.close_unmended_claims(), tasks.close_unmended_claims()] == [0, 0]
    told = Notice.objects.filter(user=claim.claimant, kind="claim.running_out")
    assert told.count() == 1
    monkeypatch.setattr(clock, "now", lambda: soon + dt.timedelta(days=1))
    assert [tasks.close_unmended_claims(), tasks.close_unmended_claims()] == [1, 0]
    claim.refresh_from_db()
    assert claim.state == State.LAPSED
