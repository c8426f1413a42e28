import datetime as dt
import itertools

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from certificates import selectors, services, tasks, workflow
from certificates.models import Certificate, IssuingBatch
from certificates.services import batches
from certificates.services.issuing import NotYours
from portal import clock
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.certificates import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.staff(Role.PROVINCE_REVIEWER)


@pytest.fixture
def by_batch(officer, at):
    batches.set_terms("520000", by_batch=True, by=officer, at=at)


@pytest.fixture
def waiting(by_batch, at):
    """Six of two courses, and one that cannot be printed."""
    welding, sewing = making.version(), making.version(title="缝纫")
    done = [making.completion(of=of) for of in (welding, sewing) for _turn in range(3)]
    done.append(making.completion(of=sewing, name="王\U00030729"))
    services.request_all(done, at=at)
    return {"welding": welding.course.code, "sewing": sewing.course.code}


def test_without_terms_each_is_issued_at_once(at):
    services.request(making.completion(), at=at)
    assert services.issue_due(at=at, most=5).issued == 1


def test_in_batches_what_is_asked_for_waits(waiting, at):
    making.completion(code="110000")
    assert services.issue_due(at=at, most=50).taken == 0
    assert Certificate.objects.waiting_for_a_batch().count() == 7
    assert selectors.issues_by_batch("520000")
    assert selectors.batches.waiting_by_course("520000") == {waiting["welding"]: 3, waiting["sewing"]: 4}


def test_a_batch_of_a_province_issues_all_and_says_what_failed(waiting, officer, at):
    batch = batches.start("520000", by=officer, at=at)
    assert (batch.total, selectors.progress_of(batch).percent) == (7, 0)
    tasks.issue_due_certificates()
    batch.refresh_from_db()
    assert (batch.state, batch.issued, batch.failed) == ("done", 6, 1)
    assert "U+30729" in batch.certificates.get(state="failed").failure
    done = selectors.progress_of(batch)
    assert (done.issued, done.failed, done.waiting, done.percent) == (6, 1, 0, 100)
    assert tasks.issue_due_certificates() == 0, "a second run changes nothing"
    assert Entry.objects.get(action="certificates.batch_finished").detail == {
        "total": 7,
        "issued": 6,
        "failed": 1,
    }


def test_a_batch_of_a_course_leaves_the_rest_waiting(waiting, officer, at):
    batch = batches.start("520000", course_code=waiting["welding"], by=officer, at=at)
    tasks.issue_due_certificates()
    assert batch.certificates.issued().count() == batch.total == 3
    assert Certificate.objects.waiting_for_a_batch().count() == 4


def test_what_is_asked_for_later_waits_for_the_next_one(waiting, officer, at):
    batches.start("520000", by=officer, at=at)
    services.request(making.completion(), at=at + dt.timedelta(seconds=1))
    tasks.issue_due_certificates()
    assert Certificate.objects.waiting_for_a_batch().count() == 1


def test_paused_it_issues_nothing_and_resumed_the_rest(waiting, officer, monkeypatch, at):
    monkeypatch.setattr(batches, "CHUNK", 2)
    batch = batches.start("520000", by=officer, at=at)
    assert batches.go_on(at=at) == 1
    batches.pause(batch, by=officer, at=at)
    assert tasks.issue_due_certificates() == 0
    assert selectors.progress_of(batch).issued == 0
    batches.resume(batch, by=officer, at=at)
    assert tasks.issue_due_certificates() == 6


def test_cancelled_in_the_middle_what_is_left_waits_again(waiting, officer, monkeypatch, at):
    monkeypatch.setattr(batches, "CHUNK", 3)
    batch = batches.start("520000", by=officer, at=at)
    batches.go_on(at=at)
    assert services.issue_due(at=at, most=2).issued == 2
    batches.go_on(at=at)
    batches.cancel(batch, by=officer, at=at)
    batch.refresh_from_db()
    assert (batch.state, batch.issued, batch.failed) == ("cancelled", 2, 0)
    assert tasks.issue_due_certificates() == 0
    assert Certificate.objects.waiting_for_a_batch().count() == 5
    again = batches.start("520000", by=officer, at=clock.now())
    assert again.total == 5


def test_back_to_at_once_what_waited_is_issued(waiting, officer, at):
    batches.set_terms("520000", by_batch=False, by=officer, at=at)
    assert services.issue_due(at=at, most=50).issued == 6


def test_two_batches_do_not_overlap(waiting, officer, at):
    batches.start("520000", course_code=waiting["welding"], by=officer, at=at)
    batches.start("520000", course_code=waiting["sewing"], by=officer, at=at)
    for course in ("", waiting["welding"]):
        with pytest.raises(batches.OpenAlready):
            batches.start("520000", course_code=course, by=officer, at=at)


def test_a_batch_of_nothing_is_told(by_batch, officer, at):
    with pytest.raises(batches.NothingWaits):
        batches.start("520000", by=officer, at=at)


def test_only_the_province_starts_and_stops(waiting, officer, at):
    batch = batches.start("520000", by=officer, at=at)
    for person in (
        factories.staff(Role.PROVINCE_REVIEWER, code="110000"),
        factories.staff(Role.MINISTRY_REVIEWER),
        factories.learner(),
    ):
        for step in (batches.pause, batches.resume, batches.cancel):
            with pytest.raises(NotYours):
                step(batch, by=person, at=at)
        with pytest.raises(NotYours):
            batches.start("520000", by=person, at=at)
        with pytest.raises(NotYours):
            batches.set_terms("520000", by_batch=False, by=person, at=at)
    assert list(selectors.batches_visible_to(officer)) == [batch]
    assert not selectors.batches_visible_to(factories.staff(Role.PROVINCE_REVIEWER, code="110000"))


@pytest.mark.parametrize(
    ("step", "state"), list(itertools.product(workflow.BATCH_MOVES, IssuingBatch.State.values))
)
def test_a_step_is_possible_from_its_sources_only(waiting, officer, step, state, at):
    if step == "finish":
        assert workflow.BATCH_MOVES[step].sources == {"running"}
        return
    batch = batches.start("520000", by=officer, at=at)
    if state == "paused":
        batches.pause(batch, by=officer, at=at)
    elif state == "cancelled":
        batches.cancel(batch, by=officer, at=at)
    elif state == "done":
        tasks.issue_due_certificates()
    act = getattr(batches, step)
    if state in workflow.BATCH_MOVES[step].sources:
        assert act(batch, by=officer, at=at).state == workflow.BATCH_MOVES[step].target
    else:
        with pytest.raises(IllegalMove):
            act(batch, by=officer, at=at)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("batch_ended_with_its_figures", {"state": "cancelled"}),
        ("batch_ended_with_its_figures", {"ended_at": factories.AT}),
        ("no batch goes", {"state": "lost"}),
        ("fixed", {"total": 1}),
        ("fixed", {"course_code": "X"}),
        (
            "batch_ends_after_it_begins",
            {"state": "done", "issued": 0, "failed": 0, "ended_at": factories.AT - dt.timedelta(1)},
        ),
    ],
)
def test_the_database_refuses_a_half_truth(waiting, officer, name, change, at):
    batches.start("520000", by=officer, at=at)
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        IssuingBatch.objects.update(**change)


def test_the_database_keeps_batches_and_one_open_for_each_scope(waiting, officer, at):
    batch = batches.start("520000", by=officer, at=at)
    with pytest.raises(IntegrityError, match="batch_one_open_per_scope"), transaction.atomic():
        IssuingBatch.objects.create(province_id="520000", total=1, started_by=officer, started_at=at)
    with pytest.raises(DatabaseError, match="begins as running"), transaction.atomic():
        IssuingBatch.objects.create(
            province_id="520000", course_code="X", total=1, started_by=officer, started_at=at, state="paused"
        )
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        batch.delete()
