import logging
import time

from celery import shared_task

from portal import clock
from subsidies.models import ImpactRun
from subsidies.services import impacts

log = logging.getLogger(__name__)
SECONDS = 20
"""So long one task goes on; what is left is due again at the next tick."""


@shared_task(name="subsidies.tasks.work_on_due_impacts")
def work_on_due_impacts() -> int:
    """Go on with the runs that are due, a chunk of each in a transaction of its own, by turns."""
    done, began = 0, time.monotonic()
    due = list(
        ImpactRun.objects.filter(due_at__lte=clock.now()).order_by("due_at").values_list("pk", flat=True)
    )
    while due and time.monotonic() - began < SECONDS:
        pk = due.pop(0)
        try:
            found = impacts.go_on(pk, at=clock.now())
        except Exception as problem:  # one bad run must not stop the others
            log.exception("impact run %s could not go on", pk)
            impacts.postpone(pk, type(problem).__name__, at=clock.now())
            continue
        done += found
        due += [pk] if found else []
    return done
