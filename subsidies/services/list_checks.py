"""What would become of the rows of a list: looked at many at once, with as many statements as for one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, Sum

from certificates import selectors as certificates
from courses import selectors as courses
from courses.selectors.providers import agreement_in_force
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.selectors import Person
from portal.templatetags.zhixun import yuan
from subsidies.models import Claim, ClaimList, ClaimListRow, Mandate
from subsidies.policy import Policy, questions
from subsidies.policy.engine import choose
from subsidies.policy.facts import Facts
from subsidies.selectors.contracts import covers
from subsidies.selectors.policies import policies_of
from subsidies.selectors.recovery import blocked_people
from subsidies.services.lists import READY, payee_of_list
from subsidies.workflow.claims import ENDED, Channel, Purpose

Fate = ClaimListRow.Fate
_Right = tuple[bytes, str, int | None]


@dataclass
class Seen:
    """A row with what was found out about it; `wrong` is the first thing that keeps it from becoming a claim."""

    row: ClaimListRow
    person: Person | None = None
    certificate: Any = None
    course: Any = None
    policy: Policy | None = None
    wrong: tuple[str, dict[str, object]] | None = None

    def refuse(self, rule: str, **more: object) -> None:
        if self.wrong is None:
            self.wrong = (rule, more)

    @property
    def right(self) -> _Right | None:
        """What is paid once for a person; None for certificates without a level."""
        if self.certificate is None or self.certificate.kind != "level":
            return None
        return bytes(self.row.person_key), self.certificate.occupation_code, self.certificate.level


@dataclass
class Look:
    """A list's rows looked at as of a moment."""

    made: ClaimList
    at: dt.datetime
    seen: list[Seen] = field(default_factory=list)
    policies: tuple[Policy, ...] = ()

    @property
    def sound(self) -> list[Seen]:
        return [one for one in self.seen if one.wrong is None]

    @property
    def needs_insurance(self) -> bool:
        paid = payee_of_list(self.made.organisation, self.made.channel, self.made.programme)
        return paid is not None and questions.asks_for_insurance(self.policies)


def look_at(made: ClaimList, rows: Sequence[ClaimListRow], *, at: dt.datetime) -> Look:
    """Everything but the register of the insurance, which is asked outside of any transaction."""
    look = Look(made, at, [Seen(row) for row in rows])
    look.policies = policies_of(made.province_id, made.programme_id)
    _find(look)
    _links(look)
    _standing(look)
    learnt = learners.learning_facts_of(one.certificate.completion_id for one in look.sound)
    _contract(look, learnt)
    _policy(look, learnt)
    _claimed(look)
    _places(look)
    _caps(look)
    return look


def _find(look: Look) -> None:
    people = accounts.people_by_key(bytes(one.row.person_key) for one in look.seen)
    found = certificates.claimable_of(one.row.certificate_serial for one in look.seen)
    for one in look.seen:
        one.person = people.get(bytes(one.row.person_key))
        certificate = found.get(one.row.certificate_serial)
        if one.person is not None and certificate is not None and certificate.user_id == one.person.user.pk:
            one.certificate = certificate
    taught = courses.certificate_facts_of(one.certificate.version_id for one in look.seen if one.certificate)
    for one in look.seen:
        if one.certificate is not None:
            one.course = taught[one.certificate.version_id]


def _links(look: Look) -> None:
    """Whether the organisation may claim for the person at all. Of anybody else nothing is said."""
    if look.made.channel == Channel.PROVIDER:
        _mandates(look)
    else:
        _staff(look)


def _people(look: Look) -> set[int]:
    return {one.person.user.pk for one in look.seen if one.person}


def _mandates(look: Look) -> None:
    organisation = look.made.organisation_id
    given = Mandate.objects.filter(organisation=organisation, person__in=_people(look), ended_at=None)
    mandates = set(given.values_list("person_id", "certificate_serial"))
    today = clock.today(look.at)
    agreed = agreement_in_force(organisation, look.made.province_id, today) is not None
    for one in look.seen:
        if not agreed:
            one.refuse("no_agreement")
        elif not one.person or (one.person.user.pk, one.row.certificate_serial) not in mandates:
            one.refuse("no_mandate")
        elif one.certificate is None:
            one.refuse("unknown_certificate")
        elif one.course.organisation_id != organisation:
            one.refuse("not_your_course")


def _staff(look: Look) -> None:
    links = learners.staff_links(look.made.organisation_id, _people(look))
    staff = {user for user, _course in links}
    for one in look.seen:
        if not one.person or one.person.user.pk not in staff:
            one.refuse("not_staff")
        elif one.certificate is None:
            one.refuse("unknown_certificate")
        elif (one.person.user.pk, one.course.course_code) not in links:
            one.refuse("other_course")


def _standing(look: Look) -> None:
    sound = look.sound
    today = clock.today(look.at)
    ids = {one.person.user.pk for one in sound}
    barred = blocked_people(ids, today)
    paid = payee_of_list(look.made.organisation, look.made.channel, look.made.programme)
    held = accounts.bank_accounts_of(ids) if paid is None else {}
    for one in sound:
        if one.row.typed.get("name") != one.person.full_name:
            one.refuse("other_name")
        elif one.certificate.province_code != look.made.province_id:
            one.refuse("other_province")
        elif one.person.user.pk in barred:
            one.refuse("barred")
        elif paid is None and one.person.user.pk not in held:
            one.refuse("no_account")


def _contract(look: Look, learnt: Mapping[int, Any]) -> None:
    """Whether the list's contract, if it has one, covers what was learned, and when."""
    agreed = look.made.contract
    if agreed is None:
        return
    for one in look.sound:
        done = learnt[one.certificate.completion_id]
        paper = one.certificate
        known = {"course": one.course.course_code, "occupation": paper.occupation_code, "level": paper.level}
        if not covers(agreed, **known):
            one.refuse("other_contract")
        elif not agreed.first_day <= done.started_on <= done.completed_on <= agreed.last_day:
            one.refuse(
                "outside_contract", first=agreed.first_day.isoformat(), last=agreed.last_day.isoformat()
            )


def _places(look: Look) -> None:
    """As many people as were agreed, those counted who are claimed for already, and the rows of the list before."""
    agreed = look.made.contract
    if agreed is None:
        return
    before = look.made.lines.filter(fate__in=READY).exclude(pk__in=[one.row.pk for one in look.seen])
    left = agreed.people - agreed.claims.exclude(state__in=ENDED).count() - before.count()
    for one in look.sound[max(0, left) :]:
        one.refuse("contract_full", people=agreed.people)


def _policy(look: Look, learnt: Mapping[int, Any]) -> None:
    today = clock.today(look.at).isoformat()
    for one in look.sound:
        facts = {
            "certificate": {"issued_on": one.certificate.issued_on.isoformat()},
            "training": {"started_on": learnt[one.certificate.completion_id].started_on.isoformat()},
            "claim": {"submitted_on": today},
        }
        one.policy, _none = choose(look.policies, Facts(facts))
        if one.policy is None:
            one.refuse("no_policy")


def _claimed(look: Look) -> None:
    """By anybody, by whichever channel; and in the rows of the list before."""
    sound = look.sound
    lines = certificates.lineages(one.certificate.serial for one in sound)
    serials = {serial for line in lines.values() for serial in line}
    keys = {bytes(one.row.person_key) for one in sound}
    live = Claim.objects.live().filter(purpose=Purpose.TRAINING)
    live = live.filter(Q(certificate_serial__in=serials) | Q(person_key__in=keys))
    taken: set[str] = set()
    rights: set[_Right] = set()
    for serial, key, kind, occupation, level in live.values_list(
        "certificate_serial", "person_key", "certificate_kind", "occupation", "level"
    ):
        taken.add(serial)
        if kind == "level":
            rights.add((bytes(key), occupation, level))
    first = _rows_before(look, keys)
    for one in sound:
        if lines[one.certificate.serial] & taken or one.right in rights:
            one.refuse("claimed")
        elif one.right is not None and first.setdefault(one.right, one.row.number) != one.row.number:
            one.refuse("same_right", first=first[one.right])


def _rows_before(look: Look, keys: set[bytes]) -> dict[_Right, int]:
    rows = look.made.lines.filter(fate__in=READY, person_key__in=keys, level__isnull=False)
    rows = rows.exclude(pk__in=[one.row.pk for one in look.seen]).order_by("-number")
    return {
        (bytes(key), occupation, level): number
        for key, occupation, level, number in rows.values_list("person_key", "occupation", "level", "number")
    }


def _caps(look: Look) -> None:
    """A yearly cap per person that earlier claims have used up. What is left of it, the decision reckons."""
    sound = [one for one in look.sound if questions.yearly_caps(one.policy)]
    if not sound:
        return
    first = dt.datetime(clock.today(look.at).year, 1, 1, tzinfo=clock.SHANGHAI)
    rows = Claim.objects.filter(programme=look.made.programme_id, submitted_at__gte=first)
    rows = rows.filter(person_key__in={bytes(one.row.person_key) for one in sound}).exclude(state__in=ENDED)
    used: dict[bytes, int] = defaultdict(int)
    for key, fen in rows.order_by().values_list("person_key").annotate(fen=Sum("amount_fen")):
        used[bytes(key)] += int(fen)
    for one in sound:
        most = min(cap.fen for cap in questions.yearly_caps(one.policy))
        if used[bytes(one.row.person_key)] >= most:
            one.refuse("cap_reached", used=yuan(used[bytes(one.row.person_key)]), most=yuan(most))


def settle(look: Look) -> list[ClaimListRow]:
    """Write into the rows what was found out; they are not saved."""
    for one in look.seen:
        row = one.row
        row.troubles = []
        if one.wrong is not None:
            rule, more = one.wrong
            row.fate = Fate.REFUSED
            row.troubles = [{"column": "", "rule": rule, "more": more}]
            continue
        row.user = one.person.user
        row.masked_name, row.masked_number = one.person.masked_name, one.person.masked_number
        row.occupation, row.level = one.certificate.occupation_code, one.certificate.level
        row.fate = Fate.READY
        if not look.needs_insurance:
            continue
        if row.insured == ClaimListRow.Insured.NO:
            row.fate, row.user = Fate.REFUSED, None
            row.troubles = [{"column": "", "rule": "not_insured", "more": {}}]
        elif row.insured != ClaimListRow.Insured.YES:
            row.fate = Fate.EVIDENCE
            row.troubles = [{"column": "", "rule": "insurance_unknown", "more": {}}]
    return [one.row for one in look.seen]


WRITTEN = [
    "fate",
    "troubles",
    "user",
    "masked_name",
    "masked_number",
    "occupation",
    "level",
    "insured",
    "insured_as_of",
]
