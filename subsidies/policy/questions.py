"""What policies want to know of a person before a claim, and the answers as the facts that the engine reads.

Nothing here knows a programme: which questions there are follows from the rules, and which of them matter for one
certificate from what the engine itself asks for.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from subsidies.policy.amounts import Cap
from subsidies.policy.body import Policy
from subsidies.policy.conditions import Condition
from subsidies.policy.eligibility import AnyOf, NotInStatus
from subsidies.policy.engine import choose, evaluate
from subsidies.policy.facts import Facts
from subsidies.policy.frequency import MaxPerYear, NotWith, OncePer
from subsidies.policy.membership import EmployedByPayee

BORN, SEX, GROUPS, STATUSES = "person.born", "person.sex", "person.groups", "person.statuses"
DAYS = "learning.offline_days"
HISTORY, SCHEMES = "history", "other_schemes"
PERSON_YEAR, PAYEE_YEAR = "paid.person_year_fen", "paid.payee_year_fen"
CONTRACT_FEN = "paid.contract_fen"
_VAGUE_CLAIMS = 50
"""Claims of an unknown day that stand for "not known how many": more than any yearly limit."""


@dataclass(frozen=True)
class Reads:
    """What a set of policies can ask about a person, in the order of their text. `most_a_year` is 0 without such a rule."""

    groups: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    most_a_year: int = 0
    once: bool = False
    higher: bool = False


@dataclass(frozen=True)
class Answers:
    """What somebody says of themselves; None is "not known". `groups` and `statuses` are empty for "none of these"."""

    born: dt.date | None = None
    sex: str | None = None
    groups: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    schemes: Mapping[str, bool] = field(default_factory=dict)
    claims_this_year: int | None = None
    claimed_same: bool | None = None
    claimed_higher: bool | None = None
    offline_days: int | None = None


def reads(policies: Iterable[Policy]) -> Reads:
    groups: dict[str, None] = {}
    statuses: dict[str, None] = {}
    flags: dict[str, None] = {}
    schemes: dict[str, None] = {}
    most, once, higher = 0, False, False
    for policy in policies:
        for rule in policy.rules:
            if isinstance(rule, NotInStatus):
                statuses |= dict.fromkeys(rule.statuses)
                groups |= dict.fromkeys(code for codes in rule.unless.values() for code in codes)
            elif isinstance(rule, AnyOf):
                flags |= dict.fromkeys(rule.facts)
            elif isinstance(rule, NotWith):
                schemes[rule.scheme] = None
            elif isinstance(rule, MaxPerYear):
                most = max(most, rule.n)
            elif isinstance(rule, OncePer):
                once, higher = True, higher or rule.higher_blocks_lower
        for condition in _conditions(policy):
            groups |= dict.fromkeys(condition.when_any_group)
            told = (condition.when_fact, condition.unless_fact)
            flags |= dict.fromkeys(path for path in told if path)
            flags |= dict.fromkeys(
                path for path, wanted in condition.when.items() if isinstance(wanted, bool)
            )
    groups = {code: None for code in groups if code not in statuses}
    return Reads(tuple(groups), tuple(statuses), tuple(flags), tuple(schemes), most, once, higher)


def _conditions(policy: Policy) -> Iterable[Condition]:
    yield from (line.condition for line in policy.amount.lines)
    for uplifts in policy.amount.uplifts:
        yield uplifts.condition
        yield from (choice.condition for choice in uplifts.choices)


STATUS, SCHEME = "status.", "scheme."
"""What one status or scheme is called among the answers of a claim; other answers have the path of their fact."""

REGISTERED = frozenset({"occupation.shortage", "certificate.valid", "provider.listed"})
"""Facts that the portal's own records say; nobody is asked for them."""


@dataclass(frozen=True)
class Step:
    """One page of questions: the names of the answers, in the order of the policy's text."""

    name: str
    paths: tuple[str, ...]


def steps_of(policy: Policy | None) -> tuple[Step, ...]:
    """What a claimant is asked under a version: only what no record of the portal says."""
    if policy is None:
        return ()
    known = reads([policy])
    linked = [path for rule in policy.rules if isinstance(rule, AnyOf) for path in rule.facts]
    linked = [path for path in dict.fromkeys(linked) if path not in REGISTERED]
    others = [path for path in known.flags if path not in REGISTERED and path not in linked]
    found = (
        Step("status", tuple(f"{STATUS}{code}" for code in known.statuses)),
        Step("link", tuple(linked)),
        Step("other", (*(f"{SCHEME}{scheme}" for scheme in known.schemes), *others)),
    )
    return tuple(step for step in found if step.paths)


INSURED = "person.insured_by_payee"


def asks_for_insurance(policies: Iterable[Policy]) -> bool:
    """Whether one of them pays an enterprise only for people whom it has insured."""
    rules = (rule for policy in policies for rule in policy.rules)
    return any(isinstance(rule, EmployedByPayee) and rule.insured for rule in rules)


def yearly_caps(policy: Policy) -> tuple[Cap, ...]:
    """The caps that count what was paid for the person in the year already."""
    return tuple(cap for cap in policy.amount.caps if cap.used == PERSON_YEAR and cap.fen is not None)


def counted_sums(policies: Iterable[Policy]) -> frozenset[str]:
    """The facts of what was paid already that a cap of these counts in."""
    return frozenset(cap.used for policy in policies for cap in policy.amount.caps if cap.used)


def held(statuses: Iterable[str], told: Mapping[str, bool]) -> list[str] | None:
    """The statuses that somebody holds; None as long as one of them was not answered."""
    answers = {code: told.get(f"{STATUS}{code}") for code in statuses}
    return None if None in answers.values() else sorted(code for code, yes in answers.items() if yes)


def entries_of(
    schemes: Iterable[str], told: Mapping[str, bool], certificate: Mapping[str, Any]
) -> list[dict[str, Any]] | None:
    """What other schemes paid, as the engine reads it. A scheme of which nothing was told is there without its occupation."""
    same = {name: certificate.get(name) for name in ("occupation", "level")}
    answers = {scheme: told.get(scheme) for scheme in schemes}
    if answers and set(answers.values()) == {None}:
        return None
    return [
        {"scheme": scheme, **(same if paid else {})} for scheme, paid in answers.items() if paid is not False
    ]


def facts_of(basis: Mapping[str, Any], answers: Answers, known: Reads) -> dict[str, Any]:
    """The facts of a claim that is not made yet: `basis` says of course, certificate and days, `answers` of the person."""
    facts: dict[str, Any] = {key: dict(value) for key, value in basis.items() if isinstance(value, Mapping)}
    told = {
        BORN: answers.born.isoformat() if answers.born else None,
        SEX: answers.sex,
        GROUPS: None if answers.groups is None else sorted(answers.groups),
        STATUSES: None if answers.statuses is None else sorted(answers.statuses),
        **answers.flags,
    }
    if answers.offline_days is not None:
        told[DAYS] = answers.offline_days
    for path, value in told.items():
        section, _, name = path.partition(".")
        facts.setdefault(section, {}).setdefault(name, value)
    facts[HISTORY] = _history(facts, answers, known)
    facts[SCHEMES] = entries_of(known.schemes, answers.schemes, facts.get("certificate", {}))
    return facts


def _history(facts: Mapping[str, Any], answers: Answers, known: Reads) -> list[dict[str, Any]] | None:
    """Earlier claims as far as they were told. Which claim was made in which year is told by their number alone."""
    same = answers.claimed_same if known.once else False
    higher = answers.claimed_higher if known.higher else False
    number = answers.claims_this_year if known.most_a_year else 0
    if same is None and higher is None and number is None:
        return None
    certificate = facts.get("certificate", {})
    kind, occupation, level = (certificate.get(name) for name in ("kind", "occupation", "level"))
    year = int(str(facts["claim"]["submitted_on"])[:4])
    last_year, this_year = f"{year - 1}-06-30", f"{year}-01-01"

    def entry(**told: Any) -> dict[str, Any]:
        own = {"certificate_kind": kind, "occupation": occupation, "level": level}
        return {**own, "state": "PAID", "submitted_on": last_year, **told}

    other = "special" if kind == "level" else "completion"
    entries = [entry()] if same else []
    if higher and isinstance(level, int) and level > 1:
        entries.append(entry(level=level - 1))
    if same is None or higher is None:
        entries.append(entry(certificate_kind=None, occupation=None, level=None))
    some_other = {"certificate_kind": other, "occupation": "-", "level": None}
    if number is None:
        entries += [entry(**some_other, submitted_on=None)] * _VAGUE_CLAIMS
    else:
        entries += [entry(**some_other, submitted_on=this_year)] * number
    return entries


def asked(
    policies: Iterable[Policy], basis: Mapping[str, Any], answers: Answers, known: Reads
) -> frozenset[str]:
    """Paths of the facts that the engine looks at, for what is known now."""
    record = evaluate(policies, facts_of(basis, answers, known))
    return frozenset(fact["name"] for fact in record["facts"])


def sure_fen(policies: Iterable[Policy], facts: Mapping[str, Any]) -> int:
    """Fen of the lines that are certain whatever is still open, provided that every rule turns out well."""
    read = Facts(facts)
    policy, _found = choose(policies, read)
    return sum(line.fen for line in policy.amount.evaluate(read)[0]) if policy else 0
