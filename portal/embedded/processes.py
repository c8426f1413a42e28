"""Questions about processes, answered by /proc: a pid in a file says nothing, since numbers are used again."""

import fcntl
import hashlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.embedded.trouble import CannotStart, sentence_of

LAUNCHER = Path(__file__).with_name("launch.py")

_started: list[subprocess.Popen[bytes]] = []
"""Handles are kept, or Python warns that a server outlives its handle, which it is meant to do."""


def _facts(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the third on (state, parent, group, …); None for the dead and for zombies."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields


def _all_pids() -> list[int]:
    return [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and int(path.name) != os.getpid()
    ]


def started_at(pid: int) -> str | None:
    """When the living process `pid` was started, in ticks since the machine was; None when it is dead."""
    facts = _facts(pid)
    return facts[19] if facts else None


def group(leader: int) -> list[int]:
    """The living processes of the process group that `leader` leads or led."""
    return [pid for pid in _all_pids() if (facts := _facts(pid)) and facts[2] == str(leader)]


def is_marked(pid: int, mark: str) -> bool:
    """Is `pid` alive with `mark` in its title? Titles may be read by everybody, unlike /proc/*/cwd, which a root
    without CAP_SYS_PTRACE (any container) may not read of a process that changed its user.
    """
    try:
        return _facts(pid) is not None and mark.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def all_marked(mark: str) -> list[int]:
    return [pid for pid in _all_pids() if is_marked(pid, mark)]


def mark_of(home: Path) -> str:
    """A word for the titles of a server's processes by which only the server of this `home` is known."""
    return f"zhixun-{hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]}"


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    pause = 0.005
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True


def end(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Two starts of the same server at once wait for each other; the kernel lets go when a holder dies."""
    try:
        handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(sentence_of(error, lock)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def lent_account(home: Path) -> tuple[int, int] | None:
    """(uid, gid) under which root runs a server that refuses root: the owner of `home`, or, where that is root
    or `home` is new, an account every Linux has. None when we are not root and need none.
    """
    if os.geteuid() != 0:
        return None
    if home.exists() and (owner := home.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    for name in ("daemon", "nobody"):
        with suppress(KeyError):
            account = pwd.getpwnam(name)
            return account.pw_uid, account.pw_gid
    raise CannotStart(
        "PostgreSQL refuses to run as root, and this machine has no account daemon or nobody to lend it."
    )


def behind_closed_doors(path: Path) -> bool:
    """Is there a directory on the way to `path` that only its owner may pass?"""
    return any(not parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def launched(
    command: list[str],
    *,
    account: tuple[int, int] | None,
    reach: bool = False,
    until: signal.Signals | None = None,
) -> list[str]:
    """`command` by way of `launch.py`; with `until`, the kernel sends that signal when this process dies."""
    way = [sys.executable, "-I", str(LAUNCHER)]
    if account:
        way += ["--user", f"{account[0]}:{account[1]}"] + (["--reach"] if reach else [])
    if until:
        way += ["--with-parent", until.name, str(os.getpid())]
    return [*way, "--", *command]


def spawn(command: list[str], *, log: Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own (a Ctrl-C at the terminal is ours to pass on), its words in `log`."""
    try:
        with log.open("ab") as words:
            started = subprocess.Popen(  # noqa: S603 -- our own commands
                command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True, cwd=cwd
            )
    except OSError as error:
        raise CannotStart(sentence_of(error, log)) from error
    _started.append(started)
    return started


def reap() -> None:
    """Take leave of children that have ended, so that they do not stay as zombies."""
    _started[:] = [child for child in _started if child.poll() is None]
