"""Things that happen at the same moment, each on a database connection of its own."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction


def together(act: Callable[[int], Any], n: int = 2, *, seconds: float = 30) -> list[Any]:
    """Call `act(0)` … `act(n - 1)` in n threads that start at one barrier.

    Gives what each returned, or the exception that it raised, in order. Needs `committed_db`: a thread sees only
    what is committed. A thread that is not done after `seconds` fails the test: that is a deadlock.
    """
    outcomes: list[Any] = [None] * n
    barrier = threading.Barrier(n)

    def run(index: int) -> None:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=seconds)
            outcomes[index] = act(index)
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds)
    if any(thread.is_alive() for thread in threads):
        raise AssertionError(f"Not all {n} threads were done after {seconds} s: do they wait for each other?")
    return outcomes


def behind(
    first: Callable[[], Any], then: Callable[[], Any], last: Callable[[], Any] | None = None
) -> list[Any]:
    """`then` while a transaction with `first` in it is still open, until it waits for that or is done.

    `last` ends that transaction. Gives what `first` (where there is one: `last`) and `then` returned or raised.
    """
    began, over = threading.Event(), threading.Event()

    def act(index: int) -> Any:
        if index:
            began.wait(_PATIENCE)
            try:
                return then()
            finally:
                over.set()
        try:
            with transaction.atomic():
                outcome = first()
                began.set()
                until = time.monotonic() + _PATIENCE
                while not over.wait(0.02) and not _waited_for() and time.monotonic() < until:
                    pass
                return last() if last else outcome
        finally:
            began.set()

    return together(act)


_PATIENCE = 20.0


def _waited_for() -> bool:
    """Whether another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]
