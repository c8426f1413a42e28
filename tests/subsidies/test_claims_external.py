"""Claims that rest on a certificate issued elsewhere: training here and the certificate together."""

import pytest

from certificates import selectors as certificates
from certificates.register_port import Recorder
from subsidies.selectors import papers
from subsidies.services import checking, claims, reviews
from tests.certificates import elsewhere
from tests.certificates import making as courses
from tests.subsidies import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()
    yield
    Recorder.forget()


@pytest.fixture
def person():
    return making.claimant()


@pytest.fixture
def row(person, at):
    """Checked, and beside a course that was completed."""
    courses.completion(person)
    return elsewhere.checked(person, at=at, issued_on=elsewhere.NEW)


def claimed(row, at):
    return claims.submit_claim(row.user, row.serial, at=at, answers=making.asked(), agreed=True)


def test_the_road_of_a_claim_with_the_facts_of_both(row, at):
    making.policy()
    claim = checking.check_claim(claimed(row, at), at=at)
    assert (claim.certificate_serial, claim.certificate_kind, claim.certificate_issued_on) == (
        row.serial,
        "level",
        elsewhere.NEW,
    )
    facts = claim.decisions.get().facts
    assert (
        facts["certificate"] | {"kind": "level", "level": 4, "issued_on": "2026-03-01"}
        == facts["certificate"]
    )
    assert (facts["learning"]["valid_hours"], facts["training"]["started_on"]) == ("3", "2026-02-14")
    assert (claim.outcome, claim.amount_fen) == ("APPROVE", 160000)
    assert making.passed(claim).state == "in_ministry_review"


def test_it_stands_among_the_papers_that_can_be_claimed_for(row):
    (paper,) = papers.papers_without_claim(row.user)
    assert (paper.serial, paper.title, paper.is_valid) == (row.serial, "焊工（四级 / 中级工）", True)


def test_without_a_course_or_unchecked_or_of_somebody_else_there_is_no_claim(person, at):
    unlinked = elsewhere.checked(person, at=at)
    courses.completion(person)
    unchecked = elsewhere.reported(person, at=at, issued_on=elsewhere.NEW)
    for row in (unlinked, unchecked):
        with pytest.raises(claims.NotClaimable):
            claimed(row, at)
    other = making.claimant("李莲花")
    with pytest.raises(claims.NotClaimable):
        claims.submit_claim(other, unlinked.serial, at=at, answers=making.asked(), agreed=True)
    assert papers.papers_of(person) == []


def test_a_training_is_paid_for_once(person, at):
    own = making.certificate(person)
    row = elsewhere.checked(person, at=at, issued_on=elsewhere.NEW)
    assert len(papers.papers_without_claim(person)) == 2
    claimed(row, at)
    assert papers.papers_without_claim(person) == []
    with pytest.raises(claims.AlreadyClaimed):
        claims.submit_claim(person, own.serial, at=at, answers=making.asked(), agreed=True)


def test_withdrawn_there_no_reviewer_can_approve(row, at):
    making.policy()
    claim = checking.check_claim(claimed(row, at), at=at)
    elsewhere.ruled(row, "withdraw", at=at)
    with pytest.raises(reviews.CertificateNotValid):
        making.passed(claim)
    assert certificates.standing_for(row.serial).state == "revoked"


def test_registered_anew_it_carries_the_claim_on(row, at):
    making.policy()
    claim = checking.check_claim(claimed(row, at), at=at)
    elsewhere.ruled(row, "withdraw", at=at)
    new = elsewhere.checked(row.user, at=at, issued_on=elsewhere.NEW, number=row.number)
    with pytest.raises(claims.AlreadyClaimed):
        claimed(new, at)
    assert making.passed(claim).state == "in_ministry_review"
