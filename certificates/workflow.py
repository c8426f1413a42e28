"""The lives of a certificate and all about it, and of one issued elsewhere, as data."""

from typing import Final

from portal.moves import Move

REQUESTED: Final = "requested"
ISSUED: Final = "issued"
REVOKED: Final = "revoked"
REPLACED: Final = "replaced"
FAILED: Final = "failed"

MOVES: Final = {
    "issue": Move({REQUESTED}, ISSUED),
    "give_up": Move({REQUESTED}, FAILED),
    "retry": Move({FAILED}, REQUESTED),
    "revoke": Move({ISSUED}, REVOKED),
    "replace": Move({ISSUED, REVOKED}, REPLACED),
}
"""A row is asked for when learning is complete; the worker issues it or gives up. Two people revoke or replace it.

One that was revoked by mistake is replaced too: nothing makes a revoked number valid again.
"""

ON_PAPER: Final = (ISSUED, REVOKED, REPLACED)
"""Whatever anybody may hold in hand."""

GONE: Final = (REVOKED, REPLACED)
"""On paper, and it does not count any more."""

LIVE: Final = (REQUESTED, FAILED, ISSUED)
"""What stands in the way of another one for the same person, version and kind."""

OPEN: Final = "open"
APPROVED: Final = "approved"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"

PROPOSAL_MOVES: Final = {
    "approve": Move({OPEN}, APPROVED),
    "refuse": Move({OPEN}, REFUSED),
    "withdraw": Move({OPEN}, WITHDRAWN),
}
"""A proposal to revoke or replace a certificate: a second person decides, the first may take it back."""

RUNNING: Final = "running"
PAUSED: Final = "paused"
CANCELLED: Final = "cancelled"
DONE: Final = "done"

BATCH_MOVES: Final = {
    "pause": Move({RUNNING}, PAUSED),
    "resume": Move({PAUSED}, RUNNING),
    "cancel": Move({RUNNING, PAUSED}, CANCELLED),
    "finish": Move({RUNNING}, DONE),
}
"""A batch: what it has not issued when it is cancelled waits again for another one."""

DRAFT: Final = "draft"
PUBLISHED: Final = "published"

TEMPLATE_MOVES: Final = {
    "change": Move({DRAFT}, DRAFT),
    "publish": Move({DRAFT}, PUBLISHED),
}
"""A template of the paper: what is published never changes; another takes its place from a day on."""

REPORTED: Final = "reported"
CHECKED: Final = "checked"
WITHDRAWN_THERE: Final = "withdrawn_there"
TAKEN_BACK: Final = "taken_back"

EXTERNAL_MOVES: Final = {
    "confirm": Move({REPORTED}, CHECKED),
    "vouch": Move({REPORTED, REFUSED}, CHECKED),
    "refuse": Move({REPORTED}, REFUSED),
    "take_back": Move({REPORTED}, TAKEN_BACK),
    "withdraw": Move({CHECKED}, WITHDRAWN_THERE),
}
"""A certificate issued elsewhere: the register confirms, refuses or later withdraws it; two people vouch for it by its paper.

One that is refused, withdrawn or taken back is registered anew, under another number of ours.
"""

HELD: Final = (REPORTED, CHECKED)
"""What stands in the way of registering the same number once more, by anybody."""
