"""The facts of a claim, each asked of the app that owns it, with where it came from."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from certificates import selectors as certificates
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.models import User
from subsidies.models import Claim
from subsidies.policy import Policy, evaluate, questions
from subsidies.policy.engine import choose
from subsidies.policy.facts import Facts
from subsidies.policy.questions import Step
from subsidies.selectors.policies import policies_of
from subsidies.workflow.claims import TOLD

IDENTITY, RECORD, CERTIFICATE, COURSE, CLAIMS, CLAIMANT, REVIEWER = (
    "identity",
    "learning_record",
    "certificate",
    "course",
    "claims",
    "claimant",
    "reviewer",
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
class Subject:
    """What a claim is about, whether it exists already or is being prepared."""

    claimant: User
    person_key: bytes
    serial: str
    province_code: str
    programme: str
    declared: Mapping[str, bool]
    confirmed: bool
    submitted_on: dt.date
    before: int | None = None
    """Only claims made before this one (its id) are history."""

    @classmethod
    def of(cls, claim: Claim) -> "Subject":
        return cls(
            claimant=claim.claimant,
            person_key=bytes(claim.person_key),
            serial=claim.certificate_serial,
            province_code=claim.province_id,
            programme=claim.programme,
            declared=claim.declared,
            confirmed=claim.confirmed,
            submitted_on=clock.today(claim.submitted_at),
            before=claim.pk,
        )


def gather(subject: Subject, policies: Sequence[Policy], *, at: dt.datetime) -> Gathered:
    """All that the version in force reads, from where it is known."""
    found = _registered(subject, at=at)
    policy, _none = choose(policies, Facts(found.facts))
    _declared(found, subject, policy, clock.today(at).isoformat())
    return found


def questions_for(subject: Subject, *, at: dt.datetime) -> tuple[Step, ...]:
    """What only the claimant can answer, page by page, under the version in force."""
    known = Facts(_registered(subject, at=at).facts)
    policy, _none = choose(policies_of(subject.province_code, subject.programme), known)
    return questions.steps_of(policy)


def _registered(subject: Subject, *, at: dt.datetime) -> Gathered:
    """What the records of the portal say."""
    found = Gathered()
    as_of = clock.today(at).isoformat()
    certificate = certificates.certificate_facts(subject.serial)
    issued_on = certificate.issued_on
    for name, value in (
        ("kind", certificate.kind),
        ("occupation", certificate.occupation_code),
        ("level", certificate.level),
        ("issued_on", issued_on.isoformat()),
    ):
        found.put(f"certificate.{name}", value, CERTIFICATE, as_of)
    _person(found, subject, issued_on, as_of)
    _learning(found, certificate, as_of)
    found.put("claim.submitted_on", subject.submitted_on.isoformat(), CLAIMS, as_of)
    found.put("history", history_of(subject), CLAIMS, as_of)
    return found


def _person(found: Gathered, subject: Subject, on: dt.date, as_of: str) -> None:
    identity = accounts.identity_of(subject.claimant)
    found.put("person.born", identity.born.isoformat() if identity else None, IDENTITY, as_of)
    found.put("person.sex", identity.sex if identity else None, IDENTITY, as_of)
    found.put("person.groups", sorted(learners.key_groups_of(subject.claimant, on)), RECORD, as_of)


def _learning(found: Gathered, certificate: Any, as_of: str) -> None:
    learnt = learners.learning_facts(certificate.completion_id)
    course = courses.certificate_facts(certificate.version_id)
    found.put("training.started_on", learnt.started_on.isoformat(), RECORD, as_of)
    found.put("learning.valid_hours", cut(learnt.valid_hours), RECORD, as_of)
    found.put("learning.online_hours", cut(learnt.online_hours), RECORD, as_of)
    found.put("learning.offline_days", learnt.offline_days, RECORD, as_of)
    if learnt.counts_for_subsidy is not None:
        found.put("enrolment.counts", learnt.counts_for_subsidy, RECORD, as_of)
        found.put("enrolment.reason", learnt.subsidy_reason, RECORD, as_of)
    found.put("course.hours", cut(course.hours), COURSE, as_of)
    found.put("occupation.shortage", course.shortage, COURSE, as_of)


def _declared(found: Gathered, subject: Subject, policy: Policy | None, as_of: str) -> None:
    if policy is None:
        return
    source = REVIEWER if subject.confirmed else CLAIMANT
    known, told = questions.reads([policy]), subject.declared

    def put(path: str, value: Any) -> None:
        found.put(path, value, source, as_of, declared=True)

    for path in known.flags:
        if path in questions.REGISTERED:
            continue
        if _paid_by_us(path, subject):
            found.put(path, True, CLAIMS, as_of)
        else:
            put(path, told.get(path))
    if known.statuses:
        put(questions.STATUSES, questions.held(known.statuses, told))
    if known.schemes:
        schemes = {scheme: told.get(f"{questions.SCHEME}{scheme}") for scheme in known.schemes}
        paid = {scheme: answer for scheme, answer in schemes.items() if answer is not None}
        put(questions.SCHEMES, questions.entries_of(schemes, paid, found.facts["certificate"]))


def _earlier(subject: Subject) -> Any:
    rows = Claim.objects.of_person(subject.person_key)
    return rows.filter(pk__lt=subject.before) if subject.before else rows


_PAID_THIS_YEAR = re.compile(r"person\.(\w+)_paid_this_year")


def _paid_by_us(path: str, subject: Subject) -> bool:
    """Whether a fact like `person.living_paid_this_year` is true by our own claims: a line of that item, in that year."""
    named = _PAID_THIS_YEAR.fullmatch(path)
    if named is None:
        return False
    item, year = named[1].upper(), subject.submitted_on.year
    return any(
        line["item"] == item
        for claim in _earlier(subject).live()
        if clock.today(claim.submitted_at).year == year
        for line in claim.lines
    )


def history_of(subject: Subject) -> list[dict[str, Any]]:
    """Earlier claims of the same person under the same programme, in all provinces, as the engine reads them."""
    return [
        {
            "certificate_kind": claim.certificate_kind,
            "occupation": claim.occupation,
            "level": claim.level,
            "state": TOLD[claim.state],
            "submitted_on": clock.today(claim.submitted_at).isoformat(),
        }
        for claim in _earlier(subject).filter(programme=subject.programme).order_by("pk")
    ]


def cut(hours: Fraction) -> str:
    """Hours as a decimal string, cut (never rounded up) after six places: exact for every limit a policy can name."""
    whole, rest = divmod(int(hours * 10**PLACES), 10**PLACES)
    return f"{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")


def explain(subject: Subject, *, at: dt.datetime) -> tuple[Gathered, dict[str, Any]]:
    """The facts of today and the explanation record that the province's policy gives for them."""
    policies = policies_of(subject.province_code, subject.programme)
    gathered = gather(subject, policies, at=at)
    record = evaluate(policies, gathered.facts, sources=gathered.sources, evaluated_at=at.isoformat())
    return gathered, record
