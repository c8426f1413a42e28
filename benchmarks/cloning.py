"""A row many times over, by the database's superuser past triggers and foreign keys, as a restore writes."""

from collections.abc import Mapping

import psycopg2.extensions
from django.db.models import Model

AT_ONCE = 250_000


def clone(
    link: psycopg2.extensions.connection,
    model: type[Model],
    like: int,
    numbers: range,
    *,
    beside: str = "",
    where: str = "true",
    **changed: str,
) -> int:
    """A row of `model` for each of `numbers` (steps of one), like the one with the id `like` but for `changed`; how many.

    `changed` are SQL over `n`, the number, `t`, the row that is like it, and what `beside` joins. CHECK and unique
    constraints hold.
    """
    columns = [field.column for field in model._meta.concrete_fields]  # noqa: SLF001 - Django's documented names
    said: Mapping[str, str] = {column: f't."{column}"' for column in columns} | changed
    names, values = (
        ", ".join(f'"{column}"' for column in columns),
        ", ".join(said[column] for column in columns),
    )
    table, made = model._meta.db_table, 0  # noqa: SLF001 - as above
    with link.cursor() as cursor:
        for first in range(numbers.start, numbers.stop, AT_ONCE):
            last = min(numbers.stop, first + AT_ONCE) - 1
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM generate_series({first}::bigint, {last}::bigint) n"  # noqa: S608 - ours
                f" CROSS JOIN (SELECT * FROM {table} WHERE id = {int(like)}) t {beside} WHERE {where}"
            )
            made += cursor.rowcount
    return made
