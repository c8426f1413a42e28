"""One chunk of decisions evaluated again. Plain Python beside the engine, so that processes without a database share the work."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from subsidies.policy import ENGINE, Evaluator, read_policy

WORDS: Final = frozenset({"title_zh", "title_en", "message_zh", "message_en", "problems", "engine"})
"""What belongs to the version of the engine that made a record."""
CITED: Final = "policy"
"""There the titles are the policy's own, and are compared whatever the engine."""


@dataclass(frozen=True)
class Known:
    """A version as a decision may have met it: from when it was published, and what became of it when. Times are ISO, UTC."""

    pk: int
    region: str
    programme: str
    body: str
    published_at: str
    last_day: str = ""
    ended_at: str = ""
    repealed: bool = False


@dataclass
class Chunk:
    """What came of some decisions. `broken`: (id, what differs); `older` were made by another engine, words not compared."""

    done: int = 0
    older: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)


def chunk(versions: Sequence[Known], rows: bytes) -> Chunk:
    """`rows` is JSON: [[id, region, programme, policy or null, at, outcome, fen, facts, record], …]."""
    found = Chunk()
    for pk, region, programme, policy_id, at, outcome, fen, facts, record in json.loads(rows):
        found.done += 1
        found.older += record.get("engine") != ENGINE
        in_force = _evaluator(tuple(_published(versions, region, programme, at)))
        differs = list(_differences(in_force, policy_id, outcome, fen, facts, record))
        if differs:
            found.broken.append((pk, ", ".join(differs)))
    return found


def _published(
    versions: Sequence[Known], region: str, programme: str, at: str
) -> Iterator[tuple[int, str, str]]:
    """The versions that were published at that moment, each with the last day that was known then, if one was."""
    for one in versions:
        if (one.region, one.programme) != (region, programme) or one.published_at > at:
            continue
        known_end = bool(one.ended_at) and one.ended_at <= at
        if one.repealed and known_end:
            continue
        yield one.pk, one.body, one.last_day if known_end else ""


@dataclass(frozen=True)
class _InForce:
    """`ids` of the versions, and what decides by them."""

    ids: Mapping[int, int]
    evaluate: Evaluator


@lru_cache(maxsize=100)
def _evaluator(published: tuple[tuple[int, str, str], ...]) -> _InForce:
    policies = []
    for _pk, body, last_day in published:
        policy = read_policy(json.loads(body))
        policies.append(replace(policy, last_day=dt.date.fromisoformat(last_day)) if last_day else policy)
    ids = {policy.version: pk for policy, (pk, _body, _day) in zip(policies, published, strict=True)}
    return _InForce(ids, Evaluator(policies))


def _differences(
    in_force: _InForce,
    policy_id: int | None,
    outcome: str,
    fen: int,
    facts: Mapping[str, Any],
    record: Mapping[str, Any],
) -> Iterator[str]:
    if (outcome, fen) != (record.get("outcome"), record.get("amount_fen")):
        yield "the columns and the record"
    again = in_force.evaluate(
        facts,
        sources={fact["name"]: fact for fact in record.get("facts", [])},
        evaluated_at=record.get("evaluated_at"),
        supersedes=record.get("supersedes"),
    )
    if in_force.ids.get(again["version"]) != policy_id:
        yield "the version that decides"
    if again == record:
        return
    again = json.loads(json.dumps(again))
    same_engine = record.get("engine") == ENGINE
    for name in sorted({*again, *record}):
        now, then = (_compared(one, name, words=same_engine) for one in (again, record))
        if now != then:
            yield name


def _compared(record: Mapping[str, Any], name: str, *, words: bool) -> tuple[bool, Any]:
    """Whether it is there, and what of it is compared."""
    value = record.get(name)
    if not words and name != CITED:
        value = None if name in WORDS else _dumb(value)
    return name in record, value


def _dumb(value: Any) -> Any:
    """Without its words."""
    if isinstance(value, Mapping):
        return {name: _dumb(one) for name, one in value.items() if name not in WORDS}
    return [_dumb(one) for one in value] if isinstance(value, list) else value
