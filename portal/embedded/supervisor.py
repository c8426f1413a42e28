"""Children that are started together, watched, started again when they die, and stopped together.

No child outlives us: each is asked to stop when we stop; the kernel tells it when we are killed; and what was left
all the same is found by the next start in `var/run/children.json`.
"""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded import processes

PATIENCE_SECONDS = 10
"""How long a child may take to finish what it does. Celery tasks are safe to run again, so no longer than this."""
STEADY_SECONDS = 60
"""A child that lived this long is healthy: its next restart comes at once again."""
LONGEST_PAUSE_SECONDS = 30


@dataclass(kw_only=True)
class Child:
    name: str
    command: list[str]
    log: Path
    cwd: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def start(self) -> None:
        command = processes.launched(self.command, account=None, until=signal.SIGTERM)
        self.process = processes.spawn(command, log=self.log, cwd=self.cwd)
        self.started = time.monotonic()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        lines = (
            self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        )
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "no words")


@dataclass(kw_only=True)
class Supervisor:
    children: list[Child]
    notes: Path
    say: Callable[[str], None]
    wishes: list[int] = field(default_factory=list)
    """Signals received; the first asks to stop, the second not to wait."""

    def listen(self) -> None:
        """SIGINT, SIGTERM and a closed terminal all mean: stop. Children are told by us, not by the terminal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _frame: self.wishes.append(received))

    def start(self) -> None:
        for child in self.children:
            if child.log.exists():
                child.log.replace(child.log.with_suffix(".before.log"))
            child.start()
            self._note()

    def watch(self, others: Callable[[], None]) -> None:
        """Until a wish to stop arrives. `others` is called every second, to look after what is not a child."""
        looked = 0.0
        while not self.wishes:
            now = time.monotonic()
            for child in self.children:
                self._look_after(child, now)
            if now - looked > 1:
                looked = now
                others()
            time.sleep(0.1)

    def _look_after(self, child: Child, now: float) -> None:
        if child.is_alive():
            return
        if not child.due:
            child.deaths = 1 if now - child.started > STEADY_SECONDS else child.deaths + 1
            pause = 0 if child.deaths == 1 else min(2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
            child.due = now + pause
            code = child.process.returncode if child.process else None
            when = f"in {pause} s" if pause else "now"
            self.say(
                f"{child.name} ended ({_ending(code)}): {child.last_words()}. It is started again {when}."
            )
        if now >= child.due:
            processes.end(processes.group(child.process.pid) if child.process else [], signal.SIGKILL)
            child.due = 0.0
            child.start()
            self._note()

    def stop(self) -> None:
        """Ask all to stop, wait a little, then insist; returns when no process of theirs is left."""
        leaders = [child.process.pid for child in self.children if child.process]
        processes.end([child.process.pid for child in self.children if child.is_alive()], signal.SIGTERM)
        wished = len(self.wishes)
        processes.wait_until(
            lambda: not any(child.is_alive() for child in self.children) or len(self.wishes) > wished,
            PATIENCE_SECONDS,
        )
        end_groups(leaders)
        for child in self.children:
            if child.process:
                child.process.wait()
        self.notes.unlink(missing_ok=True)

    def _note(self) -> None:
        """Who was started when. A number alone would be used again; with its start it is one process."""
        self.notes.parent.mkdir(parents=True, exist_ok=True)
        known = {
            str(child.process.pid): processes.started_at(child.process.pid)
            for child in self.children
            if child.process
        }
        new = self.notes.with_suffix(".new")
        new.write_text(json.dumps(known), encoding="utf-8")
        new.replace(self.notes)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit {code}"


def end_groups(leaders: list[int]) -> None:
    left = [pid for leader in leaders for pid in processes.group(leader)]
    processes.end(left, signal.SIGKILL)
    processes.wait_until(lambda: not any(processes.group(leader) for leader in leaders), 5)


def sweep(notes: Path) -> None:
    """End what an earlier supervisor, killed before it could, has left running."""
    try:
        known = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    ours = []
    for pid, started in known.items():
        now = processes.started_at(int(pid))
        # the leader is gone, so the number of its group is free or still held by its children
        if now is None or now == started:
            ours.append(int(pid))
    end_groups(ours)
    notes.unlink(missing_ok=True)
