"""When people are called in a live class, and what their answers are worth. Pure: no clock, no database.

From the check-in on, the server draws a moment between the edition's bounds; then the learner is called and has the
edition's time to press "I am here". An answered call confirms the time since the one before it. A missed call voids
that time alone: learning goes on from the moment at which the learner presses again. The last call comes at the end.
Whole milliseconds since the Unix epoch.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from learners.states import Rule


@dataclass(frozen=True)
class Call:
    """The `number`-th call since the check-in: from `due` until `until`; `last` at the end of the class."""

    number: int
    due: int
    until: int
    last: bool


@dataclass(frozen=True)
class Roll:
    """`confirmed` and `missed` are stretches of wall time; `call` is the next one or the one that is open, None after the last."""

    confirmed: tuple[tuple[int, int], ...]
    missed: tuple[tuple[int, int], ...]
    since: int
    call: Call | None

    def is_open(self, at: int) -> bool:
        return self.call is not None and self.call.due <= at <= self.call.until

    def is_late(self, at: int) -> bool:
        """The call went by unanswered, and another may follow."""
        return self.call is not None and at > self.call.until and not self.call.last


def draw(rule: Rule, seed: str, number: int) -> int:
    """Milliseconds until the call, uniform between the edition's bounds."""
    digest = hashlib.sha256(f"{seed}|call|{number}".encode()).digest()
    return rule.check_min + int.from_bytes(digest[:8], "big") % (rule.check_max - rule.check_min + 1)


def roll(rule: Rule, seed: str, *, since: int, end: int, pressed: Mapping[int, int]) -> Roll:
    """`pressed`: the moment of the press by the number of the call that it answers, in time or late."""
    confirmed, missed, number = [], [], 1
    while since < end:
        due = min(since + draw(rule, seed, number), end)
        call = Call(number, due, due + rule.check_answer, due == end)
        at = pressed.get(number)
        if at is None:
            return Roll(tuple(confirmed), tuple(missed), since, call)
        if at <= call.until:
            confirmed.append((since, due))
            since = due
        else:
            missed.append((since, due))
            since = min(at, end)
        number += 1
    return Roll(tuple(confirmed), tuple(missed), since, None)


def settled(rule: Rule, seed: str, *, since: int, end: int, pressed: Mapping[int, int]) -> Roll:
    """After the class: what nobody answered for any more is missed, to the end."""
    found = roll(rule, seed, since=since, end=end, pressed=pressed)
    if found.call is None:
        return found
    return Roll(found.confirmed, (*found.missed, (found.since, end)), end, None)
