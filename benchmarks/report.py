"""What a run found, for people and for programs."""

import datetime as dt
import json
import os
import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from benchmarks.rounds import Figures, compared, told
from portal.embedded.places import ROOT

BUSY = 0.5
"""A load average above this before the run begins: somebody else works here."""


@dataclass
class Report:
    about: dict[str, object] = field(default_factory=dict)
    figures: list[dict[str, object]] = field(default_factory=list)
    growth: list[dict[str, object]] = field(default_factory=list)
    checks: dict[str, object] = field(default_factory=dict)

    def add(self, name: str, taken: dict[str, list[Figures]], key: str, *limits: str, **more: object) -> None:
        beside = [compared(limit, taken[key], taken[limit]) for limit in limits]
        self.figures.append({"name": name, **told(taken[key]), "beside": beside, **more})

    def add_bare(self, name: str, rounds: list[Figures]) -> None:
        self.figures.append({"name": name, **told(rounds), "beside": [], "bare": True})

    def write(self, path: Path) -> None:
        known = {"about": self.about, "figures": self.figures, "growth": self.growth, "checks": self.checks}
        path.write_text(json.dumps(known, ensure_ascii=False, indent=1, default=str), encoding="utf-8")

    def text(self) -> str:
        return "\n".join(
            [*_head(self.about), "", *_table(self.figures), "", *_growth(self.growth), *_checks(self.checks)]
        )


def machine() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        "?",
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory_gb": round(int(memory) / 2**20, 1),
        "python": platform.python_version(),
        "postgresql": postgres,
        "commit": _commit(),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"


def _head(about: dict[str, object]) -> list[str]:
    lines = [
        f"{about['date']}  commit {about['commit']}",
        f"{about['cores']} cores of {about['processor']}, {about['memory_gb']} GB, shared by server, database and load",
        f"Python {about['python']}, PostgreSQL {about['postgresql']}; {about['rounds']} rounds of {about['seconds']} s",
        f"{about['courses']:,} courses, {about['providers']:,} providers, {about['learners']:,} learners",
    ]
    if about["load_before"] > BUSY:
        lines.append(
            f"Other work ran on the machine: load average {about['load_before']} before the run began."
        )
    return lines


def _table(figures: list[dict[str, object]]) -> list[str]:
    head = f"{'':<38}{'per second':>11}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'SQL':>5}   "
    lines = [head + "beside: median of ratios (by CPU)"]
    for figure in figures:
        beside = [
            f"{b['ratio']:g} ({b['cpu_ratio']:g}) of {b['limit']}{' NOISY' if b['noisy'] else ''}"
            for b in figure["beside"]
        ]
        lines.append(
            f"{figure['name']:<38}{figure['per_second']:>11,.1f}{figure['p50_ms']:>9.2f}{figure['p95_ms']:>9.2f}"
            f"{figure['cpu_ms']:>9.2f}{figure.get('statements', ''):>5}   {'; '.join(beside)}"
        )
    return lines


def _growth(growth: list[dict[str, object]]) -> list[str]:
    lines = ["How the cost grows (exponent 0: not at all; 1: as the data)"]
    for row in growth:
        steps = ", ".join(
            f"{size:,}: {cost:.2f}" for size, cost in zip(row["sizes"], row["costs"], strict=True)
        )
        lines.append(f"{row['name']:<38}{row['exponent']:>+8.3f}   {row.get('unit', 'CPU ms')} at {steps}")
    return lines


def _checks(checks: dict[str, object]) -> list[str]:
    lines = ["", "Checked in the same run"]
    for name, found in checks.items():
        lines.append(f"  {name}: {found}")
    return lines


def say(text: str) -> None:
    print(f"  … {text}", flush=True)
