"""A piece of a policy as a class whose fields are its keys.

Each field says what it holds, what it is called and which way a lower layer may move it. Reading, JSON Schema, the sentences of
a version, forms and differences all follow from that one place. The set of keys is closed: a misspelt key would silently change
who is paid, so it is refused with its place.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Final

from subsidies.policy import kinds
from subsidies.policy.facts import FactError, shown
from subsidies.policy.kinds import Kind
from subsidies.policy.words import Words

NOTES: Final = {
    "id": kinds.WORD,
    "type": kinds.WORD,
    "ref": kinds.REF,
    "note": kinds.WORD,
    "message_zh": kinds.WORD,
    "message_en": kinds.WORD,
}
"""May stand in every piece; what decides are the other keys."""


class PolicyError(ValueError):
    """The policy cannot be used as it is written. The message is a sentence in English.

    `place` is where, such as `policy.eligibility[0].min`, and `said` the reason in both languages; each only where it is known.
    """

    def __init__(self, message: str, *, place: str = "", said: Words | None = None) -> None:
        super().__init__(message)
        self.place, self.said = place, said


class Narrows(Enum):
    """Which way a lower layer may move a value that the upper one has set, so that it only grows stricter.

    A number up or down; a list to more or to fewer; a list that limits nothing while it is empty, within the upper one.
    """

    UP = "up"
    DOWN = "down"
    MORE = "more"
    FEWER = "fewer"
    WITHIN = "within"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Key:
    """`name` is the key in the JSON, `attribute` the field; `usual` what it is where the text does not say."""

    name: str
    attribute: str
    kind: Kind
    label: Words
    narrows: Narrows
    required: bool
    usual: Any = None


def key(
    kind: Kind,
    zh: str,
    en: str,
    *,
    name: str = "",
    narrows: Narrows = Narrows.NEVER,
    default: Any = MISSING,
    factory: Any = MISSING,
) -> Any:
    """A field of a shape. Required unless it has a default."""
    told = {"kind": kind, "label": Words(zh, en), "name": name, "narrows": narrows}
    return field(default=default, default_factory=factory, metadata=told)


@cache
def keys_of(shape: type) -> tuple[Key, ...]:
    return tuple(
        Key(
            name=one.metadata["name"] or one.name,
            attribute=one.name,
            kind=one.metadata["kind"],
            label=one.metadata["label"],
            narrows=one.metadata["narrows"],
            required=one.default is MISSING and one.default_factory is MISSING,
            usual=None if one.default is MISSING else one.default,
        )
        for one in fields(shape)
        if "kind" in one.metadata
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the policy with its place, so that a refusal can name it."""

    place: str
    value: Mapping[str, Any]

    @classmethod
    def of(cls, place: str, value: Any) -> "Part":
        if not isinstance(value, Mapping):
            raise PolicyError(f"{place} must be an object, not {shown(value)}.", place=place)
        return cls(place, value)

    def only(self, *keys: str) -> None:
        for name in self.value:
            if name not in keys and name not in NOTES:
                raise PolicyError(f"{self.place} has the unknown key {shown(name)}.", place=self.place)

    def lacking(self, name: str) -> PolicyError:
        said = Words("请填写", "Fill this in")
        return PolicyError(f"{self.place} lacks {name!r}.", place=f"{self.place}.{name}", said=said)

    def has(self, name: str) -> bool:
        """Null counts as not being there."""
        return self.value.get(name) is not None

    def get(self, name: str, read: Callable[[Any], Any], *, default: Any = ...) -> Any:
        if not self.has(name):
            if default is ...:
                raise self.lacking(name)
            return default
        try:
            return read(self.value[name])
        except FactError as problem:
            place = f"{self.place}.{name}"
            raise PolicyError(f"{place}: {problem}.", place=place) from None

    def part(self, name: str) -> "Part":
        if not self.has(name):
            raise self.lacking(name)
        return Part.of(f"{self.place}.{name}", self.value[name])

    def parts(self, name: str) -> list["Part"]:
        listed = self.value.get(name)
        if not isinstance(listed, list | tuple):
            raise PolicyError(f"{self.place}.{name} must be a list.", place=f"{self.place}.{name}")
        return [Part.of(f"{self.place}.{name}[{number}]", one) for number, one in enumerate(listed)]


class Shape:
    """What the classes of this module's users have in common. `NEEDS` names for a key those that it cannot do without,
    `ONE_OF` keys of which at least one is there.
    """

    __slots__ = ()
    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    ONE_OF: ClassVar[tuple[str, ...]] = ()
    about: ClassVar[Words | None] = None
    """One sentence for whoever writes such a piece."""

    def doubts(self) -> Iterator[Words]:
        """What is well formed and still cannot be meant; in English the end of a sentence that begins with the place."""
        return iter(())


def values_of(part: Part, shape: type[Shape]) -> dict[str, Any]:
    """The values of the shape's fields that the piece names. Raises PolicyError."""
    for name, others in shape.NEEDS.items():
        if part.has(name):
            for other in others:
                if not part.has(other):
                    raise part.lacking(other)
    if shape.ONE_OF and not any(part.has(name) for name in shape.ONE_OF):
        named = " or ".join(repr(name) for name in shape.ONE_OF)
        said = Words("以下至少填写一项", "Fill in at least one of these")
        raise PolicyError(f"{part.place} needs {named}.", place=f"{part.place}.{shape.ONE_OF[0]}", said=said)
    return {
        one.attribute: part.get(one.name, one.kind.read)
        for one in keys_of(shape)
        if one.required or part.has(one.name)
    }


def made(part: Part, shape: type[Shape], **more: Any) -> Any:
    """An instance of the shape. Raises PolicyError. Which keys may be there the caller has said with `only`."""
    instance = shape(**values_of(part, shape), **more)
    for doubt in instance.doubts():
        raise PolicyError(f"{part.place} {doubt.en}.", place=part.place, said=doubt)
    return instance


def names_of(*shapes: type[Shape]) -> tuple[str, ...]:
    return tuple(one.name for shape in shapes for one in keys_of(shape))


def read(part: Part, shape: type[Shape], **more: Any) -> Any:
    """An instance of the shape whose keys are all that may be there. Raises PolicyError."""
    part.only(*names_of(shape))
    return made(part, shape, **more)


def told_of(instance: Shape) -> list[tuple[Key, Any]]:
    """What differs from the defaults, or has none, in the order of the fields."""
    plain = {one.name: one for one in fields(type(instance))}
    found = []
    for one in keys_of(type(instance)):
        value, told = getattr(instance, one.attribute), plain[one.attribute]
        default = told.default_factory() if told.default_factory is not MISSING else told.default
        if value != default:
            found.append((one, value))
    return found


def schema_of(*shapes: type[Shape], **more: Mapping[str, Any]) -> dict[str, Any]:
    """JSON Schema of a piece that holds the keys of these shapes; `more` are further properties, all of them required."""
    keys = [one for shape in shapes for one in keys_of(shape)]
    properties = {name: _or_null(kind.schema) for name, kind in NOTES.items()}
    properties |= {one.name: one.kind.schema if one.required else _or_null(one.kind.schema) for one in keys}
    rules = [
        {"anyOf": [{"properties": {name: {"type": "null"}}}, *[_given(*others)]]}
        for shape in shapes
        for name, others in shape.NEEDS.items()
    ]
    rules += [{"anyOf": [_given(name) for name in shape.ONE_OF]} for shape in shapes if shape.ONE_OF]
    return {
        "type": "object",
        "properties": properties | {name: dict(schema) for name, schema in more.items()},
        "required": [*more, *(one.name for one in keys if one.required)],
        "additionalProperties": False,
        **({"allOf": rules} if rules else {}),
    }


def _or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(schema), {"type": "null"}]}


def _given(*names: str) -> dict[str, Any]:
    return {
        "required": list(names),
        "properties": {name: {"not": {"type": "null"}} for name in names},
    }
