import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from courses import services as catalogue
from learners import selectors
from learners.models import Enrolment
from learners.services import enrolment as services
from learners.services.completion import complete_next_due
from learners.workflow import ACTIVE, ATTEMPT_MOVES, COMPLETED, ENROLMENT_MOVES, WITHDRAWN
from portal import moves
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_pins_version_edition_and_share_and_writes_the_audit(at):
    course = study.publish(at)
    person = factories.learner("阿卜杜拉·买买提")
    row = services.enrol(person, course.code, at=at)
    assert (row.state, row.province_id, row.required_percent) == (ACTIVE, "520000", 80)
    assert row.version_id == course.current_version_id
    assert row.edition.province is None
    assert Entry.objects.get(action="enrolment.begun").detail["course"] == course.code


def test_a_visitor_who_only_signed_up_must_register_first(at):
    course = study.publish(at)
    with pytest.raises(services.NotVerified):
        services.enrol(factories.user(), course.code, at=at)


def test_unknown_course_is_not_found(at):
    with pytest.raises(Http404):
        services.enrol(factories.learner(), "NO-SUCH", at=at)


def test_a_suspended_course_takes_nobody_new_but_keeps_its_learners(at):
    course = study.publish(at)
    row = study.enrolled(at, course=course)
    keeper = factories.staff(Role.PROVINCE_CATALOGUE)
    catalogue.suspend(course, by=keeper, at=at, reason="核查")
    with pytest.raises(services.CourseClosed):
        services.enrol(factories.learner(), course.code, at=at)
    assert selectors.enrolment_visible_to(row.user, row.pk) == row


def test_twice_is_refused(at):
    row = study.enrolled(at)
    with pytest.raises(services.AlreadyEnrolled):
        services.enrol(row.user, row.course_code, at=at)
    assert Enrolment.objects.count() == 1


def test_withdraw_and_come_back_keeps_the_row(at):
    row = study.enrolled(at)
    left = services.withdraw(row, by=row.user, at=at + DAY)
    assert (left.state, left.withdrawn_at) == (WITHDRAWN, at + DAY)
    assert services.withdraw(row, by=row.user, at=at + 2 * DAY).withdrawn_at == at + DAY
    with pytest.raises(Http404):
        selectors.enrolment_visible_to(row.user, row.pk)
    back = services.enrol(row.user, row.course_code, at=at + 3 * DAY)
    assert (back.pk, back.state, back.withdrawn_at, back.enrolled_at) == (row.pk, ACTIVE, None, at)


def test_no_leaving_while_an_exam_runs(at):
    row = study.ready(at)
    study.sit(row, at=at)
    with pytest.raises(services.ExamRunning):
        services.withdraw(row, by=row.user, at=at)


def test_completed_is_for_good(at):
    row = study.ready(at)
    from learners.services.completion import hand_in

    hand_in(study.sit(row, at=at), by=row.user, at=at + dt.timedelta(minutes=1))
    with pytest.raises(IllegalMove):
        services.withdraw(row, by=row.user, at=at + DAY)
    with pytest.raises(services.AlreadyCompleted):
        services.enrol(row.user, row.course_code, at=at + DAY)


def test_who_passed_left_and_came_back_still_completes(at):
    from learners.services import assessment

    row = study.ready(at)
    assessment.submit_attempt(study.sit(row, at=at), by=row.user, at=at + dt.timedelta(minutes=1))
    services.withdraw(row, by=row.user, at=at + DAY)
    services.enrol(row.user, row.course_code, at=at + 2 * DAY)
    assert complete_next_due(at=at + 2 * DAY)
    row.refresh_from_db()
    assert row.state == COMPLETED


def test_the_provinces_own_edition_is_pinned_and_a_later_one_changes_nothing(at):
    from tests.learners.lessons import fictional_edition

    course = study.publish(at)
    before = study.enrolled(at, course=course)
    own = fictional_edition(at)
    after = study.enrolled(at, course=course)
    assert after.edition == own
    before.refresh_from_db()
    assert before.edition.province is None


@pytest.mark.parametrize(
    ("moves_", "states"),
    [(ENROLMENT_MOVES, {ACTIVE, COMPLETED, WITHDRAWN}), (ATTEMPT_MOVES, {"running", "passed", "failed"})],
)
def test_every_cell_of_the_tables_of_moves(moves_, states):
    for step, move in moves_.items():
        for state in states:
            if state in move.sources:
                assert moves.check(moves_, step, state) == move.target
            else:
                with pytest.raises(IllegalMove):
                    moves.check(moves_, step, state)


# -- what the database itself refuses -----------------------------------------------------------------------------


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def copy(row, **changes):
    values = {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.attname != "id"}
    return Enrolment.objects.create(**values | changes)


def test_constraints_of_an_enrolment(at):
    row = study.enrolled(at)
    update = Enrolment.objects.filter(pk=row.pk).update
    refused("enrolment_one_", lambda: copy(row))
    refused("enrolment_state_has_its_time", lambda: update(state=COMPLETED))
    refused("enrolment_ends_after_it_begins", lambda: update(state=COMPLETED, completed_at=at - DAY))
    refused(
        "enrolment_due_only_while_active",
        lambda: update(state=WITHDRAWN, withdrawn_at=at, completion_due_at=at),
    )
    refused("enrolment_required_is_a_share", lambda: copy(row, required_percent=101))
    refused(
        "enrolment_not_counting_has_reason", lambda: copy(row, counts_for_subsidy=False, subsidy_reason="")
    )
    refused("enrolment_moves|active", lambda: copy(row, state=COMPLETED, completed_at=at))


def test_what_is_pinned_never_changes_and_rows_stay(at):
    from django.db.utils import InternalError

    row = study.enrolled(at)
    for fields in ({"required_percent": 1}, {"province_id": "510000"}, {"course_code": "X-1"}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Enrolment.objects.filter(pk=row.pk).update(**fields)
    for fields in ({"counts_for_subsidy": True}, {"subsidy_reason": "other"}):
        with pytest.raises(IntegrityError, match="settled on its first day"), transaction.atomic():
            Enrolment.objects.filter(pk=row.pk).update(**fields)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Enrolment.objects.filter(pk=row.pk).delete()
    services.withdraw(row, by=row.user, at=at)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Enrolment.objects.filter(pk=row.pk).update(state=COMPLETED, withdrawn_at=None, completed_at=at)


# -- selectors ----------------------------------------------------------------------------------------------------


def test_only_ones_own_enrolment_is_seen(at):
    row = study.enrolled(at)
    other = factories.learner()
    assert list(selectors.enrolments_of(row.user)) == [row]
    assert not selectors.enrolments_of(other).exists()
    with pytest.raises(Http404):
        selectors.enrolment_visible_to(other, row.pk)


def test_counts_by_province(at):
    course = study.publish(at)
    study.enrolled(at, course=course)
    study.enrolled(at, course=course, user=factories.learner(code="510000"))
    row = study.ready(at, course=course)
    study.sit(row, at=at)
    counts = selectors.status_counts_by_province()
    assert counts["520000"] == {"learners": 2, "learning": 2, "in_exam": 1, "completed": 0}
    assert counts["510000"]["learners"] == 1
