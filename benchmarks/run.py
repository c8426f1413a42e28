"""One run: how much of everything, the machine under it, and what it found."""

import os
from dataclasses import dataclass
from pathlib import Path

import psycopg2.extensions

from benchmarks import looking, place, plans, world
from benchmarks.report import Report, machine
from benchmarks.rounds import Act, Figures, interleaved

FEWEST = 320
"""Courses without which the searches find nothing."""
SIGNED_IN, SIGNED_IN_PAGE = "/bare/signed-in/", "an empty page, signed in"
EMPTY, EMPTY_PAGE = "/bare/empty/", "an empty page"


@dataclass(frozen=True)
class Size:
    """How much of everything. A round is `seconds` long; courses and beats are those of the largest of the FACTORS."""

    courses: int = 20_000
    providers: int = world.PROVIDERS
    learners: int = 1_000
    beats: int = 800_000
    rounds: int = 5
    seconds: float = 2.0
    growth_seconds: float = 1.0
    certificates: int = 60
    batch: int = 10_000
    register: int = 1_000_000
    exams: int = 2_000
    processes: int = looking.PROCESSES
    only_catalogue: bool = False
    only_beats: bool = False
    only_exams: bool = False
    only_papers: bool = False
    only_people: bool = False
    only_batches: bool = False
    payments: int = 100_000
    only_claims: bool = False
    claims: int = 1_000_000
    proved: int = 1_000_000
    queue: int = 5_000_000
    people: int = 20_000
    asked: int = 500
    kills: bool = True
    times: int = 0
    shelf: int = 2_000_000
    imported: int = 20_000
    rows: int = 5_000

    @classmethod
    def quick(cls) -> "Size":
        return cls(courses=3_200, providers=100, learners=200, beats=80_000, rounds=3, seconds=0.4,
                   growth_seconds=0.2, certificates=10, batch=200, register=16_000, exams=100, shelf=320_000, imported=400, rows=400, people=1_600,
                   asked=50, payments=800, claims=4_000, proved=4_000,
                   queue=16_000)  # fmt: skip


class Run:
    """What the parts share. Each adds its figures to `report` and the plans of its statements to `plans`."""

    def __init__(
        self, size: Size, *, meter: place.Meter, link: psycopg2.extensions.connection, var: Path
    ) -> None:
        self.size, self.port, self.meter, self.link, self.var = size, meter.port, meter, link, var
        self.report = Report()
        self.plans: dict[str, list[str]] = {}

    def begin(self) -> None:
        size = self.size
        self.report.about = machine() | {
            "courses": size.courses,
            "providers": size.providers,
            "learners": size.learners,
            "rounds": size.rounds,
            "seconds": size.seconds,
            "load_before": round(os.getloadavg()[0], 2),
        }
        world.open_gates(self.link)

    def end(self) -> None:
        """What was measured before something broke is kept."""
        if self.plans:
            plans.write(self.var / "plans.txt", self.plans)
        self.report.about["load_after"] = round(os.getloadavg()[0], 2)
        self.report.write(self.var / "report.json")

    def turns(
        self, contenders: dict[str, Act], seconds: float | None = None, *, here: bool = False
    ) -> dict[str, list[Figures]]:
        """`here`: the contenders work in this very process, so its CPU counts too."""
        return interleaved(
            contenders,
            rounds=self.size.rounds,
            seconds=seconds or self.size.seconds,
            spent=self.meter.with_this if here else self.meter,
        )
