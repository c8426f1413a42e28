import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses.models import Occupation, OccupationCrosswalk

SOURCE = Path(__file__).resolve().parents[2] / "data" / "occupation_crosswalk.csv"
FIELDS = ("from_name_zh", "kind", "basis", "source")


class Command(BaseCommand):
    help = "Load how occupation codes of 2015 are read in the 2022 classification. Safe to run again."

    def handle(self, *, verbosity: int, **_options: object) -> None:
        """Raises CommandError for a row whose occupation is not loaded."""
        occupations = {(o.edition, o.code): o for o in Occupation.objects.all()}
        with SOURCE.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        made = []
        for row in rows:
            to = occupations.get((row["to_edition"], row["to_code"]))
            if to is None:
                raise CommandError(
                    f"No occupation {row['to_code']} of {row['to_edition']}: run load_occupations."
                )
            made.append(
                OccupationCrosswalk(
                    from_edition=row["from_edition"],
                    from_code=row["from_code"],
                    to=to,
                    **{field: row[field] for field in FIELDS},
                )
            )
        OccupationCrosswalk.objects.bulk_create(
            made,
            update_conflicts=True,
            unique_fields=["from_edition", "from_code", "to"],
            update_fields=FIELDS,
        )
        if verbosity:
            self.stdout.write(f"{len(made)} codes of an earlier edition")
