import csv
from pathlib import Path

from django.core.management.base import BaseCommand

from courses.models import Occupation

SOURCE = Path(__file__).resolve().parents[2] / "data" / "occupations.csv"
EDITION = "2022"
FIELDS = (
    "name_zh",
    "name_en",
    "major_code",
    "major_zh",
    "major_en",
    "mid_code",
    "mid_zh",
    "minor_code",
    "minor_zh",
    "levels_basis",
)


class Command(BaseCommand):
    help = "Load occupations of the 2022 classification from courses/data/occupations.csv. Safe to run again."

    def handle(self, *, verbosity: int, **_options: object) -> None:
        with SOURCE.open(encoding="utf-8", newline="") as lines:
            rows = [
                Occupation(
                    code=row["code"],
                    edition=EDITION,
                    levels=[int(level) for level in row["levels"].split(",") if level],
                    is_digital=row["digital"] == "yes",
                    is_green=row["green"] == "yes",
                    **{field: row[field] for field in FIELDS},
                )
                for row in csv.DictReader(lines)
            ]
        known = set(Occupation.objects.filter(edition=EDITION).values_list("code", flat=True))
        Occupation.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["code", "edition"],
            update_fields=[*FIELDS, "levels", "is_digital", "is_green"],
        )
        new = sum(row.code not in known for row in rows)
        if verbosity:
            self.stdout.write(f"{len(rows)} occupations ({new} new).")
