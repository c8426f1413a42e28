"""Many rows at once by PostgreSQL's binary COPY. Constraints and triggers hold as ever."""

import io
from collections.abc import Iterable, Sequence
from itertools import chain, repeat

import numpy as np
from django.db import connection

_BEGIN, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_BLOCK = 1 << 16


def field(value: bytes) -> bytes:
    """A value as COPY reads it: its length, then its bytes."""
    return len(value).to_bytes(4) + value


def fields(values: Iterable[bytes]) -> list[bytes]:
    return [len(value).to_bytes(4) + value for value in values]


def numbers(values: Sequence[int], kind: str) -> list[bytes]:
    """Whole numbers of one width: `i4` or `i8`."""
    width = int(kind[1:])
    table = np.empty(len(values), dtype=[("length", ">i4"), ("value", f">{kind}")])
    table["length"], table["value"] = width, values
    text = table.tobytes()
    return [text[n : n + width + 4] for n in range(0, len(text), width + 4)]


def copy(table: str, columns: dict[str, bytes | list[bytes]]) -> None:
    """Add rows. A column is a list of fields, or one field for all rows; at least one is a list."""
    names = ", ".join(f'"{name}"' for name in columns)
    head = len(columns).to_bytes(2)
    cells = (repeat(column) if isinstance(column, bytes) else column for column in columns.values())
    body = b"".join(chain.from_iterable(zip(repeat(head), *cells, strict=False)))
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f'COPY "{table}" ({names}) FROM STDIN (FORMAT binary)', io.BytesIO(_BEGIN + body + _END), _BLOCK
        )


def new_ids(table: str, count: int) -> list[int]:
    """Ids nobody has had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [*cursor.fetchone(), count])
        return [number for (number,) in cursor.fetchall()]


def found(indexes: Sequence[bytes], query: str, parameters: Sequence[object] = ()) -> list[tuple[int, ...]]:
    """What is there for blind indexes: (place, …) for each that `query` finds.

    `query` selects from a table by `asked.value`, and is used in a lateral join: `SELECT id FROM … WHERE … = asked.value`.
    Each is looked up in an index, however many there are: a plan that reads the table costs more as the table grows.
    """
    if not indexes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off"
        )
        cursor.execute(
            f"""
            SELECT asked.place - 1, answer.* FROM (
                SELECT n AS place, substring(%s::bytea FROM (n - 1) * 32 + 1 FOR 32) AS value
                FROM generate_series(1, %s) n OFFSET 0
            ) asked, LATERAL ({query} LIMIT 1) answer
            """,  # noqa: S608 - written by us
            [b"".join(indexes), len(indexes), *parameters],
        )
        return cursor.fetchall()
