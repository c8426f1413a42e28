"""Worked cases of a draft. Facts are those of nobody in particular: no name, no number."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.services import record
from subsidies.models import Decision, PolicyCase, PolicyVersion
from subsidies.policy import APPROVE, NEEDS_EVIDENCE, REJECT, Policy, evaluate, read_policy
from subsidies.policy.facts import plain
from subsidies.selectors.policy_checks import reasons_of
from subsidies.services.policies.broken import BadCase, CaseNameTaken, NotYourPolicy
from subsidies.services.policies.drafting import draft_locked, touch

MOST_CASES = 200
LONGEST_FACTS = 20_000
"""Characters of JSON."""
LONGEST_NAME = 80
_NUMBERS = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9}|[0-9]{15,19})(?![0-9])")


@dataclass(frozen=True)
class Worked:
    """A case as it is written: what must come of the facts. `amount_fen` in fen."""

    name: str
    facts: Mapping[str, Any]
    outcome: str
    amount_fen: int = 0
    because: tuple[str, ...] = ()


@transaction.atomic
def keep_case(
    version: PolicyVersion, worked: Worked, *, by: User, at: dt.datetime, place: int | None = None
) -> PolicyCase:
    """Write the case at a place anew, or one more. Raises NotYourPolicy, NotADraft, BadCase, CaseNameTaken."""
    row = draft_locked(version, by=by)
    (case,) = _kept(row, [worked], place=place)
    touch(row, by=by, at=at)
    record(by=by, action="policy.case_kept", thing=row, at=at, detail={"case": case.place})
    return case


@transaction.atomic
def keep_cases(
    version: PolicyVersion, worked: Iterable[Worked], *, by: User, at: dt.datetime
) -> list[PolicyCase]:
    """These in place of all that there are. Raises NotYourPolicy, NotADraft, BadCase, CaseNameTaken."""
    row = draft_locked(version, by=by)
    row.cases.all().delete()
    cases = _kept(row, worked)
    touch(row, by=by, at=at)
    record(by=by, action="policy.cases_replaced", thing=row, at=at, detail={"cases": len(cases)})
    return cases


@transaction.atomic
def drop_case(version: PolicyVersion, place: int, *, by: User, at: dt.datetime) -> None:
    """Raises NotYourPolicy, NotADraft; a case that is gone already is none the worse for it."""
    row = draft_locked(version, by=by)
    row.cases.filter(place=place).delete()
    touch(row, by=by, at=at)
    record(by=by, action="policy.case_dropped", thing=row, at=at, detail={"case": place})


def case_of_decision(
    version: PolicyVersion, decision: Decision, *, name: str, by: User, at: dt.datetime
) -> PolicyCase:
    """A case with the facts of a decision of the version's province, and with what this version makes of them.

    Only facts that were looked at are kept, and the date of birth only as exactly as the outcome needs it. Whether what comes of
    it is what should, the editor says. Raises NotYourPolicy, NotADraft, BadCase, CaseNameTaken.
    """
    if decision.province_id != version.province_id:
        raise NotYourPolicy
    policy = read_policy(version.body)
    facts = anonymous(policy, decision)
    found = evaluate([policy], facts)
    worked = Worked(name, facts, found["outcome"], found["amount_fen"], reasons_of(found))
    return keep_case(version, worked, by=by, at=at)


def anonymous(policy: Policy, decision: Decision) -> dict[str, Any]:
    """The facts that the decision or the policy looked at, without the day of birth where the month or the year will do."""
    looked_at = {fact["name"] for fact in decision.record["facts"]}
    looked_at |= {fact["name"] for fact in evaluate([policy], decision.facts)["facts"]}
    facts: dict[str, Any] = {}
    for path in sorted(looked_at):
        steps = path.split(".")
        value: Any = decision.facts
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        here = facts
        for step in steps[:-1]:
            here = here.setdefault(step, {})
        here[steps[-1]] = value
    born = (facts.get("person") or {}).get("born")
    if not born:
        return facts
    exact = _gist(evaluate([policy], facts))
    for coarse in (f"{born[:4]}-01-01", f"{born[:7]}-01"):
        tried = {**facts, "person": {**facts["person"], "born": coarse}}
        if _gist(evaluate([policy], tried)) == exact:
            return tried
    return facts


def _gist(found: dict[str, Any]) -> tuple[object, ...]:
    return found["outcome"], found["amount_fen"], tuple((one["id"], one["result"]) for one in found["rules"])


def _kept(row: PolicyVersion, worked: Iterable[Worked], *, place: int | None = None) -> list[PolicyCase]:
    names = dict(row.cases.values_list("name", "place"))
    last = row.cases.aggregate(last=Max("place"))["last"] or 0
    kept = []
    for one in worked:
        case = _checked(row, one)
        if names.get(case.name, place) != place:
            raise CaseNameTaken
        if place is None:
            last += 1
            case.place = last
            if last > MOST_CASES:
                raise BadCase(_("There are too many cases."), field="name")
        else:
            found = row.cases.filter(place=place).first()
            if found is None:
                raise BadCase(_("This case is gone."), field="name")
            case.pk, case.place = found.pk, place
        case.save()
        names[case.name] = case.place if place is None else place
        kept.append(case)
    return kept


def _checked(row: PolicyVersion, worked: Worked) -> PolicyCase:
    name = worked.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise BadCase(_("Give the case a name of at most 80 characters."), field="name")
    if not isinstance(worked.facts, Mapping):
        raise BadCase(_("The facts are not an object with named facts."), field="facts")
    try:
        facts = plain(worked.facts)
        text = json.dumps(facts, ensure_ascii=False)
    except RecursionError:
        raise BadCase(_("The facts are nested too deeply."), field="facts") from None
    if len(text) > LONGEST_FACTS:
        raise BadCase(_("The facts are too long."), field="facts")
    if _NUMBERS.search(text):
        raise BadCase(_("Leave out ID, phone and card numbers: a case is about nobody."), field="facts")
    if "\x00" in text or "\\u0000" in text:
        raise BadCase(_("The facts hold a character that cannot be kept."), field="facts")
    if worked.outcome not in {APPROVE, REJECT, NEEDS_EVIDENCE}:
        raise BadCase(_("Choose what must come of it."), field="outcome")
    if worked.amount_fen < 0 or (worked.amount_fen and worked.outcome != APPROVE):
        raise BadCase(_("Only an approval pays."), field="amount_fen")
    return PolicyCase(
        version=row,
        name=name,
        facts=facts,
        outcome=worked.outcome,
        amount_fen=worked.amount_fen,
        because=list(worked.because),
    )
