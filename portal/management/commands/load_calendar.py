"""`manage.py load_calendar FILE --source NOTICE`: the holidays and make-up days of a year, from a CSV."""

import csv
import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import calendar, clock

KINDS = {"holiday": False, "workday": True, "放假": False, "上班": True}


class Command(BaseCommand):
    help = "Load the days of one year that differ from the week. Columns: day (2027-02-06), kind (holiday or workday), name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="Number of the State Council's notice.")

    def handle(self, *_args: Any, file: Path, source: str, **_options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as opened:
                days = [_day(number, row) for number, row in enumerate(csv.DictReader(opened), 2)]
        except (OSError, UnicodeDecodeError) as trouble:
            raise CommandError(f"The file cannot be read: {trouble}") from None
        years = {day.year for day, _works, _name in days}
        if len(years) != 1:
            raise CommandError("The file holds the days of one year, and at least one.")
        try:
            count = calendar.load_year(years.pop(), days, source=source, at=clock.now())
        except ValueError as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write(f"{count} days of {days[0][0].year} loaded.")


def _day(number: int, row: dict[str, str | None]) -> tuple[dt.date, bool, str]:
    try:
        day = dt.date.fromisoformat((row.get("day") or "").strip())
        works = KINDS[(row.get("kind") or "").strip()]
    except (ValueError, KeyError):
        raise CommandError(f"Line {number} is not a day and a kind: {row}") from None
    return day, works, (row.get("name") or "").strip()[:40]
