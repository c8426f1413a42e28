"""ISO 20022: the order as pain.001.001.09, the bank's report as pain.002.001.10.

One group, one payment information, one transfer for each line; `EndToEndId` is the batch's number and the line's.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from subsidies.bank.rows import LONGEST_ID, Answer, Group, Order, Payment, Problem, Unwritable, fen_of, yuan
from subsidies.bank.template import Template

ORDER: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
REPORT: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CURRENCY: Final = "CNY"
PAID: Final = frozenset({"ACSC", "ACCC"})
RETURNED: Final = frozenset({"RJCT", "CANC"})
PENDING: Final = frozenset(
    {"RCVD", "PDNG", "ACTC", "ACCP", "ACFC", "ACSP", "ACWC", "ACWP", "PATC", "ACPD", "PART"}
)
"""External payment transaction and group statuses: settled; refused or cancelled; still on the way."""
_LONGEST_NAME, _LONGEST_ACCOUNT = 140, 34
_AT_ONCE = 1000
_LONGEST_REASON = 200
_XML_CHARACTER = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_END_TO_END = re.compile(r"([A-Za-z0-9-]{1,27})/([0-9]{1,7})", re.ASCII)


def flaw(payment: Payment) -> Problem | None:
    """Why a line cannot stand in the order."""
    row = payment.line_no
    if not 0 < len(payment.holder) <= _LONGEST_NAME:
        return Problem(row, "too_wide", "Nm")
    if not 0 < len(payment.account) <= _LONGEST_ACCOUNT:
        return Problem(row, "too_wide", "Id")
    for text in (payment.holder, payment.bank):
        if not text.isprintable() or not _XML_CHARACTER.fullmatch(text):
            return Problem(row, "control_character")
    return None


def lines(template: Template, order: Order, payments: Iterable[Payment]) -> Iterator[bytes]:
    """The order, some thousand transfers at a time. The same rows give the same bytes. Raises Unwritable."""
    debtor, total = template.debtor, yuan(order.total_fen)
    yield f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{ORDER}"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>{escape(order.batch)}</MsgId><CreDtTm>{order.made_at:%Y-%m-%dT%H:%M:%S}</CreDtTm>\
<NbOfTxs>{order.count}</NbOfTxs><CtrlSum>{total}</CtrlSum><InitgPty><Nm>{escape(debtor.name)}</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>{escape(order.batch)}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{order.count}</NbOfTxs>\
<CtrlSum>{total}</CtrlSum><ReqdExctnDt><Dt>{order.made_at:%Y-%m-%d}</Dt></ReqdExctnDt>\
<Dbtr><Nm>{escape(debtor.name)}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{escape(debtor.account)}</Id></Othr></Id></DbtrAcct>\
<DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>{escape(debtor.clearing_code)}</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
""".encode()
    wrong: list[Problem] = []
    ready: list[str] = []
    for payment in payments:
        problem = flaw(payment)
        if problem is not None:
            wrong.append(problem)
        elif not wrong:
            ready.append(_transfer(payment))
        if len(ready) == _AT_ONCE:
            yield "".join(ready).encode()
            ready = []
    if wrong:
        raise Unwritable(wrong)
    yield "".join(ready).encode()
    yield b"</PmtInf></CstmrCdtTrfInitn></Document>\n"


def _transfer(payment: Payment) -> str:
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{escape(payment.batch)}/{payment.line_no}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{CURRENCY}">{yuan(payment.fen)}</InstdAmt></Amt>'
        f"<CdtrAgt><FinInstnId><Nm>{escape(payment.bank)}</Nm></FinInstnId></CdtrAgt>"
        f"<Cdtr><Nm>{escape(payment.holder)}</Nm></Cdtr>"
        f"<CdtrAcct><Id><Othr><Id>{escape(payment.account)}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{escape(payment.fund)} {escape(payment.claim)}</Ustrd></RmtInf></CdtTrfTxInf>\n"
    )


class _Report:
    """What is gathered from a report while it is read; each transaction is let go once it was seen."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.problems: list[Problem] = []
        self.group: Group | None = None
        self.message = self.order = self.status = self.reason = ""
        self.seen = 0

    def header(self, element: Element) -> None:
        self.message = _word(element, "MsgId")

    def original(self, element: Element) -> None:
        self.order, self.status = _word(element, "OrgnlMsgId"), _word(element, "GrpSts")
        if not _word(element, "OrgnlMsgNmId").startswith("pain.001"):
            self.problems.append(Problem(1, "other_order", _word(element, "OrgnlMsgNmId")[:LONGEST_ID]))
        self.reason = _reason(element)

    def information(self, element: Element) -> None:
        if _word(element, "PmtInfSts") == "RJCT" and not self.seen:
            self.status, self.reason = "RJCT", _reason(element) or self.reason

    def transaction(self, element: Element) -> None:
        self.seen += 1
        found = self._answer(element, self.seen + 1)
        (self.answers if isinstance(found, Answer) else self.problems).append(found)

    def _answer(self, element: Element, row: int) -> Answer | Problem:
        named = _word(element, "OrgnlEndToEndId")
        match = _END_TO_END.fullmatch(named)
        if match is None:
            return Problem(row, "bad_line_no", named[:LONGEST_ID])
        status = _word(element, "TxSts")
        result = {
            **dict.fromkeys(PAID, "paid"),
            **dict.fromkeys(RETURNED, "returned"),
            **dict.fromkeys(PENDING, "pending"),
        }
        if status not in result:
            return Problem(row, "bad_status", status[:LONGEST_ID])
        fen = None
        amount = element.find("./{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")
        if amount is not None:
            fen = fen_of((amount.text or "").strip())
            if not fen or amount.get("Ccy") != CURRENCY:
                return Problem(row, "bad_amount", (amount.text or "").strip()[:LONGEST_ID])
        reason = _reason(element) if result[status] == "returned" else ""
        if result[status] == "returned" and not reason:
            return Problem(row, "reason_missing")
        answer_id = _word(element, "StsId") or _word(element, "AcctSvcrRef") or f"{self.message}/{match[2]}"
        if len(answer_id) > LONGEST_ID:
            return Problem(row, "bad_answer_id", answer_id[:LONGEST_ID])
        return Answer(row, match[1], int(match[2]), answer_id, fen, result[status], reason)

    def end(self) -> None:
        """A status of the whole order counts only where it refuses the whole order."""
        if self.problems or self.answers:
            return
        if self.status == "RJCT" and self.order:
            self.group = Group(self.order, self.message[:LONGEST_ID] or self.order, self.reason or "RJCT")
        else:
            self.problems.append(Problem(1, "empty"))


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _word(element: Element, name: str) -> str:
    return (element.findtext(f"./{{*}}{name}") or "").strip()


def _reason(element: Element) -> str:
    """Code and words: `AC01 账号不存在`."""
    told = []
    for information in element.findall("./{*}StsRsnInf"):
        code = information.find("./{*}Rsn/{*}Cd")
        own = information.find("./{*}Rsn/{*}Prtry")
        told += [part.text for part in (code, own) if part is not None and part.text]
        told += [part.text for part in information.findall("./{*}AddtlInf") if part.text]
    return " ".join(" ".join(told).split())[:_LONGEST_REASON]


def read(content: bytes) -> tuple[list[Answer], list[Problem], Group | None]:
    """The answers of a report. A row is the place of its transaction, counted from 2."""
    report = _Report()
    take = {
        "GrpHdr": report.header,
        "OrgnlGrpInfAndSts": report.original,
        "TxInfAndSts": report.transaction,
        "OrgnlPmtInfAndSts": report.information,
    }
    depth = 0
    try:
        for event, element in iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1 and element.tag != f"{{{REPORT}}}Document":
                return [], [Problem(1, "not_pain002", element.tag[:LONGEST_ID])], None
            if event == "end" and _local(element) in take:
                take[_local(element)](element)
                if _local(element) == "TxInfAndSts":
                    element.clear()
    except (ParseError, DefusedXmlException, ValueError):
        return [], [Problem(1, "not_xml")], None
    report.end()
    return report.answers, report.problems, report.group
