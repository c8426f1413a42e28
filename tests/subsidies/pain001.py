"""A strict check of pain.001.001.09 by its published structure: which elements, in which order, how often, and what they hold.

Written beside the writer and without it. Only what an order of ours may hold is known here; anything else is wrong.
"""

import re
import xml.sax
from decimal import Decimal

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MAX35, MAX140 = r"(?s).{1,35}", r"(?s).{1,140}"
DECIMAL = r"\d{1,16}(\.\d{1,2})?"

# name: (children in their order as (name, least, most), or a pattern of its text)
TYPES: dict[str, list[tuple[str, int, int]] | str] = {
    "Document": [("CstmrCdtTrfInitn", 1, 1)],
    "CstmrCdtTrfInitn": [("GrpHdr", 1, 1), ("PmtInf", 1, 10**9)],
    "GrpHdr": [("MsgId", 1, 1), ("CreDtTm", 1, 1), ("NbOfTxs", 1, 1), ("CtrlSum", 0, 1), ("InitgPty", 1, 1)],
    "MsgId": MAX35,
    "CreDtTm": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "NbOfTxs": r"\d{1,15}",
    "CtrlSum": DECIMAL,
    "InitgPty": [("Nm", 0, 1)],
    "Nm": MAX140,
    "PmtInf": [
        ("PmtInfId", 1, 1),
        ("PmtMtd", 1, 1),
        ("BtchBookg", 0, 1),
        ("NbOfTxs", 0, 1),
        ("CtrlSum", 0, 1),
        ("ReqdExctnDt", 1, 1),
        ("Dbtr", 1, 1),
        ("DbtrAcct", 1, 1),
        ("DbtrAgt", 1, 1),
        ("CdtTrfTxInf", 1, 10**9),
    ],
    "PmtInfId": MAX35,
    "PmtMtd": "CHK|TRF|TRA",
    "BtchBookg": "true|false",
    "ReqdExctnDt": [("Dt", 1, 1)],
    "Dt": r"\d{4}-\d\d-\d\d",
    "Dbtr": [("Nm", 0, 1)],
    "DbtrAcct": [("Id", 1, 1)],
    "CdtrAcct": [("Id", 1, 1)],
    "DbtrAgt": [("FinInstnId", 1, 1)],
    "CdtrAgt": [("FinInstnId", 1, 1)],
    "FinInstnId": [("BICFI", 0, 1), ("ClrSysMmbId", 0, 1), ("Nm", 0, 1)],
    "ClrSysMmbId": [("MmbId", 1, 1)],
    "MmbId": MAX35,
    "CdtTrfTxInf": [
        ("PmtId", 1, 1),
        ("Amt", 1, 1),
        ("CdtrAgt", 0, 1),
        ("Cdtr", 0, 1),
        ("CdtrAcct", 0, 1),
        ("RmtInf", 0, 1),
    ],
    "PmtId": [("InstrId", 0, 1), ("EndToEndId", 1, 1)],
    "EndToEndId": MAX35,
    "Amt": [("InstdAmt", 1, 1)],
    "InstdAmt": DECIMAL,
    "Cdtr": [("Nm", 0, 1)],
    "RmtInf": [("Ustrd", 0, 10**9)],
    "Ustrd": MAX140,
    "Othr": [("Id", 1, 1)],
}


class _Checker(xml.sax.ContentHandler):
    """By SAX, and not by the tree that the reader of reports uses."""

    def __init__(self):
        self.path: list[tuple[str, list[str]]] = []
        self.text = ""
        self.transfers: list[dict[str, str]] = []
        self.figures: dict[str, str] = {}

    def startElementNS(self, name, qname, attributes):  # noqa: N802 - SAX names it
        space, local = name
        assert space == NAMESPACE, f"{local} stands in {space}"
        if self.path:
            self.path[-1][1].append(local)
        if local == "CdtTrfTxInf":
            self.transfers.append({})
        told = {key[1]: value for key, value in attributes.items()}
        assert told == ({"Ccy": "CNY"} if local == "InstdAmt" else {}), local
        self.path.append((local, []))
        self.text = ""

    def characters(self, content):
        self.text += content

    def endElementNS(self, name, qname):  # noqa: N802 - SAX names it
        local, children = self.path.pop()
        parent = self.path[-1][0] if self.path else ""
        kind = (
            TYPES[local] if local != "Id" else [("Othr", 1, 1)] if parent.endswith("Acct") else r"(?s).{1,34}"
        )
        if isinstance(kind, str):
            assert not children, local
            assert re.fullmatch(kind, self.text), f"{local}: {self.text!r}"
            target = self.transfers[-1] if self.transfers else self.figures
            target["/".join([*(step for step, _ in self.path[-2:]), local])] = self.text
        else:
            assert not self.text.strip(), f"{local} holds text"
            _in_order(local, children, kind)
        self.text = ""


def _in_order(local, children, kind):
    rest = list(children)
    for name, least, most in kind:
        count = 0
        while rest and rest[0] == name:
            rest.pop(0)
            count += 1
        assert least <= count <= most, f"{local} has {count} of {name}"
    assert not rest, f"{local} has {rest[0]} at a place where it cannot stand"


def checked(content: bytes) -> list[dict[str, str]]:
    """The transfers of an order that is as the standard says, sums and counts included. Raises AssertionError."""
    parser, checker = xml.sax.make_parser(), _Checker()  # noqa: S317 - our own order
    parser.setFeature(xml.sax.handler.feature_namespaces, True)
    parser.setContentHandler(checker)
    parser.feed(content)
    parser.close()
    figures = checker.figures
    total = sum(Decimal(one["CdtTrfTxInf/Amt/InstdAmt"]) for one in checker.transfers)
    for group in ("CstmrCdtTrfInitn/GrpHdr", "CstmrCdtTrfInitn/PmtInf"):
        assert int(figures[f"{group}/NbOfTxs"]) == len(checker.transfers)
        assert Decimal(figures[f"{group}/CtrlSum"]) == total
    ends = [one["CdtTrfTxInf/PmtId/EndToEndId"] for one in checker.transfers]
    assert len(set(ends)) == len(ends)
    return checker.transfers
