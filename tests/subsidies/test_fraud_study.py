"""Checks of how somebody learned, sat the exam and was certified: each fires, and just does not."""

import datetime as dt

import pytest

from certificates.models import Certificate
from subsidies.models import Hold
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import fraud_world as world
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT, HOUR, DAY = world.AT, world.HOUR, world.DAY


@pytest.fixture
def claim():
    return world.claim()


@pytest.fixture
def enrolment(claim):
    return world.enrolment_of(claim.claimant)


@pytest.fixture
def lesson():
    return world.lesson()


def test_one_device_for_many_learners(claim, lesson):
    people = [claim.claimant, factories.learner(), factories.learner()]
    doors = [world.signed_in(person, "one computer").door for person in people]
    assert world.found("shared_device", claim, device_persons=3) == {}
    for person, door in zip(people, doors, strict=True):
        world.session(world.enrolment_of(person), lesson, door=door)
    assert world.found("shared_device", claim, device_persons=3) == {claim.number: {"persons": 3}}
    assert world.found("shared_device", claim, device_persons=4) == {}
    assert world.found("shared_device", claim, device_persons=3, at=AT + 91 * DAY) == {}


def test_learners_in_step(claim, lesson):
    people = [claim.claimant, factories.learner(), factories.learner()]
    doors = [world.signed_in(person, person.display_name, network="office").door for person in people]
    enrolments = [world.enrolment_of(person) for person in people]

    def open_together(second):
        for enrolment, door in zip(enrolments, doors, strict=True):
            world.session(enrolment, lesson, door=door, at=AT + dt.timedelta(seconds=second))

    open_together(10)
    assert world.found("same_cadence", claim) == {}
    open_together(700)
    assert world.found("same_cadence", claim) == {claim.number: {"times": 2, "persons": 3}}
    assert world.found("same_cadence", claim, cadence_persons=4) == {}


def test_a_day_longer_than_anybody_learns(claim, enrolment, lesson):
    world.credit(enrolment, lesson, minutes=12 * 60)
    world.credit(enrolment, lesson, began=AT + 14 * HOUR, minutes=60)  # midnight in Shanghai: another day
    assert world.found("study_hours", claim) == {}
    world.credit(enrolment, lesson, began=AT - HOUR, minutes=1)
    assert world.found("study_hours", claim) == {claim.number: {"longest": 12, "hours": 3}}


def test_study_at_all_hours_of_the_day(claim, enrolment, lesson):
    for hour in range(21):
        world.credit(enrolment, lesson, began=AT + hour * (DAY + HOUR), minutes=1)
    assert world.found("study_hours", claim) == {}
    world.credit(enrolment, lesson, began=AT + 21 * (DAY + HOUR), minutes=1)
    assert world.found("study_hours", claim)[claim.number]["hours"] == 22


def test_the_same_course_of_study_to_the_second(claim, lesson):
    other = world.claim()
    curves = [world.enrolment_of(one.claimant) for one in (claim, other)]
    for enrolment in curves:
        for piece in range(9):
            world.credit(enrolment, lesson, began=AT + piece * HOUR, minutes=3 + piece)
    assert world.found("same_curve", claim, other) == {}
    for enrolment in curves:
        world.credit(enrolment, lesson, began=AT + 10 * HOUR, minutes=7)
    told = {"persons": 2, "pieces": 10}
    assert world.found("same_curve", claim, other) == {claim.number: told, other.number: told}
    world.credit(curves[0], lesson, began=AT + 12 * HOUR, minutes=1)
    assert world.found("same_curve", claim, other) == {}


def test_presence_checks_that_nobody_answered(claim, enrolment, lesson):
    row = world.presence(enrolment, lesson, passed=7, failed=3)
    assert world.found("presence_failed", claim) == {}
    row.passed, row.failures = 6, 4
    row.save()
    assert world.found("presence_failed", claim) == {claim.number: {"failed": 4, "checks": 10}}
    assert world.found("presence_failed", claim, presence_checks=11) == {}


def test_signals_about_the_exam(claim, enrolment):
    row = world.signal(world.attempt_of(enrolment))
    assert world.found("exam_signal", claim) == {claim.number: {"signals": 1}}
    assert world.found("exam_referred", claim) == {}
    told = {"closed_at": AT, "closed_by": factories.user(), "note": "已核实"}
    type(row).objects.filter(pk=row.pk).update(state="referred", **told)
    assert world.found("exam_signal", claim) == {}
    assert world.found("exam_referred", claim) == {claim.number: {"signals": 1}}


def certified():
    """A claim for a certificate of ours, with the completion behind it."""
    person = making.claimant()
    paper = making.certificate(person)
    return world.claim(person, certificate_serial=paper.serial), paper


def test_fewer_hours_than_the_completion_said():
    claim, paper = certified()
    said = paper.completion.facts["counted_seconds"]
    enrolment = paper.completion.enrolment
    lesson = world.lesson()
    world.credit(enrolment, lesson, minutes=said // 60 + 1, ms=said * 980)
    assert world.found("hours_short", claim) == {}
    assert world.found("hours_short", claim, hours_short_percent=1)[claim.number].keys() == {"said", "now"}


def test_a_certificate_in_question_or_revoked():
    claim, paper = certified()
    assert world.found("certificate_doubted", claim) == {}
    papers.revoked(Certificate.objects.get(pk=paper.pk), at=AT, reason="替考，已核实")
    assert world.found("certificate_doubted", claim) == {claim.number: {"fallen": 1}}


def test_what_a_night_finds_holds_the_claim_and_is_found_once(claim, enrolment, lesson, monkeypatch):
    from subsidies.tasks import look_nightly

    world.presence(enrolment, lesson, passed=1, failed=19)
    monkeypatch.setattr("portal.clock.now", lambda: AT + HOUR)
    for _again in range(2):
        assert look_nightly() == 0
    hold = Hold.objects.get()
    assert (hold.claim, hold.finding.check_code) == (claim, "presence_failed")
    assert hold.finding.figures == {"failed": 19, "checks": 20}
