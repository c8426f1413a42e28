"""`make demo`: everything on this machine, from nothing to a page that answers, and back to nothing.

    python -m portal.embedded.demo

PORT (8000) and HOST (127.0.0.1) say where the web server listens, ZHIXUN_VAR where data lie. DATABASE_URL together
with DATABASE_OWNER_URL, REDIS_URL and STORAGE_URL each replace the embedded part.
"""

import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from portal.embedded import OWNER, Broker, CannotStart, Cluster, here, supervisor
from portal.embedded.places import ROOT, var_directory
from portal.embedded.trouble import make_directory, need_room, sentence_of_log

READY_SECONDS = 60
APPS = ("portal", "courses", "learners", "certificates", "subsidies")
SHAPES_THE_DATABASE = tuple(
    f"{app}/**/{part}"
    for app in APPS
    for part in (
        "migrations/*.py",
        "management/commands/*.py",
        "data/**/*",
        "demo/**/*.py",
        "services/**/*.py",
    )
)
SHAPES_THE_PAGES = ("static/**/*", "**/locale/**/*.po")


@dataclass
class Demo:
    host: str = field(default_factory=lambda: os.environ.get("HOST") or "127.0.0.1")
    port: int = 8000
    var: Path = field(default_factory=var_directory)
    servers: list[Cluster | Broker] = field(default_factory=list)

    def __post_init__(self) -> None:
        words = os.environ.get("PORT") or "8000"
        if not words.isdigit() or not 0 < int(words) < 65536:  # noqa: PLR2004 -- the ports there are
            raise CannotStart(f"PORT={words} is not a port; choose a number from 1 to 65535.")
        self.port = int(words)
        cluster, broker = here()
        owned = {"DATABASE_URL", "DATABASE_OWNER_URL"} & os.environ.keys()
        if len(owned) == 1:
            raise CannotStart(
                "DATABASE_URL (for the portal) and DATABASE_OWNER_URL (for migrations) go together."
            )
        self.owner_url = os.environ.get("DATABASE_OWNER_URL") or cluster.url(OWNER)
        self.servers = [] if owned else [cluster]
        self.servers += [] if "REDIS_URL" in os.environ else [broker]

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "ZHIXUN_MODE": "demo", "DJANGO_SETTINGS_MODULE": "portal.settings",
                "ZHIXUN_VAR": str(self.var), "SITE_URL": os.environ.get("SITE_URL", self.address), **more}  # fmt: skip

    # -- to begin with

    def refuse_a_port_in_use(self) -> None:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OverflowError as error:
                raise CannotStart(f"PORT={self.port} is not a port.") from error
            except OSError as error:
                raise CannotStart(
                    f"Port {self.port} on {self.host} cannot be used ({error.strerror}). "
                    f"Choose another: make demo PORT={self.port + 1 if self.port < 65000 else 8001}"  # noqa: PLR2004
                ) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One demo per var directory. The kernel gives the lock back however we end."""
        make_directory(self.logs)
        handle = os.open(self.var / "demo.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise CannotStart(f"The demo that keeps its data in {self.var} is running already.") from None
        finally:
            os.close(handle)

    # -- the steps

    def prepare_database(self) -> None:
        """Migrate and secure as the owner, then load what the product and the demo know, as the portal's role.

        The database itself remembers for which state of the code this was done (its comment), so an exchanged or
        emptied one is never taken for a finished one.
        """
        wanted = f"zhixun {fingerprint(SHAPES_THE_DATABASE)}"
        if self._comment() == wanted:
            return
        for words in (["migrate", "--noinput"], ["secure_database"]):
            self._manage(words, ZHIXUN_AS_OWNER="1")
        for words in (["load_reference"], ["load_demo"]):
            self._manage(words)
        self._comment(wanted)

    def _comment(self, new: str | None = None) -> str | None:
        with (
            closing(psycopg2.connect(self.owner_url, connect_timeout=5)) as link,
            link,
            link.cursor() as cursor,
        ):
            if new is not None:
                cursor.execute(
                    "SELECT format('COMMENT ON DATABASE %%I IS %%L', current_database(), %s::text)", [new]
                )
                cursor.execute(cursor.fetchone()[0])
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
            )
            return cursor.fetchone()[0]

    def prepare_pages(self) -> None:
        """Compile the translations and gather the static files, when they have changed."""
        stamp = Path(os.environ.get("STATIC_ROOT") or self.var / "static") / "prepared"
        wanted = fingerprint(SHAPES_THE_PAGES)
        compiled = all(path.with_suffix(".mo").exists() for path in matching(("**/locale/**/*.po",)))
        if compiled and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        self._manage(["catalogue", "--compile"])
        self._manage(["collectstatic", "--noinput", "--clear", "--verbosity", "0"])
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted, encoding="utf-8")

    def _manage(self, words: list[str], **environment: str) -> None:
        log = self.logs / "setup.log"
        with log.open("ab") as file:
            file.write(f"--- manage.py {' '.join(words)}\n".encode())
            file.flush()
            before = file.tell()
            done = subprocess.run(  # noqa: S603 -- our own commands
                [sys.executable, "manage.py", *words],
                cwd=ROOT, env=self.environment(**environment), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                check=False, process_group=0,
            )  # fmt: skip
        if done.returncode != 0:
            said = log.read_bytes()[before:].decode(errors="replace")
            raise CannotStart(sentence_of_log(said, f"manage.py {words[0]}", log))

    def children(self) -> list[supervisor.Child]:
        python = sys.executable
        celery = [python, "-m", "celery", "--app", "portal"]
        commands = {
            "web": [python, "-m", *web_server(self.host, self.port)],
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle",
                       "--without-gossip", "--hostname", "worker@zhixun"],
            "films": [*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING", "--without-mingle",
                      "--without-gossip", "--hostname", "films@zhixun", "--queues", "films"],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(self.var / "beat")],
        }  # fmt: skip
        return [
            supervisor.Child(name=name, command=command, log=self.logs / f"{name}.log", cwd=ROOT)
            for name, command in commands.items()
        ]

    def wait_until_it_answers(self, watched: supervisor.Supervisor) -> None:
        end = time.monotonic() + READY_SECONDS
        web = watched.children[0]
        while not self.answers() and not watched.wishes:
            if not web.is_alive():
                raise CannotStart(sentence_of_log(web.last_words(), "The web server", web.log))
            if time.monotonic() > end:
                raise CannotStart(
                    f"The web server did not answer within {READY_SECONDS} s; its words are in {web.log}."
                )
            time.sleep(0.1)

    def answers(self) -> bool:
        link = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            link.request("GET", "/health/", headers={"Host": "127.0.0.1"})
            return link.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def keep_servers_up(self, say: Callable[[str], None]) -> None:
        for server in self.servers:
            if not server.is_alive():
                say(f"{type(server).__name__} ended and is started again.")
                try:
                    server.start()
                except CannotStart as trouble:
                    say(str(trouble))

    def show_accounts(self) -> None:
        accounts = self.var / "demo-accounts.txt"
        print(f"\n  Zhixun 职训 answers at  {self.address}\n")  # noqa: T201
        if accounts.exists():
            print(accounts.read_text(encoding="utf-8"))  # noqa: T201
        print("  Ctrl-C stops everything. Logs are in", self.logs, flush=True)  # noqa: T201


def web_server(host: str, port: int) -> list[str]:
    """What follows `python -m`: two processes of four threads, as deploy/systemd has it with four."""
    return ["granian", "portal.wsgi:application", "--interface", "wsgi", "--host", host, "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--respawn-interval", "0.5",
            "--no-ws", "--http", "1", "--http1-buffer-size", "32768", "--workers-kill-timeout", "5",
            "--log-level", "warning"]  # fmt: skip


def matching(patterns: tuple[str, ...]) -> list[Path]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(
        path for path in found if not {".venv", "var", "__pycache__"} & set(path.relative_to(ROOT).parts)
    )


def fingerprint(patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in matching(patterns):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def say(text: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {text}", flush=True)  # noqa: T201


@contextmanager
def step(text: str) -> Iterator[None]:
    began = time.monotonic()
    say(f"{text} …")
    yield
    if (took := time.monotonic() - began) > 1:
        say(f"    {took:.1f} s")


def run(demo: Demo) -> None:
    """All of it; returns after the wish to stop, with nothing left running that was started here."""
    demo.refuse_a_port_in_use()
    os.environ.update(demo.environment())
    watched = supervisor.Supervisor(
        children=demo.children(), notes=demo.var / "run" / "children.json", say=say
    )
    supervisor.sweep(watched.notes)
    need_room(demo.var)
    try:
        for server, name in ((server, server.what) for server in demo.servers):
            with step(f"Starting {name}"):
                server.start()
        # translations first: what the demo world says to its people is written down in both languages
        with step("Preparing translations and static files"):
            demo.prepare_pages()
        with step("Preparing the database"):
            demo.prepare_database()
        watched.listen()
        with step("Starting web server, worker and beat"):
            watched.start()
            demo.wait_until_it_answers(watched)
        if not watched.wishes:
            demo.show_accounts()
        watched.watch(lambda: demo.keep_servers_up(say))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _frame: watched.wishes.append(received))
        say("Stopping …")
        watched.stop()
        for server in reversed(demo.servers):
            server.stop()
        say("Stopped; nothing is left running.")


def main() -> None:
    # until the supervisor listens, each of the three means: go through `finally` and out. A shell's background
    # jobs are born deaf to SIGINT, so that one is named too
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        demo = Demo()
        with demo.alone():
            run(demo)
    except CannotStart as sentence:
        sys.exit(f"\n{sentence}")
    except psycopg2.Error as error:
        sys.exit(f"\nThe database does not answer: {str(error).splitlines()[0]}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
