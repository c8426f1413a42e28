"""A person's rows as files: JSON for machines, one HTML page to read, the time ledger as CSV; in one ZIP.

Sealed values stand masked, as on the pages: the file lies in a store and then on somebody's disk, and the full numbers are
on the person's own papers. Names and numbers of other people are left out.
"""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from portal import clock
from portal.accounts.models import User
from portal.owndata.kept import KEPT, Kept

ROWS_SHOWN = 300
"""Rows of a table on the HTML page; the JSON has all."""
LEDGER = "learners.LedgerRow"
_CHUNK = 500


def rows_of(label: str, user: User) -> models.QuerySet:
    """All rows of a table that belong to a person, the oldest first."""
    own = Q()
    for path in KEPT[label].paths:
        own |= Q(**{path: user.pk})
    return apps.get_model(label)._default_manager.filter(own).order_by("pk")  # noqa: SLF001 - Django's documented name


def fields_of(label: str) -> list[models.Field]:
    """What of a row is the person's: no secrets, no seals and indexes, nobody else's id."""
    return [field for field in apps.get_model(label)._meta.fields if _is_own(field, KEPT[label])]  # noqa: SLF001


def _is_own(field: models.Field, kept: Kept) -> bool:
    person = field.is_relation and field.related_model is User
    return field.name not in kept.hidden and not isinstance(field, models.BinaryField) and not person


def _plain(value: Any) -> Any:
    """Ranges as their two ends; what JSON knows stays."""
    return (
        [value.lower, value.upper]
        if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str)
        else value
    )


def records(label: str, user: User) -> Iterator[dict[str, Any]]:
    """One dict a row. A phone number, the one sealed value without a masked twin, stands masked."""
    fields = fields_of(label)
    for row in rows_of(label, user).iterator(chunk_size=_CHUNK):
        said = {field.name: _plain(getattr(row, field.attname)) for field in fields}
        if isinstance(row, User):
            said["masked_phone"] = row.masked_phone
        yield said


def write(
    user: User, target: BinaryIO, *, language: str, at: dt.datetime, told: Callable[[int], None]
) -> None:
    """The whole copy as a ZIP. `told` hears after each table how many are written."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack, translation.override(language):
        shown = []
        for number, (label, kept) in enumerate(KEPT.items(), 1):
            count, first = _json(pack, label, user)
            if label == LEDGER:
                _ledger(pack, user)
            names = [field.name for field in fields_of(label)]
            shown.append({"label": label, "kept": kept, "count": count, "names": names, "rows": first})
            told(number)
        page = {"tables": shown, "at": at, "most": ROWS_SHOWN, "chinese": language.startswith("zh")}
        pack.writestr("index.html", render_to_string("owndata/copy.html", page))


def _json(pack: zipfile.ZipFile, label: str, user: User) -> tuple[int, list[list[str]]]:
    """Writes the rows one by one; gives their number and the first of them for the page."""
    count, first = 0, []
    with pack.open(f"data/{label}.json", "w") as raw, io.TextIOWrapper(raw, encoding="utf-8") as file:
        file.write("[")
        for said in records(label, user):
            file.write(",\n" if count else "\n")
            file.write(json.dumps(said, ensure_ascii=False, cls=DjangoJSONEncoder))
            count += 1
            if count <= ROWS_SHOWN:
                first.append([_shown(value) for name, value in said.items() if name != "masked_phone"])
        file.write("\n]\n")
    return count, first


def _shown(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder).strip('"')


def _ledger(pack: zipfile.ZipFile, user: User) -> None:
    """With a byte order mark, so that a spreadsheet reads the Chinese in it; one line a credit or refusal."""
    with (
        pack.open("time-ledger.csv", "w") as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file,
    ):
        sheet = csv.writer(file)
        sheet.writerow(["place", "enrolment", "lesson", "entry", "kind", "from", "to", "ms", "reason", "at"])
        for row in rows_of(LEDGER, user).iterator(chunk_size=_CHUNK):
            sheet.writerow(
                [
                    row.place,
                    row.enrolment_id,
                    row.lesson_id,
                    row.entry,
                    row.kind,
                    row.wall.lower.isoformat(),
                    row.wall.upper.isoformat(),
                    row.ms,
                    row.reason,
                    row.at.isoformat(),
                ]
            )
