import logging

from celery import shared_task

from portal import clock
from subsidies.models import ClaimList
from subsidies.models.lists import WORKED_ON
from subsidies.services import list_work, lists

log = logging.getLogger(__name__)
MOST = 40
"""Chunks per run, so that a run ends before its time limit; the next tick goes on."""


@shared_task(name="subsidies.tasks.work_on_due_lists")
def work_on_due_lists() -> int:
    """Check and submit lists of claims, some rows at a time. A list that fails is put off, with its reason."""
    done = 0
    for _chunk in range(MOST):
        at = clock.now()
        due = ClaimList.objects.filter(state__in=WORKED_ON, due_at__lte=at).order_by("due_at", "pk").first()
        if due is None:
            break
        try:
            done += list_work.work_on_next(at=at)
        except Exception as problem:  # one bad list must not stop the others
            log.exception("list of claims %s could not be worked on", due.pk)
            list_work.put_off(due.pk, type(problem).__name__, at=at)
    return done


@shared_task(name="subsidies.tasks.clear_old_lists")
def clear_old_lists() -> int:
    """Drop lists that nobody submitted and forget what was typed in old ones. Gives how many."""
    at, done = clock.now(), 0
    while found := lists.clear_lists(at=at):
        done += found
    return done
