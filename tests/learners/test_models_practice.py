"""What the database refuses of practical work, whatever a program asks."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from courses.models import Film
from learners.models import Assessment, Submission
from learners.workflow import ASSESSMENT_MOVES, SUBMISSION_MOVES
from tests import factories
from tests.learners import practising

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def staff(at):
    return practising.instructors(4, at=at)


@pytest.fixture
def waiting(at, staff):
    return practising.shown(practising.enrolled(at), at=at)


@pytest.fixture
def decided(waiting, at):
    for seat in (1, 2):
        practising.assess(waiting, seat, at=at)
    waiting.refresh_from_db()
    return waiting


def refused(name, act):
    with pytest.raises(DatabaseError) as broken, transaction.atomic():
        act()
    found = broken.value.__cause__.diag.constraint_name
    assert found == name


def change(row, **columns):
    return lambda: type(row).objects.filter(pk=row.pk).update(**columns)


def seated(waiting, person, at, seat=3, **more):
    told = {"drawn_at": at, "due_at": at + dt.timedelta(days=7)} | more
    return lambda: Assessment.objects.create(
        submission=waiting, province_id=waiting.province_id, assessor=person, seat=seat, **told
    )


def copied(row, **changes):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    fields |= {"number": 9} | changes
    del fields["uid"]
    return lambda: Submission.objects.create(**fields)


def test_three_different_people_and_none_the_learner(waiting, at):
    taken = waiting.assessments.get(seat=1)
    refused("assessment_once_per_person", seated(waiting, taken.assessor, at))
    refused("assessment_not_of_own_work", seated(waiting, waiting.enrolment.user, at))
    spare = factories.user(at=at)
    refused("assessment_one_per_seat", seated(waiting, spare, at, seat=1))
    refused("assessment_seat_is_known", seated(waiting, spare, at, seat=4))
    refused("assessment_due_after_drawn", seated(waiting, spare, at, due_at=at))
    refused("assessment_moves", seated(waiting, spare, at, state="handed_in"))


def test_a_paper_has_the_facts_of_its_state_and_then_stays(waiting, at):
    paper = waiting.assessments.get(seat=1)
    refused("assessment_state_has_its_facts", change(paper, state="handed_in"))
    refused("assessment_state_has_its_facts", change(paper, score_percent=3))
    refused("assessment_drawn", change(paper, seat=2))
    practising.assess(waiting, 1, at=at)
    refused("assessment_moves", change(paper, sheet={}))
    refused("assessment_moves", lambda: Assessment.objects.filter(pk=paper.pk)._raw_delete("default"))


def test_a_submission_has_the_facts_of_its_state(waiting, decided):
    refused("submission_moves", copied(decided, film_id=None))
    refused("submission_pinned", change(decided, score_percent=99))
    refused("submission_pinned", change(decided, pass_mark_percent=1))
    refused("submission_moves", change(decided, state="failed"))
    refused("submission_moves", lambda: Submission.objects.filter(pk=decided.pk)._raw_delete("default"))


def test_a_submission_goes_only_along_its_moves(waiting, at):
    refused("submission_moves", change(waiting, state="given_up"))
    refused("submission_state_has_its_facts", change(waiting, state="passed"))
    facts = {"decided_at": at, "state": "passed"}
    refused("submission_state_fits_score", change(waiting, score_percent=59, **facts))
    refused("submission_state_fits_score", change(waiting, score_percent=70, safety_failed=True, **facts))
    refused(
        "submission_state_fits_score", change(waiting, **(facts | {"state": "failed", "score_percent": 70}))
    )
    refused("submission_film_kept_until_decided", change(waiting, film_deleted_at=at))


def test_one_open_and_one_number_per_task(waiting, at):
    film = Film.objects.get(pk=waiting.film_id)
    spare = Film(
        course=film.course,
        province=film.province,
        organisation=film.organisation,
        lesson_key="bench",
        purpose="practice",
        name="x",
        size=1,
        created_at=at,
        created_by=waiting.enrolment.user,
        due_at=at,
    )
    spare.save(force_insert=True)
    fresh = {"state": "sending", "handed_in_at": None, "draw_due_at": None, "film_id": spare.pk}
    refused("submission_one_open_per_task", copied(waiting, **fresh))
    for seat in (1, 2):
        practising.assess(waiting, seat, at=at)
    refused("submission_number_once", copied(waiting, **fresh, number=waiting.number))
    second = copied(waiting, **fresh)()
    Submission.objects.filter(pk=second.pk).update(state="submitted", handed_in_at=at)
    refused(
        "submission_passed_once_per_task",
        change(second, state="passed", decided_at=at, score_percent=70),
    )


@pytest.mark.parametrize("table", [SUBMISSION_MOVES, ASSESSMENT_MOVES])
def test_nothing_leads_back_to_the_beginning(table):
    first = {"sending", "open"}
    assert not {move.target for move in table.values()} & first
