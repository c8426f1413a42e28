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

SENDING, SUBMITTED, SPLIT, GIVEN_UP = "sending", "submitted", "split", "given_up"

SUBMISSION_MOVES: Final = {
    "hand in": Move({SENDING}, SUBMITTED),
    "give up": Move({SENDING}, GIVEN_UP),
    "split": Move({SUBMITTED}, SPLIT),
    "pass": Move({SUBMITTED, SPLIT}, PASSED),
    "fail": Move({SUBMITTED, SPLIT}, FAILED),
}
"""A film of a practical task: with its learner, with two assessors, with a third where the two do not agree; decided."""

OPEN, HANDED_IN, RELEASED = "open", "handed_in", "released"

ASSESSMENT_MOVES: Final = {
    "hand in": Move({OPEN}, HANDED_IN),
    "release": Move({OPEN}, RELEASED),
}
"""One assessor's paper on a submission: handed in for good, or given to somebody else before."""
