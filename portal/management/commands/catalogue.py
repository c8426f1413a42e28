import argparse

from django.core.management.base import BaseCommand, CommandError

from portal import translations


class Command(BaseCommand):
    help = "Keep the Chinese catalogues: --write brings the .po up to the source, --check proves them, --compile writes .mo."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--app", choices=["portal", *translations.APPS], help="one app; all without it")
        parser.add_argument("--write", action="store_true")
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--compile", action="store_true")

    def handle(self, *, app: str | None, write: bool, check: bool, compile: bool, **_options: object) -> None:  # noqa: A002 - the flag's name
        apps = [app] if app else ["portal", *translations.APPS]
        if write:
            for name in apps:
                translations.write(name)
        found = (
            [finding for name in apps for finding in translations.findings(name)] if write or check else []
        )
        for finding in found:
            self.stdout.write(finding)
        if compile:
            for path in translations.compile_all():
                self.stdout.write(f"wrote {path}")
        if check and found:
            raise CommandError(f"{len(found)} messages are not right. Run: manage.py catalogue --write")
