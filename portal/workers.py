"""Work shared by processes of their own, so that Python uses all cores. They end when the process that began them ends.

Nothing here imports a model: a new process reads this module before Django is set up in it.
"""

import contextlib
import multiprocessing
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait

import django
from django.utils.module_loading import import_string

from portal.garbage import collect_seldom


class WorkerEnded(Exception):  # noqa: N818 - says what happened
    """A process ended early, be it killed or without memory."""


def _serve(link: Connection, function: str) -> None:
    """One piece after the other, until the other end is closed, also by a kill."""
    django.setup()
    act = import_string(function)
    collect_seldom()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        common = link.recv()
        while True:
            link.send(act(common, *link.recv(), link.recv_bytes()))


def shared(
    function: str, common: object, todo: Iterable[tuple[object, ...]], *, workers: int
) -> Iterator[object]:
    """What `function` (a dotted path) gives for each piece, as it comes: `function(common, *piece)`. The last part of a piece
    is bytes. Raises WorkerEnded.
    """
    if workers == 1:
        act = import_string(function)
        yield from (act(common, *piece) for piece in todo)
        return
    spawn = multiprocessing.get_context("spawn")
    links, children = [], []
    try:
        for _n in range(workers):
            ours, theirs = spawn.Pipe()
            links.append(ours)
            children.append(spawn.Process(target=_serve, args=(theirs, function), daemon=True))
            children[-1].start()
            theirs.close()
            ours.send(common)
        yield from _handed_out(links, todo)
    except (EOFError, OSError) as broken:
        raise WorkerEnded from broken
    finally:
        for link in links:
            link.close()
        for child in children:
            child.join()


def _handed_out(links: list[Connection], todo: Iterable[tuple[object, ...]]) -> Iterator[object]:
    idle = list(links)
    for *told, data in todo:
        if not idle:
            idle = wait(links)
            yield from [link.recv() for link in idle]
        link = idle.pop()
        link.send(told)
        link.send_bytes(data)
    busy = [link for link in links if link not in idle]
    while busy:
        done = wait(busy)
        yield from [link.recv() for link in done]
        busy = [link for link in busy if link not in done]
