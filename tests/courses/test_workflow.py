"""Every cell of the table of moves, in the service's eyes and in the database's."""

import itertools

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from courses import services
from courses.models import Course, CourseVersion
from courses.services.steps import NotReady, ReasonMissing, SecondPersonNeeded
from courses.workflow import MOVES, NEEDS_REASON, VERSION_MOVES, State, VersionState
from portal.audit.selectors import breaches, history_of
from portal.moves import IllegalMove

LEGAL = {(source, move.target) for move in MOVES.values() for source in move.sources}
LEGAL_FOR_VERSIONS = {(source, move.target) for move in VERSION_MOVES.values() for source in move.sources}
COURSE_STEPS = {"suspend": services.suspend, "resume": services.resume, "withdraw": services.withdraw}
VERSION_STEPS = {
    "submit": services.submit,
    "recall": services.recall,
    "return": services.send_back,
    "publish": services.publish,
}


def reason_for(step):
    return {"reason": "说明"} if step in NEEDS_REASON else {}


@pytest.fixture
def in_state(make_course, publish_course, keeper, at):
    def make(state):
        if state == State.UNLISTED:
            return make_course(ready=True)
        course = publish_course()
        if state == State.SUSPENDED:
            return services.suspend(course, by=keeper, at=at, reason="内容过时")
        if state == State.WITHDRAWN:
            return services.withdraw(course, by=keeper, at=at, reason="不再开设")
        return course

    return make


@pytest.fixture
def version_in_state(make_course, publish_course, author, keeper, at):
    def make(state):
        if state == VersionState.PUBLISHED:
            return publish_course().current_version
        course = make_course(ready=True)
        if state == VersionState.RETURNED:
            services.submit(course, by=author, at=at)
            services.send_back(course, by=keeper, at=at, reason="缺字幕")
        elif state == VersionState.UNDER_REVIEW:
            services.submit(course, by=author, at=at)
        elif state == VersionState.SUBMITTED:
            course.versions.update(state=state, submitted_at=at, submitted_by=author)
        return course.versions.get()

    return make


@pytest.mark.parametrize(("step", "state"), list(itertools.product(COURSE_STEPS, State.values)))
def test_a_step_is_taken_from_its_states_only(in_state, step, state, keeper, at):
    course = in_state(state)
    if state in MOVES[step].sources:
        assert COURSE_STEPS[step](course, by=keeper, at=at, **reason_for(step)).state == MOVES[step].target
    else:
        with pytest.raises(IllegalMove):
            COURSE_STEPS[step](course, by=keeper, at=at, **reason_for(step))
        course.refresh_from_db()
        assert course.state == state


@pytest.mark.parametrize(("step", "state"), list(itertools.product(VERSION_STEPS, VersionState.values)))
def test_a_step_of_a_version_is_taken_from_its_states_only(version_in_state, step, state, keeper, at):
    version = version_in_state(state)
    if state in VERSION_MOVES[step].sources:
        VERSION_STEPS[step](version.course, by=keeper, at=at, **reason_for(step))
        version.refresh_from_db()
        assert version.state == ("under_review" if step == "submit" else VERSION_MOVES[step].target)
    else:
        with pytest.raises(IllegalMove):
            VERSION_STEPS[step](version.course, by=keeper, at=at, **reason_for(step))
        version.refresh_from_db()
        assert version.state == state


@pytest.mark.parametrize("pair", [p for p in itertools.product(State.values, repeat=2) if p[0] != p[1]])
def test_the_table_itself_refuses_other_moves(in_state, pair):
    course = in_state(pair[0])
    if pair in LEGAL:
        return
    with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(state=pair[1])


@pytest.mark.parametrize(
    "pair", [p for p in itertools.product(VersionState.values, repeat=2) if p[0] != p[1]]
)
def test_the_table_of_versions_refuses_other_moves(version_in_state, pair):
    version = version_in_state(pair[0])
    if pair in LEGAL_FOR_VERSIONS:
        return
    with pytest.raises(DatabaseError, match=r"does not go|frozen"), transaction.atomic():
        CourseVersion.objects.filter(pk=version.pk).update(state=pair[1])


@pytest.mark.parametrize("state", [s for s in State.values if s != State.UNLISTED])
def test_a_course_cannot_be_inserted_in_a_late_state(make_course, state):
    course = make_course()
    course.pk, course.code, course.state = None, "GZ-0099", state
    with pytest.raises(IntegrityError, match="begins unlisted"), transaction.atomic():
        course.save(force_insert=True)


@pytest.mark.parametrize("state", [s for s in VersionState.values if s != VersionState.DRAFT])
def test_a_version_cannot_be_inserted_in_a_late_state(make_course, state):
    version = make_course().versions.get()
    version.pk, version.number, version.state = None, 2, state
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        version.save(force_insert=True)


def test_the_author_and_the_submitter_cannot_publish(make_course, author, keeper, at):
    course = services.submit(make_course(ready=True), by=keeper, at=at)
    for person in (author, keeper):
        with pytest.raises(SecondPersonNeeded):
            services.publish(course, by=person, at=at)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        course.versions.update(state=VersionState.PUBLISHED, frozen_at=at, published_by=keeper)


def test_a_returned_version_says_why_until_it_is_submitted_again(make_course, author, keeper, at):
    course = services.submit(make_course(ready=True), by=author, at=at)
    services.send_back(course, by=keeper, at=at, reason="缺字幕")
    assert course.versions.get().returned_reason == "缺字幕"
    services.submit(course, by=author, at=at)
    assert course.versions.get().returned_reason == ""


def test_an_incomplete_course_is_not_submitted_and_says_what_is_missing(make_course, author, at):
    course = make_course()
    with pytest.raises(NotReady) as refused:
        services.submit(course, by=author, at=at)
    assert len(refused.value.details["missing"]) == 2
    assert str(refused.value.details["missing"][0]) in str(refused.value)


@pytest.mark.parametrize("step", sorted(NEEDS_REASON))
def test_a_reason_is_needed(in_state, version_in_state, step, keeper, at):
    if step in COURSE_STEPS:
        course, act = in_state(min(MOVES[step].sources)), COURSE_STEPS[step]
    else:
        course, act = version_in_state(VersionState.UNDER_REVIEW).course, VERSION_STEPS[step]
    with pytest.raises(ReasonMissing):
        act(course, by=keeper, at=at, reason="  ")


def test_every_step_is_in_the_audit_with_its_reason(in_state, keeper, at):
    course = services.resume(in_state(State.SUSPENDED), by=keeper, at=at, reason="已更新")
    entries = history_of("courses.course", course.pk)
    assert [e.action for e in entries] == [
        "course.created",
        "course.submitted",
        "course.published",
        "course.suspended",
        "course.resumed",
    ]
    assert entries[3].reason == "内容过时"
    assert list(breaches()) == []


def test_two_who_publish_at_once_publish_once(together, at):
    from courses.models import Occupation
    from portal.accounts.roles import Role
    from tests import factories

    author = factories.user("author")
    keepers = [factories.staff(Role.PROVINCE_CATALOGUE) for _ in range(2)]
    course = services.create_course(
        code="GZ-0001",
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.get(code="6-18-02-04"),
        certificate_kind="completion",
        level=None,
        title_zh="焊工",
        hours=1,
        delivery="video",
        by=author,
        at=at,
    )
    lesson = services.add_lesson(
        course, key="r", kind="reading", title_zh="读", body_zh="字", by=author, at=at
    )
    options = [{"key": "A", "zh": "对"}, {"key": "B", "zh": "错"}]
    services.add_question(
        course,
        kind="single",
        stem_zh="？",
        options=options,
        right={"A"},
        lesson=lesson,
        for_exam=True,
        by=author,
        at=at,
    )
    services.set_blueprint(course, questions=1, pass_mark_percent=60, minutes=5, attempts=1, by=author, at=at)
    services.submit(course, by=author, at=at)
    outcomes = together(lambda n: services.publish(course, by=keepers[n], at=at), 2)
    assert sorted(type(o).__name__ for o in outcomes) == ["Course", "IllegalMove"]
