"""Practical work through its services: the film, the draw, two blind papers, the third, the completion, and the end of the film."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage

from courses import selectors as courses
from courses.models import Course, Film
from courses.selectors.films import films_editable_by, in_the_making
from courses.services import clearing
from courses.services import practice as task_films
from learners import tasks, terms
from learners.models import Assessment, Completion, Enrolment, Submission
from learners.selectors.practice import may_assess, task_standing, twins
from learners.selectors.progress import exam_standing, progress
from learners.services import assessing, drawing, practice
from learners.services.completion import hand_in
from learners.services.enrolment import withdraw
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.courses import footage
from tests.learners import practising, study

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def staff(at):
    return practising.instructors(3, at=at)


@pytest.fixture
def row(at, staff):
    return practising.enrolled(at)


# -- the film ------------------------------------------------------------------------------------------------------


def test_a_film_becomes_playable_and_is_handed_in_to_two(row, at):
    film = practising.made(row, at=at)
    standing = courses.practice_film(film.film_id)
    assert (standing.state, standing.seconds) == ("ready", 3)
    assert default_storage.exists(standing.mp4_key)
    assert default_storage.exists(standing.poster_key)
    assert list(Film.objects.get().rungs) == ["240"], "one rung is enough for a few people"
    done = practice.hand_in_film(film, declared=True, by=row.user, at=at)
    assert (done.state, done.handed_in_at) == ("submitted", at)
    drawn = list(done.assessments.all())
    assert [paper.seat for paper in drawn] == [1, 2]
    assert len({paper.assessor_id for paper in drawn}) == 2
    assert {paper.due_at for paper in drawn} == {at + terms.ASSESS_WITHIN}


def test_a_film_held_upright_stays_upright(row, at):
    film = practising.made(row, at=at, content=footage.turned())
    found = Film.objects.get(pk=film.film_id)
    assert found.height > found.width


def test_handing_in_twice_is_once(row, at):
    film = practising.handed_in(row, at=at)
    again = practice.hand_in_film(film, declared=True, by=row.user, at=at + DAY)
    assert (again.handed_in_at, Assessment.objects.count()) == (at, 2)


def test_what_is_not_ready_or_not_declared_is_not_handed_in(row, at):
    film = practising.begun(row, at=at)
    with pytest.raises(practice.NotReady):
        practice.hand_in_film(film, declared=True, by=row.user, at=at)
    footage.worked(at)
    with pytest.raises(practice.NotDeclared):
        practice.hand_in_film(film, declared=False, by=row.user, at=at)
    assert Submission.objects.get().state == "sending"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"0" * 200, "picture"),
        (b"%PDF-1.7 " + b"0" * 200, "document"),
        (b"\x00\x00\x00\x18ftypmp42" + b"0" * 900, "broken"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "virus"),
    ],
)
def test_what_is_no_film_says_why_and_costs_no_attempt(row, at, content, word):
    film = practising.made(row, at=at, content=content)
    found = Film.objects.get(pk=film.film_id)
    assert (found.state, found.trouble) == ("failed", word)
    assert courses.practice_film(film.film_id).trouble
    practising.made(row, at=at)
    assert list(Submission.objects.order_by("number").values_list("state", flat=True)) == [
        "given_up",
        "sending",
    ]
    assert task_standing(row, practising.lesson_of(row), at=at).left == 2


def test_sound_without_a_picture_and_too_long_a_film(at, staff):
    row = practising.enrolled(at, film_most_minutes=1)
    film = practising.made(row, at=at, content=footage.only_sound())
    assert Film.objects.get(pk=film.film_id).trouble == "sound"
    long = practising.made(row, at=at, content=footage.film(width=64, height=48, seconds=70, sound=False))
    assert Film.objects.get(pk=long.film_id).trouble == "too_long"


def test_what_is_too_large_is_refused_before_it_is_sent(row, at):
    with pytest.raises(task_films.FilmTooLarge, match="50 MB"):
        practice.begin_submission(
            row, practising.lesson_of(row), name="大.mp4", size=51_000_000, by=row.user, at=at
        )
    assert not Submission.objects.exists()


def test_one_film_at_a_time_and_another_costs_nothing(row, at):
    film = practising.begun(row, at=at)
    with pytest.raises(practice.StillSending):
        practising.begun(row, at=at)
    practice.give_up(film, by=row.user, at=at)
    with pytest.raises(IllegalMove):
        practice.give_up(film, by=row.user, at=at)
    assert clearing.clear_next(at=at)
    assert not default_storage.exists(f"films/{film.film_id}/parts")
    practising.begun(row, at=at)


def test_a_lesson_without_a_task_takes_no_film(row, at):
    quiz = courses.outline(row.version_id).lesson("quiz")
    with pytest.raises(practice.NoTask):
        practice.begin_submission(row, quiz, name="x.mp4", size=9, by=row.user, at=at)


def test_whoever_has_left_hands_nothing_in(row, at):
    film = practising.made(row, at=at)
    withdraw(row, by=row.user, at=at)
    with pytest.raises(practice.NotOpen):
        practice.hand_in_film(film, declared=True, by=row.user, at=at)


def test_authors_never_meet_learners_films(row, at):
    practising.begun(row, at=at)
    manager = factories.staff(Role.PROVIDER_MANAGER, at=at)
    version = row.version
    assert not films_editable_by(manager).exists()
    assert in_the_making(version) == {}


def test_the_same_bytes_are_a_sign_and_no_refusal(row, at):
    other = practising.enrolled(at, course=Course.objects.get(code=row.course_code))
    first = practising.handed_in(row, at=at)
    assert twins(first) == 0
    second = practising.handed_in(other, at=at)
    assert (twins(first), twins(second)) == (1, 1)
    assert second.state == "submitted"


# -- who assesses --------------------------------------------------------------------------------------------------


def test_whoever_has_least_to_do_is_drawn(row, at, staff):
    first = practising.handed_in(row, at=at)
    idle = ({person.pk for person in staff} - set(first.assessments.values_list("assessor", flat=True))).pop()
    other = practising.enrolled(at, course=Course.objects.get(code=row.course_code))
    second = practising.handed_in(other, at=at)
    assert idle in set(second.assessments.values_list("assessor", flat=True))


def test_neither_the_learner_nor_a_colleague_nor_another_school_assesses(at):
    far = factories.organisation("91513224YYYXEW2XXJ", code="510000")
    practising.instructors(2, at=at, organisation=far)
    own, colleague, stranger = practising.instructors(3, at=at)
    works = factories.organisation("52522726YYYK55MJ8U", kind="enterprise")
    learner = factories.learner(at=at)
    accounts.appoint(learner, Role.PROVIDER_MANAGER, by=None, at=at, organisation=works)
    accounts.appoint(colleague, Role.INSTRUCTOR, by=None, at=at, organisation=works)
    row = practising.enrolled(at, user=learner)
    film = practising.made(row, at=at)
    assert may_assess(film) == {own.pk, stranger.pk}


def test_a_film_waits_for_an_assessor_and_the_task_runs_twice(at):
    practising.instructors(1, at=at)
    row = practising.enrolled(at)
    film = practising.handed_in(row, at=at)
    assert film.assessments.count() == 1
    assert film.draw_due_at == at + terms.DRAW_RETRY
    practising.instructors(1, at=at)
    assert drawing.draw_next(at=at) is False
    assert drawing.draw_next(at=at + terms.DRAW_RETRY) is True
    film.refresh_from_db()
    assert (film.draw_due_at, film.assessments.count()) == (None, 2)
    assert tasks.draw_due_assessors() == 0


def test_somebody_else_takes_the_paper(row, at, staff):
    film = practising.handed_in(row, at=at)
    manager = factories.staff(Role.PROVIDER_MANAGER, at=at)
    ill = practising.paper(film, 1)
    with pytest.raises(drawing.ReasonMissing):
        drawing.reassign(ill, by=manager, at=at, reason=" ")
    drawing.reassign(ill, by=manager, at=at, reason="病假")
    ill.refresh_from_db()
    assert (ill.state, ill.released_at) == ("released", at)
    assert practising.paper(film, 1).assessor_id not in {
        ill.assessor_id,
        practising.paper(film, 2).assessor_id,
    }
    with pytest.raises(IllegalMove):
        drawing.reassign(ill, by=manager, at=at, reason="再来")
    with pytest.raises(drawing.NobodyFree):
        drawing.reassign(practising.paper(film, 2), by=manager, at=at, reason="病假")
    assert Entry.objects.filter(action="assessment.released", reason="病假").exists()


# -- papers --------------------------------------------------------------------------------------------------------


def test_two_who_agree_decide_with_the_average_cut(row, at):
    film = practising.handed_in(row, at=at)
    practising.assess(film, 1, at=at, levels=[2, 2])
    film.refresh_from_db()
    assert film.state == "submitted"
    practising.assess(film, 2, at=at + DAY, levels=[3, 2])
    film.refresh_from_db()
    assert (film.state, film.score_percent, film.decided_at) == ("passed", (66 + 75) // 2, at + DAY)
    assert film.film_due_at == at + DAY + dt.timedelta(days=1095)


def test_handing_in_a_paper_twice_gives_the_same(row, at):
    film = practising.handed_in(row, at=at)
    first = practising.assess(film, 1, at=at)
    again = assessing.hand_in_paper(first, by=first.assessor, at=at + DAY)
    assert (again.pk, again.handed_in_at, again.score_percent) == (first.pk, at, 66)
    with pytest.raises(assessing.PaperClosed):
        assessing.save_sheet(first, practising.sheet(film), by=first.assessor, at=at)


def test_a_paper_is_whole_before_it_is_handed_in_and_only_by_its_assessor(row, at, staff):
    film = practising.handed_in(row, at=at)
    paper = practising.paper(film, 1)
    with pytest.raises(assessing.Unfinished) as missing:
        assessing.hand_in_paper(paper, by=paper.assessor, at=at)
    assert missing.value.details == {"missing": 4}
    other = next(person for person in staff if person.pk != paper.assessor_id)
    for act in (
        assessing.hand_in_paper,
        lambda *a, **k: assessing.save_sheet(a[0], practising.sheet(film), **k),
    ):
        with pytest.raises(assessing.NotYours):
            act(paper, by=other, at=at)


@pytest.mark.parametrize("others", [{"level": 0}, {"level": 3, "broken": (1,)}])
def test_where_two_do_not_agree_a_third_decides(row, at, staff, others):
    film = practising.handed_in(row, at=at)
    practising.assess(film, 1, at=at)
    practising.assess(film, 2, at=at, **others)
    film.refresh_from_db()
    assert film.state == "split"
    third = practising.paper(film, 3)
    assert {row.assessor_id for row in film.assessments.all()} == {person.pk for person in staff}
    assert third.is_third
    practising.assess(film, 3, at=at, level=3)
    film.refresh_from_db()
    assert (film.state, film.score_percent) == ("passed", 100)


def test_a_breach_that_both_saw_fails_whatever_the_marks(row, at):
    film = practising.handed_in(row, at=at)
    practising.assess(film, 1, at=at, level=3, broken=(1,))
    practising.assess(film, 2, at=at, level=3, broken=(1, 2))
    film.refresh_from_db()
    assert (film.state, film.safety_failed, film.score_percent) == ("failed", True, 100)


def test_a_breach_that_is_only_noted_fails_nothing(row, at):
    film = practising.handed_in(row, at=at)
    for seat in (1, 2):
        practising.assess(film, seat, at=at, broken=(2,))
    film.refresh_from_db()
    assert film.state == "passed"


def test_again_after_the_break_within_the_attempts(row, at):
    lesson = practising.lesson_of(row)
    for number, day in enumerate((0, 2)):
        then = at + day * DAY
        film = practising.handed_in(row, at=then)
        for seat in (1, 2):
            practising.assess(film, seat, at=then, level=0)
        standing = task_standing(row, lesson, at=then + dt.timedelta(hours=1))
        assert standing.left == 1 - number
        assert [code for code, _sentence in standing.reasons] == [
            ("practice_cooling_off", "practice_used_up")[number]
        ]
    with pytest.raises(practice.NotOpen) as closed:
        practising.begun(row, at=at + 5 * DAY)
    assert closed.value.code == "practice_used_up"
    assert task_standing(row, lesson, at=at + 31 * DAY).reasons == ()


# -- what it is for ------------------------------------------------------------------------------------------------


def test_the_exam_does_not_wait_for_the_bench_and_the_completion_does(row, at):
    study.learn(row, at=at)
    assert exam_standing(row, at=at).is_open
    hand_in(study.sit(row, at=at), by=row.user, at=at + DAY / 48)
    assert not Completion.objects.exists()
    assert not progress(Enrolment.objects.get(pk=row.pk)).is_practised
    film = practising.passed(Enrolment.objects.get(pk=row.pk), at=at + DAY)
    done = Completion.objects.get()
    assert done.facts["practice"] == [
        {
            "task": "bench",
            "submission": str(film.pk),
            "score_percent": 66,
            "assessors": 2,
            "decided_on": "2026-03-17",
        }
    ]


def test_the_bench_before_the_exam(row, at):
    practising.passed(row, at=at)
    study.learn(row, at=at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + DAY / 48)
    assert Completion.objects.get().facts["practice"][0]["score_percent"] == 66


def test_a_course_without_a_task_completes_as_ever(at):
    row = study.ready(at)
    hand_in(study.sit(row, at=at), by=row.user, at=at + DAY / 48)
    assert "practice" not in Completion.objects.get().facts


# -- the end of the film -------------------------------------------------------------------------------------------


def test_a_film_goes_when_its_time_is_over_and_the_marks_stay(row, at, moving_clock):
    film = practising.passed(row, at=at)
    assert practice.delete_next_film(at=at + 1094 * DAY) is False
    moving_clock.at = at + 1096 * DAY
    assert tasks.delete_old_practice_films() == 1
    assert tasks.delete_old_practice_films() == 0
    while clearing.clear_next(at=at + 1096 * DAY):
        pass
    film.refresh_from_db()
    assert (film.film_due_at, film.film_deleted_at) == (None, at + 1096 * DAY)
    assert not default_storage.exists(f"films/{film.film_id}")
    assert film.assessments.handed_in().count() == 2
