"""What an answer of the register means for a certificate as it was reported. Pure: no database, no clock, no settings."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Final

from certificates import terms
from certificates.register_port import Answer, Facts

CONFIRMS: Final = "confirms"
STALE: Final = "stale"
NOT_YET: Final = "not_yet"
NOT_FOUND: Final = "not_found"
OTHER_PERSON: Final = "other_person"
REVOKED: Final = "revoked"
OTHER_FACTS: Final = "other_facts"
NAMED_OTHERWISE: Final = "named_otherwise"


@dataclass(frozen=True)
class Reported:
    """As the holder has it from the paper."""

    kind: str
    level: int | None
    occupation_name: str
    occupation_code: str
    issued_on: dt.date


def read(answer: Answer, reported: Reported, *, asked_at: dt.datetime, today: dt.date) -> str:
    """One of the words above; the first that fits. An answer that is stale says nothing at all, not even a no."""
    if is_stale(answer, asked_at=asked_at, today=today):
        return STALE
    facts = answer.facts
    if facts is None:
        return NOT_YET if reported.issued_on + terms.LISTED_AFTER > today else NOT_FOUND
    if not facts.holder_matches:
        return OTHER_PERSON
    if facts.revoked:
        return REVOKED
    if (facts.kind, facts.level, facts.issued_on) != (reported.kind, reported.level, reported.issued_on):
        return OTHER_FACTS
    return CONFIRMS if _same_occupation(facts, reported) else NAMED_OTHERWISE


def is_stale(answer: Answer, *, asked_at: dt.datetime, today: dt.date) -> bool:
    """Old data, data of a day to come, or an answer that was given before this question was asked."""
    return (
        today - answer.as_of > terms.STALE_AFTER
        or answer.as_of > today
        or answer.answered_at < asked_at - terms.ON_ITS_WAY
    )


def _same_occupation(facts: Facts, reported: Reported) -> bool:
    """By its code where the register has one, else by its name. A work type or an ability has a name of its own."""
    if facts.occupation_code:
        return _plain(facts.occupation_code) == _plain(reported.occupation_code)
    return _plain(facts.occupation_name) == _plain(reported.occupation_name)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
