"""Terms of enrolment: seats, the line, days, audience, what must be completed first."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from courses import services as catalogue
from learners import tasks
from learners.models import Enrolment, Intake, Prerequisite, WaitingPlace
from learners.selectors import intake as selectors
from learners.selectors.progress import exam_standing
from learners.services import assessment, intake, time
from learners.services import enrolment as services
from learners.services.completion import hand_in
from learners.workflow import WAITING_MOVES, WaitingState
from portal import moves
from portal.accounts.models import SentMessage
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from portal.notices.models import Notice
from portal.notices.tasks import deliver_due_notices
from tests import factories
from tests.learners import study

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def manager():
    return factories.staff(Role.PROVIDER_MANAGER)


@pytest.fixture
def course(at):
    return study.publish(at)


@pytest.fixture
def terms(course, manager, at):
    """Set the terms of the course anew."""

    def set_them(**told):
        return intake.set_intake(course.code, by=manager, at=told.pop("at", at), **told)

    return set_them


def enrolled(course, at, name="王建国"):
    return services.enrol(factories.learner(name), course.code, at=at)


def test_without_terms_anybody_enrols_at_any_time(course, at):
    assert enrolled(course, at).learn_until is None
    assert selectors.terms_for(factories.learner(), course.code) is None


def test_the_managers_of_the_provider_set_the_terms_and_nobody_else(course, terms, at):
    terms(seats=2, opens_on=at.date())
    entry = Entry.objects.get(action="intake.set")
    assert (entry.detail["seats"], entry.detail["opens_on"]) == (2, "2026-03-16")
    for role in (Role.INSTRUCTOR, Role.PROVINCE_CATALOGUE):
        with pytest.raises(intake.NotYours):
            intake.set_intake(course.code, by=factories.staff(role), at=at, seats=5)
    assert Intake.objects.get().seats == 2


def test_days_are_whole_days_of_shanghai_and_inclusive(course, terms, at):
    today = at.date()
    terms(opens_on=today + DAY, closes_on=today + 2 * DAY)
    with pytest.raises(intake.NotOpenYet, match="2026-03-17"):
        enrolled(course, at)
    midnight = at.replace(day=16, hour=16)
    enrolled(course, midnight)
    enrolled(course, midnight + 2 * DAY - dt.timedelta(seconds=1))
    with pytest.raises(intake.EnrolmentClosed, match="2026-03-18"):
        enrolled(course, midnight + 2 * DAY)


def test_days_in_the_wrong_order_are_refused_in_words(terms, at):
    with pytest.raises(ValidationError, match="报名截止日早于开始日"):
        terms(opens_on=at.date(), closes_on=at.date() - DAY)
    with pytest.raises(ValidationError):
        terms(closes_on=at.date(), learn_until=at.date() - DAY)
    with pytest.raises(ValidationError):
        terms(accept_days=15)
    assert not Intake.objects.exists()


def test_only_learners_of_a_province(course, terms, at):
    terms(only_province=factories.province("510000"))
    with pytest.raises(intake.OtherProvince):
        enrolled(course, at)
    services.enrol(factories.learner("古丽·𠮷", code="510000"), course.code, at=at)


def test_another_course_comes_first(course, terms, at):
    first = study.publish(at, code="GZ-S0")
    terms(prerequisites=[first.code])
    row = study.ready(at, course=first)
    with pytest.raises(intake.PrerequisiteMissing, match="安全用电𠮷入门"):
        services.enrol(row.user, course.code, at=at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + dt.timedelta(minutes=9))
    services.enrol(row.user, course.code, at=at + DAY)
    assert selectors.terms_for(row.user, course.code).required == ((first.code, first.title, True),)


def test_prerequisites_exist_and_never_go_in_a_circle(course, terms, manager, at):
    second, third = study.publish(at, code="GZ-S2"), study.publish(at, code="GZ-S3")
    intake.set_intake(second.code, by=manager, at=at, prerequisites=[course.code])
    intake.set_intake(third.code, by=manager, at=at, prerequisites=[second.code])
    for codes in ([course.code], [second.code], [third.code]):
        with pytest.raises(intake.Circle):
            terms(prerequisites=codes)
    with pytest.raises(intake.UnknownCourse):
        terms(prerequisites=["NO-SUCH"])
    with pytest.raises(intake.TooMany):
        terms(prerequisites=[f"C-{n}" for n in range(11)])


def test_seats_are_for_those_who_learn_now(course, terms, at):
    terms(seats=1)
    row = study.ready(at, course=course)
    with pytest.raises(intake.CourseFull):
        enrolled(course, at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + dt.timedelta(minutes=9))
    enrolled(course, at + DAY)


def test_fewer_seats_send_nobody_away(course, terms, at):
    terms(seats=2)
    enrolled(course, at), enrolled(course, at)
    terms(seats=1)
    assert Enrolment.objects.active().count() == 2
    with pytest.raises(intake.CourseFull):
        enrolled(course, at)


def test_a_freed_seat_goes_to_the_first_in_line_and_to_nobody_else(course, terms, at):
    terms(seats=1, accept_days=2)
    row = enrolled(course, at)
    first, second, newcomer = (factories.learner() for _ in range(3))
    place = services.await_seat(first, course.code, at=at)
    assert services.await_seat(first, course.code, at=at + DAY) == place
    other = services.await_seat(second, course.code, at=at + DAY)
    assert selectors.number_in_line(other) == 2
    services.withdraw(row, by=row.user, at=at + 2 * DAY)
    place.refresh_from_db()
    assert (place.state, place.offer_ends_at) == (WaitingState.OFFERED, at + 4 * DAY)
    for person in (newcomer, second, row.user):
        with pytest.raises(intake.CourseFull):
            services.enrol(person, course.code, at=at + 2 * DAY)
    services.enrol(first, course.code, at=at + 3 * DAY)
    place.refresh_from_db()
    assert (place.state, place.ended_at) == (WaitingState.ACCEPTED, at + 3 * DAY)
    assert selectors.seats_taken(course.code) == 1


def test_an_offer_that_lapses_goes_to_the_next(course, terms, at):
    terms(seats=1, accept_days=1)
    row = enrolled(course, at)
    first, second = factories.learner(), factories.learner()
    services.await_seat(first, course.code, at=at)
    services.await_seat(second, course.code, at=at)
    services.withdraw(row, by=row.user, at=at)
    late = at + DAY
    with pytest.raises(intake.CourseFull):
        services.enrol(first, course.code, at=late)
    assert intake.tend_line(course.code, at=late) == 1
    assert intake.tend_line(course.code, at=late) == 0
    assert list(WaitingPlace.objects.values_list("state", flat=True)) == ["lapsed", "offered"]
    services.enrol(second, course.code, at=late)
    again = services.await_seat(first, course.code, at=late)
    assert again.state == WaitingState.WAITING


def test_giving_a_kept_seat_up_passes_it_on(course, terms, at):
    terms(seats=1)
    row = enrolled(course, at)
    first, second = (services.await_seat(factories.learner(), course.code, at=at) for _ in range(2))
    services.withdraw(row, by=row.user, at=at)
    first.refresh_from_db()
    intake.leave_line(first, by=first.user, at=at)
    second.refresh_from_db()
    assert second.state == WaitingState.OFFERED
    with pytest.raises(IllegalMove):
        intake.leave_line(first, by=first.user, at=at)


def test_more_seats_are_offered_to_the_line_at_once(course, terms, at):
    terms(seats=1)
    enrolled(course, at)
    place = services.await_seat(factories.learner(), course.code, at=at)
    terms(seats=2)
    place.refresh_from_db()
    assert place.state == WaitingState.OFFERED


def test_nobody_waits_for_a_seat_that_is_free(course, terms, at):
    person = factories.learner()
    with pytest.raises(intake.SeatFree):
        services.await_seat(person, course.code, at=at)
    terms(seats=1)
    with pytest.raises(intake.SeatFree):
        services.await_seat(person, course.code, at=at)
    row = services.enrol(person, course.code, at=at)
    with pytest.raises(services.AlreadyEnrolled):
        services.await_seat(row.user, course.code, at=at)


def test_a_kept_seat_is_good_after_enrolment_has_closed(course, terms, at):
    terms(seats=1, closes_on=at.date(), accept_days=3)
    row = enrolled(course, at)
    place = services.await_seat(factories.learner(), course.code, at=at)
    services.withdraw(row, by=row.user, at=at)
    services.enrol(place.user, course.code, at=at + 2 * DAY)
    late = services.withdraw(Enrolment.objects.active().get(), by=place.user, at=at + 2 * DAY)
    with pytest.raises(intake.EnrolmentClosed):
        services.enrol(late.user, course.code, at=at + 2 * DAY)


def test_coming_back_needs_a_seat_but_not_the_first_days_conditions(course, terms, at):
    row = enrolled(course, at)
    services.withdraw(row, by=row.user, at=at)
    terms(seats=1, only_province=factories.province("510000"), learn_until=at.date() + 30 * DAY)
    back = services.enrol(row.user, course.code, at=at)
    assert (back.pk, back.learn_until) == (row.pk, at.date() + 30 * DAY)
    services.withdraw(back, by=row.user, at=at)
    services.enrol(factories.learner(code="510000"), course.code, at=at)
    with pytest.raises(intake.CourseFull):
        services.enrol(row.user, course.code, at=at)


def test_after_the_last_day_nothing_is_learned(course, terms, at):
    terms(learn_until=at.date())
    row = study.ready(at, course=course)
    late = at + DAY
    with pytest.raises(intake.LearningOver, match="2026-03-16"):
        study.pass_quiz(row, _lesson(row, "quiz"), at=late)
    with pytest.raises(intake.LearningOver):
        time.read_page(row, _lesson(row, "page"), by=row.user, opened_at=at, at=late, answers={})
    with pytest.raises(intake.LearningOver):
        time.open_session(row, _lesson(row, "page"), by=row.user, at=late)
    assert "learning_over" in dict(exam_standing(row, at=late).reasons)
    with pytest.raises(assessment.ExamClosed):
        assessment.start_attempt(row, by=row.user, at=late)
    with pytest.raises(intake.LearningOver):
        enrolled(course, late)


def _lesson(row, key):
    from courses import selectors as courses

    return courses.outline(row.version_id).lesson(key)


def test_the_last_day_is_lengthened_for_all_and_shortened_for_none(course, terms, at):
    terms(learn_until=at.date() + 10 * DAY)
    row = enrolled(course, at)
    terms(learn_until=at.date() + 5 * DAY)
    assert selectors.learning_ends_on(row) == at.date() + 10 * DAY
    assert selectors.learning_ends_on(enrolled(course, at)) == at.date() + 5 * DAY
    terms(learn_until=at.date() + 20 * DAY)
    assert selectors.learning_ends_on(row) == at.date() + 20 * DAY
    terms()
    assert selectors.learning_ends_on(row) is None


def test_whoever_is_offered_a_seat_is_told_once_in_the_same_step(course, terms, at, moving_clock):
    terms(seats=1)
    row = enrolled(course, at)
    place = services.await_seat(factories.learner(), course.code, at=at)
    services.withdraw(row, by=row.user, at=at)
    told = Notice.objects.get(kind="seat.offered")
    assert (told.user, told.path) == (place.user, reverse("learners:enrol", args=[course.code]))
    assert "“安全用电𠮷入门”的一个名额" in told.words_zh
    assert tasks.offer_free_seats() == 0
    assert Notice.objects.filter(kind="seat.offered").count() == 1
    deliver_due_notices()
    assert "安全用电𠮷入门" in SentMessage.objects.get().text


def test_the_task_offers_what_became_free_and_runs_twice(course, terms, at, moving_clock):
    terms(seats=1)
    enrolled(course, at)
    for _each in range(2):
        services.await_seat(factories.learner(), course.code, at=at)
    Intake.objects.update(seats=2)
    assert tasks.offer_free_seats() == 1
    assert tasks.offer_free_seats() == 0
    moving_clock.at += 4 * DAY
    assert tasks.offer_free_seats() == 1
    assert [place.state for place in WaitingPlace.objects.all()] == ["lapsed", "offered"]


def test_a_course_that_is_suspended_offers_nothing(course, terms, at):
    terms(seats=1)
    row = enrolled(course, at)
    place = services.await_seat(factories.learner(), course.code, at=at)
    catalogue.suspend(course, by=factories.staff(Role.PROVINCE_CATALOGUE), at=at, reason="核查")
    services.withdraw(row, by=row.user, at=at)
    place.refresh_from_db()
    assert place.state == WaitingState.WAITING


def test_every_cell_of_the_table_of_moves(course, terms, at):
    terms(seats=1)
    for step, move in WAITING_MOVES.items():
        for state in WaitingState.values:
            if state not in move.sources:
                with pytest.raises(IllegalMove):
                    moves.check(WAITING_MOVES, step, state)
    legal = {(source, move.target) for move in WAITING_MOVES.values() for source in move.sources}
    assert ("offered", "accepted") in legal


# -- what the database itself refuses -----------------------------------------------------------------------------


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_constraints_of_the_terms(course, terms, at):
    terms(seats=1, opens_on=at.date(), closes_on=at.date(), learn_until=at.date())
    change = Intake.objects.update
    refused("intake_has_a_seat", lambda: change(seats=0))
    refused("intake_time_to_accept", lambda: change(accept_days=0))
    refused("intake_closes_after_it_opens", lambda: change(closes_on=at.date() - DAY, learn_until=None))
    refused("intake_learning_ends_last", lambda: change(learn_until=at.date() - DAY))
    held = Intake.objects.get()
    ask = lambda code: Prerequisite.objects.create(intake=held, course_code=code)  # noqa: E731
    refused("prerequisite_is_another_course", lambda: ask(course.code))
    ask("GZ-X")
    refused("prerequisite_once", lambda: ask("GZ-X"))


def test_constraints_of_a_place_in_line(course, terms, at):
    terms(seats=1)
    enrolled(course, at)
    place = services.await_seat(factories.learner(), course.code, at=at)
    change = WaitingPlace.objects.filter(pk=place.pk).update
    rest = {"user": place.user, "province": place.province, "course_code": course.code, "joined_at": at}
    offer = {"state": "offered", "offered_at": at, "offer_ends_at": at + DAY}
    refused("waiting_one_place_per_course", lambda: WaitingPlace.objects.create(**rest))
    refused("begins as waiting", lambda: WaitingPlace.objects.create(**rest, **offer))
    refused(
        "does not go from",
        lambda: change(state="accepted", offered_at=at, offer_ends_at=at + DAY, ended_at=at),
    )
    refused("nobody else", lambda: change(user=factories.user()))
    refused("waiting_state_has_its_offer", lambda: change(state="offered"))
    refused("waiting_offer_has_an_end", lambda: change(state="offered", offered_at=at))
    refused("waiting_ended_when_over", lambda: change(state="left"))
    change(**offer)
    refused("does not go|known", lambda: change(state="nonsense"))
