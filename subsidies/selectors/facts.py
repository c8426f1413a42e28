"""The facts of a claim, each asked of the app that owns it, with where it came from."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist

from certificates import selectors as certificates
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as accounts
from subsidies.models import Claim
from subsidies.policy import evaluate, questions
from subsidies.policy.engine import choose
from subsidies.policy.facts import Facts
from subsidies.policy.questions import Reads, Step
from subsidies.selectors.policies import InForce, in_force
from subsidies.workflow.claims import ENDED, TOLD

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
        )


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
    known = Records.of(subjects)
    policies = _policies_of(subjects)
    reads = {id(rules): questions.reads([rules]) for here in policies.values() for rules in here.rules}
    as_of, evaluated_at = clock.today(at).isoformat(), at.isoformat()
    found = []
    for subject in subjects:
        here = policies[subject.province_code, subject.programme]
        gathered = _registered(subject, known, as_of)
        policy, _none = choose(here.rules, Facts(gathered.facts))
        if policy is not None:
            _declared(gathered, subject, reads[id(policy)], known, as_of)
        record = evaluate(here.rules, gathered.facts, sources=gathered.sources, evaluated_at=evaluated_at)
        found.append(Explained(gathered, record, here))
    return found


def questions_for(subject: Subject, *, at: dt.datetime) -> tuple[Step, ...]:
    """What only the claimant can answer, page by page, under the version in force."""
    known = Facts(_registered(subject, Records.of([subject]), clock.today(at).isoformat()).facts)
    policy, _none = choose(_policies_of([subject])[subject.province_code, subject.programme].rules, known)
    return questions.steps_of(policy)


def _policies_of(subjects: Iterable[Subject]) -> dict[tuple[str, str], InForce]:
    return {place: in_force(*place) for place in {(one.province_code, one.programme) for one in subjects}}


class Earlier(NamedTuple):
    """What a claim says to those that the person makes after it."""

    pk: int
    programme: str
    certificate_kind: str
    occupation: str
    level: int | None
    state: str
    submitted_at: dt.datetime
    lines: list[dict[str, Any]]


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

    @classmethod
    def of(cls, subjects: Sequence[Subject]) -> "Records":
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
        )

    def before(self, subject: Subject) -> list[Earlier]:
        """The person's claims that were made before this one."""
        rows = self.earlier.get(subject.person_key, ())
        return [one for one in rows if subject.before is None or one.pk < subject.before]


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
    found.put("history", _history(known.before(subject), subject.programme), CLAIMS, as_of)
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
            put(path, told.get(path))
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
        for claim in records.before(subject)
        if claim.state not in ENDED and clock.today(claim.submitted_at).year == year
        for line in claim.lines
    )


def history_of(subject: Subject) -> list[dict[str, Any]]:
    """Earlier claims of the same person under the same programme, in all provinces, as the engine reads them."""
    rows = Claim.objects.of_person(subject.person_key).order_by("pk").values_list(*Earlier._fields)
    earlier = [Earlier(*row) for row in rows]
    return _history(
        [one for one in earlier if subject.before is None or one.pk < subject.before], subject.programme
    )


def _history(earlier: Iterable[Earlier], programme: str) -> list[dict[str, Any]]:
    return [
        {
            "certificate_kind": claim.certificate_kind,
            "occupation": claim.occupation,
            "level": claim.level,
            "state": TOLD[claim.state],
            "submitted_on": clock.today(claim.submitted_at).isoformat(),
        }
        for claim in earlier
        if claim.programme == programme
    ]


@lru_cache(maxsize=10_000)
def cut(hours: Fraction) -> str:
    """Hours as a decimal string, cut (never rounded up) after six places: exact for every limit a policy can name."""
    whole, rest = divmod(int(hours * 10**PLACES), 10**PLACES)
    return f"{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")
