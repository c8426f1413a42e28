"""How a claim and its explanation record are laid before people, for the claimant's and the reviewers' pages alike."""

from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portal.accounts.models import User
from subsidies.forms import QUESTIONS
from subsidies.models import Claim, Decision
from subsidies.policy import words
from subsidies.selectors.claims import decisions_of
from subsidies.workflow import Act

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


def answers_of(declared: dict[str, bool]) -> list[tuple[str, str]]:
    return [(str(label), answer_of(declared.get(path))) for path, (label, _hint) in QUESTIONS.items()]


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
    return coded(str(value))


def coded(code: str) -> str:
    """A group, status or kind in words; anything else as it is."""
    named = next((found[code] for found in CODES if code in found), None)
    return getattr(named, speech()) if named else code


def policy_lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The amounts of a policy for people: what, how it is reckoned, out of which fund."""
    said = speech()
    rows = []
    for line in body["amount"]["lines"]:
        kind = (line.get("when") or {}).get("certificate.kind", "")
        row = {
            "title": getattr(words.item(line["item"]), said),
            "kind": coded(kind) if kind else "",
            "fund": getattr(words.FUNDS.get(line["fund"], words.Words(line["fund"], line["fund"])), said),
            "groups": [coded(group) for group in line.get("when_any_group", [])],
            "cap": line.get("cap_fen"),
        }
        if line["type"] == "table":
            row["rows"] = [
                (level_of(int(key)) or key, fen) for key, fen in sorted(line["fen"].items(), reverse=True)
            ]
        elif line["type"] == "sum":
            row["rows"] = [(getattr(words.fact(part["count"]), said), part["fen"]) for part in line["parts"]]
        else:
            per = getattr(words.PER_HOUR, said) if line["type"] == "per_hour" else ""
            row["rows"] = [(per or row["kind"], line["fen"])]
        rows.append(row)
    return rows


def policy_uplifts(body: dict[str, Any]) -> list[dict[str, Any]]:
    choices = (body["amount"].get("uplifts") or {}).get("choices", [])
    return [
        {
            "title": getattr(words.item(choice["item"]), speech()),
            "percent": choice["percent"],
            "groups": [coded(group) for group in choice.get("when_any_group", [])],
        }
        for choice in choices
    ]
