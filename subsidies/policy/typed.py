"""What a person types into a form, as the JSON of a policy, and back. Money is typed in yuan and stored in fen.

Reading raises Mistyped with a sentence in both languages; nothing typed is nothing there.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from subsidies.policy.kinds import LARGEST, Kind, Typed
from subsidies.policy.words import Words

_ROW = re.compile(r"\s*[=＝:：]\s*")
_BETWEEN = re.compile(r"[\s,，、;；]+")
_YUAN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_DIGITS: Final = 12
LONGEST: Final = 20_000
"""Characters of one field."""
YES: Final = {"true", "yes", "是"}
NO: Final = {"false", "no", "否"}
FURTHER: Final = "*"
"""In front of the last step: each further day."""
ROWS: Final = {
    Typed.TABLE,
    Typed.AGES,
    Typed.EXCUSES,
    Typed.CONDITIONS,
    Typed.PARTS,
    Typed.STEPS,
}
HINTS: Final[Mapping[Typed, Words]] = {
    Typed.MONEY: Words("单位：元，最多两位小数。", "In yuan, two decimals at most."),
    Typed.DECIMAL: Words("小数，例如 39.5。", "A decimal such as 39.5."),
    Typed.FACT: Words(
        "事实的名称，例如 learning.valid_hours。", "The name of a fact, such as learning.valid_hours."
    ),
    Typed.TABLE: Words(
        "每行一项：代码 = 金额（元），例如 5 = 1200.00。", "A row each: code = yuan, such as 5 = 1200.00."
    ),
    Typed.AGES: Words("一个岁数，或分两行：M = 60，F = 55。", "One age, or two rows: M = 60 and F = 55."),
    Typed.EXCUSES: Words(
        "每行一项：身份 = 可例外的人群，用逗号隔开。",
        "A row each: status = the groups that excuse it, with commas.",
    ),
    Typed.CONDITIONS: Words(
        "每行一项：事实 = 值，例如 certificate.kind = level。",
        "A row each: fact = value, such as certificate.kind = level.",
    ),
    Typed.PARTS: Words(
        "每行一项：计数的事实 = 单价（元）。", "A row each: fact that is counted = yuan for each."
    ),
    Typed.STEPS: Words(
        "每行一段：到第几天 = 每天金额（元）；最后一行可写 * = 金额，表示以后每天。",
        "A row each: up to day = yuan a day; the last one may be * = yuan, for each further day.",
    ),
}


class Mistyped(ValueError):  # noqa: N818 - says what happened
    def __init__(self, said: Words) -> None:
        super().__init__(said.en)
        self.said = said


def shown(kind: Kind, value: Any) -> Any:
    """The JSON value as a form shows it: text, or a list of codes."""
    if value is None:
        return [] if kind.typed in {Typed.CODES, Typed.CLOSED_CODES, Typed.LEVELS} else ""
    return _SHOWN.get(kind.typed, str)(value)


def read(kind: Kind, text: Any) -> Any:
    """The JSON value of what was typed; None where nothing was. Raises Mistyped."""
    if isinstance(text, str):
        text = text.strip()
    if text in ("", [], None, {}):
        return None
    return _READ.get(kind.typed, _word)(text)


def yuan(fen: Any) -> str:
    """Integer fen as yuan with two decimals."""
    return f"{int(fen) // 100}.{int(fen) % 100:02d}"


def fen(text: str) -> int:
    """Raises Mistyped."""
    found = _YUAN.fullmatch(text.strip().replace(",", "").removesuffix("元").strip())
    if found is None or not found[0].isascii():
        raise Mistyped(
            Words(
                "请填写以元为单位的金额，最多两位小数。", "Enter an amount in yuan with at most two decimals."
            )
        )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0)


def whole(text: str) -> int:
    """Raises Mistyped."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS) or int(text) >= LARGEST:
        raise Mistyped(Words("请填写整数。", "Enter a whole number."))
    return int(text)


def _word(text: str) -> str:
    if "\x00" in text or len(text) > LONGEST:
        raise Mistyped(
            Words(
                "含有无法保存的字符，或过长。", "This holds a character that cannot be kept, or is too long."
            )
        )
    return text


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text) or not text.isascii():
        raise Mistyped(Words("请填写小数，例如 39.5。", "Enter a decimal such as 39.5."))
    return text


def _flag(text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise Mistyped(Words("请选择是或否。", "Choose yes or no."))


def _codes(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_word(one.strip()) for one in values if one.strip()))


def _levels(values: Iterable[str]) -> list[int]:
    return [whole(one) for one in values]


def _rows(text: str) -> list[tuple[str, str]]:
    found = []
    for line in _word(text).splitlines():
        if not line.strip():
            continue
        code, *rest = _ROW.split(line.strip(), maxsplit=1)
        if not code or not rest or not rest[0]:
            raise Mistyped(
                Words(
                    f"“{line.strip()[:40]}”不是“代码 = 值”的形式。",
                    f"“{line.strip()[:40]}” is not a row code = value.",
                )
            )
        found.append((code, rest[0]))
    codes = [code for code, _value in found]
    if twin := next((code for code in codes if codes.count(code) > 1), None):
        raise Mistyped(Words(f"“{twin[:40]}”写了两次。", f"“{twin[:40]}” is there twice."))
    return found


def _ages(text: str) -> int | dict[str, int]:
    if text.isdigit():
        return whole(text)
    return {code.upper(): whole(age) for code, age in _rows(text)}


def _value(text: str) -> Any:
    if text.lower() in YES | NO:
        return text.lower() in YES
    return whole(text) if text.isascii() and text.isdigit() else text


def _steps(text: str) -> list[dict[str, int]]:
    return [
        {"fen": fen(money)} if day == FURTHER else {"up_to": whole(day), "fen": fen(money)}
        for day, money in _rows(text)
    ]


def _as_rows(value: Mapping[str, Any], said: Callable[[Any], str]) -> str:
    return "\n".join(f"{code} = {said(one)}" for code, one in value.items())


def _plainly(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


_READ: Final[Mapping[Typed, Callable[[Any], Any]]] = {
    Typed.NUMBER: whole,
    Typed.MONEY: fen,
    Typed.DECIMAL: _decimal,
    Typed.FLAG: _flag,
    Typed.CODES: _codes,
    Typed.CLOSED_CODES: _codes,
    Typed.LEVELS: _levels,
    Typed.TABLE: lambda text: {code: fen(money) for code, money in _rows(text)},
    Typed.AGES: _ages,
    Typed.EXCUSES: lambda text: {code: _codes(_BETWEEN.split(more)) for code, more in _rows(text)},
    Typed.CONDITIONS: lambda text: {path: _value(one) for path, one in _rows(text)},
    Typed.PARTS: lambda text: [{"count": path, "fen": fen(money)} for path, money in _rows(text)],
    Typed.STEPS: _steps,
}
_SHOWN: Final[Mapping[Typed, Callable[[Any], Any]]] = {
    Typed.MONEY: yuan,
    Typed.FLAG: _plainly,
    Typed.CODES: list,
    Typed.CLOSED_CODES: lambda codes: [code for code in codes if code != "person"],
    Typed.LEVELS: lambda levels: [str(level) for level in levels],
    Typed.TABLE: lambda table: _as_rows(table, yuan),
    Typed.AGES: lambda limit: _as_rows(limit, str) if isinstance(limit, Mapping) else str(limit),
    Typed.EXCUSES: lambda excuses: _as_rows(
        {status: codes for status, codes in excuses.items() if codes}, ", ".join
    ),
    Typed.CONDITIONS: lambda wanted: _as_rows(wanted, _plainly),
    Typed.PARTS: lambda parts: "\n".join(f"{one['count']} = {yuan(one['fen'])}" for one in parts),
    Typed.STEPS: lambda steps: "\n".join(
        f"{FURTHER if one.get('up_to') is None else one['up_to']} = {yuan(one['fen'])}" for one in steps
    ),
}


def more_codes(text: str) -> list[str]:
    """Codes that have no name here, with blanks or commas between them."""
    return _codes(_BETWEEN.split(_word(text)))
