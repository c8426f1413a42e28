"""What the database refuses of a film, whatever the code believes; and every cell of its table of moves."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from courses.models import Film, FilmPart
from courses.services import films, sending
from courses.workflow import FILM_MOVES, WORKED_ON, FilmState
from portal.moves import IllegalMove
from tests.courses import footage

LEGAL = {(source, move.target) for move in FILM_MOVES.values() for source in move.sources}


@pytest.fixture
def film(make_course, author, at):
    course = make_course()
    footage.lesson(course, by=author, at=at)
    return sending.begin_film(course, lesson_key="weld", name="a.mp4", size=10, by=author, at=at)


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("film_moves", {"state": "unheard"}),
        ("film_fits_its_size", {"size": 0}),
        ("film_fits_its_size", {"received": 11}),
        ("film_is_whole_once_received", {"state": "received"}),
        ("film_is_whole_once_received", {"state": "received", "received": 10}),
        ("film_percent_to_100", {"percent": 101}),
        ("film_ready_at_when_ready", {"ready_at": "2026-01-01T00:00Z"}),
        ("film_failed_says_why", {"failed_at": "2026-01-01T00:00Z"}),
        ("film_waiting_is_due", {"due_at": None}),
        ("film_provenance_is_whole", {"machine": "YD-350"}),
        ("film_provenance_is_whole", {"machine": "x", "workshop": "x", "filmed_on": "2026-01-01"}),
    ],
)
def test_what_a_film_cannot_be(film, name, change):
    refused(name, lambda: Film.objects.filter(pk=film.pk).update(**change))


def to(film, *states):
    told = {
        "received": {"received": 10, "received_at": "2026-01-01T00:00Z"},
        "failed": {"failed_at": "2026-01-01T00:00Z", "trouble": "broken"},
    }
    for state in states:
        Film.objects.filter(pk=film.pk).update(state=state, **told.get(state, {}))


def test_a_ready_film_has_its_files_and_a_failed_one_its_reason(film):
    to(film, "received", "making")
    rows = Film.objects.filter(pk=film.pk)
    refused("film_ready_has_its_files", lambda: rows.update(state="ready", ready_at="2026-01-01T00:00Z"))
    refused("film_failed_says_why", lambda: rows.update(state="failed", trouble="broken"))
    refused("film_failed_says_why", lambda: rows.update(state="failed", failed_at="2026-01-01T00:00Z"))


def test_a_film_in_an_unknown_state_is_refused_even_without_the_trigger(film, owner_sql):
    found = owner_sql("SELECT conname FROM pg_constraint WHERE conname = 'film_state_is_known'")
    assert found == [("film_state_is_known",)]


def test_a_part_stands_once_and_holds_something(film):
    FilmPart.objects.create(film=film, start=0, bytes=5, key="a")
    refused("film_part_once", lambda: FilmPart.objects.create(film=film, start=0, bytes=5, key="b"))
    refused(
        "film_part_holds_something", lambda: FilmPart.objects.create(film=film, start=5, bytes=0, key="c")
    )


WAY = {
    "receiving": (),
    "received": ("received",),
    "making": ("received", "making"),
    "failed": ("received", "failed"),
    "cancelled": ("cancelled",),
    "removed": ("cancelled", "removed"),
}


@pytest.mark.parametrize(
    ("source", "target"), [(s, t) for s, t in itertools.product(WAY, FilmState.values) if s != t]
)
def test_the_database_makes_the_moves_of_the_table_and_no_other(film, source, target):
    to(film, *WAY[source])
    if (source, target) in LEGAL:
        full = {"ready_at": "2026-01-01T00:00Z", "milliseconds": 1, "width": 1, "height": 1}
        full |= {"mp4_key": "a", "hls_key": "b", "poster_key": "c"}
        if target == "ready":
            Film.objects.filter(pk=film.pk).update(
                **{key: value for key, value in full.items() if key != "ready_at"}
            )
            Film.objects.filter(pk=film.pk).update(state=target, ready_at=full["ready_at"])
        elif target == "received" and source == "failed":
            Film.objects.filter(pk=film.pk).update(state=target, failed_at=None, trouble="")
        else:
            to(film, target)
        assert Film.objects.get(pk=film.pk).state == target
    else:
        refused("film_moves", lambda: Film.objects.filter(pk=film.pk).update(state=target))


@pytest.mark.parametrize("state", WAY)
def test_an_authors_steps_are_those_of_the_table(film, author, at, state):
    to(film, *WAY[state])
    Film.objects.filter(pk=film.pk).update(may_retry=True, due_at=at)
    for name, act in {
        "cancel": films.cancel_film,
        "retry": films.retry_film,
        "remove": films.remove_film,
    }.items():
        with transaction.atomic():
            if state in FILM_MOVES[name].sources:
                assert act(film, by=author, at=at).state == FILM_MOVES[name].target
            else:
                with pytest.raises(IllegalMove):
                    act(film, by=author, at=at)
            transaction.set_rollback(True)


def test_a_film_begins_by_being_sent(film):
    row = Film.objects.get(pk=film.pk)
    row.pk, row.state, row.received, row.received_at = None, "received", 10, row.created_at
    row._state.adding = True
    row.uid = Film._meta.get_field("uid").default()
    refused("film_moves", lambda: row.save(force_insert=True))
    assert FilmState.RECEIVED in WORKED_ON
