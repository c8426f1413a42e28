"""A practical task in the reader's language, and how far a learner's film of it is."""

import uuid
from dataclasses import dataclass

from courses.models import Film, PracticalTask
from courses.models.catalogue import spoken
from courses.selectors.films import trouble
from courses.workflow import FilmState


@dataclass(frozen=True)
class SafetyRule:
    """`fails`: a breach fails the whole task."""

    number: int
    text: str
    fails: bool


@dataclass(frozen=True)
class Criterion:
    """`levels` are the descriptions of the levels 0 to 3; `step` is the step's number, 0 for the whole work."""

    number: int
    title: str
    step: int
    weight: int
    levels: tuple[str, ...]

    @property
    def best_first(self) -> list[tuple[int, str]]:
        return list(enumerate(self.levels))[::-1]


@dataclass(frozen=True)
class PracticalFacts:
    """What a learner reads before filming and an assessor judges by. Steps and rules are numbered from 1."""

    lesson_id: int
    minutes_allowed: int
    film_most_minutes: int
    film_most_megabytes: int
    attempts: int
    cooling_off_hours: int
    pass_mark_percent: int
    shows: str
    steps: tuple[str, ...]
    tools: tuple[str, ...]
    rules: tuple[SafetyRule, ...]
    criteria: tuple[Criterion, ...]

    @property
    def weights(self) -> dict[int, int]:
        return {row.number: row.weight for row in self.criteria}

    @property
    def failing_rules(self) -> frozenset[int]:
        return frozenset(rule.number for rule in self.rules if rule.fails)

    @property
    def whole_weight(self) -> int:
        return sum(row.weight for row in self.criteria)


def _said(row: dict) -> str:
    return spoken(row["zh"], row.get("en", ""))


def facts_of(task: PracticalTask) -> PracticalFacts:
    return PracticalFacts(
        lesson_id=task.lesson_id,
        minutes_allowed=task.minutes_allowed,
        film_most_minutes=task.film_most_minutes,
        film_most_megabytes=task.film_most_megabytes,
        attempts=task.attempts,
        cooling_off_hours=task.cooling_off_hours,
        pass_mark_percent=task.pass_mark_percent,
        shows=task.shows,
        steps=tuple(_said(row) for row in task.steps),
        tools=tuple(_said(row) for row in task.tools),
        rules=tuple(SafetyRule(n, _said(row), row["fails"]) for n, row in enumerate(task.rules, 1)),
        criteria=tuple(
            Criterion(
                n, _said(row), row["step"], row["weight"], tuple(_said(level) for level in row["levels"])
            )
            for n, row in enumerate(task.criteria, 1)
        ),
    )


def practical_task(lesson_id: int) -> PracticalFacts | None:
    task = PracticalTask.objects.filter(lesson_id=lesson_id).first()
    return facts_of(task) if task else None


@dataclass(frozen=True)
class FilmStanding:
    """A learner's film: what has arrived, what is made of it, and why not. `percent` is of the making."""

    uid: uuid.UUID
    name: str
    fingerprint: str
    state: str
    received: int
    size: int
    percent: int
    trouble: str
    milliseconds: int
    mp4_key: str
    poster_key: str
    sha256: str
    may_retry: bool

    @property
    def is_ready(self) -> bool:
        return self.state == FilmState.READY

    @property
    def is_over(self) -> bool:
        """It will never be ready."""
        return self.state in {FilmState.FAILED, FilmState.CANCELLED, FilmState.REMOVED}

    @property
    def is_arriving(self) -> bool:
        return self.state == FilmState.RECEIVING

    @property
    def received_percent(self) -> int:
        return self.received * 100 // self.size

    @property
    def seconds(self) -> int:
        return self.milliseconds // 1000


def practice_film(uid: uuid.UUID) -> FilmStanding:
    """Raises Film.DoesNotExist."""
    film = Film.objects.get(pk=uid, purpose=Film.Purpose.PRACTICE)
    return FilmStanding(
        uid=film.pk,
        name=film.name,
        fingerprint=film.fingerprint,
        state=film.state,
        received=film.received,
        size=film.size,
        percent=film.percent,
        trouble=trouble(film),
        milliseconds=film.milliseconds,
        mp4_key=film.mp4_key,
        poster_key=film.poster_key,
        sha256=film.sha256,
        may_retry=film.may_retry,
    )


def films_of_same_bytes(uid: uuid.UUID) -> set[uuid.UUID]:
    """Other people's films of practice that hold the very same bytes."""
    film = Film.objects.get(pk=uid)
    if not film.sha256:
        return set()
    rows = Film.objects.filter(purpose=Film.Purpose.PRACTICE, sha256=film.sha256)
    return set(rows.exclude(created_by=film.created_by_id).values_list("pk", flat=True))
