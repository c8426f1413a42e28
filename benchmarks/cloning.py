"""A row many times over, by the database's superuser past triggers and foreign keys, as a restore writes."""

import json
from collections.abc import Mapping

import psycopg2.extensions
from django.db.models import CharField, Field, JSONField, Model, TextField

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


def fill(
    link: psycopg2.extensions.connection,
    model: type[Model],
    numbers: range,
    *,
    beside: str = "",
    where: str = "true",
    **said: str,
) -> int:
    """Rows of `model` without one that they are like: `said` are SQL over `n`; what is not said is as the model has it."""
    known = model._meta.concrete_fields  # noqa: SLF001 - as above
    columns = {field.column: said.pop(field.column, None) or _usual(field) for field in known}
    columns = {column: value for column, value in columns.items() if value}
    if said:
        raise ValueError(f"{model.__name__} has no {', '.join(said)}.")
    names, table, made = ", ".join(f'"{column}"' for column in columns), model._meta.db_table, 0  # noqa: SLF001 - as above
    with link.cursor() as cursor:
        for first in range(numbers.start, numbers.stop, AT_ONCE):
            last = min(numbers.stop, first + AT_ONCE) - 1
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())}"  # noqa: S608 - ours
                f" FROM generate_series({first}::bigint, {last}::bigint) n {beside} WHERE {where}"
            )
            made += cursor.rowcount
    return made


def _usual(field: Field) -> str:
    """Its default as SQL; empty where the database itself gives one."""
    if field.primary_key:
        return ""
    if not field.has_default():
        return "''" if isinstance(field, CharField | TextField) and not field.null else "NULL"
    value = field.get_default()
    if isinstance(field, JSONField):
        return f"'{json.dumps(value)}'::jsonb"
    return f"'{value}'"
