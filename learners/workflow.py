"""States and moves of the app as data. Pages ask which steps are open, services ask before they write."""

from typing import Final

from portal.moves import Move

LIVE, ABANDONED, CLOSED = "live", "abandoned", "closed"

SESSION_MOVES: Final = {
    "take over": Move({LIVE}, ABANDONED),
    "close": Move({LIVE}, CLOSED),
}
"""A play session: one live for each learner; another device takes over; everything else closes."""

ACTIVE, COMPLETED, WITHDRAWN = "active", "completed", "withdrawn"

ENROLMENT_MOVES: Final = {
    "complete": Move({ACTIVE}, COMPLETED),
    "withdraw": Move({ACTIVE}, WITHDRAWN),
    "resume": Move({WITHDRAWN}, ACTIVE),
}
"""An enrolment: withdrawing loses nothing, the same version can be taken up again; completed is for good."""

RUNNING, PASSED, FAILED = "running", "passed", "failed"

ATTEMPT_MOVES: Final = {
    "pass": Move({RUNNING}, PASSED),
    "fail": Move({RUNNING}, FAILED),
}
"""An attempt at the closing exam: handing in and running out of time both end in one of two states."""

WAITING, GRANTED, KEPT = "waiting", "granted", "kept"

CONTEST_MOVES: Final = {
    "grant": Move({WAITING}, GRANTED),
    "keep": Move({WAITING}, KEPT),
}
"""A contest of time that did not count: one answer, by a person."""

PROPOSED, CONFIRMED, DROPPED = "proposed", "confirmed", "dropped"

CORRECTION_MOVES: Final = {
    "confirm": Move({PROPOSED}, CONFIRMED),
    "drop": Move({PROPOSED}, DROPPED),
}
"""Counted time is taken back when a second person confirms what the first proposed."""

PLANNED, CANCELLED, ENDED, SIGNED = "planned", "cancelled", "closed", "signed"

MEETING_MOVES: Final = {
    "move": Move({PLANNED}, PLANNED),
    "cancel": Move({PLANNED}, CANCELLED),
    "close": Move({PLANNED}, ENDED),
    "sign": Move({ENDED}, SIGNED),
}
"""A live class or a workshop day: its time counts once an instructor has signed who was there."""
