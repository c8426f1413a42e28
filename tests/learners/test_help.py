"""Help at a county desk: proof of presence, what a helper may do, that no time counts meanwhile, and its end."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from learners import reasons, tasks
from learners.models import HelpSession, KeyGroupMembership, LedgerRow, PlaySession
from learners.selectors import county_help as selectors
from learners.services import alone, assessment, beats, practice, quizzes, time
from learners.services import county_help as services
from learners.services import enrolment as enrolments
from learners.states import State
from learners.workflow import HELP_MOVES, HelpState
from portal import moves, numbers
from portal.accounts import services as accounts
from portal.accounts.models import BankAccount
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.learners import lessons, practising, staff_files, study

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def helper():
    return factories.staff(Role.COUNTY_DESK, name="阿依古丽·𠮷")


@pytest.fixture
def person():
    return factories.learner("买买提·𠮷")


def begun(helper, person, at):
    session, code = services.ask_with_phone(person.phone, by=helper, at=at)
    return services.prove_presence(session, code, by=helper, at=at)


def test_a_code_on_the_learners_phone_proves_presence(helper, person, at):
    session, code = services.ask_with_phone(person.phone, by=helper, at=at)
    assert bytes(session.code_digest).find(code.encode()) == -1
    with pytest.raises(services.HelpOver):
        services.enrol_for(session, "X", by=helper, at=at)
    with pytest.raises(services.WrongCode):
        services.prove_presence(session, "not it", by=helper, at=at)
    done = services.prove_presence(session, f" {code[:3]} {code[3:]}", by=helper, at=at + MINUTE)
    assert (done.state, done.tries, done.ends_at) == ("open", 1, at + 31 * MINUTE)
    with pytest.raises(IllegalMove):
        services.prove_presence(session, code, by=helper, at=at)


def test_five_wrong_codes_end_it(helper, person, at):
    session, code = services.ask_with_phone(person.phone, by=helper, at=at)
    for _ in range(4):
        with pytest.raises(services.WrongCode):
            services.prove_presence(session, "x", by=helper, at=at)
    with pytest.raises(services.HelpOver):
        services.prove_presence(session, "x", by=helper, at=at)
    with pytest.raises(IllegalMove):
        services.prove_presence(session, code, by=helper, at=at)


def test_a_code_is_for_ten_minutes_and_for_its_helper(helper, person, at):
    session, code = services.ask_with_phone(person.phone, by=helper, at=at)
    for by, moment in ((helper, at + 10 * MINUTE), (factories.staff(Role.COUNTY_DESK), at)):
        with pytest.raises(services.HelpOver):
            services.prove_presence(session, code, by=by, at=moment)


def test_without_a_phone_a_third_has_to_confirm(helper, person, at):
    session = services.ask_with_card(person.identity.number, by=helper, at=at)
    accounts.appoint(person, Role.COUNTY_DESK, by=None, at=at, province=factories.province())
    for by in (
        helper,
        person,
        factories.staff(Role.COUNTY_DESK, code="510000"),
        factories.staff(Role.AUDITOR),
    ):
        with pytest.raises(services.NotAThird):
            services.confirm_presence(session, by=by, at=at)
    with pytest.raises(services.HelpOver):
        services.prove_presence(session, "", by=helper, at=at)
    second = factories.staff(Role.PROVINCE_REVIEWER)
    assert [row for row, _name in selectors.to_confirm(second, at=at)] == [session]
    done = services.confirm_presence(session, by=second, at=at)
    assert (done.state, done.confirmed_by) == ("open", second)
    assert selectors.to_confirm(second, at=at) == []
    opened = Entry.objects.get(action="help.opened")
    assert (opened.by, opened.detail) == (second, {"for": person.pk, "presence": "official"})


def test_whom_a_desk_helps(helper, person, at):
    for asked in ("13700000000", factories.learner(code="510000").phone):
        with pytest.raises(services.NoSuchLearner):
            services.ask_with_phone(asked, by=helper, at=at)
    with pytest.raises(services.NoSuchLearner):
        services.ask_with_card("520102199003079238", by=helper, at=at)
    with pytest.raises(services.OwnDesk):
        services.ask_with_phone(helper.phone, by=helper, at=at)
    with pytest.raises(numbers.BadNumber):
        services.ask_with_phone("12", by=helper, at=at)
    first, _code = services.ask_with_phone(person.phone, by=helper, at=at)
    for by in (helper, factories.staff(Role.COUNTY_DESK)):
        with pytest.raises(services.Busy):
            services.ask_with_phone(person.phone, by=by, at=at)
    for n in range(2):
        services.ask_with_phone(person.phone, by=helper, at=at + (n + 1) * 10 * MINUTE)
    first.refresh_from_db()
    assert (first.state, first.ended_at) == ("ended", at + 10 * MINUTE)
    with pytest.raises(services.TooOften):
        services.ask_with_phone(person.phone, by=helper, at=at + 30 * MINUTE)


def test_no_help_while_an_exam_runs(helper, person, at):
    assessment.start_attempt(study.ready(at, user=person), by=person, at=at)
    with pytest.raises(enrolments.ExamRunning):
        services.ask_with_phone(person.phone, by=helper, at=at)


# -- learning stands still ------------------------------------------------------------------------------------------


def test_help_ends_the_players_session_and_none_opens_meanwhile(helper, at):
    learning = lessons.learning(at)
    person, film = learning.user, learning.facts("film")
    before = time.open_session(learning.enrolment, film, by=person, at=at)
    session = begun(helper, person, at + MINUTE)
    before.refresh_from_db()
    assert (before.state, before.ending) == ("closed", PlaySession.Ending.HELPED)
    with pytest.raises(alone.BeingHelped) as refused:
        time.open_session(learning.enrolment, film, by=person, at=at + 30 * MINUTE)
    assert str(refused.value) == str(reasons.of(refused.value.code).sentence)
    assert not PlaySession.objects.filter(state="live").exists()
    services.end_help(session, by=person, at=at + 30 * MINUTE)
    time.open_session(learning.enrolment, film, by=person, at=at + 30 * MINUTE)


def test_a_beat_earns_nothing_once_help_has_begun(helper, player):
    """Over the page's own road: neither a beat, nor the answer to a check, nor the first beat told again."""
    player.open()
    told = player.beat()
    while not told["check"]:
        told = player.beat()
    person = player.learning.user
    session = begun(helper, person, player.clock.at)
    rows = list(LedgerRow.objects.filter(user=person).values_list("entry", "ms"))
    player.clock.go(15_000)
    for refused in (
        player.send(position=player.position + 15_000),
        player.send(seq=player.seq),
        player.post(
            f"sessions/{player.session}/answer/",
            {"number": told["check"]["number"], "answers": {}, "here": True},
        ),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "session_helped")
    services.end_help(session, by=person, at=player.clock.at)
    assert player.send(position=player.position + 15_000).json()["code"] == "session_helped"
    assert list(LedgerRow.objects.filter(user=person).values_list("entry", "ms")) == rows


def test_a_beat_that_was_read_before_help_began_writes_nothing(helper, player):
    player.open()
    player.beat()
    row = beats._read(player.session, player.client.session.session_key)
    begun(helper, player.learning.user, player.clock.at)
    state = State.from_json(row.now)
    assert not beats._write(row, state, b"", last_nonce=row.nonce, at=player.clock.at)


def test_no_film_of_practical_work_meanwhile(helper, at, moving_clock):
    practising.instructors(2, at=at)
    row = practising.enrolled(at)
    film = practising.made(row, at=at)
    session = begun(helper, row.user, at)
    with pytest.raises(alone.BeingHelped):
        practice.hand_in_film(film, declared=True, by=row.user, at=at + MINUTE)
    practice.give_up(film, by=row.user, at=at + MINUTE)
    lesson = practising.lesson_of(row)
    with pytest.raises(alone.BeingHelped):
        practice.begin_submission(row, lesson, name="x.mp4", size=9, by=row.user, at=at + MINUTE)
    services.end_help(session, by=row.user, at=at + MINUTE)
    practice.begin_submission(row, lesson, name="x.mp4", size=9, by=row.user, at=at + MINUTE)


def test_minutes_of_help_count_for_no_page_that_was_opened_before(helper, at):
    learning = lessons.learning(at)
    person, text = learning.user, learning.facts("page")
    session = begun(helper, person, at + MINUTE)
    services.end_help(session, by=helper, at=at + 20 * MINUTE)
    done = at + 20 * MINUTE + dt.timedelta(seconds=7)
    answers = lessons.answers_for(learning, "page")
    time.read_page(learning.enrolment, text, by=person, opened_at=at, at=done, answers=answers)
    assert [row.ms for row in LedgerRow.objects.filter(entry="credit")] == [7_000]


def test_it_is_over_by_the_clock_whether_or_not_a_worker_came(helper, at):
    learning = lessons.learning(at)
    session = begun(helper, learning.user, at)
    over = at + 30 * MINUTE
    with pytest.raises(services.HelpOver):
        services.enrol_for(session, "X", by=helper, at=over)
    assert selectors.own_help(helper, at=over) is None
    time.open_session(learning.enrolment, learning.facts("film"), by=learning.user, at=over)


def test_no_page_no_quiz_and_no_exam_meanwhile(helper, person, at):
    enrolment = study.ready(at - 60 * MINUTE, user=person)
    course = lessons.learning(at, user=person)
    begun(helper, person, at)
    quiz = study.courses.outline(enrolment.version_id).lesson("quiz")
    with pytest.raises(alone.BeingHelped):
        quizzes.submit_quiz(enrolment, quiz, {}, opened_at=at, at=at + MINUTE)
    with pytest.raises(alone.BeingHelped):
        assessment.start_attempt(enrolment, by=person, at=at + MINUTE)
    text = study.courses.outline(enrolment.version_id).lesson("page")
    with pytest.raises(alone.BeingHelped):
        time.read_page(enrolment, text, by=person, opened_at=at, at=at + MINUTE, answers={})
    assert course.enrolment.user == person


def test_minutes_of_help_count_for_no_quiz_that_was_opened_before(helper, person, at):
    enrolment = study.enrolled(at, user=person)
    quiz = study.courses.outline(enrolment.version_id).lesson("quiz")
    session = begun(helper, person, at + MINUTE)
    services.end_help(session, by=helper, at=at + 20 * MINUTE)
    answers = {question.id: ["A"] for question in study.courses.check_questions(quiz.id)}
    handed_in = at + 20 * MINUTE + dt.timedelta(seconds=7)
    quizzes.submit_quiz(enrolment, quiz, answers, opened_at=at, at=handed_in)
    assert [row.ms for row in LedgerRow.objects.filter(entry="credit")] == [7_000]


# -- what a helper does ---------------------------------------------------------------------------------------------


def test_every_step_is_the_helpers_for_the_learner(helper, person, at):
    boss = factories.staff(Role.EMPLOYER)
    study.publish(at)
    second = study.publish(at, code="GZ-S2")
    asked = staff_files.invited(
        staff_files.row(0, number=person.identity.number, course=second.code), by=boss, at=at
    )[0]
    session = begun(helper, person, at)
    told = {"by": helper, "at": at + MINUTE}
    assert services.enrol_for(session, "GZ-S1", **told).user == person
    services.declare_for(session, "veteran", evidence="退役证", **told)
    assert services.accept_for(session, asked, **told).enrolment.user == person
    for action in ("enrolment.begun", "key_group.declared", "invitation.accepted"):
        entry = Entry.objects.filter(action=action).last()
        assert (entry.by, entry.detail["for"]) == (helper, person.pk), action
    assert [entry.detail["step"] for entry in Entry.objects.filter(action="help.acted").order_by("id")] == [
        "enrol", "declare", "accept",
    ]  # fmt: skip
    assert len(selectors.help_for(person, at=at + MINUTE).done) == 3
    with pytest.raises(services.HelpOver):
        services.enrol_for(session, "GZ-S1", by=factories.staff(Role.COUNTY_DESK), at=at)


def test_a_step_that_a_rule_refuses_leaves_no_trace(helper, person, at):
    session = begun(helper, person, at)
    with pytest.raises(Http404):
        services.enrol_for(session, "XX-1", by=helper, at=at)
    assert not Entry.objects.filter(action="help.acted").exists()
    assert not KeyGroupMembership.objects.exists()
    assert not BankAccount.objects.exists()


def test_a_newcomer_is_registered_at_the_desk(helper, at):
    person = factories.user()
    session = begun(helper, person, at)
    told = {
        "name": "买买提·𠮷",
        "number": "520102199003079238",
        "province": factories.province(),
        "agreed": True,
    }
    services.register_for(session, by=helper, at=at, **told)
    entry = Entry.objects.get(action="identity.registered")
    assert (entry.by, entry.detail["for"]) == (helper, person.pk)


# -- the end --------------------------------------------------------------------------------------------------------


def test_the_task_ends_what_is_over_twice(helper, person, at, moving_clock):
    session = begun(helper, person, at)
    moving_clock.at = at + 29 * MINUTE
    assert tasks.end_help() == 0
    moving_clock.at = at + 40 * MINUTE
    assert (tasks.end_help(), tasks.end_help()) == (1, 0)
    session.refresh_from_db()
    assert (session.state, session.ended_at) == ("ended", at + 30 * MINUTE)
    assert Entry.objects.get(action="help.ended").reason == "time"


def test_either_of_them_ends_it_and_a_stranger_knows_nothing(helper, person, at):
    session = begun(helper, person, at)
    with pytest.raises(Http404):
        selectors.helped_visible_to(factories.learner(), session.pk)
    with pytest.raises(Http404):
        selectors.help_visible_to(factories.staff(Role.COUNTY_DESK), session.pk, at=at)
    services.end_help(selectors.helped_visible_to(person, session.pk), by=person, at=at + MINUTE)
    services.end_help(session, by=helper, at=at + 2 * MINUTE)
    session.refresh_from_db()
    assert session.ended_at == at + MINUTE
    assert Entry.objects.filter(action="help.ended").count() == 1


def test_who_sees_what_was_given(helper, person, at):
    session = begun(helper, person, at)
    seen = lambda user: list(selectors.sessions_visible_to(user))  # noqa: E731
    for user in (helper, factories.staff(Role.PROVINCE_REVIEWER), factories.staff(Role.AUDITOR)):
        assert seen(user) == [session]
    for user in (factories.staff(Role.COUNTY_DESK), factories.staff(Role.PROVINCE_REVIEWER, code="510000")):
        assert seen(user) == []


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_constraints_of_help(helper, person, at):
    session, _code = services.ask_with_phone(person.phone, by=helper, at=at)
    update = HelpSession.objects.filter(pk=session.pk).update
    made = lambda **more: HelpSession.objects.create(  # noqa: E731
        **{
            "helper": factories.staff(Role.COUNTY_DESK), "learner": factories.learner(), "province_id": "520000",
            "presence": "official", "asked_at": at, "ends_at": at, **more,
        }
    )  # fmt: skip
    third = factories.staff(Role.PROVINCE_REVIEWER)
    refused("help_is_for_another", lambda: made(learner=helper, helper=helper))
    refused("help_one_per_helper", lambda: made(helper=helper))
    refused("help_one_per_learner", lambda: made(learner=person))
    refused("begins as asked", lambda: made(state="ended", ended_at=at))
    refused("help_code_for_a_phone", lambda: made(presence="phone"))
    refused("help_code_for_a_phone", lambda: update(code_digest=None))
    refused("help_opened_on_proof", lambda: update(state="open", opened_at=at, confirmed_by=third))
    refused("help_opened_on_proof", lambda: update(confirmed_by=third))
    refused("help_state_with_its_moments", lambda: update(state="open"))
    refused("does not go from|known", lambda: update(state="no"))
    refused("nobody else's", lambda: update(learner=third))
    card = made()
    change = HelpSession.objects.filter(pk=card.pk).update
    refused("help_opened_on_proof", lambda: change(state="open", opened_at=at))
    for same in (card.helper, card.learner):
        refused(
            "help_confirmed_by_a_third",
            lambda same=same: change(state="open", opened_at=at, confirmed_by=same),
        )
    change(state="ended", ended_at=at)
    refused("does not go from", lambda: change(state="asked", ended_at=None))


def test_every_cell_of_the_table_of_moves():
    for step, move in HELP_MOVES.items():
        for state in set(HelpState.values) - move.sources:
            with pytest.raises(IllegalMove):
                moves.check(HELP_MOVES, step, state)
