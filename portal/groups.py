"""The key groups of `portal/data/key_groups.csv`. What stands there without a source is never offered as official."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

SOURCE = Path(__file__).resolve().parent / "data" / "key_groups.csv"
NO_SOURCE = "background"


@dataclass(frozen=True)
class Group:
    code: str
    name_zh: str
    name_en: str
    is_official: bool

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@cache
def groups() -> dict[str, Group]:
    """All 26 by code. `is_official` is false where the only evidence is general knowledge (portal/data/SOURCES.md)."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Group(
                row["code"],
                row["name_zh"],
                row["name_en"],
                is_official=bool({part.strip() for part in row["evidence"].split(",")} - {NO_SOURCE}),
            )
            for row in csv.DictReader(file)
        }


def official() -> list[Group]:
    return [group for group in groups().values() if group.is_official]


def name_of(code: str) -> str:
    """Empty for a code that is not known."""
    known = groups().get(code)
    return known.name if known else ""
