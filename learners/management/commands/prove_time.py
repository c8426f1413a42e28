from django.core.management.base import BaseCommand, CommandError

from learners.models import LedgerProof
from learners.selectors.proofs import said
from learners.services import proofs
from portal import clock


class Command(BaseCommand):
    help = "Follow every learner's chain of ledger rows. Goes on where an unfinished proof stopped; fails on a break."

    def handle(self, **_options: object) -> None:
        run = proofs.begin_proof(at=clock.now())
        LedgerProof.objects.filter(pk=run.pk, ended_at=None).update(due_at=clock.now())
        while run.ended_at is None:
            worked = proofs.prove_some(run.pk, at=clock.now())
            run.refresh_from_db()
            if not worked and run.ended_at is None:
                raise CommandError(
                    "Another process is at this proof. Its result will stand on the auditors' page."
                )
            self.stdout.write(f"{run.done} of {run.total} learners, {run.rows} rows, {run.breaks} breaks")
        if run.breaks:
            raise CommandError(f"{run.breaks} chains do not hold. The first: {said(run.first_break)}")
        self.stdout.write("Every chain holds.")
