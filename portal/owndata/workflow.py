"""The road of a copy of somebody's data: that of every file that is made for somebody."""

from portal.madefiles.workflow import LIVE, MOVES, State

__all__ = ["LIVE", "MOVES", "State"]
