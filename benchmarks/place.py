"""Where a run happens: servers of its own under var/bench, and the web server as the demo starts it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket

from portal.embedded import Cluster, supervisor
from portal.embedded.places import ROOT
from portal.embedded.postgres import DATABASE
from portal.embedded.trouble import CannotStart, sentence_of_log

WORKERS, THREADS = 2, 4
READY_SECONDS = 60


def new_database(cluster: Cluster, log: Path, environment: dict[str, str]) -> None:
    """Emptied, migrated and secured as the demo's; then only the reference data. Raises CannotStart."""
    cluster.drop(DATABASE)
    cluster.prepare(DATABASE)
    owner = {**environment, "ZHIXUN_AS_OWNER": "1"}
    for words in (["migrate", "--noinput"], ["createcachetable"], ["secure_database"]):
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


@contextmanager
def web_server(var: Path) -> Iterator[int]:
    """Gunicorn on a free port of loopback until the block ends; it inherits this process's environment."""
    port, log = free_port(), var / "web.log"
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--worker-tmp-dir", str(var)]
    command += ["--keep-alive", "30", "--timeout", "60", "--graceful-timeout", "5", "--no-control-socket"]
    child = supervisor.Child(name="web", command=command, log=log, cwd=ROOT)
    watched = supervisor.Supervisor(children=[child], notes=var / "run" / "children.json", say=print)
    supervisor.sweep(watched.notes)
    try:
        watched.start()
        _wait(child, port)
        yield port
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
