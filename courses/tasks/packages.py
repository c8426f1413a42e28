import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from courses.packages import BadPackage
from courses.services import packages
from courses.workflow import PackageState
from portal import clock

log = logging.getLogger(__name__)
MOST = 20
"""Packages of one run: the largest takes seconds, and the next tick goes on."""
MOST_SWEPT = 100


@shared_task(name="courses.tasks.check_due_packages")
def check_due_packages() -> int:
    """Look at the packages that wait, then tidy up. Gives how many were looked at."""
    looked = 0
    while looked < MOST and _check_next():
        looked += 1
    swept = 0
    while swept < MOST_SWEPT and packages.sweep():
        swept += 1
    return looked


def _check_next() -> bool:
    package = packages.take_up(at=clock.now())
    if package is None:
        return False
    if not package.prefix or package.state != PackageState.WAITING:
        return True
    try:
        packages.unpack(package, at=clock.now())
    except SoftTimeLimitExceeded:
        raise
    except BadPackage as bad:
        packages.refuse(package, bad, at=clock.now())
    except Exception:  # one bad row must not stop the rest; it comes due again
        log.exception("Package %s could not be unpacked", package.pk)
        packages.put_off(package, at=clock.now())
    return True
