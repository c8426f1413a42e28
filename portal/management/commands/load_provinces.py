import csv

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.accounts.models import Province


class Command(BaseCommand):
    help = "Load the 31 provinces. Safe to run again."

    def handle(self, **_options: object) -> None:
        path = settings.BASE_DIR / "portal" / "data" / "provinces.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                Province(
                    **{
                        name: row[name]
                        for name in ("code", "name_zh", "full_name_zh", "name_en", "slug", "abbr")
                    }
                )
                for row in csv.DictReader(file)
            ]
        Province.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name_zh", "full_name_zh", "name_en", "slug", "abbr"],
        )
        self.stdout.write(f"{len(rows)} provinces")
