"""The facts of a claim, each asked of the app that owns it, with where it came from."""

import datetime as dt
from collections.abc import Mapping
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
from subsidies.policy import evaluate
from subsidies.selectors.policies import policies_of

LINKS = ("person.hukou_in_region", "person.insured_in_region", "person.unemployment_registered")
LIVING = "person.living_paid_this_year"
UI_SKILL = "scheme.UI_SKILL"
DECLARABLE = (*LINKS, LIVING, UI_SKILL)
"""What no register that we can ask says; the claimant states it and a reviewer compares it with the records."""

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
            declared=claim.declared,
            confirmed=claim.confirmed,
            submitted_on=clock.today(claim.submitted_at),
            before=claim.pk,
        )


def gather(subject: Subject, *, at: dt.datetime) -> Gathered:
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
    _declared(found, subject, as_of)
    found.put("claim.submitted_on", subject.submitted_on.isoformat(), CLAIMS, as_of)
    found.put("history", history_of(subject), CLAIMS, as_of)
    return found


def _person(found: Gathered, subject: Subject, on: dt.date, as_of: str) -> None:
    identity = accounts.identity_of(subject.claimant)
    found.put("person.born", identity.born.isoformat() if identity else None, IDENTITY, as_of)
    found.put("person.sex", identity.sex if identity else None, IDENTITY, as_of)
    found.put("person.groups", sorted(learners.key_groups_of(subject.claimant, on)), RECORD, as_of)
    found.put("person.statuses", sorted(learners.statuses_of(subject.claimant, on)), RECORD, as_of)


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


def _declared(found: Gathered, subject: Subject, as_of: str) -> None:
    source = REVIEWER if subject.confirmed else CLAIMANT
    for path in LINKS:
        found.put(path, subject.declared.get(path), source, as_of, declared=True)
    if _living_paid_by_us(subject):
        found.put(LIVING, True, CLAIMS, as_of)
    else:
        found.put(LIVING, subject.declared.get(LIVING), source, as_of, declared=True)
    certificate = found.facts["certificate"]
    same = {"scheme": "UI_SKILL", "occupation": certificate["occupation"], "level": certificate["level"]}
    paid = {True: [same], False: []}.get(subject.declared.get(UI_SKILL))
    found.put("other_schemes", paid, source, as_of, declared=True)


def _earlier(subject: Subject) -> Any:
    rows = Claim.objects.of_person(subject.person_key)
    return rows.filter(pk__lt=subject.before) if subject.before else rows


def _living_paid_by_us(subject: Subject) -> bool:
    year = subject.submitted_on.year
    return any(
        line["item"] == "LIVING"
        for claim in _earlier(subject).live()
        if clock.today(claim.submitted_at).year == year
        for line in claim.lines
    )


def history_of(subject: Subject) -> list[dict[str, Any]]:
    """Earlier claims of the same person in all provinces, as the engine reads them."""
    return [
        {
            "certificate_kind": claim.certificate_kind,
            "occupation": claim.occupation,
            "level": claim.level,
            "state": claim.state.upper(),
            "submitted_on": clock.today(claim.submitted_at).isoformat(),
        }
        for claim in _earlier(subject).order_by("pk")
    ]


def cut(hours: Fraction) -> str:
    """Hours as a decimal string, cut (never rounded up) after six places: exact for every limit a policy can name."""
    whole, rest = divmod(int(hours * 10**PLACES), 10**PLACES)
    return f"{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")


def explain(
    subject: Subject, *, province_code: str, programme: str, at: dt.datetime
) -> tuple[Gathered, dict[str, Any]]:
    """The facts of today and the explanation record that the province's policy gives for them."""
    gathered = gather(subject, at=at)
    record = evaluate(
        policies_of(province_code, programme),
        gathered.facts,
        sources=gathered.sources,
        evaluated_at=at.isoformat(),
    )
    return gathered, record
