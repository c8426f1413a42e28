from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from subsidies.policy import ENGINE
from subsidies.selectors.recomputing import recomputed


class Command(BaseCommand):
    help = "Evaluate every stored decision again from its stored facts. Fails, naming each that does not come out as it is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--jobs", type=int, default=1, metavar="N", help="how many processes share the work"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["jobs"] < 1:
            raise CommandError("--jobs is at least 1.")
        done = older = broken = 0
        for found in recomputed(jobs=options["jobs"]):
            done, older = done + found.done, older + found.older
            for pk, differs in found.broken:
                broken += 1
                self.stdout.write(f"decision {pk}: {differs}")
        if older:
            self.stdout.write(
                f"{older} decisions were made by another engine than {ENGINE}: all but their words compared."
            )
        if broken:
            raise CommandError(f"{broken} of {done} decisions come out otherwise.")
        self.stdout.write(f"{done} decisions come out as they are stored.")
