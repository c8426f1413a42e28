"""Reading JSON that decides about money: exact numbers, no key twice, no NaN."""

import json
from decimal import Decimal
from typing import Any


class PaperError(ValueError):
    """The text is not JSON that can be used. The message is a sentence in English."""


def read_json(text: str | bytes, name: str) -> Any:
    """The document, with fractions as Decimal. `name` is how the sentence calls it."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_twins,
        )
    except PaperError as problem:
        raise PaperError(f"{name}: {problem}") from None
    except UnicodeDecodeError:
        raise PaperError(f"{name} is not UTF-8 text.") from None
    except RecursionError:
        raise PaperError(f"{name} is nested too deeply.") from None
    except json.JSONDecodeError as problem:
        raise PaperError(
            f"{name} is not JSON: {problem.msg}, line {problem.lineno} column {problem.colno}."
        ) from None
    except (ValueError, ArithmeticError):
        raise PaperError(f"{name} holds a number that is too long.") from None


def _refuse_constant(name: str) -> None:
    raise PaperError(f"{name} is not a number.")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise PaperError(f"the key {twin!r} is there twice.")
    return found
