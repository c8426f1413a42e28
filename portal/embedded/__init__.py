"""Real servers that come with the product: PostgreSQL and Valkey from wheels, for `make demo` and for tests.

Nothing here imports Django, so that settings may ask where the servers are. Production names its own servers
with DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL, and never comes here.

    var/postgres/      PostgreSQL: data/, log, and the Unix socket
    var/redis/         Valkey: log, pid and the Unix socket
"""

from portal.embedded.places import var_directory
from portal.embedded.postgres import APP, OWNER, Cluster
from portal.embedded.redis import Broker, broker_url
from portal.embedded.trouble import CannotStart

__all__ = ["APP", "OWNER", "Broker", "CannotStart", "Cluster", "broker_url", "here"]


def here() -> tuple[Cluster, Broker]:
    """The two servers of this working copy and mode (see `places.var_directory`); neither is started by asking."""
    var = var_directory()
    return Cluster(var / "postgres", scratch="test-" in var.name), Broker(var / "redis")
