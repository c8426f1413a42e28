"""Whom a claim is about, and what the records of all apps know of it: each asked once, for however many claims."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist

from certificates import selectors as certificates
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.models import User
from subsidies.models import Claim, ClaimListRow, Programme, ProjectContract
from subsidies.policy import questions
from subsidies.selectors.policies import InForce
from subsidies.workflow.claims import ENDED, GRANTED, Channel, Purpose


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
    contract_id: int | None = None

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
            contract_id=claim.contract_id,
        )

    def counts(self, other: "Earlier") -> bool:
        """Whether a claim counts for this one: made before it and still to be paid, or granted, whichever was made first."""
        if other.pk == self.before or other.state in ENDED:
            return False
        return self.before is None or other.pk < self.before or other.state in GRANTED


def subject_of(
    user: User, certificate: Any, answers: Mapping[str, bool], *, programme: Programme, at: dt.datetime
) -> Subject:
    """A person's own claim that is only being prepared. `certificate` has a serial and a province_code."""
    return subjects_of(user, certificate, [programme], {programme.code: answers}, at=at)[0]


def subjects_of(
    user: User,
    certificate: Any,
    programmes: Iterable[Programme],
    answers: Mapping[str, Mapping[str, bool]],
    *,
    at: dt.datetime,
) -> list[Subject]:
    """As `subject_of`, for each of these programmes in its order; `answers` are by programme."""
    key = accounts.person_key(user)
    return [
        Subject(
            claimant_id=user.pk,
            person_key=key,
            serial=certificate.serial,
            province_code=certificate.province_code,
            programme=programme.code,
            declared=answers.get(programme.code, {}),
            confirmed=False,
            submitted_on=clock.today(at),
            purpose=purpose_of(programme),
        )
        for programme in programmes
    ]


def purpose_of(programme: Programme) -> Purpose:
    """What a programme pays for; the database asks the same of every claim."""
    return Purpose.LIVING if programme.kind == Programme.Kind.LIVING else Purpose.TRAINING


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
    """What some claims come to, in fen or in people: certain, and not yet certain by the age of the claim."""

    def __init__(self, rows: Iterable[tuple[int, str, int]]) -> None:
        """`rows`: id, state and fen of claims that have not ended, oldest first."""
        self._sure: dict[int, int] = {}
        open_ones = []
        for pk, state, fen in rows:
            if state in GRANTED:
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
class Agreed:
    """A project contract with what its claims come to."""

    contract: ProjectContract
    fen: Spent
    people: Spent


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
    contracts: Mapping[int, "Agreed"]
    """By contract."""

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
            contracts=_contracts(subjects),
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


def _contracts(subjects: Sequence[Subject]) -> dict[int, Agreed]:
    """The contracts of these claims, each with all its claims that have not ended."""
    ids = {one.contract_id for one in subjects} - {None}
    if not ids:
        return {}
    said: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    rows = Claim.objects.live().filter(contract__in=ids).order_by("pk")
    for contract, *told in rows.values_list("contract_id", "pk", "state", "amount_fen").iterator(2_000):
        said[contract].append((told[0], told[1], told[2]))
    return {
        pk: Agreed(row, Spent(said[pk]), Spent((claim, state, 1) for claim, state, _fen in said[pk]))
        for pk, row in ProjectContract.objects.in_bulk(ids).items()
    }
