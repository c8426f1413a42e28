import logging

from celery import shared_task

from courses.models import ImportJob
from courses.services import import_work
from courses.workflow import IMPORT_DUE
from portal import clock

log = logging.getLogger(__name__)
CHUNK = 3
"""Jobs of one run: the file of the first may take most of a task's time."""


@shared_task(name="courses.tasks.work_on_due_imports")
def work_on_due_imports() -> int:
    """Read or apply the files that are due, the oldest first; one that fails is tried again soon, at most three times."""
    done = 0
    due = ImportJob.objects.filter(state__in=IMPORT_DUE, due_at__lte=clock.now()).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:CHUNK]):
        job = import_work.claim(pk, at=clock.now())
        if job is None:
            continue
        try:
            import_work.work(job, at=clock.now())
            done += 1
        except Exception:  # one bad file must not stop the others
            log.exception("import %s could not be worked on", pk)
            import_work.postpone(job, at=clock.now())
    return done
