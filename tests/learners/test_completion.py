import datetime as dt
from fractions import Fraction

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from learners import selectors, tasks, terms
from learners.models import Completion, Enrolment
from learners.services import assessment
from learners.services.completion import complete_if_due, complete_next_due, hand_in
from portal import chain
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def test_the_last_thing_completes_the_course_with_its_facts(at):
    row = study.ready(at)
    attempt = hand_in(study.sit(row, at=at, right=3), by=row.user, at=at + MINUTE)
    done = Completion.objects.get()
    row.refresh_from_db()
    assert (row.state, row.completed_at, row.completion_due_at) == ("completed", at + MINUTE, None)
    assert (done.user, done.province_id, done.completed_at) == (row.user, "520000", at + MINUTE)
    assert done.facts["valid_hours"] == "3"
    assert done.facts["exam"]["attempt"] == attempt.pk
    assert done.facts["exam_score"] == 75
    assert bytes(done.digest) == chain.digest(chain.START, done.facts)


def test_facts_for_the_apps_above(at):
    row = study.ready(at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + MINUTE)
    done = selectors.completions().get()
    facts = selectors.learning_facts(done.pk)
    assert (facts.user_id, facts.province_code, facts.version_id) == (row.user_id, "520000", row.version_id)
    assert (facts.valid_hours, facts.course_hours, facts.online_hours) == (Fraction(3),) * 3
    assert facts.started_on == facts.completed_on == dt.date(2026, 3, 16)
    assert facts.offline_days == 0


def test_days_are_those_of_shanghai(at):
    night = dt.datetime(2026, 3, 16, 15, 50, tzinfo=dt.UTC)
    row = study.ready(night)
    hand_in(study.sit(row, at=night), by=row.user, at=night + 20 * MINUTE)
    facts = selectors.learning_facts(Completion.objects.get().pk)
    assert (facts.started_on, facts.completed_on) == (dt.date(2026, 3, 16), dt.date(2026, 3, 17))


def test_nothing_is_completed_while_something_is_missing(at):
    row = study.enrolled(at)
    assert complete_if_due(row, at=at) is None
    study.learn(row, at=at)
    assert complete_if_due(row, at=at) is None
    assessment.submit_attempt(study.sit(row, at=at, right=0), by=row.user, at=at + MINUTE)
    assert complete_if_due(row, at=at + MINUTE) is None
    assert not Completion.objects.exists()


def test_a_second_time_gives_the_same_row(at):
    row = study.ready(at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + MINUTE)
    assert complete_if_due(row, at=at + 5 * MINUTE) == Completion.objects.get()


def test_the_sweeper_finds_what_a_page_did_not_finish_and_runs_twice(at, moving_clock):
    row = study.ready(at)
    assessment.submit_attempt(study.sit(row, at=at), by=row.user, at=at + MINUTE)
    moving_clock.at = at + MINUTE
    assert tasks.complete_due_enrolments() == 1
    assert tasks.complete_due_enrolments() == 0
    assert Completion.objects.count() == 1


def test_what_is_not_complete_yet_is_looked_at_later_and_stops_nobody(at):
    course = study.publish(at)
    early, row = study.enrolled(at, course=course), study.ready(at, course=course)
    Enrolment.objects.filter(pk=early.pk).update(completion_due_at=at)
    assessment.submit_attempt(study.sit(row, at=at), by=row.user, at=at + MINUTE)
    later = at + 2 * MINUTE
    assert complete_next_due(at=later)
    assert complete_next_due(at=later)
    assert not complete_next_due(at=later)
    early.refresh_from_db()
    assert early.completion_due_at == later + terms.COMPLETE_RETRY
    assert Completion.objects.get().enrolment_id == row.pk


def test_a_completion_never_changes(at):
    row = study.ready(at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + MINUTE)
    done = Completion.objects.get()
    for act in (
        lambda: Completion.objects.filter(pk=done.pk).update(facts={}),
        lambda: Completion.objects.filter(pk=done.pk).delete(),
        lambda: Completion.objects.create(
            enrolment=row, user=row.user, province_id="520000", completed_at=at, facts={}, digest=b"x" * 32
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_not_even_the_owner_truncates(at, owner_sql):
    import psycopg2

    with pytest.raises(psycopg2.Error, match="append-only"):
        owner_sql("TRUNCATE learners_completion CASCADE")


def test_names_of_all_kinds_reach_the_end(at):
    course = study.publish(at)
    for row in factories.rows("names.csv")[:300:60]:
        person = factories.learner(row["full_name"])
        enrolment = study.ready(at, user=person, course=course)
        hand_in(study.sit(enrolment, at=at), by=person, at=at + MINUTE)
    assert Completion.objects.count() == 5
