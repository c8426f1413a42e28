"""States and moves of the app as data. Pages ask which steps are open, services ask before they write."""

from typing import Final

from portal.moves import Move

LIVE, ABANDONED, CLOSED = "live", "abandoned", "closed"

SESSION_MOVES: Final = {
    "take over": Move({LIVE}, ABANDONED),
    "close": Move({LIVE}, CLOSED),
}
"""A play session: one live for each learner; another device takes over; everything else closes."""
