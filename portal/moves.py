"""State moves as data: `MOVES = {"submit": Move({"draft"}, "submitted"), …}`.

Pages ask `steps_from` which buttons to show, services ask `check` before they write, tests walk every cell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken


@dataclass(frozen=True)
class Move:
    sources: frozenset[str]
    target: str

    def __init__(self, sources: Iterable[str], target: str) -> None:
        object.__setattr__(self, "sources", frozenset(sources))
        object.__setattr__(self, "target", target)


class IllegalMove(RuleBroken):
    code = "illegal_move"
    message = _(
        "This step is no longer possible: the state has changed in the meantime. Look at the page again."
    )


def check(moves: Mapping[str, Move], step: str, state: str) -> str:
    """The state that `step` leads to from `state`. Raises IllegalMove when the table has no such move."""
    move = moves[step]
    if state not in move.sources:
        raise IllegalMove(step=step, state=state)
    return move.target


def steps_from(moves: Mapping[str, Move], state: str) -> list[str]:
    return [step for step, move in moves.items() if state in move.sources]


def drawing(moves: Mapping[str, Move]) -> str:
    """The table as a Mermaid state diagram, one line per cell."""
    lines = [
        f"    {source} --> {move.target}: {step.replace('_', ' ')}"
        for step, move in moves.items()
        for source in sorted(move.sources)
    ]
    return "\n".join(["stateDiagram-v2", *lines])
