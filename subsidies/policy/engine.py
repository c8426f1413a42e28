"""From a policy and the facts of one claim to one explanation record."""

from collections.abc import Iterable, Mapping
from typing import Any

from subsidies.policy import words
from subsidies.policy.body import Policy
from subsidies.policy.facts import Facts, Reader
from subsidies.policy.rules import Finding, Result
from subsidies.policy.standing import PRECONDITIONS
from subsidies.policy.words import Words

ENGINE = "2.1.0"
APPROVE, REJECT, NEEDS_EVIDENCE = "APPROVE", "REJECT", "NEEDS_EVIDENCE"


class FactsError(ValueError):
    """The facts are not an object with named facts. The message is a sentence in English."""


def evaluate(
    policies: Iterable[Policy],
    facts: Any,
    *,
    sources: Mapping[str, Mapping[str, Any]] | None = None,
    evaluated_at: str | None = None,
    supersedes: str | None = None,
) -> dict[str, Any]:
    """One explanation record: outcome, amount in fen, reasons, lines, rules, and the facts that were used.

    `facts` is the nested object of the public cases. `sources` says for a fact's path where it came from: `source`, `as_of`,
    `evidence_id`, `declared`. The same input gives the same record. Raises FactsError where `facts` is no object.
    """
    if not isinstance(facts, Mapping):
        raise FactsError("The facts must be an object with named facts.")
    known = Facts(facts, sources or {})
    policy, found = choose(policies, known)
    lines: list[dict[str, Any]] = []
    if policy is not None:
        found = asked_first(known) + [rule.evaluate(Reader(known)) for rule in policy.rules]
        amount, questions = policy.amount.evaluate(known)
        found += unasked(questions, found)
        lines = [line.record() for line in amount]
    rules = [finding.record() for finding in found]
    return record_of(policy, found, rules, lines, known, evaluated_at=evaluated_at, supersedes=supersedes)


def asked_first(known: Facts) -> list[Finding]:
    """What holds under every policy."""
    return [rule.evaluate(Reader(known)) for rule in PRECONDITIONS if rule.applies(known)]


def unasked(questions: Iterable[Finding], found: Iterable[Finding]) -> list[Finding]:
    """A line's question is left out where the rules already ask for all of it: nobody is asked for the same fact twice."""
    asked = {path for finding in found if finding.result is Result.UNKNOWN for path in finding.missing}
    return [finding for finding in questions if not set(finding.missing) <= asked]


def record_of(
    policy: Policy | None,
    found: Iterable[Finding],
    rules: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    known: Facts,
    *,
    evaluated_at: str | None,
    supersedes: str | None,
) -> dict[str, Any]:
    """The explanation record of what was found; `rules` are the findings as the record holds them."""
    outcome = settle(found)
    lines = lines if outcome == APPROVE else []
    return {
        "outcome": outcome,
        "amount_fen": sum(line["fen"] for line in lines),
        "version": policy.version if policy else None,
        "reasons": reasons(found, outcome),
        "lines": lines,
        "rules": rules,
        "facts": known.listed(),
        "problems": [known.problems[path] for path in sorted(known.problems)],
        "policy": cited(policy),
        "engine": ENGINE,
        "evaluated_at": evaluated_at,
        "supersedes": supersedes,
    }


def choose(policies: Iterable[Policy], known: Facts) -> tuple[Policy | None, list[Finding]]:
    """The version in force on the day that its own selector names, or a finding that says why there is none."""
    reader = Reader(known)
    for policy in policies:
        day = reader.date(policy.version_selector)
        if day is not None and policy.holds_on(day):
            return policy, []
    title = Words("适用的政策版本", "Version of the policy in force")
    if reader.missing:
        message, result, code = words.unknown(reader.missing), Result.UNKNOWN, "POLICY_VERSION_UNKNOWN"
    else:
        message = Words("这一天没有生效的政策版本。", "No version of the policy is in force on that day.")
        result, code = Result.FAIL, "NO_POLICY_VERSION"
    finding = Finding(
        "POLICY_VERSION",
        "version",
        result,
        title,
        message,
        (code,),
        "",
        "",
        dict(reader.inputs),
        tuple(reader.missing),
    )
    return None, [finding]


def settle(found: Iterable[Finding]) -> str:
    results = {finding.result for finding in found}
    if Result.FAIL in results:
        return REJECT
    return NEEDS_EVIDENCE if Result.UNKNOWN in results else APPROVE


def reasons(found: Iterable[Finding], outcome: str) -> list[str]:
    """The codes that explain the outcome: of the failures for a refusal, of the open questions for a request."""
    wanted = {REJECT: Result.FAIL, NEEDS_EVIDENCE: Result.UNKNOWN}.get(outcome)
    codes = [code for finding in found if finding.result is wanted for code in finding.codes]
    return list(dict.fromkeys(codes))


def cited(policy: Policy | None) -> dict[str, Any] | None:
    if policy is None:
        return None
    return {
        "region": policy.region,
        "programme": policy.programme,
        "version": policy.version,
        "doc_no": policy.doc_no,
        "sha256": policy.sha256,
        "title_zh": policy.title.get("zh", ""),
        "title_en": policy.title.get("en", ""),
    }
