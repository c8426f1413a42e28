from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from portal import clock
from subsidies.services import reconcile


class Command(BaseCommand):
    help = "Prove that ledger, claims, notices, batches, bank answers and recoveries agree. Fails, naming each breach."

    def handle(self, **_options: object) -> None:
        told: list[reconcile.Breach] = []
        run = reconcile.prove(at=clock.now(), told=told)
        with translation.override("en"):
            for breach in told:
                self.stdout.write(str(breach))
        if run.breaches:
            raise CommandError(f"{run.breaches} breaches found.")
        entries = run.counts["entries"]
        self.stdout.write(
            f"Everything agrees: {', '.join(reconcile.invariants())}; {entries} entries in {run.milliseconds} ms."
        )
