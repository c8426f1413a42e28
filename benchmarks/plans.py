"""EXPLAIN (ANALYZE, BUFFERS) of the statements of a page, for var/bench/plans.txt."""

from contextlib import suppress
from pathlib import Path

from django.db import IntegrityError, connection, transaction


def explained(statements: list[str]) -> list[str]:
    """Nothing stays changed: each is rolled back. Statements that PostgreSQL cannot explain are only named."""
    told = []
    for text in statements:
        told.append(f"-- {text}")
        if text.split()[0] in {"SELECT", "WITH", "INSERT", "UPDATE"}:
            told += [f"    {line}" for line in _plan(text)]
    return told


def _plan(text: str) -> list[str]:
    for options in ("ANALYZE, BUFFERS", "VERBOSE"):  # what was inserted once can only be planned again
        with suppress(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN ({options}) {text}")
            lines = [line for (line,) in cursor.fetchall()]
            transaction.set_rollback(True)
            return lines
    return []


def write(path: Path, chapters: dict[str, list[str]]) -> None:
    lines = []
    for name, statements in chapters.items():
        lines += [f"==== {name}: {len(statements)} statements", *explained(statements), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
