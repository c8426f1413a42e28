"""A statement that PostgreSQL plans once for each connection: for the few that are asked by the thousand a second.

Planning one costs more than doing it where it touches a single row (docs/performance.md). Not for a connection pool that gives
each transaction another connection.
"""

from weakref import WeakKeyDictionary

import psycopg2.extensions
from django.db import connection
from django.db.backends.utils import CursorWrapper

_KNOWN: "WeakKeyDictionary[psycopg2.extensions.connection, set[str]]" = WeakKeyDictionary()


class Prepared:
    """`sql` with `$1`, `$2` and so on for its values, which are of `types` (names of PostgreSQL's types)."""

    def __init__(self, name: str, types: str, sql: str) -> None:
        count = len(types.split(","))
        self.name = name
        self._prepare = f"PREPARE {name} ({types}) AS {sql}"
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * count)})"

    def run(self, cursor: CursorWrapper, values: list[object]) -> None:
        known = _KNOWN.setdefault(connection.connection, set())
        if self.name not in known:
            cursor.execute(self._prepare)
            known.add(self.name)
        cursor.execute(self._execute, values)
