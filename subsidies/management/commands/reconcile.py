from django.core.management.base import BaseCommand, CommandError

from subsidies.services.reconcile import breaches


class Command(BaseCommand):
    help = "Prove that ledger, claims, notices, batches and bank answers agree. Fails, naming each breach."

    def handle(self, **_options: object) -> None:
        found = 0
        for breach in breaches():
            found += 1
            self.stdout.write(str(breach))
        if found:
            raise CommandError(f"{found} breaches found.")
        self.stdout.write("Everything agrees: I1 to I5, I7, I10, I11, I13.")
