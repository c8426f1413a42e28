"""Where a run happens: servers of its own under var/bench, and the web server as the demo starts it."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket

from portal.embedded import Cluster, demo, processes, supervisor
from portal.embedded.places import ROOT
from portal.embedded.postgres import DATABASE
from portal.embedded.trouble import CannotStart, sentence_of_log

READY_SECONDS = 60


def new_database(cluster: Cluster, log: Path, environment: dict[str, str]) -> None:
    """Emptied, migrated and secured as the demo's; then only the reference data. Raises CannotStart."""
    cluster.drop(DATABASE)
    cluster.prepare(DATABASE)
    owner = {**environment, "ZHIXUN_AS_OWNER": "1"}
    for words in (["migrate", "--noinput"], ["secure_database"]):
        manage(words, log, owner)
    manage(["load_reference"], log, environment)


def manage(words: list[str], log: Path, environment: dict[str, str]) -> None:
    with log.open("wb") as file:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    if done.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise CannotStart(sentence_of_log(said, f"manage.py {words[0]}", log))


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Meter:
    """CPU seconds that the web server, PostgreSQL and workers forked here have used. The load generator is left out.

    What other work on the machine takes is not in them: beside a busy neighbour they say more than requests a second.
    """

    def __init__(self, cluster: Cluster, port: int, leader: int) -> None:
        self.cluster, self.mark, self.port, self.leader = cluster, cluster.mark, port, leader

    def __call__(self) -> float:
        pids = [*processes.group(self.leader), *processes.all_marked(self.mark)]
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return sum(map(_cpu_of, pids)) + ended.ru_utime + ended.ru_stime

    def with_this(self) -> float:
        """What runs in this very process as well."""
        return self() + time.process_time()


def _cpu_of(pid: int) -> float:
    """Its own and that of its children that have ended; 0 for a process that is gone. To a hundredth."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")


def most_memory() -> int:
    """The most that this process has had, in kilobytes. What `getrusage` tells begins with that of the parent."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


@contextmanager
def web_server(var: Path, cluster: Cluster) -> Iterator[Meter]:
    """The demo's web server on a free port of loopback until the block ends; it inherits this process's environment."""
    port, log = free_port(), var / "web.log"
    command = [sys.executable, "-m", *demo.web_server("127.0.0.1", port)]
    child = supervisor.Child(name="web", command=command, log=log, cwd=ROOT)
    watched = supervisor.Supervisor(children=[child], notes=var / "run" / "children.json", say=print)
    supervisor.sweep(watched.notes)
    try:
        watched.start()
        _wait(child, port)
        yield Meter(cluster, port, child.process.pid)
    finally:
        watched.stop()


def _wait(child: supervisor.Child, port: int) -> None:
    end = time.monotonic() + READY_SECONDS
    while not _answers(port):
        if not child.is_alive() or time.monotonic() > end:
            raise CannotStart(sentence_of_log(child.last_words(), "The web server", child.log))
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as link:
        try:
            link.request("GET", "/bare/empty/")
            return link.getresponse().status == 200  # noqa: PLR2004 - OK
        except (OSError, HTTPException):
            return False
