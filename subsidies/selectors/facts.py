"""The facts of a claim, each asked of the app that owns it, with where it came from."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from portal import clock
from subsidies.models import Claim
from subsidies.policy import Policy, questions
from subsidies.policy.questions import Reads, Step
from subsidies.selectors.policies import InForce, in_force_at
from subsidies.selectors.records import Earlier, Records, Subject
from subsidies.workflow.claims import TOLD, Channel

IDENTITY, RECORD, CERTIFICATE, COURSE, CLAIMS, CLAIMANT, REVIEWER, AGREEMENT, INSURANCE, CONTRACT = (
    "identity",
    "learning_record",
    "certificate",
    "course",
    "claims",
    "claimant",
    "reviewer",
    "agreement",
    "insurance",
    "contract",
)
PLACES = 6


@dataclass
class Gathered:
    """Facts as the engine reads them, and for each path its source."""

    facts: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    def put(self, path: str, value: Any, source: str, as_of: str, *, declared: bool = False) -> None:
        section, _, name = path.partition(".")
        if name:
            self.facts.setdefault(section, {})[name] = value
        else:
            self.facts[section] = value
        self.sources[path] = {"source": source, "as_of": as_of, "declared": declared}


@dataclass(frozen=True)
class Explained:
    """What was gathered for a claim, the explanation record that its policies give for it, and those policies."""

    gathered: Gathered
    record: dict[str, Any]
    policies: InForce
    policy: Policy | None
    """The version in force for what the claim is about."""
    asks_for_insurance: bool
    """Whether the organisation has to prove that it has insured the person, as the register did not say."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """What only the claimant can answer, page by page."""
        steps = questions.steps_of(self.policy)
        return (*steps, Step("payee", (questions.INSURED,))) if self.asks_for_insurance else steps


def explain(subject: Subject, *, at: dt.datetime) -> Explained:
    """The facts of today and the explanation record that the province's policy gives for them. Raises ObjectDoesNotExist."""
    return explain_all([subject], at=at)[0]


def explain_all(subjects: Sequence[Subject], *, at: dt.datetime) -> list[Explained]:
    """As `explain`, for each in its order: as many statements for a thousand as for one of them.

    Raises ObjectDoesNotExist where one of them rests on a certificate, a completion or a course that is not there.
    """
    policies = in_force_at({(one.province_code, one.programme) for one in subjects})
    known = Records.of(subjects, policies)
    reads = {id(rules): questions.reads([rules]) for here in policies.values() for rules in here.rules}
    as_of, evaluated_at = clock.today(at).isoformat(), at.isoformat()
    found = []
    for subject in subjects:
        here = policies[subject.province_code, subject.programme]
        gathered = _registered(subject, known, as_of)
        policy = here.evaluate.chosen(gathered.facts)
        insurance = policy is not None and _asks_for_insurance(subject, policy, known)
        _payee(gathered, subject, known, as_of)
        _contract(gathered, subject, known, as_of)
        if policy is not None:
            _paid(gathered, subject, policy, known, as_of)
            _declared(gathered, subject, reads[id(policy)], known, as_of)
            if insurance:
                _told(gathered, subject, questions.INSURED, as_of)
        record = here.evaluate(gathered.facts, sources=gathered.sources, evaluated_at=evaluated_at)
        found.append(Explained(gathered, record, here, policy, insurance))
    return found


def _asks_for_insurance(subject: Subject, policy: Policy, known: Records) -> bool:
    if subject.payee_organisation_id is None or known.insured_by_payee(subject)[0] is not None:
        return False
    return questions.asks_for_insurance([policy])


def _registered(subject: Subject, known: Records, as_of: str) -> Gathered:
    """What the records of the portal say."""
    found = Gathered()
    certificate = known.certificates[subject.serial]
    issued_on = certificate.issued_on
    for name, value in (
        ("kind", certificate.kind),
        ("occupation", certificate.occupation_code),
        ("level", certificate.level),
        ("issued_on", issued_on.isoformat()),
    ):
        found.put(f"certificate.{name}", value, CERTIFICATE, as_of)
    born, sex = known.births.get(subject.claimant_id, (None, None))
    found.put("person.born", born.isoformat() if born else None, IDENTITY, as_of)
    found.put("person.sex", sex, IDENTITY, as_of)
    found.put("person.groups", sorted(known.groups[subject.claimant_id, issued_on]), RECORD, as_of)
    _learning(found, known.learning[certificate.completion_id], known.courses[certificate.version_id], as_of)
    found.put("claim.submitted_on", subject.submitted_on.isoformat(), CLAIMS, as_of)
    found.put("history", _history(known.before(subject), subject.purpose), CLAIMS, as_of)
    return found


def _learning(found: Gathered, learnt: Any, course: Any, as_of: str) -> None:
    found.put("training.started_on", learnt.started_on.isoformat(), RECORD, as_of)
    found.put("learning.valid_hours", cut(learnt.valid_hours), RECORD, as_of)
    found.put("learning.online_hours", cut(learnt.online_hours), RECORD, as_of)
    found.put("learning.offline_days", learnt.offline_days, RECORD, as_of)
    if learnt.counts_for_subsidy is not None:
        found.put("enrolment.counts", learnt.counts_for_subsidy, RECORD, as_of)
        found.put("enrolment.reason", learnt.subsidy_reason, RECORD, as_of)
    found.put("course.hours", cut(course.hours), COURSE, as_of)
    found.put("occupation.shortage", course.shortage, COURSE, as_of)


def _payee(found: Gathered, subject: Subject, known: Records, as_of: str) -> None:
    if subject.payee_organisation_id is None:
        return
    found.put("payee.kind", str(subject.channel), CLAIMS, as_of)
    if subject.channel == Channel.ENTERPRISE:
        found.put("person.employed_by_payee", True, AGREEMENT, subject.submitted_on.isoformat())
    insured, day = known.insured_by_payee(subject)
    if insured is not None:
        found.put(questions.INSURED, insured, INSURANCE, day.isoformat() if day else as_of)


def _contract(found: Gathered, subject: Subject, known: Records, as_of: str) -> None:
    """What a project contract says, and what was claimed by it: before this claim, and whatever is granted by now."""
    if subject.contract_id is None:
        return
    agreed = known.contracts[subject.contract_id]
    told = agreed.contract
    for name, value in (
        ("person_fen", told.price_fen),
        ("sum_fen", told.sum_fen),
        ("people", told.people),
        ("hours", told.hours),
        ("online_least", told.online_least),
        ("online_most", told.online_most),
    ):
        found.put(f"contract.{name}", value, CONTRACT, as_of)
    found.put(questions.CONTRACT_FEN, agreed.fen.beside(subject.before), CLAIMS, as_of)
    found.put("paid.contract_people", agreed.people.beside(subject.before), CLAIMS, as_of)


def _paid(found: Gathered, subject: Subject, policy: Policy, known: Records, as_of: str) -> None:
    """What the same programme has paid in the calendar year of the claim, in fen, or is about to pay: whatever a cap counts."""
    asked = questions.counted_sums([policy])
    year = subject.submitted_on.year
    if questions.PERSON_YEAR in asked:
        fen = sum(
            one.amount_fen
            for one in known.counted(subject)
            if one.programme == subject.programme and clock.today(one.submitted_at).year == year
        )
        found.put(questions.PERSON_YEAR, fen, CLAIMS, as_of)
    if questions.PAYEE_YEAR in asked and subject.payee_organisation_id is not None:
        spent = known.spent[subject.payee_organisation_id, subject.programme, year]
        found.put(questions.PAYEE_YEAR, spent.beside(subject.before), CLAIMS, as_of)


def _told(found: Gathered, subject: Subject, path: str, as_of: str) -> None:
    source = REVIEWER if subject.confirmed else CLAIMANT
    found.put(path, subject.declared.get(path), source, as_of, declared=True)


def _declared(found: Gathered, subject: Subject, known: Reads, records: Records, as_of: str) -> None:
    """What the claimant stated of that which the version reads."""
    source = REVIEWER if subject.confirmed else CLAIMANT
    told = subject.declared

    def put(path: str, value: Any) -> None:
        found.put(path, value, source, as_of, declared=True)

    for path in known.flags:
        if path in questions.REGISTERED:
            continue
        if _paid_by_us(path, subject, records):
            found.put(path, True, CLAIMS, as_of)
        else:
            _told(found, subject, path, as_of)
    if known.statuses:
        put(questions.STATUSES, questions.held(known.statuses, told))
    if known.schemes:
        schemes = {scheme: told.get(f"{questions.SCHEME}{scheme}") for scheme in known.schemes}
        paid = {scheme: answer for scheme, answer in schemes.items() if answer is not None}
        put(questions.SCHEMES, questions.entries_of(schemes, paid, found.facts["certificate"]))


_PAID_THIS_YEAR = re.compile(r"person\.(\w+)_paid_this_year")


def _paid_by_us(path: str, subject: Subject, records: Records) -> bool:
    """Whether a fact like `person.living_paid_this_year` is true by our own claims: a line of that item, in that year."""
    named = _PAID_THIS_YEAR.fullmatch(path)
    if named is None:
        return False
    item, year = named[1].upper(), subject.submitted_on.year
    return any(
        line["item"] == item
        for claim in records.counted(subject)
        if clock.today(claim.submitted_at).year == year
        for line in claim.lines
    )


def history_of(subject: Subject) -> list[dict[str, Any]]:
    """Earlier claims of the same person for the same purpose, in all provinces and by all channels, as the engine reads them."""
    rows = Claim.objects.of_person(subject.person_key).order_by("pk").values_list(*Earlier._fields)
    earlier = [Earlier(*row) for row in rows]
    return _history(
        [one for one in earlier if subject.before is None or one.pk < subject.before], subject.purpose
    )


def _history(earlier: Iterable[Earlier], purpose: str) -> list[dict[str, Any]]:
    return [
        {
            "certificate_kind": claim.certificate_kind,
            "occupation": claim.occupation,
            "level": claim.level,
            "state": TOLD[claim.state],
            "submitted_on": clock.today(claim.submitted_at).isoformat(),
        }
        for claim in earlier
        if claim.purpose == purpose
    ]


@lru_cache(maxsize=10_000)
def cut(hours: Fraction) -> str:
    """Hours as a decimal string, cut (never rounded up) after six places: exact for every limit a policy can name."""
    whole, rest = divmod(int(hours * 10**PLACES), 10**PLACES)
    return f"{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")
