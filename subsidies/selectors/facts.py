"""The facts of a claim, each asked of the app that owns it, with where it came from."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Q, Sum

from certificates import selectors as certificates
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.models import User
from subsidies.models import Claim, ClaimListRow, Programme
from subsidies.policy import Policy, evaluate, questions
from subsidies.policy.engine import choose
from subsidies.policy.facts import Facts
from subsidies.policy.questions import Step
from subsidies.selectors.policies import policies_of
from subsidies.workflow.claims import ENDED, RESERVED, TOLD, Channel, Purpose, State

IDENTITY, RECORD, CERTIFICATE, COURSE, CLAIMS, CLAIMANT, REVIEWER, AGREEMENT, INSURANCE = (
    "identity",
    "learning_record",
    "certificate",
    "course",
    "claims",
    "claimant",
    "reviewer",
    "agreement",
    "insurance",
)
SURE = frozenset({*RESERVED, State.AWAITING_FUNDS, State.PAID})
"""What is paid, or will be: it counts for every other claim, whichever was made first."""
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
    purpose: str = Purpose.TRAINING
    channel: str = Channel.PERSON
    payee_organisation_id: int | None = None
    insured: bool | None = None
    insured_as_of: dt.date | None = None
    """What the register of the social insurance said of the person and the organisation that claims."""

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
            purpose=claim.purpose,
            channel=claim.channel,
            payee_organisation_id=claim.payee_organisation_id,
            **_insured(claim),
        )


_SAID = {ClaimListRow.Insured.YES: True, ClaimListRow.Insured.NO: False}


def _insured(claim: Claim) -> dict[str, Any]:
    row = ClaimListRow.objects.filter(claim=claim).first() if claim.claim_list_id else None
    return {"insured": _SAID.get(row.insured), "insured_as_of": row.insured_as_of} if row else {}


def subject_of(
    user: User, certificate: Any, answers: Mapping[str, bool], *, programme: str, at: dt.datetime
) -> Subject:
    """A person's own claim that is only being prepared. `certificate` has a serial and a province_code."""
    return Subject(
        claimant=user,
        person_key=accounts.person_key(user),
        serial=certificate.serial,
        province_code=certificate.province_code,
        programme=programme,
        declared=answers,
        confirmed=False,
        submitted_on=clock.today(at),
        purpose=purpose_of(programme),
    )


def purpose_of(programme: str) -> Purpose:
    """What a programme pays for; the database asks the same of every claim."""
    living = Programme.objects.filter(pk=programme, kind=Programme.Kind.LIVING)
    return Purpose.LIVING if living.exists() else Purpose.TRAINING


def gather(subject: Subject, policies: Sequence[Policy], *, at: dt.datetime) -> Gathered:
    """All that the version in force reads, from where it is known."""
    found = _registered(subject, at=at)
    policy, _none = choose(policies, Facts(found.facts))
    as_of = clock.today(at).isoformat()
    _payee(found, subject, as_of)
    _paid(found, subject, policy, as_of)
    _declared(found, subject, policy, as_of)
    return found


def questions_for(subject: Subject, *, at: dt.datetime) -> tuple[Step, ...]:
    """What only the claimant can answer, page by page, under the version in force."""
    policy = policy_for(subject, at=at)
    steps = questions.steps_of(policy)
    if policy is not None and _asks_for_insurance(subject, policy):
        steps = (*steps, Step("payee", (questions.INSURED,)))
    return steps


def _asks_for_insurance(subject: Subject, policy: Policy) -> bool:
    """Whether the organisation has to prove that it has insured the person, as the register did not say."""
    is_paid = subject.payee_organisation_id is not None
    return is_paid and subject.insured is None and questions.asks_for_insurance([policy])


def policy_for(subject: Subject, *, at: dt.datetime) -> Policy | None:
    """The version in force for what the claim is about; None where there is none."""
    known = Facts(_registered(subject, at=at).facts)
    return choose(policies_of(subject.province_code, subject.programme), known)[0]


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


def _payee(found: Gathered, subject: Subject, as_of: str) -> None:
    if subject.payee_organisation_id is None:
        return
    found.put("payee.kind", str(subject.channel), CLAIMS, as_of)
    if subject.channel == Channel.ENTERPRISE:
        found.put("person.employed_by_payee", True, AGREEMENT, subject.submitted_on.isoformat())
    if subject.insured is not None:
        day = subject.insured_as_of.isoformat() if subject.insured_as_of else as_of
        found.put(questions.INSURED, subject.insured, INSURANCE, day)


def _paid(found: Gathered, subject: Subject, policy: Policy | None, as_of: str) -> None:
    """What the same programme has paid in the calendar year of the claim, in fen, or is about to pay: whatever a cap counts."""
    asked = questions.counted_sums([policy] if policy else [])
    rows = Claim.objects.filter(programme=subject.programme, submitted_at__range=_year(subject))
    rows = _before_or_sure(rows, subject)
    if questions.PERSON_YEAR in asked:
        found.put(questions.PERSON_YEAR, _sum(rows.of_person(subject.person_key)), CLAIMS, as_of)
    if questions.PAYEE_YEAR in asked and subject.payee_organisation_id is not None:
        own = rows.filter(payee_organisation=subject.payee_organisation_id)
        found.put(questions.PAYEE_YEAR, _sum(own), CLAIMS, as_of)


def _year(subject: Subject) -> tuple[dt.datetime, dt.datetime]:
    first = dt.datetime(subject.submitted_on.year, 1, 1, tzinfo=clock.SHANGHAI)
    return first, first.replace(year=first.year + 1) - dt.timedelta(microseconds=1)


def _sum(rows: Any) -> int:
    return int(rows.aggregate(fen=Sum("amount_fen", default=0))["fen"])


def _before_or_sure(rows: Any, subject: Subject) -> Any:
    """Claims that count for this one: what was made before and may still be paid, and all whose money is certain."""
    live = rows.exclude(state__in=ENDED)
    if subject.before is None:
        return live
    return live.filter(Q(pk__lt=subject.before) | Q(state__in=SURE)).exclude(pk=subject.before)


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
    if _asks_for_insurance(subject, policy):
        put(questions.INSURED, told.get(questions.INSURED))
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
        for claim in _before_or_sure(Claim.objects.of_person(subject.person_key), subject)
        if clock.today(claim.submitted_at).year == year
        for line in claim.lines
    )


def history_of(subject: Subject) -> list[dict[str, Any]]:
    """Earlier claims of the same person for the same purpose, in all provinces and by all channels, as the engine reads them."""
    return [
        {
            "certificate_kind": claim.certificate_kind,
            "occupation": claim.occupation,
            "level": claim.level,
            "state": TOLD[claim.state],
            "submitted_on": clock.today(claim.submitted_at).isoformat(),
        }
        for claim in _earlier(subject).filter(purpose=subject.purpose).order_by("pk")
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
