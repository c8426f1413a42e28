"""What is there before a journey begins: made in the stack's own shell, through the services that make it in life."""

from tests.e2e.stack import Stack

BEGINNING = """
import itertools
from portal import clock
from tests import factories
from tests.certificates import making as papers
factories._phones = itertools.count(13_960_000_000 + {place} * 10_000)
factories._people = itertools.count({place} * 10)
factories._cards = itertools.count(1 + {place} * 1_000)
papers._numbers = itertools.count(1 + {place} * 1_000)
at = clock.now()
"""
"""All journeys share one stack, so each takes phones, people, cards and courses from a place of its own."""


def made(stack: Stack, script: str, *, place: int) -> str:
    """What the script prints. `place` is a number of the journey, below 10."""
    return stack.manage("shell", "-c", BEGINNING.format(place=place) + script)
