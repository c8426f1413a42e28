import os
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from portal import clock
from subsidies.services import reconcile


class Command(BaseCommand):
    help = "Prove that ledger, claims, notices, batches, bank answers and recoveries agree. Fails, naming each breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        cores = len(os.sched_getaffinity(0))
        parser.add_argument(
            "--jobs", type=int, default=cores, metavar="N", help="how many processes share the decisions"
        )

    def handle(self, *, jobs: int, **_options: object) -> None:
        if jobs < 1:
            raise CommandError("--jobs is at least 1.")
        with translation.override("en"):
            run = reconcile.prove(
                at=clock.now(), tell=lambda breach: self.stdout.write(str(breach)), jobs=jobs
            )
        if run.breaches:
            raise CommandError(f"{run.breaches} breaches found.")
        entries = run.counts["entries"]
        self.stdout.write(
            f"Everything agrees: {', '.join(reconcile.invariants())}; {entries} entries in {run.milliseconds} ms."
        )
