"""What is left to chance, repeatably: which questions an exam asks, and in which order the steps of an ordering stand."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class Candidate:
    id: int
    section: str
    kind: str
    difficulty: int


@dataclass(frozen=True)
class Part:
    """So many questions of a section, kind and difficulty; empty or 0 is any."""

    count: int
    section: str = ""
    kind: str = ""
    difficulty: int = 0

    def takes(self, one: Candidate) -> bool:
        return (
            self.section in ("", one.section)
            and self.kind in ("", one.kind)
            and self.difficulty in (0, one.difficulty)
        )


def draw(bank: Sequence[Candidate], wanted: int, parts: Sequence[Part], *, seed: int) -> list[int]:
    """Ids for one exam. The same bank in the same order, parts and seed draw the same.

    Without parts it is `random.sample` of the bank, as it was before there were parts, so that the draw of an old attempt
    can be made again. With parts every part is filled as far as any choice could fill it; what they leave of `wanted`
    comes from what is left of the bank.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    if not parts:
        return chance.sample([one.id for one in bank], min(wanted, len(bank)))
    mixed = list(bank)
    chance.shuffle(mixed)
    taken = [one.id for one in _filled(mixed, parts)[0]]
    gone = set(taken)
    rest = [one.id for one in mixed if one.id not in gone]
    drawn = taken + rest[: max(0, wanted - len(taken))]
    chance.shuffle(drawn)
    return drawn


def shortfalls(bank: Sequence[Candidate], parts: Sequence[Part]) -> list[int]:
    """Of each part, how many questions the bank lacks once every part has taken its own."""
    return _filled(bank, parts)[1]


def _filled(bank: Sequence[Candidate], parts: Sequence[Part]) -> tuple[list[Candidate], list[int]]:
    """A largest matching of places to questions (Kuhn 1955, by augmenting paths), and what each part lacks."""
    holder: dict[int, int] = {}
    places = [part for part, told in enumerate(parts) for _n in range(told.count)]
    takes = [[n for n, one in enumerate(bank) if part.takes(one)] for part in parts]
    lacking = [0] * len(parts)

    def seat(place: int, seen: set[int]) -> bool:
        for n in takes[places[place]]:
            if n not in holder and n not in seen:
                holder[n] = place
                return True
        for n in takes[places[place]]:
            if n in seen:
                continue
            seen.add(n)
            if seat(holder[n], seen):
                holder[n] = place
                return True
        return False

    for place, part in enumerate(places):
        if lacking[part] or not seat(place, set()):
            lacking[part] += 1
    return [bank[n] for n in sorted(holder)], lacking


def mixed_steps(
    options: Iterable[Mapping[str, object]], right: Sequence[str]
) -> tuple[list[dict[str, object]], list[str]]:
    """The steps of an ordering as they are stored and shown, and the keys in the right order.

    The letters follow the order shown, so that neither says anything about the right one. It depends on the texts alone:
    the same steps are stored alike however they come. What is shown is never right as it stands.
    """
    by_key = {row["key"]: row for row in options}
    steps = [by_key[key] for key in right]
    shown = sorted(range(len(steps)), key=lambda n: sha256(str(steps[n]["zh"]).encode()).digest())
    if shown == list(range(len(steps))):
        shown = shown[1:] + shown[:1]
    letters = {step: LETTERS[place] for place, step in enumerate(shown)}
    stored = [{**steps[step], "key": letters[step]} for step in shown]
    return stored, [letters[step] for step in range(len(steps))]
