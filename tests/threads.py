"""Things that happen at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


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
