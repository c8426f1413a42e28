"""docs/policies.md: every key that a policy may have, as the shapes have them."""

from collections.abc import Iterator, Mapping
from typing import Any

from subsidies.policy.amounts import Cap, Choice, LineRule, Rounding, Uplifts
from subsidies.policy.body import RULES, Notice, Policy, Review
from subsidies.policy.conditions import Condition
from subsidies.policy.shape import Narrows, Shape, keys_of
from subsidies.policy.sums import SUMS

PREFACE = """# Policies

A policy version is one JSON object, `"schema": "policy/1"`. The set of rules, sums and keys is closed: a misspelt key would silently change
who is paid, so it is refused with its place. The same shapes give the reader, the [JSON Schema](../subsidies/policy/body.py)
(`manage.py draw_policies --schema`), the text of a version in both languages, the differences between two, and this page, which a test keeps true.

    {"schema": "policy/1", "region": "520000", "programme": "SKILL", "version": 1, "valid": ["2020-01-01", null],
     "version_selector": "certificate.issued_on", "eligibility": [rule, …], "frequency": [rule, …],
     "amount": {"lines": [line, …], "uplifts": uplifts or [uplifts, …], "caps": [cap, …]},
     "rounding": {…}, "notice": {…}, "review": {…}, "materials": [code, …]}

- Days are included on both ends; null leaves an end open. The version whose days hold the fact that `version_selector` names applies.
- Every piece may have `id`, `type`, `ref` (the paragraph), `note`, `message_zh` and `message_en` (the policy's own heading). null is as good as nothing.
- Money is whole fen. Hours, shares and percentages are decimals, best as text (`"12.5"`).
- Facts are paths such as `learning.valid_hours`. A fact that nobody knows makes a rule unknown, never failed.
- The region is the code of a province, of a city under it (six digits that do not end in 0000), or 000000 for the national frame. Claims are decided by
  the version of their province; a city's is held against the layers above it and published, but no claim chooses it yet.
- *A lower layer may move it*: a province's version is held against the nation's, a city's against its province's
  (`subsidies/policy/layers.py`). Up, down: the number. More, fewer: the list. Within: a part of the list, where an empty one limits nothing. No: it must be the same.
"""
MOVES = {
    Narrows.UP: "up",
    Narrows.DOWN: "down",
    Narrows.MORE: "more",
    Narrows.FEWER: "fewer",
    Narrows.WITHIN: "within",
    Narrows.NEVER: "no",
}


def page() -> str:
    """The page as it should stand."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield PREFACE
    yield from _shape("The version itself", Policy)
    yield "## Rules\n"
    for kind, rule in RULES.items():
        yield from _shape(f"`{kind}` {rule.label.zh}", rule, level=3)
    yield "## Lines of money\n"
    yield from _shape("Every line", LineRule, Condition, level=3)
    for kind, sums in SUMS.items():
        yield from _shape(f"`{kind}` {sums.label.zh}", sums, level=3)
    yield from _shape("Uplifts", Uplifts, Condition)
    yield from _shape("A choice of an uplift", Choice, Condition, level=3)
    yield from _shape("Caps", Cap)
    yield from _shape("Rounding", Rounding)
    yield from _shape("Notice", Notice)
    yield from _shape("Review", Review)


def _shape(title: str, *shapes: type[Shape], level: int = 2) -> Iterator[str]:
    yield f"{'#' * level} {title}\n"
    yield f"{(shapes[0].__doc__ or '').strip().splitlines()[0]}\n"
    keys = [one for shape in shapes for one in keys_of(shape)]
    if not keys:
        yield "No keys of its own.\n"
        return
    yield "| key | 中文 | what it holds | needed | a lower layer may move it |"
    yield "|---|---|---|---|---|"
    for one in keys:
        needed = "yes" if one.required else ""
        yield f"| `{one.name}` | {one.label.zh} | {_holds(one.kind.schema)} | {needed} | {MOVES[one.narrows]} |"
    yield ""


def _holds(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"] if not (isinstance(one, str) and one.isdigit()))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_holds(one) for one in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        return f"a list of {_holds(schema['items'])}"
    if kind == "object":
        names = [name for name, inner in schema.get("properties", {}).items() if inner]
        some = f"an object of {_holds(schema.get('additionalProperties') or {'type': 'null'})}"
        return f"{{{', '.join(f'`{name}`' for name in names)}}}" if names else some
    if isinstance(kind, list):
        return "true, false, a number or a word"
    return {
        "string": "a decimal" if "[0-9]{1,9}" in schema.get("pattern", "") else "a code or word",
        "number": "a decimal",
        "integer": "a whole number",
        "boolean": "true or false",
        "null": "nothing",
    }[str(kind)]
