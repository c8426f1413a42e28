from celery import shared_task

from portal import clock
from subsidies.services import figures


@shared_task(name="subsidies.tasks.take_figures")
def take_figures() -> bool:
    """The figures of the reports, once a day. Whether they were taken now."""
    return figures.take_figures(at=clock.now()) is not None
