"""A statement that PostgreSQL plans once for each connection: for the few that are asked by the thousand a second.

Planning one costs more than doing it where it touches a single row (docs/performance.md). Not for a connection pool that gives
each transaction another connection.
"""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg2.extensions
from django.db import DEFAULT_DB_ALIAS, connections

_KNOWN: "WeakKeyDictionary[psycopg2.extensions.connection, set[str]]" = WeakKeyDictionary()


class Prepared:
    """`sql` with `$1`, `$2` and so on for its values, which are of `types` (names of PostgreSQL's types)."""

    def __init__(self, name: str, types: str, sql: str) -> None:
        count = len(types.split(","))
        self.name = name
        self._prepare = f"PREPARE {name} ({types}) AS {sql}"
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * count)})"

    def run(self, values: list[object]) -> "Outcome":
        """By the driver's own cursor, which costs half of Django's, unless somebody listens in."""
        link = connections[DEFAULT_DB_ALIAS]
        link.close_if_health_check_failed()
        if link.queries_logged or link.execute_wrappers:
            with link.cursor() as cursor:
                return self._run(link.connection, cursor, values)
        link.ensure_connection()
        with link.wrap_database_errors, link.connection.cursor() as cursor:
            return self._run(link.connection, cursor, values)

    def _run(self, link: psycopg2.extensions.connection, cursor: Any, values: list[object]) -> "Outcome":
        known = _KNOWN.setdefault(link, set())
        if self.name not in known:
            cursor.execute(self._prepare)
            known.add(self.name)
        cursor.execute(self._execute, values)
        return Outcome(cursor.rowcount, cursor.fetchall() if cursor.description else [])


class Outcome(NamedTuple):
    """How many rows were touched, and those that were given."""

    count: int
    rows: list[tuple]
