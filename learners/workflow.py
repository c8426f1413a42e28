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

RUNNING, MARKING, PASSED, FAILED = "running", "marking", "passed", "failed"

ATTEMPT_MOVES: Final = {
    "wait": Move({RUNNING}, MARKING),
    "pass": Move({RUNNING, MARKING}, PASSED),
    "fail": Move({RUNNING, MARKING}, FAILED),
    "raise": Move({FAILED}, PASSED),
    "lower": Move({PASSED}, FAILED),
}
"""An attempt at the closing exam: handing in and running out of time both end in one of two states.

In between it waits for a person where an answer is decided by no rule. Once a key was corrected it may be raised by
rule, and lowered by a person alone.
"""

WAITING, RETURNED, ANSWERED, CLOSED_BY_MODERATOR = "waiting", "returned", "answered", "closed"

ENQUIRY_MOVES: Final = {
    "answer": Move({WAITING}, ANSWERED),
    "point to answer": Move({WAITING}, ANSWERED),
    "return": Move({WAITING}, RETURNED),
    "clarify": Move({RETURNED}, WAITING),
    "reopen": Move({ANSWERED}, WAITING),
    "hide": Move({WAITING, RETURNED, ANSWERED}, CLOSED_BY_MODERATOR),
}
"""A learner's question: it waits, and its clock runs, only in one state; a moderator closes it for good."""

PUBLISHED, UNPUBLISHED, HIDDEN = "published", "unpublished", "hidden"

FAQ_MOVES: Final = {
    "unpublish": Move({PUBLISHED}, UNPUBLISHED),
    "publish": Move({UNPUBLISHED}, PUBLISHED),
    "hide": Move({PUBLISHED}, HIDDEN),
}
"""An answer for everybody at a lesson: its instructors take it back and show it again; a moderator hides it for good."""

OPEN, KEPT = "open", "kept"

REPORT_MOVES: Final = {
    "hide": Move({OPEN}, HIDDEN),
    "keep": Move({OPEN}, KEPT),
}
"""A report of a question or an answer: a moderator hides what was reported, or keeps it."""

UPHELD, GRANTED = "upheld", "granted"

APPEAL_MOVES: Final = {
    "uphold": Move({OPEN}, UPHELD),
    "grant": Move({OPEN}, GRANTED),
}
"""An appeal against a graded exam: the result stands, or it does not. The attempt itself moves by its own table."""

CLEARED, REFERRED = "cleared", "referred"

SIGNAL_MOVES: Final = {
    "clear": Move({OPEN}, CLEARED),
    "refer": Move({OPEN}, REFERRED),
}
"""Something in a graded exam that a person should look at; where it ends, no result, hours or payment move."""

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
