"""The clock and the hands. The database is the memory: a lost message is found again by the next tick.

Figures tried on Celery 5.7: `acks_late` alone loses the task of a killed pool child, so
`task_reject_on_worker_lost` stands beside it; the default broker client waits for ever on a stopped
Redis, so every socket has a limit.
"""

import os

from celery import Celery
from celery.signals import worker_process_init

from portal.garbage import collect_seldom

os.environ.setdefault("ZHIXUN_MODE", "production")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("zhixun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def begin(**_: object) -> None:
    collect_seldom()
