"""The sorts of value that a policy's text may hold: how each is read, how JSON Schema says it, how people read it.

Readers raise FactError with the beginning of a sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from subsidies.policy import words
from subsidies.policy.facts import FactError, as_amount, as_date, as_flag, as_level, as_word, as_words, shown
from subsidies.policy.words import Words

DATES: Final = ("training.started_on", "certificate.issued_on", "claim.submitted_on")
LARGEST: Final = 10**12
_WORD: Final = {"type": "string", "pattern": r"\S"}


class Typed(Enum):
    """Ways in which a person types a value. Those from TABLE on take a row for each entry: `code = value`."""

    WORD = "word"
    TITLE = "title"
    NUMBER = "number"
    MONEY = "money"
    DECIMAL = "decimal"
    FLAG = "flag"
    CHOICE = "choice"
    FACT = "fact"
    CODES = "codes"
    CLOSED_CODES = "closed_codes"
    LEVELS = "levels"
    TABLE = "table"
    AGES = "ages"
    EXCUSES = "excuses"
    CONDITIONS = "conditions"
    PARTS = "parts"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Kind:
    """`words` says in both languages what `read` has read. `rank` orders values that are no numbers, the stricter the higher.

    `typed` is how a person types it (`subsidies.policy.typed`), `known` the codes that have a name, in their order.
    """

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]
    words: Callable[[Any], Words]
    rank: Callable[[Any], int] | None = None
    typed: Typed = Typed.WORD
    known: Mapping[Any, Words] = field(default_factory=dict)


def plain(value: Any) -> Words:
    return Words(str(value), str(value))


def named(names: Mapping[Any, Words]) -> Callable[[Any], Words]:
    """One code in words, or as it is."""
    return lambda code: names.get(code, plain(code))


def listed(of: Callable[[Any], Words]) -> Callable[[Iterable[Any]], Words]:
    def said(values: Iterable[Any]) -> Words:
        each = [of(value) for value in values]
        return Words("、".join(one.zh for one in each), ", ".join(one.en for one in each))

    return said


def as_count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST:
        return value
    raise FactError(f"{shown(value)} is not a whole number")


def at_least_one(value: Any) -> int:
    if as_count(value):
        return value
    raise FactError("0 decides nothing")


def as_object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise FactError(f"{shown(value)} is not an object")


def as_title(value: Any) -> dict[str, str]:
    return {str(key): as_word(one) for key, one in as_object(value).items()}


def as_ref(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_word(value)


def as_codes(value: Any) -> tuple[str, ...]:
    as_words(value)
    if not value:
        raise FactError("an empty list decides nothing")
    return tuple(one.strip() for one in value)


def as_any_codes(value: Any) -> tuple[str, ...]:
    as_words(value)
    return tuple(one.strip() for one in value)


def as_states(value: Any) -> frozenset[str]:
    return frozenset(one.upper() for one in as_words(value))


def as_key(value: Any) -> tuple[str, ...]:
    """Of what there may be one. The person is always part of it, named or not."""
    names = tuple(one for one in as_codes(value) if one != "person")
    if not names or not set(names) <= {"occupation", "level"}:
        raise FactError(f"{shown(value)} may hold only 'person', 'occupation' and 'level'")
    return names


def as_dated(value: Any) -> str:
    if as_word(value) in DATES:
        return value.strip()
    raise FactError(f"{shown(value)} is none of the dates {', '.join(sorted(DATES))}")


def as_levels(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise FactError(f"{shown(value)} is not a list of levels")
    return tuple(as_level(one) for one in value)


def as_table(value: Any) -> dict[str, int]:
    table = {str(key): as_count(one) for key, one in as_object(value).items()}
    if not table:
        raise FactError("an empty table decides nothing")
    return table


def as_age_limit(value: Any) -> int | dict[str, int]:
    if isinstance(value, Mapping):
        if set(value) != {"M", "F"}:
            raise FactError(f"{shown(value)} must name a limit for M and one for F")
        return {sex: as_count(limit) for sex, limit in value.items()}
    return as_count(value)


def as_excuses(value: Any) -> dict[str, tuple[str, ...]]:
    """For each status the groups or statuses that excuse it. An empty list, or null, excuses nobody."""
    return {
        str(status): as_any_codes(codes) for status, codes in as_object(value).items() if codes is not None
    }


def as_conditions(value: Any) -> dict[str, Any]:
    """Facts with the one value that each must have."""
    for path, wanted in as_object(value).items():
        as_word(path)
        if not isinstance(wanted, bool | int | str):
            raise FactError(f"{shown(wanted)}, wanted of {path}, is not one plain value")
    return dict(value)


def choice_of(names: Mapping[str, Words]) -> Kind:
    def read(value: Any) -> str:
        word = as_word(value)
        if word in names:
            return word
        raise FactError(f"{shown(value)} is none of {', '.join(names)}")

    return Kind(read, {"enum": list(names)}, named(names), typed=Typed.CHOICE, known=names)


def _age_limit(limit: int | Mapping[str, int]) -> Words:
    if isinstance(limit, Mapping):
        return Words(f"男 {limit['M']}、女 {limit['F']} 周岁", f"{limit['M']} (men), {limit['F']} (women)")
    return Words(f"{limit} 周岁", str(limit))


def _table(table: Mapping[str, int]) -> Words:
    each = [(_level_or_code(key), words.money(fen)) for key, fen in sorted(table.items(), reverse=True)]
    return Words(
        "；".join(f"{key.zh} {fen.zh}" for key, fen in each),
        "; ".join(f"{key.en} {fen.en}" for key, fen in each),
    )


def _level_or_code(key: str) -> Words:
    return words.LEVELS.get(int(key), plain(key)) if key.isascii() and key.isdigit() else plain(key)


def _excuses(excuses: Mapping[str, tuple[str, ...]]) -> Words:
    each = [(words.status(status), listed(words.group)(codes)) for status, codes in excuses.items() if codes]
    return Words(
        "；".join(f"{status.zh}：{groups.zh}" for status, groups in each),
        "; ".join(f"{status.en}: {groups.en}" for status, groups in each),
    )


def _conditions(wanted: Mapping[str, Any]) -> Words:
    each = [(words.fact(path), words.value(path, one)) for path, one in wanted.items()]
    return Words(
        "，".join(f"{path.zh}为{one.zh}" for path, one in each),
        ", ".join(f"{path.en} is {one.en}" for path, one in each),
    )


def _list_of(items: Mapping[str, Any], *, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), **({"minItems": least} if least else {})}


_COUNTED: Final = {"type": "integer", "minimum": 0, "exclusiveMaximum": LARGEST}
_DECIMAL: Final = {
    "anyOf": [
        {"type": "string", "pattern": r"^\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*$"},
        {"type": "number", "minimum": 0, "exclusiveMaximum": 10**9},
    ]
}
_LEVEL: Final = {"enum": [1, 2, 3, 4, 5, "1", "2", "3", "4", "5"]}

WORD = Kind(as_word, _WORD, plain)
REF = Kind(as_ref, {"anyOf": [_WORD, {"type": "integer"}]}, plain)
TITLE = Kind(as_title, {"type": "object", "additionalProperties": _WORD}, words.titled, typed=Typed.TITLE)
COUNT = Kind(as_count, _COUNTED, plain, typed=Typed.NUMBER)
NUMBER = Kind(at_least_one, {**_COUNTED, "minimum": 1}, plain, typed=Typed.NUMBER)
YEARS = replace(COUNT, words=_age_limit)
MONTHS = replace(NUMBER, words=lambda n: Words(f"{n} 个月", f"{n} months"))
DAYS = replace(COUNT, words=lambda n: Words(f"{n} 天", f"{n} days"))
FEN = replace(COUNT, words=words.money, typed=Typed.MONEY)
AGE_LIMIT = Kind(
    as_age_limit,
    {
        "anyOf": [
            _COUNTED,
            {
                "type": "object",
                "properties": {"M": _COUNTED, "F": _COUNTED},
                "required": ["M", "F"],
                "additionalProperties": False,
            },
        ]
    },
    _age_limit,
    typed=Typed.AGES,
)
YES_NO: Final = {True: Words("是", "yes"), False: Words("否", "no")}
FLAG = Kind(as_flag, {"type": "boolean"}, named(YES_NO), typed=Typed.FLAG, known=YES_NO)
HOURS = Kind(as_amount, _DECIMAL, lambda n: plain(words.decimal(n)), typed=Typed.DECIMAL)
RATIO = replace(HOURS, words=lambda n: plain(f"{words.decimal(n * 100)}%"))
PERCENT = replace(HOURS, words=lambda n: plain(f"{words.decimal(n)}%"))
DAY = Kind(as_date, {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"}, plain)
PATH = Kind(as_word, _WORD, words.fact, typed=Typed.FACT, known=words.FACTS)
PATHS = Kind(
    as_codes, _list_of(_WORD, least=1), listed(words.fact), typed=Typed.CODES, known=words.YES_NO_FACTS
)
DATED = Kind(
    as_dated,
    {"enum": list(DATES)},
    words.fact,
    typed=Typed.CHOICE,
    known={path: words.fact(path) for path in DATES},
)
GROUPS = Kind(as_codes, _list_of(_WORD, least=1), listed(words.group), typed=Typed.CODES, known=words.GROUPS)
STATUSES = replace(GROUPS, words=listed(words.status), known=words.STATUSES)
KINDS = replace(GROUPS, words=listed(named(words.KINDS)), known=words.KINDS)
CODES = Kind(as_any_codes, _list_of(_WORD), listed(words.material), typed=Typed.CODES, known=words.MATERIALS)
STATES = Kind(
    as_states,
    _list_of(_WORD),
    lambda states: listed(named(words.CLAIM_STATES))(sorted(states)),
    typed=Typed.CODES,
    known=words.CLAIM_STATES,
)
KEYS: Final = {name: words.fact(f"certificate.{name}") for name in ("occupation", "level")}
KEY = Kind(
    as_key,
    {
        **_list_of({"enum": ["person", "occupation", "level"]}, least=1),
        "contains": {"enum": ["occupation", "level"]},
    },
    listed(lambda name: words.fact(f"certificate.{name}")),
    typed=Typed.CLOSED_CODES,
    known=KEYS,
)
LEVELS = Kind(
    as_levels,
    _list_of(_LEVEL),
    listed(named(words.LEVELS)),
    typed=Typed.LEVELS,
    known=words.LEVELS,
)
TABLE = Kind(
    as_table,
    {"type": "object", "additionalProperties": _COUNTED, "minProperties": 1},
    _table,
    typed=Typed.TABLE,
)
EXCUSES = Kind(
    as_excuses,
    {"type": "object", "additionalProperties": {"anyOf": [_list_of(_WORD), {"type": "null"}]}},
    _excuses,
    typed=Typed.EXCUSES,
    known=words.GROUPS,
)
CONDITIONS = Kind(
    as_conditions,
    {"type": "object", "additionalProperties": {"type": ["boolean", "integer", "string"]}},
    _conditions,
    typed=Typed.CONDITIONS,
)
