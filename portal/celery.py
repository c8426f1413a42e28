"""The clock and the hands. The database is the memory: a lost message is found again by the next tick.

Figures tried on Celery 5.7: `acks_late` alone loses the task of a killed pool child, so
`task_reject_on_worker_lost` stands beside it; the default broker client waits for ever on a stopped
Redis, so every socket has a limit.
"""

import os

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport import redis

from portal.garbage import collect_seldom

os.environ.setdefault("ZHIXUN_MODE", "production")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class FreedPlaces(redis.QoS):
    """A worker's places for messages, each free again when its message is answered, even if the broker says nothing to that.

    Kombu 5.7 keeps the place of a message whose answer failed: a broker that is silent for the moment of two answers
    leaves a worker of two hands without a place, and it takes nothing more for as long as it lives. If the answer was
    lost too, the message comes once more after the visibility timeout; every task can run twice.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except self.channel.connection_errors:
            self._quick_ack(delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        except self.channel.connection_errors:
            self._quick_ack(delivery_tag)
            raise


redis.Channel.QoS = FreedPlaces

app = Celery("zhixun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def begin(**_: object) -> None:
    collect_seldom()
