"""States and moves of the app as data. Pages ask which steps are open, services ask before they write."""

from typing import Final

from portal.moves import Move

LIVE, ABANDONED, CLOSED = "live", "abandoned", "closed"

SESSION_MOVES: Final = {
    "take over": Move({LIVE}, ABANDONED),
    "close": Move({LIVE}, CLOSED),
}
"""A play session: one live for each learner; another device takes over; everything else closes."""

DRAFT, PUBLISHED = "draft", "published"

EDITION_MOVES: Final = {
    "change": Move({DRAFT}, DRAFT),
    "publish": Move({DRAFT}, PUBLISHED),
}
"""A counting edition: what is published never changes; another takes its place from a day on."""

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
