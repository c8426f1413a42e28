import itertools

import pytest
from django.db import DatabaseError, connection, transaction

from certificates.models import Certificate
from certificates.workflow import MOVES
from portal import moves

LEGAL = {(source, move.target) for move in MOVES.values() for source in move.sources}


@pytest.mark.parametrize(("step", "state"), list(itertools.product(MOVES, Certificate.State.values)))
def test_a_step_is_possible_from_its_sources_only(step, state):
    if state in MOVES[step].sources:
        assert moves.check(MOVES, step, state) == MOVES[step].target
    else:
        with pytest.raises(moves.IllegalMove):
            moves.check(MOVES, step, state)


@pytest.mark.django_db
def test_the_trigger_knows_the_same_moves():
    """Each cell is tried on the trigger's own list, read from the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'certificates_certificate_moves'")
        source = cursor.fetchone()[0]
    for pair in itertools.permutations(Certificate.State.values, 2):
        assert (f"('{pair[0]}', '{pair[1]}')" in source) == (pair in LEGAL), pair


@pytest.mark.django_db
def test_an_empty_change_is_no_move():
    with transaction.atomic():
        assert Certificate.objects.filter(pk=0).update(state="issued") == 0
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO certificates_certificate (state) VALUES ('issued')")
