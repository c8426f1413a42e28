"""Figures, and how two things are compared fairly: in turn, several times, by the median of the ratios."""

import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

NOISY = 0.25
"""A bare limit that varies by more than this between rounds (spread over median) says: the machine was not ours."""


@dataclass
class Figures:
    """What one round of one contender gave. Times in milliseconds; `cpu` is that of one request, server and database."""

    requests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)

    def add(self, milliseconds: float) -> None:
        self.requests += 1
        self.times.append(milliseconds)

    def join(self, other: "Figures") -> None:
        """Another worker's part of the same round."""
        self.requests += other.requests
        self.times += other.times
        self.seconds = max(self.seconds, other.seconds)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def p50(self) -> float:
        return statistics.median(self.times) if self.times else 0.0

    @property
    def p95(self) -> float:
        return (
            sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * 0.95))] if self.times else 0.0
        )


Act = Callable[[float], Figures]
"""Does its work for so many seconds."""


def interleaved(
    contenders: Mapping[str, Act],
    *,
    rounds: int,
    seconds: float,
    spent: Callable[[], float] = time.process_time,
) -> dict[str, list[Figures]]:
    """A B C A B C …, after one short turn each that is not counted. `spent()`: CPU seconds of what is measured so far."""
    for act in contenders.values():
        act(min(0.4, seconds))
    taken: dict[str, list[Figures]] = {name: [] for name in contenders}
    for _round in range(rounds):
        for name, act in contenders.items():
            before = spent()
            figures = act(seconds)
            figures.cpu = (spent() - before) * 1000 / max(1, figures.requests)
            taken[name].append(figures)
    return taken


def repeated(work: Callable[[], object], seconds: float) -> Figures:
    """One worker, one thing after the other, in this process."""
    figures, begin = Figures(), time.perf_counter()
    while (now := time.perf_counter()) - begin < seconds or not figures.requests:
        work()
        figures.add((time.perf_counter() - now) * 1000)
    figures.seconds = time.perf_counter() - begin
    return figures


def at_once(act: Act, workers: int) -> Act:
    """The same by so many threads of this process; what each did is added up."""

    def all_of_them(seconds: float) -> Figures:
        whole = Figures()
        with ThreadPoolExecutor(workers) as pool:
            for part in pool.map(act, [seconds] * workers):
                whole.join(part)
        return whole

    return all_of_them


def by_part(figures: Figures, size: int) -> Figures:
    """Of requests that each do `size` things, the figures of one thing."""
    figures.requests *= size
    figures.times = [milliseconds / size for milliseconds in figures.times]
    return figures


def spread(rounds: list[Figures]) -> float:
    rates = [figures.per_second for figures in rounds]
    middle = statistics.median(rates)
    return (max(rates) - min(rates)) / middle if middle else 0.0


def told(rounds: list[Figures]) -> dict[str, object]:
    """The medians over the rounds, and each round's rate."""
    return {
        "per_second": round(statistics.median(f.per_second for f in rounds), 1),
        "p50_ms": round(statistics.median(f.p50 for f in rounds), 3),
        "p95_ms": round(statistics.median(f.p95 for f in rounds), 3),
        "cpu_ms": round(statistics.median(f.cpu for f in rounds), 3),
        "rounds": [round(f.per_second, 1) for f in rounds],
    }


def compared(name: str, product: list[Figures], limit: list[Figures]) -> dict[str, object]:
    """The product beside a bare limit `name`: the median of the ratios of rounds that stood side by side."""
    ratios = [p.per_second / b.per_second for p, b in zip(product, limit, strict=True) if b.per_second]
    cpu = [b.cpu / p.cpu for p, b in zip(product, limit, strict=True) if p.cpu]
    wide = spread(limit)
    return {
        "limit": name,
        "ratio": round(statistics.median(ratios), 3) if ratios else 0.0,
        "cpu_ratio": round(statistics.median(cpu), 3) if cpu else 0.0,
        "lowest": round(min(ratios, default=0.0), 3),
        "highest": round(max(ratios, default=0.0), 3),
        "spread_of_limit": round(wide, 3),
        "noisy": wide > NOISY,
    }
