"""How a claim and its explanation record are laid before people, for the claimant's and the reviewers' pages alike."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.templatetags.zhixun import yuan
from subsidies.forms.claims import question_of
from subsidies.models import Claim, Decision
from subsidies.policy import words
from subsidies.policy.text import Change, Entry, Section
from subsidies.selectors.claims import decisions_of
from subsidies.workflow.claims import LETTERED, Act

CODES = (words.GROUPS, words.STATUSES, words.KINDS, words.SEXES, words.STANDINGS)
ICONS = {Act.CHECKED: "scale", Act.SENT_BACK: "undo", Act.REJECTED: "x"}
STATES = {"PASS": "ok", "FAIL": "bad", "UNKNOWN": "wait"}


def speech() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def rules_of(record: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The rules as `{% rules %}` shows them, in the reader's language."""
    said = speech()
    return [
        {
            "state": STATES[rule["result"]],
            "title": rule[f"title_{said}"],
            "value": rule["value"],
            "reason": rule[f"message_{said}"],
            "code": rule["codes"][0] if rule["codes"] else rule["id"],
        }
        for rule in (record or {}).get("rules", [])
    ]


def passed_of(record: dict[str, Any] | None) -> tuple[int, int]:
    results = [rule["result"] for rule in (record or {}).get("rules", [])]
    return results.count("PASS"), len(results)


def lines_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of money with their names and their fund's name."""
    said = speech()
    return [
        {
            "title": line.get(f"title_{said}") or getattr(words.item(line["item"]), said),
            "fund": getattr(words.FUNDS.get(line["fund"], words.Words(line["fund"], line["fund"])), said),
            "formula": line["formula"],
            "fen": line["fen"],
        }
        for line in lines
    ]


def level_of(level: int | None) -> str:
    return getattr(words.LEVELS[level], speech()) if level in words.LEVELS else ""


def answer_of(value: bool | None) -> str:
    if value is None:
        return pgettext("answer", "Not known")
    return pgettext("answer", "Yes") if value else pgettext("answer", "No")


def answers_of(declared: dict[str, bool], paths: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(str(question_of(path)[0]), answer_of(declared.get(path))) for path in paths]


def outcome_of(claim: Claim) -> tuple[str, str]:
    """Kind of tag and word for what the rules said."""
    return {
        "APPROVE": ("ok", _("Rules met")),
        "REJECT": ("bad", _("Not met")),
        "NEEDS_EVIDENCE": ("wait", _("Open questions")),
    }.get(claim.outcome, ("plain", _("Not checked")))


def name_of(user: User | None) -> str:
    return str(user) if user else _("The rules")


def trail_of(claim: Claim) -> list[Decision]:
    """The decisions, each with the icon of what it did."""
    rows = list(decisions_of(claim))
    for row in rows:
        row.icon = ICONS.get(Act(row.act), "check")
        row.lettered = row.act in LETTERED
    return rows


def facts_shown(claim: Claim, record: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Declared beside verified, as a reviewer compares them."""
    said = speech()
    rows = [
        {
            **fact,
            "title": getattr(words.fact(fact["name"]), said),
            "text": fact_text(fact["name"], fact["value"], claim),
        }
        for fact in (record or {}).get("facts", [])
    ]
    return sorted(rows, key=lambda fact: not fact["declared"])


def fact_text(name: str, value: Any, claim: Claim) -> str:
    if value is None or isinstance(value, bool):
        return answer_of(value)
    if name in {"history", "other_schemes"}:
        return str(len(value)) if value else pgettext("fact", "None")
    if name == "certificate.level":
        return level_of(value)
    if name == "certificate.occupation":
        return f"{claim.occupation_name} {value}"
    if isinstance(value, list):
        return "、".join(coded(str(one)) for one in value) if value else pgettext("fact", "None")
    return _measured(name, value)


def _measured(name: str, value: Any) -> str:
    """Money in yuan and shares in percent; anything else as `coded` says it."""
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    return f"{value}%" if name.startswith("contract.online_") else coded(str(value))


def coded(code: str) -> str:
    """A group, status or kind in words; anything else as it is."""
    named = next((found[code] for found in CODES if code in found), None)
    return getattr(named, speech()) if named else code


def sections_of(sections: Iterable[Section], *, said: str = "") -> list[dict[str, Any]]:
    """A policy's text in the reader's language, or in another."""
    said = said or speech()
    return [
        {
            "title": getattr(section.title, said),
            "entries": [entry_of(entry, said=said) for entry in section.entries],
        }
        for section in sections
    ]


def entry_of(entry: Entry, *, said: str = "") -> dict[str, Any]:
    said = said or speech()
    return {
        "title": getattr(entry.title, said),
        "ref": entry.ref,
        "rows": [(getattr(label, said), getattr(value, said)) for label, value in entry.rows],
    }


def changes_of(changes: Iterable[Change]) -> list[dict[str, Any]]:
    said = speech()
    return [
        {
            **{name: getattr(getattr(change, name), said) for name in ("entry", "row")},
            **{
                name: getattr(getattr(change, name), said) if getattr(change, name) else ""
                for name in ("before", "after")
            },
        }
        for change in changes
    ]
