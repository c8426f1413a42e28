"""What an imported package's time is worth: the smallest of three numbers, of which it says only one itself. Pure.

`declared` is the package's word (SCORM's session_time); `seen` is the clock of the server while the package stood open
and visible; `left` is what the lesson's planned time has not yet counted. All times are whole milliseconds.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from learners import ranges
from learners.counting import DAY, day_end
from learners.ranges import Ranges
from learners.states import Post, Stretch

SCORM_12, SCORM_2004 = "cmi.core.session_time", "cmi.session_time"
NOT_DECLARED, LESS, MORE, PLANNED = "not_declared", "declared_less", "declared_more", "planned_time"
REASONS: Final = frozenset({NOT_DECLARED, LESS, MORE, PLANNED})
"""Why an opening counted less than it could; no other kind of learning has them."""

_TIMESPAN = re.compile(r"([0-9]{2,4}):([0-5][0-9]):([0-5][0-9](?:\.[0-9]{1,2})?)")
"""CMITimespan of SCORM 1.2: hours of two to four digits, minutes, seconds with hundredths."""
_INTERVAL = re.compile(
    r"P(?=[0-9]|T[0-9])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,2})?)S)?)?"
)
"""timeinterval (second,10,2) of SCORM 2004: ISO 8601 with at least one part, and one after a T."""
_MONTH, _YEAR = 30 * DAY, 365 * DAY
"""More than a day is a day here, so no calendar is asked for."""


def told_ms(told: Mapping[str, str]) -> int:
    """The time that a package declares for one run, at most a day; 0 where there is none or it cannot be read."""
    if SCORM_2004 in told:
        return min(DAY, _interval(told[SCORM_2004]))
    return min(DAY, _timespan(told.get(SCORM_12, "")))


def _timespan(text: str) -> int:
    found = _TIMESPAN.fullmatch(text)
    if found is None:
        return 0
    return int(found[1]) * 3_600_000 + int(found[2]) * 60_000 + _seconds(found[3])


def _interval(text: str) -> int:
    found = _INTERVAL.fullmatch(text)
    if found is None:
        return 0
    sizes = (_YEAR, _MONTH, DAY, 3_600_000, 60_000)
    return sum(int(part or 0) * size for part, size in zip(found.groups(), sizes, strict=False)) + _seconds(
        found[6] or "0"
    )


def _seconds(text: str) -> int:
    whole, _point, hundredths = text.partition(".")
    return int(whole) * 1000 + int(hundredths.ljust(2, "0") or 0) * 10


def heard(seen: Ranges, *, since: int, at: int, visible: bool, max_gap: int) -> Ranges:
    """What the server has seen after one more message: the clock since the last one, unless it was long or hidden."""
    return ranges.merged((*seen, (since, at))) if visible and 0 < at - since <= max_gap else seen


def worth(
    seen: Ranges, declared: int, left: Ranges, *, opened: int, closed: int, slack: int
) -> tuple[tuple[Stretch, ...], tuple[Post, ...]]:
    """What an opening has earned, to be confirmed; and what it has not, with the reason.

    `left` are the pieces of the lesson's planned time that are still to be earned. Differences up to `slack` are
    nobody's loss: a package looks at its watch a moment earlier or later than the server.
    """
    observed, planned = ranges.total(seen), ranges.total(left)
    counted = min(declared, observed, planned)
    held = []
    for start, end in _by_day(ranges.first(seen, counted)):
        media = ranges.first(left, end - start)
        left = ranges.without(left, media)
        held.append(Stretch(start, end, media))
    lost = (
        (LESS if declared else NOT_DECLARED, observed - declared),
        (MORE, declared - observed),
        (PLANNED, min(declared, observed) - planned),
    )
    posts = tuple(Post(opened, closed, (), ms, reason) for reason, ms in lost if ms > slack)
    return tuple(held), posts


def _by_day(pieces: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Cut at midnight: each day has its own limit."""
    for start, end in pieces:
        at = start
        while at < end:
            cut = min(end, day_end(at))
            yield at, cut
            at = cut
