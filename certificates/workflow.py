"""The life of a certificate. A row is asked for when learning is complete; the worker issues it or gives up."""

from typing import Final

from portal.moves import Move

REQUESTED: Final = "requested"
ISSUED: Final = "issued"
REVOKED: Final = "revoked"
FAILED: Final = "failed"

MOVES: Final = {
    "issue": Move({REQUESTED}, ISSUED),
    "give_up": Move({REQUESTED}, FAILED),
    "retry": Move({FAILED}, REQUESTED),
    "revoke": Move({ISSUED}, REVOKED),
}
