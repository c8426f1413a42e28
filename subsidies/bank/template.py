"""How one bank wants its files, as data: `read_template` gives it typed, or says in sentences what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

SCHEMA: Final = "bank/1"
KINDS: Final = ("csv", "fixed", "xlsx", "iso20022")
ENCODINGS: Final = ("utf-8", "utf-8-bom", "gb18030", "gbk")
AMOUNTS: Final = ("yuan", "fen")
DATES: Final = ("YYYYMMDD", "YYYY-MM-DD", "YYYY/MM/DD")
PAYMENT_FIELDS: Final = (
    "batch",
    "line_no",
    "fund",
    "holder",
    "account",
    "bank",
    "amount",
    "claim",
    "date",
    "text",
)
FRAME_FIELDS: Final = ("batch", "count", "total", "date", "text")
ANSWER_FIELDS: Final = ("batch", "line_no", "answer_id", "amount", "result", "reason", "skip")
NEEDED: Final = ("line_no", "holder", "account", "amount")
NEEDED_BACK: Final = ("line_no", "answer_id", "amount", "result", "reason")
RESULTS: Final = ("paid", "returned", "pending")
MOST_COLUMNS, WIDEST, LONGEST = 60, 400, 200
_LETTERS = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_MOST_BANK_CODE = 35


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where in the JSON."""

    where: str
    zh: str
    en: str

    def said(self, language: str) -> str:
        return f"{self.where}: {self.en if language.startswith('en') else self.zh}"


class BadTemplate(Exception):  # noqa: N818 - says what the template is
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.said("en") for fault in faults))
        self.faults = list(faults)


@dataclass(frozen=True)
class Column:
    """`width` counts bytes of the encoding, for fixed widths only. `text` is what a column of text always says."""

    field: str
    title: str = ""
    width: int = 0
    align: str = "left"
    pad: str = " "
    text: str = ""


@dataclass(frozen=True)
class Answers:
    """How the bank writes back. `results` maps its words to paid, returned, pending."""

    columns: tuple[Column, ...]
    results: Mapping[str, str]
    heading: bool = True
    encoding: str = "any"
    header: tuple[Column, ...] = ()
    trailer: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Debtor:
    """The account of the finance office, for ISO 20022: public money, no personal number."""

    name: str
    account: str
    clearing_code: str


@dataclass(frozen=True)
class Template:
    kind: str
    columns: tuple[Column, ...] = ()
    answers: Answers | None = None
    encoding: str = "utf-8-bom"
    delimiter: str = ","
    line_end: str = "\r\n"
    heading: bool = True
    inert: bool = True
    amount: str = "yuan"
    date: str = "YYYYMMDD"
    header: tuple[Column, ...] = ()
    trailer: tuple[Column, ...] = ()
    debtor: Debtor | None = None

    @property
    def ending(self) -> str:
        return {"csv": "csv", "fixed": "txt", "xlsx": "xlsx", "iso20022": "xml"}[self.kind]

    @property
    def codec(self) -> str:
        return "utf-8" if self.encoding == "utf-8-bom" else self.encoding


@dataclass
class _Reader:
    """Collects faults, so that an editor sees all of them at once."""

    faults: list[Fault] = field(default_factory=list)

    def say(self, where: str, zh: str, en: str) -> None:
        self.faults.append(Fault(where, zh, en))

    def known(self, body: Mapping[str, Any], where: str, keys: Sequence[str]) -> None:
        for key in sorted(set(body) - set(keys)):
            self.say(f"{where}.{key}"[:80], "没有这个字段。", "There is no such key.")

    def one_of(
        self, body: Mapping[str, Any], key: str, where: str, choices: Sequence[str], default: str
    ) -> str:
        value = body.get(key, default)
        if value not in choices:
            told = "、".join(choices)
            self.say(f"{where}.{key}", f"应为其中之一:{told}。", f"This is one of: {', '.join(choices)}.")
            return default
        return value

    def yes(self, body: Mapping[str, Any], key: str, where: str, *, default: bool) -> bool:
        value = body.get(key, default)
        if type(value) is not bool:
            self.say(f"{where}.{key}", "应为 true 或 false。", "This is true or false.")
            return default
        return value

    def words(self, body: Mapping[str, Any], key: str, where: str, *, most: int = LONGEST) -> str:
        value = body.get(key, "")
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            self.say(
                f"{where}.{key}",
                f"应为不超过 {most} 字的一行文字。",
                f"This is one line of at most {most} characters.",
            )
            return ""
        return value

    def columns(
        self, body: Mapping[str, Any], key: str, where: str, fields: Sequence[str], *, fixed: bool
    ) -> tuple[Column, ...]:
        rows = body.get(key, [])
        if (
            not isinstance(rows, list)
            or len(rows) > MOST_COLUMNS
            or not all(isinstance(row, dict) for row in rows)
        ):
            self.say(
                f"{where}.{key}",
                f"应为至多 {MOST_COLUMNS} 列的列表。",
                f"This is a list of at most {MOST_COLUMNS} columns.",
            )
            return ()
        return tuple(
            self.column(row, f"{where}.{key}[{n}]", fields, fixed=fixed) for n, row in enumerate(rows, 1)
        )

    def column(self, row: Mapping[str, Any], where: str, fields: Sequence[str], *, fixed: bool) -> Column:
        self.known(row, where, ("field", "title", "width", "align", "pad", "text"))
        name = self.one_of(row, "field", where, fields, fields[0])
        width = row.get("width", 0)
        if type(width) is not int or not (1 if fixed else 0) <= width <= WIDEST:
            self.say(
                f"{where}.width",
                f"定长格式每列需 1 至 {WIDEST} 字节的宽度。",
                f"A fixed format needs a width of 1 to {WIDEST} bytes for each column.",
            )
            width = 1
        pad = row.get("pad", " ")
        if not isinstance(pad, str) or len(pad) != 1 or not " " <= pad <= "~":
            self.say(f"{where}.pad", "补位符应为一个半角字符。", "The padding is one ASCII character.")
            pad = " "
        align = self.one_of(row, "align", where, ("left", "right"), "left")
        return Column(
            name, self.words(row, "title", where), width, align, pad, self.words(row, "text", where)
        )

    def needed(self, columns: Sequence[Column], names: Sequence[str], where: str) -> None:
        found = [column.field for column in columns]
        if missing := [name for name in names if name not in found]:
            told = ", ".join(missing)
            self.say(where, f"缺少列:{told}。", f"Columns are missing: {told}.")
        if twice := sorted({n for n in found if n not in ("text", "skip") and found.count(n) > 1}):
            told = ", ".join(twice)
            self.say(where, f"列重复:{told}。", f"Columns stand there twice: {told}.")


def read_template(body: Any) -> Template:
    """The template of a JSON body. Raises BadTemplate with everything that is wrong with it."""
    reader = _Reader()
    if not isinstance(body, dict):
        raise BadTemplate([Fault("template", "模板应为一个 JSON 对象。", "A template is a JSON object.")])
    reader.one_of(body, "schema", "template", (SCHEMA,), "")
    kind = reader.one_of(body, "kind", "template", KINDS, "")
    template = _iso(reader, body) if kind == "iso20022" else _table(reader, body, kind)
    if reader.faults:
        raise BadTemplate(reader.faults)
    return template


def _table(reader: _Reader, body: Mapping[str, Any], kind: str) -> Template:
    keys = "schema kind encoding delimiter line_end heading inert columns header trailer amount date answers"
    reader.known(body, "template", keys.split())
    fixed = kind == "fixed"
    columns = reader.columns(body, "columns", "template", PAYMENT_FIELDS, fixed=fixed)
    reader.needed(columns, NEEDED, "template.columns")
    delimiter = body.get("delimiter", ",")
    if delimiter not in (",", ";", "|", "\t", "^"):
        reader.say(
            "template.delimiter", "分隔符应为 , ; | ^ 或制表符。", "The delimiter is , ; | ^ or a tab."
        )
        delimiter = ","
    heading = reader.yes(body, "heading", "template", default=not fixed)
    if heading and not fixed and not all(column.title for column in columns):
        reader.say("template.columns", "有表头时每列都需标题。", "With a heading each column needs a title.")
    line_end = reader.one_of(body, "line_end", "template", ("crlf", "lf"), "crlf")
    return Template(
        kind=kind,
        columns=columns,
        answers=_answers(reader, body.get("answers"), fixed=fixed),
        encoding=reader.one_of(body, "encoding", "template", ENCODINGS, "utf-8-bom"),
        delimiter=delimiter,
        line_end="\r\n" if line_end == "crlf" else "\n",
        heading=heading and not fixed,
        inert=reader.yes(body, "inert", "template", default=True),
        amount=reader.one_of(body, "amount", "template", AMOUNTS, "yuan"),
        date=reader.one_of(body, "date", "template", DATES, DATES[0]),
        header=reader.columns(body, "header", "template", FRAME_FIELDS, fixed=fixed),
        trailer=reader.columns(body, "trailer", "template", FRAME_FIELDS, fixed=fixed),
    )


def _answers(reader: _Reader, body: Any, *, fixed: bool) -> Answers | None:
    if not isinstance(body, dict):
        reader.say("answers", "应说明银行如何回盘。", "Say how the bank writes back.")
        return None
    reader.known(body, "answers", ("encoding", "heading", "columns", "header", "trailer", "results"))
    columns = reader.columns(body, "columns", "answers", ANSWER_FIELDS, fixed=fixed)
    header = reader.columns(body, "header", "answers", FRAME_FIELDS, fixed=fixed)
    reader.needed(columns, NEEDED_BACK, "answers.columns")
    if "batch" not in {column.field for column in (*columns, *header)}:
        reader.say(
            "answers.columns",
            "批次号应在某一列或首行中。",
            "The number of the batch stands in a column or in the header.",
        )
    heading = reader.yes(body, "heading", "answers", default=not fixed)
    return Answers(
        columns=columns,
        results=_results(reader, body.get("results")),
        heading=heading and not fixed,
        encoding=reader.one_of(body, "encoding", "answers", ("any", *ENCODINGS), "any"),
        header=header,
        trailer=reader.columns(body, "trailer", "answers", FRAME_FIELDS, fixed=fixed),
    )


def _results(reader: _Reader, body: Any) -> dict[str, str]:
    if not isinstance(body, dict) or not {"paid", "returned"} <= set(map(str, body.values())) <= set(RESULTS):
        reader.say(
            "answers.results",
            "应把银行的结果词对应到 paid、returned、pending,前两者都要有。",
            "Map the bank's words to paid, returned and pending; the first two are needed.",
        )
        return {}
    return {str(word).strip().lower(): meaning for word, meaning in body.items()}


def _iso(reader: _Reader, body: Mapping[str, Any]) -> Template:
    reader.known(body, "template", ("schema", "kind", "debtor"))
    told = body.get("debtor")
    if not isinstance(told, dict):
        reader.say("debtor", "应说明付款账户。", "Say which account pays.")
        told = {}
    reader.known(told, "debtor", ("name", "account", "clearing_code"))
    debtor = Debtor(
        reader.words(told, "name", "debtor", most=140),
        reader.words(told, "account", "debtor", most=34),
        reader.words(told, "clearing_code", "debtor", most=_MOST_BANK_CODE),
    )
    if (
        not debtor.name
        or not _LETTERS.fullmatch(debtor.account)
        or not _LETTERS.fullmatch(debtor.clearing_code)
    ):
        reader.say(
            "debtor",
            "需要户名,以及由数字或字母组成的账号和行号。",
            "Name the account; its number and the bank's clearing code are digits or letters.",
        )
    return Template(kind="iso20022", encoding="utf-8", debtor=debtor)


STANDARD: Final[dict[str, Any]] = {
    "schema": SCHEMA,
    "kind": "csv",
    "encoding": "utf-8-bom",
    "columns": [
        {"field": "batch", "title": "批次号"},
        {"field": "line_no", "title": "行号"},
        {"field": "fund", "title": "资金"},
        {"field": "holder", "title": "户名"},
        {"field": "account", "title": "账号"},
        {"field": "bank", "title": "开户行"},
        {"field": "amount", "title": "金额"},
        {"field": "claim", "title": "申领编号"},
    ],
    "answers": {
        "columns": [
            {"field": "batch", "title": "批次号"},
            {"field": "line_no", "title": "行号"},
            {"field": "answer_id", "title": "回单号"},
            {"field": "amount", "title": "金额"},
            {"field": "result", "title": "结果"},
            {"field": "reason", "title": "原因"},
        ],
        "results": {
            "成功": "paid",
            "paid": "paid",
            "失败": "returned",
            "退票": "returned",
            "returned": "returned",
        },
    },
}
"""What a province uses until it says otherwise."""
