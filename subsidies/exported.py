"""The auditor's export of one decision: the stored record for machines as JSON, and as a workbook of which nothing is computed."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.money import yuan
from portal.sheets.cells import Cell
from portal.sheets.writing import sheets_xlsx
from subsidies.explained import explained
from subsidies.models import Decision

FORMAT = "zhixun/decision/1"


def decision_json(decision: Decision) -> dict[str, Any]:
    """The decision as it is stored. Integer fen beside a decimal string of yuan; who decided by name, nobody's number."""
    return {
        "format": FORMAT,
        "claim": decision.claim.number,
        "id": decision.pk,
        "act": decision.act,
        "seat": decision.seat,
        "by": str(decision.by) if decision.by else None,
        "at": decision.at.isoformat(),
        "reason": decision.reason,
        "reasons": decision.reasons,
        "outcome": decision.outcome,
        "amount": yuan(decision.amount_fen),
        "amount_fen": decision.amount_fen,
        "policy": decision.policy_id,
        "routing": decision.routing,
        "facts": decision.facts,
        "record": decision.record,
    }


def decision_xlsx(decision: Decision) -> bytes:
    """Four sheets: the decision, its rules, its lines, its facts; both languages beside each other."""
    told = explained(decision.record, outcome=decision.outcome, amount_fen=decision.amount_fen)
    rules = [
        (
            rule.result,
            rule.id,
            rule.ref,
            rule.title.zh,
            rule.title.en,
            rule.message.zh,
            rule.message.en,
            rule.value,
        )
        for rule in told.rules
    ]
    lines = [
        (line.fund, line.item, line.title.zh, line.title.en, line.formula, line.fen) for line in told.lines
    ]
    facts = [
        (fact["name"], _flat(fact["value"]), fact.get("source"), fact.get("as_of"), fact.get("evidence_id"))
        for fact in told.facts
    ]
    both = (pgettext("sheet", "Title (Chinese)"), pgettext("sheet", "Title (English)"))
    result, item = pgettext("sheet", "Result"), pgettext("sheet", "Item")
    why = (pgettext("sheet", "Why (Chinese)"), pgettext("sheet", "Why (English)"))
    return sheets_xlsx(
        [
            (_("Decision"), (item, pgettext("sheet", "Value")), _head(decision)),
            (
                _("Rules"),
                (result, "ID", pgettext("sheet", "Clause"), *both, *why, pgettext("sheet", "Value")),
                rules,
            ),
            (
                _("Amount"),
                (_("Fund"), item, *both, pgettext("sheet", "Formula"), pgettext("sheet", "Fen")),
                lines,
            ),
            (
                pgettext("sheet", "Facts"),
                (
                    pgettext("sheet", "Name"),
                    pgettext("sheet", "Value"),
                    pgettext("sheet", "Source"),
                    pgettext("sheet", "As of"),
                    pgettext("sheet", "Evidence"),
                ),
                facts,
            ),
        ]
    )


def _head(decision: Decision) -> Iterator[tuple[str, Cell]]:
    """The decision itself, name and value."""
    for name, value in decision_json(decision).items():
        if name not in {"facts", "record"}:
            yield name, _flat(value)
    for name, value in (decision.record.get("policy") or {}).items():
        yield f"policy.{name}", _flat(value)
    for name in ("engine", "evaluated_at", "supersedes"):
        yield name, _flat(decision.record.get(name))


def _flat(value: Any) -> Cell:
    """Numbers and texts as they are, all else as JSON in one cell."""
    if value is None or isinstance(value, str | int):
        return value
    return json.dumps(value, ensure_ascii=False)
