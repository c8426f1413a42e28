import logging

from celery import shared_task

from courses.models import Recheck
from courses.services import checks
from portal import clock

log = logging.getLogger(__name__)
CHUNKS = 20
"""Chunks of one standard in one run, so that a long list never keeps the others waiting."""


@shared_task(name="courses.tasks.recheck_due_courses")
def recheck_due_courses() -> int:
    """Hold published courses against new standards, a chunk at a time. One that fails is put off, with its reason."""
    done = 0
    due = Recheck.objects.filter(ended_at=None, due_at__lte=clock.now()).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)):
        try:
            for _chunk in range(CHUNKS):
                checked = checks.recheck_some(pk, at=clock.now())
                done += checked
                if checked < checks.CHUNK:
                    break
        except Exception as problem:  # one bad standard must not stop the others
            log.exception("recheck %s could not go on", pk)
            checks.postpone_recheck(pk, type(problem).__name__, at=clock.now())
    return done
