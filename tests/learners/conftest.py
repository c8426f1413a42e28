"""Somebody learning, and a clock that a test moves."""

import pytest

from tests import factories
from tests.learners import lessons
from tests.learners.players import Clock, Player


@pytest.fixture
def moving_clock(monkeypatch, at):
    """`portal.clock.now` as the test says; everything below gets it as `at=`."""
    clock = Clock(at)
    monkeypatch.setattr("portal.clock.now", clock)
    return clock


@pytest.fixture
def learning(db, at):
    return lessons.learning(at)


@pytest.fixture
def player(client, learning, moving_clock):
    """An honest player on the film of 45 minutes, not yet opened."""
    factories.sign_in(client, learning.user, second_factor=False)
    return Player(client, learning, moving_clock)
