"""The facts of a claim, each asked of the app that owns it, with where it came from."""

import datetime as dt
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist

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
from subsidies.policy.questions import Reads, Step
from subsidies.selectors.policies import InForce, in_force
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

    claimant_id: int
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

    @classmethod
    def of(cls, claim: Claim) -> "Subject":
        return cls(
            claimant_id=claim.claimant_id,
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
        )

    def counts(self, other: "Earlier") -> bool:
        """Whether a claim counts for this one: made before it and still to be paid, or one whose money is certain."""
        if other.pk == self.before or other.state in ENDED:
            return False
        return self.before is None or other.pk < self.before or other.state in SURE


def subject_of(
    user: User, certificate: Any, answers: Mapping[str, bool], *, programme: str, at: dt.datetime
) -> Subject:
    """A person's own claim that is only being prepared. `certificate` has a serial and a province_code."""
    return Subject(
        claimant_id=user.pk,
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


@dataclass(frozen=True)
class Explained:
    """What was gathered for a claim, the explanation record that its policies give for it, and those policies."""

    gathered: Gathered
    record: dict[str, Any]
    policies: InForce


def explain(subject: Subject, *, at: dt.datetime) -> Explained:
    """The facts of today and the explanation record that the province's policy gives for them. Raises ObjectDoesNotExist."""
    return explain_all([subject], at=at)[0]


def explain_all(subjects: Sequence[Subject], *, at: dt.datetime) -> list[Explained]:
    """As `explain`, for each in its order: as many statements for a thousand as for one of them.

    Raises ObjectDoesNotExist where one of them rests on a certificate, a completion or a course that is not there.
    """
    policies = _policies_of(subjects)
    known = Records.of(subjects, policies)
    reads = {id(rules): questions.reads([rules]) for here in policies.values() for rules in here.rules}
    as_of, evaluated_at = clock.today(at).isoformat(), at.isoformat()
    found = []
    for subject in subjects:
        here = policies[subject.province_code, subject.programme]
        gathered = _registered(subject, known, as_of)
        policy, _none = choose(here.rules, Facts(gathered.facts))
        _payee(gathered, subject, known, as_of)
        if policy is not None:
            _paid(gathered, subject, policy, known, as_of)
            _declared(gathered, subject, reads[id(policy)], known, as_of)
            if _asks_for_insurance(subject, policy, known):
                _told(gathered, subject, questions.INSURED, as_of)
        record = evaluate(here.rules, gathered.facts, sources=gathered.sources, evaluated_at=evaluated_at)
        found.append(Explained(gathered, record, here))
    return found


def questions_for(subject: Subject, *, at: dt.datetime) -> tuple[Step, ...]:
    """What only the claimant can answer, page by page, under the version in force."""
    policy, known = _chosen(subject, at=at)
    steps = questions.steps_of(policy)
    if policy is not None and _asks_for_insurance(subject, policy, known):
        steps = (*steps, Step("payee", (questions.INSURED,)))
    return steps


def policy_for(subject: Subject, *, at: dt.datetime) -> Policy | None:
    """The version in force for what the claim is about; None where there is none."""
    return _chosen(subject, at=at)[0]


def _chosen(subject: Subject, *, at: dt.datetime) -> tuple[Policy | None, "Records"]:
    policies = _policies_of([subject])
    known = Records.of([subject], policies)
    said = Facts(_registered(subject, known, clock.today(at).isoformat()).facts)
    return choose(policies[subject.province_code, subject.programme].rules, said)[0], known


def _asks_for_insurance(subject: Subject, policy: Policy, known: "Records") -> bool:
    """Whether the organisation has to prove that it has insured the person, as the register did not say."""
    if subject.payee_organisation_id is None or known.insured_by_payee(subject)[0] is not None:
        return False
    return questions.asks_for_insurance([policy])


def _policies_of(subjects: Iterable[Subject]) -> dict[tuple[str, str], InForce]:
    return {place: in_force(*place) for place in {(one.province_code, one.programme) for one in subjects}}


class Earlier(NamedTuple):
    """What a claim says to those that the person makes after it."""

    pk: int
    programme: str
    purpose: str
    certificate_kind: str
    occupation: str
    level: int | None
    state: str
    submitted_at: dt.datetime
    amount_fen: int
    lines: list[dict[str, Any]]


class Spent:
    """What one programme comes to for one payee in one year, in fen: certain, and not yet certain by the age of the claim."""

    def __init__(self, rows: Iterable[tuple[int, str, int]]) -> None:
        """`rows`: id, state and fen of claims that have not ended, oldest first."""
        self._sure: dict[int, int] = {}
        open_ones = []
        for pk, state, fen in rows:
            if state in SURE:
                self._sure[pk] = fen
            else:
                open_ones.append((pk, fen))
        self._sure_fen = sum(self._sure.values())
        self._open = [pk for pk, _fen in open_ones]
        self._sums = [0, *accumulate(fen for _pk, fen in open_ones)]

    def beside(self, before: int | None) -> int:
        """What counts for the claim of this id: all that is certain, and what else was made before it. None: all."""
        if before is None:
            return self._sure_fen + self._sums[-1]
        return self._sure_fen - self._sure.get(before, 0) + self._sums[bisect_left(self._open, before)]


@dataclass(frozen=True)
class Records:
    """What the apps below know of some claims, each asked once for all of them."""

    certificates: Mapping[str, Any]
    births: Mapping[int, tuple[dt.date, str]]
    groups: Mapping[tuple[int, dt.date], frozenset[str]]
    learning: Mapping[int, Any]
    courses: Mapping[int, Any]
    earlier: Mapping[bytes, Sequence[Earlier]]
    """By person, all claims that were made, oldest first."""
    insured: Mapping[int, tuple[bool | None, dt.date | None]]
    """By claim of a list: what the register of the social insurance said of person and organisation, and of which day."""
    spent: Mapping[tuple[int, str, int], Spent]
    """By payee, programme and year; empty where no version counts it."""

    @classmethod
    def of(cls, subjects: Sequence[Subject], policies: Mapping[tuple[str, str], InForce]) -> "Records":
        papers = certificates.certificate_facts_of(one.serial for one in subjects)
        if missing := {one.serial for one in subjects} - set(papers):
            raise ObjectDoesNotExist(f"{len(missing)} certificates are not there")
        learnt = learners.learning_facts_of(paper.completion_id for paper in papers.values())
        taught = courses.certificate_facts_of(paper.version_id for paper in papers.values())
        if any(one.completion_id not in learnt or one.version_id not in taught for one in papers.values()):
            raise ObjectDoesNotExist("a completion or a course is not there")
        earlier: dict[bytes, list[Earlier]] = defaultdict(list)
        rows = Claim.objects.filter(person_key__in={one.person_key for one in subjects}).order_by("pk")
        for key, *said in rows.values_list("person_key", *Earlier._fields):
            earlier[bytes(key)].append(Earlier(*said))
        return cls(
            certificates=papers,
            births=accounts.births_of({one.claimant_id for one in subjects}),
            groups=learners.key_groups_on(
                (one.claimant_id, papers[one.serial].issued_on) for one in subjects
            ),
            learning=learnt,
            courses=taught,
            earlier=earlier,
            insured=_insured(subjects),
            spent=_spent(subjects) if questions.PAYEE_YEAR in _counted(policies) else {},
        )

    def before(self, subject: Subject) -> list[Earlier]:
        """The person's claims that were made before this one."""
        rows = self.earlier.get(subject.person_key, ())
        return [one for one in rows if subject.before is None or one.pk < subject.before]

    def counted(self, subject: Subject) -> list[Earlier]:
        """The person's claims that count for this one."""
        return [one for one in self.earlier.get(subject.person_key, ()) if subject.counts(one)]

    def insured_by_payee(self, subject: Subject) -> tuple[bool | None, dt.date | None]:
        return self.insured.get(subject.before or 0, (None, None))


def _counted(policies: Mapping[tuple[str, str], InForce]) -> frozenset[str]:
    return questions.counted_sums(rules for here in policies.values() for rules in here.rules)


_SAID = {ClaimListRow.Insured.YES: True, ClaimListRow.Insured.NO: False}


def _insured(subjects: Sequence[Subject]) -> dict[int, tuple[bool | None, dt.date | None]]:
    ids = [one.before for one in subjects if one.payee_organisation_id is not None and one.before]
    rows = ClaimListRow.objects.filter(claim__in=ids) if ids else ClaimListRow.objects.none()
    return {
        claim: (_SAID.get(said), as_of)
        for claim, said, as_of in rows.values_list("claim_id", "insured", "insured_as_of")
    }


def _spent(subjects: Sequence[Subject]) -> dict[tuple[int, str, int], Spent]:
    found = {}
    for payee, programme, year in {
        (one.payee_organisation_id, one.programme, one.submitted_on.year)
        for one in subjects
        if one.payee_organisation_id is not None
    }:
        first = dt.datetime(year, 1, 1, tzinfo=clock.SHANGHAI)
        rows = Claim.objects.live().filter(
            payee_organisation=payee,
            programme=programme,
            submitted_at__gte=first,
            submitted_at__lt=first.replace(year=year + 1),
        )
        said = rows.order_by("pk").values_list("pk", "state", "amount_fen")
        found[payee, programme, year] = Spent(said.iterator(chunk_size=2_000))
    return found


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
