"""A whole demo of its own: servers, web, worker and beat, in a directory and on a port that nobody else has."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil

from portal.embedded import Broker, Cluster, processes
from tests.silence import silent

ROOT = Path(__file__).resolve().parents[2]
WALK_LOG = ROOT / "var" / "log" / "walk.log"
START_SECONDS = 600
"""On a machine with nothing cached and much else to do: migrations, three films, static files."""
_waits = itertools.count(1)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Stack:
    var: Path
    port: int
    process: subprocess.Popen
    used_codes: set[str] = field(default_factory=set)
    """Six digits that somebody has signed in with."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.var / "postgres")

    @property
    def broker(self) -> Broker:
        return Broker(self.var / "redis")

    def sql(self, words: str, parameters: tuple = ()) -> list[tuple]:
        """Look behind the page, as the superuser."""
        with closing(self.cluster.connect(database="zhixun")) as link, link.cursor() as cursor:
            cursor.execute(words, parameters)
            return cursor.fetchall()

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment(self.var, self.port),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def note(self, step: str) -> None:
        """For whoever looks at a walk that failed or never ended."""
        with WALK_LOG.open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%H:%M:%S')} {step}\n")

    def log(self, name: str) -> str:
        return (self.var / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def kill_workers(self) -> int:
        """SIGKILL the Celery worker and its pool, as the kernel does when memory ends; gives how many there were."""
        leaders = json.loads((self.var / "run" / "children.json").read_text())
        hit = [
            pid
            for leader in leaders
            for pid in processes.group(int(leader))
            if "worker" in psutil.Process(pid).cmdline()
        ]
        processes.end(hit, signal.SIGKILL)
        return len(hit)

    @contextmanager
    def killed_at(self, table: str, when: str):
        """The worker is killed while it writes the first row of `table` of which `when` holds: after its work, before its
        commit. Until then whoever writes such a row waits for us, in a trigger that only the superuser can make.
        One such block may stand within another: each waits under a number of its own.
        """
        key = next(_waits)
        with closing(self.cluster.connect(database="zhixun")) as link, link.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock({key})")
            cursor.execute(
                f"CREATE FUNCTION wait_{key}() RETURNS trigger LANGUAGE plpgsql AS "
                f"'BEGIN PERFORM pg_advisory_xact_lock({key}); RETURN NEW; END'"
            )
            cursor.execute(
                f"CREATE TRIGGER a_wait_{key} BEFORE UPDATE ON {table} FOR EACH ROW "
                f"WHEN ({when}) EXECUTE FUNCTION wait_{key}()"
            )
            try:
                yield
                waits = (
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
                )
                assert processes.wait_until(lambda: self.sql(waits, (key,)) == [(1,)], 40), (
                    "nobody came to write"
                )
                assert self.kill_workers() >= 1
                # a backend that waits for a lock does not see that its client is gone, and would commit
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks "
                    "WHERE locktype = 'advisory' AND objid = %s AND NOT granted",
                    (key,),
                )
            finally:
                cursor.execute(f"SELECT pg_advisory_unlock({key})")
                cursor.execute(f"DROP FUNCTION wait_{key} CASCADE")

    @contextmanager
    def stopped_broker(self):
        """There is no Valkey, and nobody starts it again until the block ends."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            processes.end(processes.all_marked(self.broker.mark), signal.SIGKILL)
            assert processes.wait_until(lambda: not self.broker.is_alive(), 5)
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)
        assert processes.wait_until(self.broker.is_alive, 30), "nobody started Valkey again"

    @contextmanager
    def hung_broker(self):
        """Valkey takes connections and never answers."""
        with silent(self.broker):
            yield

    def is_ready(self) -> bool:
        with suppress(OSError):
            return self.get("/health/", seconds=5) == HTTPStatus.OK
        return False

    def get(self, path: str, *, seconds: float) -> int:
        """The status of a page, read to its end. Raises OSError when it takes longer."""
        try:
            with urlopen(self.address + path, timeout=seconds) as answer:
                answer.read()
                return answer.status
        except HTTPError as refused:
            return refused.code


def environment(var: Path, port: int) -> dict[str, str]:
    ours = {"ZHIXUN_MODE": "demo", "ZHIXUN_VAR": str(var), "PORT": str(port), "HOST": "127.0.0.1"}
    ours["SITE_URL"] = f"http://127.0.0.1:{port}"
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "REDIS_", "STORAGE_"))
    }
    return kept | ours


@contextmanager
def running(var: Path):
    """Start, wait for the first page, and prove at the end that nothing is left."""
    port = free_port()
    # drawn films are kept from run to run
    (ROOT / "var" / "films").mkdir(parents=True, exist_ok=True)
    (var / "films").symlink_to(ROOT / "var" / "films")
    WALK_LOG.parent.mkdir(parents=True, exist_ok=True)
    WALK_LOG.write_text("", encoding="utf-8")
    words = (var / "demo.out").open("wb")
    process = subprocess.Popen(
        # a run that is killed takes its demo along
        processes.launched(
            [sys.executable, "-m", "portal.embedded.demo"], account=None, until=signal.SIGTERM
        ),
        cwd=ROOT,
        env=environment(var, port),
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    stack = Stack(var=var, port=port, process=process)
    try:
        end = time.monotonic() + START_SECONDS
        while not stack.is_ready():
            assert process.poll() is None, (var / "demo.out").read_text()
            assert time.monotonic() < end, (var / "demo.out").read_text()
            time.sleep(0.2)
        yield stack
    finally:
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        words.close()
        _gone, left = psutil.wait_procs(family, timeout=5)
        marked = processes.all_marked(stack.cluster.mark) + processes.all_marked(stack.broker.mark)
        for survivor in left:
            survivor.kill()
        assert not left, f"Left running: {left}"
        assert not marked
