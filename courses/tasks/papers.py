import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from courses.services import paper_checks
from portal import clock

log = logging.getLogger(__name__)
MOST = 50
"""Papers of one run; the next tick goes on."""


@shared_task(name="courses.tasks.check_due_papers")
def check_due_papers() -> int:
    """Have the papers scanned that wait. Gives how many were taken up; one that nobody could look at waits on."""
    looked = 0
    while looked < MOST and (check := paper_checks.take_up(at=clock.now())) is not None:
        looked += 1
        try:
            paper_checks.look_at(check, at=clock.now())
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one bad file must not stop the others; it comes due again
            log.exception("Paper %s could not be looked at", check.pk)
    return looked
