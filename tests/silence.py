"""A broker that takes connections and answers nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from portal.embedded import Broker, processes


@contextmanager
def silent(broker: Broker) -> Iterator[None]:
    """Its processes are stopped until the block ends."""
    pids = processes.all_marked(broker.mark)
    assert pids
    processes.end(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        processes.end(pids, signal.SIGCONT)
