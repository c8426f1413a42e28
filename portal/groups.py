"""The key groups of `portal/data/key_groups.csv`. What stands there without a source is never offered as official."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

SOURCE = Path(__file__).resolve().parent / "data" / "key_groups.csv"
EDITION = "2026-11"
"""Of the file as shipped. A declaration keeps the edition under which it was made."""
NO_SOURCE = "background"


@dataclass(frozen=True)
class Group:
    code: str
    name_zh: str
    name_en: str
    is_official: bool
    sources: tuple[str, ...] = ()
    """Names of texts in portal/data/SOURCES.md."""

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
                is_official=bool(sources := _sources(row["evidence"])),
                sources=sources,
            )
            for row in csv.DictReader(file)
        }


def _sources(evidence: str) -> tuple[str, ...]:
    return tuple(part for word in evidence.split(",") if (part := word.strip()) not in {"", NO_SOURCE})


def official() -> list[Group]:
    return [group for group in groups().values() if group.is_official]


def name_of(code: str) -> str:
    """Empty for a code that is not known."""
    known = groups().get(code)
    return known.name if known else ""
