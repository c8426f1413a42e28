"""How a format looks, on lines that nobody is paid by: with a long name, a rare character, and one beyond U+FFFF."""

import datetime as dt
from typing import Final

from subsidies.bank.rows import Order, Payment, Unwritable
from subsidies.bank.template import Template
from subsidies.bank.writing import flaw_of, payment_file

BATCH: Final = "PB-52-2026-0001"
_AT = dt.datetime(2026, 3, 24, 9, 0, tzinfo=dt.UTC)
PAYMENTS: Final = [
    Payment(BATCH, 1, "SKILL", "王建国", "9999992012345670011", "示例银行", 192_000, "CL-52-2026-000001"),
    Payment(
        BATCH, 2, "SKILL", "阿依古丽·麦麦提", "9999991285726840913", "示例银行", 120_050, "CL-52-2026-000002"
    ),
    Payment(
        BATCH, 3, "EMPLOY", "欧阳\U00020bb7", "9999991285726840921", "示例银行", 6_000, "CL-52-2026-000003"
    ),
]
_LONGEST = 4_000


def _order(payments: list[Payment]) -> Order:
    return Order(BATCH, _AT, len(payments), sum(payment.fen for payment in payments))


def sample_text(template: Template) -> str:
    """The file of those samples that the format can carry, as a text; of a workbook, its cells."""
    order = _order(PAYMENTS)
    payments = [payment for payment in PAYMENTS if flaw_of(template, order, payment) is None]
    shown = template
    if template.kind == "xlsx":
        shown = Template("csv", template.columns, template.answers, delimiter="\t", inert=False)
    try:
        content = b"".join(payment_file(shown, _order(payments), payments))
    except Unwritable as refused:
        return str(refused)
    return content.decode(shown.codec).removeprefix("\ufeff")[:_LONGEST]
