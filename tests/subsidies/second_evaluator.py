"""A second evaluator of policies, written from tests/subsidies/cases/README.md alone and without any of the product's code.

It knows well-formed policies only, works on the JSON as it stands, and gives outcome, reasons, lines and sum.
"""

import calendar
import datetime as dt
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    localcontext,
)

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
MODES = {
    "half_up": ROUND_HALF_UP,
    "half_down": ROUND_HALF_DOWN,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_FLOOR,
    "up": ROUND_CEILING,
}


def look(facts, path):
    for step in path.split("."):
        if not isinstance(facts, dict) or facts.get(step) is None:
            return None
        facts = facts[step]
    return facts


def day(facts, path):
    text = look(facts, path)
    return None if text is None else dt.date.fromisoformat(text)


def number(facts, path):
    text = look(facts, path)
    return None if text is None else Decimal(str(text))


def later(start, months):
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def both(answers):
    if False in answers:
        return False
    return None if None in answers else True


def equal(one, other):
    return None if one is None or other is None else one == other


def age_between(rule, facts):
    born, codes, doubt = day(facts, "person.born"), [], False
    inclusive = rule.get("birthday_inclusive", True)
    if rule.get("min") is not None:
        at = day(facts, rule["min_at"])
        if born is None or at is None:
            doubt = True
        else:
            turns = later(born, 12 * rule["min"])
            if turns > at or (turns == at and not inclusive):
                codes.append("AGE_UNDER")
    if rule.get("max") is not None:
        at, limit = day(facts, rule["max_at"]), rule["max"]
        limits = [limit]
        if isinstance(limit, dict):
            sex = look(facts, "person.sex")
            limits = [limit[sex]] if sex in limit else list(limit.values())
            doubt = doubt or sex not in limit
        if born is None or at is None:
            doubt = True
        elif all(
            at > later(born, 12 * most) or (at == later(born, 12 * most) and not inclusive) for most in limits
        ):
            codes.append("AGE_OVER")
    if codes:
        return FAIL, codes
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if doubt else (PASS, [])


def not_in_status(rule, facts):
    held, groups = look(facts, "person.statuses"), look(facts, "person.groups")
    if held is None:
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    doubt = False
    for status in rule["statuses"]:
        if status not in held:
            continue
        excuses = (rule.get("unless") or {}).get(status) or []
        if any(one in held or one in (groups or []) for one in excuses):
            continue
        if excuses and groups is None:
            doubt = True
            continue
        return FAIL, ["STATUS_EXCLUDED"]
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if doubt else (PASS, [])


def in_group(rule, facts):
    groups = look(facts, "person.groups")
    if groups is None:
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    return (PASS, []) if set(groups) & set(rule["groups"]) else (FAIL, ["NOT_IN_GROUP"])


def any_of(rule, facts):
    answers = [look(facts, path) for path in rule["facts"]]
    if True in answers:
        return PASS, []
    return (UNKNOWN, ["LINK_UNKNOWN"]) if None in answers else (FAIL, ["NO_LINK"])


def min_hours(rule, facts):
    hours, codes, doubt = number(facts, rule["hours"]), [], False
    if rule.get("min") is not None:
        if hours is None:
            doubt = True
        elif hours < Decimal(str(rule["min"])):
            codes.append("HOURS_BELOW_MIN")
    if rule.get("min_ratio") is not None:
        whole = number(facts, rule["of"])
        if hours is None or not whole:
            doubt = True
        elif hours < Decimal(str(rule["min_ratio"])) * whole:
            codes.append("HOURS_RATIO")
    if codes:
        return FAIL, codes
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if doubt else (PASS, [])


def within_months(rule, facts):
    start, end = day(facts, rule["from"]), day(facts, rule["to"])
    if start is None or end is None:
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    if end < start:
        return FAIL, ["SUBMITTED_BEFORE_CERT"]
    last = later(start, rule["months"])
    late = end > last if rule.get("anniversary_inclusive", True) else end >= last
    return (FAIL, ["DEADLINE_PASSED"]) if late else (PASS, [])


def _counts(rule, one):
    ignored = [state.upper() for state in rule.get("ignoring_states") or []]
    if one.get("state") is None:
        return None if ignored else True
    return one["state"].upper() not in ignored


def once_per(rule, facts):
    kind, wanted = look(facts, "certificate.kind"), rule.get("certificate_kind")
    if wanted and kind and kind != wanted:
        return PASS, []
    names = [name for name in rule["key"] if name != "person"]
    own = {name: look(facts, f"certificate.{name}") for name in names}
    history = look(facts, "history")
    if history is None or kind is None or None in own.values():
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    same, higher = [], []
    for one in history:
        of = equal(one.get("certificate_kind"), wanted) if wanted else True
        counted = [_counts(rule, one), of]
        same.append(both([*counted, *(equal(one.get(name), own[name]) for name in names)]))
        if rule.get("higher_blocks_lower") and "level" in names:
            above = None if one.get("level") is None else one["level"] < own["level"]
            rest = [equal(one.get(name), own[name]) for name in names if name != "level"]
            higher.append(both([*counted, above, *rest]))
    codes = [
        code
        for code, answers in (("DUPLICATE_OCC_LEVEL", same), ("HIGHER_LEVEL_ALREADY_PAID", higher))
        if True in answers
    ]
    if codes:
        return FAIL, codes
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if None in same + higher else (PASS, [])


def max_per_year(rule, facts):
    on, history = day(facts, rule["year_of"]), look(facts, "history")
    if on is None or history is None:
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    answers = []
    for one in history:
        when = None if one.get("submitted_on") is None else dt.date.fromisoformat(one["submitted_on"])
        if rule.get("window", "calendar") == "rolling":
            inside = None if when is None else later(on, -12) < when <= on
        else:
            inside = None if when is None else when.year == on.year
        answers.append(both([_counts(rule, one), inside]))
    if answers.count(True) >= rule["n"]:
        return FAIL, ["ANNUAL_CAP"]
    maybe = answers.count(True) + answers.count(None) >= rule["n"]
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if maybe else (PASS, [])


def not_with(rule, facts):
    schemes = look(facts, "other_schemes")
    if schemes is None:
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    answers = []
    for one in schemes:
        ignored = [state.upper() for state in rule.get("ignoring_states") or []]
        named = equal(one.get("scheme"), rule["scheme"])
        if named is False or (one.get("state") or "").upper() in ignored:
            answers.append(False)
            continue
        parts = [named]
        for name in rule["key"]:
            if name == "person":
                continue
            if name == "level" and look(facts, "certificate.kind") in {"special", "completion"}:
                parts.append(one.get("level") is None)
            else:
                parts.append(equal(one.get(name), look(facts, f"certificate.{name}")))
        answers.append(both(parts))
    if True in answers:
        return FAIL, ["MUTUAL_EXCLUSION"]
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if None in answers else (PASS, [])


def _holds(rule, path, code):
    def told(answer):
        if answer is None:
            return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
        return (PASS, []) if answer else (FAIL, [code])

    return lambda facts: told(look(facts, path))


def certificate_valid(rule, facts):
    kind, wanted = look(facts, "certificate.kind"), rule.get("kinds") or []
    if wanted and kind is not None and kind not in wanted:
        return FAIL, ["CERTIFICATE_KIND"]
    result = _holds(rule, "certificate.valid", "CERTIFICATE_NOT_VALID")(facts)
    return (UNKNOWN, [f"{rule['id']}_UNKNOWN"]) if result[0] == PASS and wanted and kind is None else result


def provider_listed(rule, facts):
    return _holds(rule, "provider.listed", "PROVIDER_NOT_LISTED")(facts)


def employed_by_payee(rule, facts):
    works = _holds(rule, "person.employed_by_payee", "NOT_EMPLOYED_BY_PAYEE")(facts)
    if not rule.get("insured") or works[0] == FAIL:
        return works
    insured = _holds(rule, "person.insured_by_payee", "NOT_INSURED_BY_PAYEE")(facts)
    if works[0] == UNKNOWN:
        return works
    return insured


def share_between(rule, facts):
    part, whole = number(facts, rule["part"]), number(facts, rule["whole"])
    least, most = number(facts, rule["least"]), number(facts, rule["most"])
    unknown = UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    if part is None or not whole:
        return unknown
    percent = 100 * part
    if least is not None and percent < least * whole:
        return FAIL, ["SHARE_TOO_LOW"]
    if most is not None and percent > most * whole:
        return FAIL, ["SHARE_TOO_HIGH"]
    return unknown if None in (least, most) else (PASS, [])


def fewer_than(rule, facts):
    counted, limit = number(facts, rule["counted"]), number(facts, rule["limit"])
    if counted is None or limit is None:
        return UNKNOWN, [f"{rule['id']}_UNKNOWN"]
    return (PASS, []) if counted < limit else (FAIL, ["LIMIT_REACHED"])


RULES = {
    made.__name__: made
    for made in (
        age_between, not_in_status, in_group, any_of, min_hours, within_months, once_per, max_per_year, not_with,
        certificate_valid, provider_listed, employed_by_payee, share_between, fewer_than,
    )
}  # fmt: skip


def condition(part, facts):
    """True, False or None, and whether anything is missing."""
    answers = [equal(look(facts, path), wanted) for path, wanted in (part.get("when") or {}).items()]
    if part.get("levels"):
        level = look(facts, "certificate.level")
        answers.append(None if level is None else level in part["levels"])
    if part.get("when_any_group"):
        groups = look(facts, "person.groups")
        answers.append(None if groups is None else bool(set(groups) & set(part["when_any_group"])))
    if part.get("when_fact"):
        answers.append(look(facts, part["when_fact"]))
    if part.get("unless_fact"):
        told = look(facts, part["unless_fact"])
        answers.append(None if told is None else not told)
    return both(answers)


def flat(line, facts):
    return Decimal(line["fen"]), 1


def agreed(line, facts):
    fen = number(facts, line["fen_of"])
    return None if fen is None else (fen, 1)


def table(line, facts):
    value = look(facts, line["by"])
    return None if value is None else (Decimal(line["fen"].get(str(value), 0)), 1)


def per_hour(line, facts):
    hours = number(facts, line["hours"])
    return None if hours is None else (hours * line["fen"], 1)


def sum_of(line, facts):
    counts = [number(facts, part["count"]) for part in line["parts"]]
    if None in counts:
        return None
    pairs = zip(counts, line["parts"], strict=True)
    return sum((count * part["fen"] for count, part in pairs), Decimal(0)), 1


def per_day_steps(line, facts):
    days, total, begin = number(facts, line["days"]), Decimal(0), Decimal(0)
    if days is None:
        return None
    for step in line["steps"]:
        end = days if step.get("up_to") is None else min(days, Decimal(step["up_to"]))
        total, begin = total + max(Decimal(0), end - begin) * step["fen"], max(begin, end)
    return total, 1


def ratio(line, facts):
    part, whole = number(facts, line["part"]), number(facts, line["whole"])
    if part is None or not whole:
        return None
    return line["fen"] * min(part, whole) * Decimal(str(line.get("percent", 100))), whole * 100


SUMS = {made.__name__: made for made in (flat, agreed, table, per_hour, per_day_steps, ratio)} | {
    "sum": sum_of
}
"""Each gives exact fen as a pair (numerator, denominator), or None."""


def rounded(top, value):
    rounding = top.get("rounding") or {}
    unit = {"fen": 1, "jiao": 10, "yuan": 100}[rounding.get("unit", "fen")]
    amount, by = value
    mode = MODES[rounding.get("mode", "half_up")]
    with localcontext() as context:
        context.prec = 200
        return int((Decimal(amount) / Decimal(by * unit)).quantize(Decimal(1), rounding=mode)) * unit


def plain_lines(top, facts, opened):
    for line in top["amount"]["lines"]:
        holds = condition(line, facts)
        value = None if holds is False else SUMS[line["type"]](line, facts)
        if holds is False or (value is not None and (value[0] == 0 or line.get("cap_fen") == 0)):
            continue
        if holds is None or value is None:
            opened.append(f"{line['item']}_UNKNOWN")
            continue
        fen = rounded(top, value)
        if line.get("cap_fen") is not None:
            fen = min(fen, line["cap_fen"])
        if fen:
            yield line["fund"], line["item"], fen


def uplifts(top, facts, found, opened):
    blocks = top["amount"].get("uplifts") or []
    for block in blocks if isinstance(blocks, list) else [blocks]:
        base = [line for line in found if line[1] == block["of"]]
        yes, maybe = [], []
        for choice in block["choices"] if base else []:
            percent = Decimal(str(choice["percent"]))
            first, own = condition(block, facts), condition(choice, facts)
            if first is not False and own is not False and percent:
                (maybe if None in (first, own) else yes).append((choice["item"], percent))
        if block["stacking"] == "highest" and yes:
            best = max(percent for _item, percent in yes)
            yes = [next(one for one in yes if one[1] == best)]
            maybe = [one for one in maybe if one[1] > best]
        opened += [f"{item}_UNKNOWN" for item, _percent in maybe]
        whole = sum(fen for _fund, _item, fen in base)
        for item, percent in yes:
            fen = rounded(top, (whole * percent, 100))
            if fen:
                yield base[0][0], item, fen


def capped(cap, facts, found, opened):
    used = number(facts, cap["used"]) if cap.get("used") else Decimal(0)
    named = number(facts, cap["fen_of"]) if cap.get("fen_of") else None
    if used is None or (cap.get("fen_of") and named is None):
        opened += (
            [f"{cap['id']}_UNKNOWN"] if any(cap.get("fund") in (None, line[0]) for line in found) else []
        )
        return found
    most = min(limit for limit in (cap.get("fen"), named) if limit is not None)
    left, kept = max(0, int(most) - int(used.to_integral_value(ROUND_CEILING))), []
    for fund, item, whole in found:
        mine = cap.get("fund") in (None, fund)
        fen = min(whole, left) if mine else whole
        left -= fen if mine else 0
        kept += [(fund, item, fen)] if fen else []
    return kept


def lines_of(top, facts):
    """Lines as (fund, item, fen), and the codes of what is open."""
    opened = []
    found = list(plain_lines(top, facts, opened))
    found += list(uplifts(top, facts, found, opened))
    for cap in top["amount"].get("caps") or []:
        found = capped(cap, facts, found, opened)
    return found, opened


def decide(versions, facts):
    for top in versions:
        on, (first, last) = day(facts, top["version_selector"]), top["valid"]
        begun = on is not None and (first is None or dt.date.fromisoformat(first) <= on)
        if begun and (last is None or on <= dt.date.fromisoformat(last)):
            break
    else:
        known = all(day(facts, top["version_selector"]) for top in versions)
        code, outcome = (
            ("NO_POLICY_VERSION", "REJECT") if known else ("POLICY_VERSION_UNKNOWN", "NEEDS_EVIDENCE")
        )
        return outcome, [code], [], 0
    results = [RULES[rule["type"]](rule, facts) for rule in top["eligibility"] + top["frequency"]]
    lines, opened = lines_of(top, facts)
    failed = [code for result, codes in results if result == FAIL for code in codes]
    asked = [code for result, codes in results if result == UNKNOWN for code in codes] + opened
    if failed:
        return "REJECT", list(dict.fromkeys(failed)), [], 0
    if asked:
        return "NEEDS_EVIDENCE", None, [], 0
    return "APPROVE", [], lines, sum(fen for _fund, _item, fen in lines)
