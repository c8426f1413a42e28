import json
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

from subsidies.policy import json_schema
from subsidies.policy.reference import page


class Command(BaseCommand):
    help = "Write docs/policies.md from the shapes of policies; --schema prints their JSON Schema instead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schema", action="store_true")

    def handle(self, **options: bool) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=1))
            return
        path = settings.BASE_DIR / "docs" / "policies.md"
        path.write_text(page(), encoding="utf-8")
        self.stdout.write(f"wrote {path}")
