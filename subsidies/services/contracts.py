"""Project contracts: one officer drafts one, another puts it in force, and nothing of it changes afterwards but its end.

Whoever grants a claim of a contract holds its row: see `hold`. What is granted beyond it, the database refuses.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.selectors.catalogue import courses_of
from courses.selectors.occupations import OtherEdition, UnknownOccupation, occupation_by_code
from courses.selectors.providers import agreement_in_force
from portal import clock, moves
from portal.accounts import selectors as accounts
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Claim, Programme, ProjectContract
from subsidies.policy.facts import EARLIEST, LATEST
from subsidies.selectors.payees import own_organisations
from subsidies.workflow.contracts import CONTRACT_MOVES

LONGEST_REASON: Final = 500
MOST_PEOPLE: Final = 1_000_000
MOST_HOURS: Final = 10_000
"""Class hours of one person."""
MOST_FEN: Final = 10**9
"""Ten million yuan for one person: more than any, and the sum of all still fits a bigint."""
MOST_COURSES: Final = 50


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You do not keep the contracts of this province.")


class BadTerms(RuleBroken):
    """`field` is the part of the terms that cannot stand."""

    code = "bad_terms"

    def __init__(self, field: str, message: object) -> None:
        super().__init__(message, field=field)
        self.field = field


class NumberTaken(RuleBroken):
    code = "number_taken"
    message = _("Another contract of the province has this number.")


class NotTheDrafter(RuleBroken):
    code = "not_the_drafter"
    message = _("Only who drafted a contract can change the draft.")


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("Who drafted a contract cannot put it in force. Another person must do that.")


class OwnInterest(RuleBroken):
    code = "own_interest"
    message = _("You act for the provider of this contract, so others keep it.")


class NoAgreement(RuleBroken):
    code = "no_agreement"
    message = _("The province has no agreement in force with this provider.")


class EndsOutside(RuleBroken):
    code = "ends_outside"
    message = _("The last day lies within the days of the contract.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class SumUsedUp(RuleBroken):
    code = "contract_sum_used_up"
    message = _("What is left of the contract's sum does not pay for this person.")


class PlacesTaken(RuleBroken):
    code = "contract_places_taken"
    message = _("All places of the contract are taken.")


@dataclass(frozen=True)
class Terms:
    """What is agreed. `level` 5 to 1; hours are class hours (学时) of 45 minutes, shares percent, money integer fen."""

    number: str
    title: str
    organisation: int
    programme: str
    first_day: dt.date
    last_day: dt.date
    people: int
    hours: int
    price_fen: int
    sum_fen: int
    occupation: str = ""
    level: int | None = None
    courses: Collection[str] = ()
    online_least: int = 0
    online_most: int = 100


def _plain(field: str, text: str, longest: int) -> str:
    told = " ".join(text.replace("\x00", "").split())
    if not told:
        raise BadTerms(field, _("This must be filled in."))
    if len(told) > longest:
        raise BadTerms(field, pgettext_lazy("contract", "This is too long."))
    return told


def _between(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadTerms(
            field, _("Enter a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        )


def _scope(terms: Terms) -> dict[str, object]:
    """For what the contract trains. Raises BadTerms."""
    named = list(dict.fromkeys(code.strip() for code in terms.courses if code.strip()))
    if bool(named) == bool(terms.occupation.strip()):
        raise BadTerms("occupation", _("Name courses or an occupation, not both."))
    if named:
        if len(named) > MOST_COURSES:
            raise BadTerms("courses", _("At most %(most)s courses.") % {"most": MOST_COURSES})
        known = courses_of(terms.organisation, named)
        if unknown := [code for code in named if code not in known]:
            raise BadTerms(
                "courses", _("The provider has no course with the code %(code)s.") % {"code": unknown[0][:40]}
            )
        if terms.level is not None:
            raise BadTerms("level", _("A level goes with an occupation."))
        return {"courses": named, "occupation": "", "level": None}
    try:
        known = occupation_by_code(terms.occupation)
    except (UnknownOccupation, OtherEdition) as broken:
        raise BadTerms("occupation", str(broken)) from None
    if terms.level is not None:
        _between("level", terms.level, 1, 5)
    return {"courses": [], "occupation": known.code, "level": terms.level}


def _read(terms: Terms, province: str) -> dict[str, object]:
    """The columns of a draft. Raises BadTerms."""
    body = accounts.organisations([terms.organisation]).get(terms.organisation)
    if body is None or body.province_id != province:
        raise BadTerms("organisation", _("Choose a provider of the province."))
    if not Programme.objects.filter(pk=terms.programme, kind=Programme.Kind.PROJECT).exists():
        raise BadTerms("programme", _("This programme does not pay by contracts."))
    if not EARLIEST <= terms.first_day <= LATEST or not EARLIEST <= terms.last_day <= LATEST:
        raise BadTerms("last_day", _("Enter a day between 1900 and 2999."))
    if terms.last_day < terms.first_day:
        raise BadTerms("last_day", _("The last day lies before the first."))
    _between("people", terms.people, 1, MOST_PEOPLE)
    _between("hours", terms.hours, 1, MOST_HOURS)
    _between("online_least", terms.online_least, 0, 100)
    _between("online_most", terms.online_most, 0, 100)
    if terms.online_most < terms.online_least:
        raise BadTerms("online_most", _("The least online share is above the most."))
    if not 1 <= terms.price_fen <= MOST_FEN:
        raise BadTerms("price_fen", _("Type an amount above zero and at most ten million yuan."))
    if not terms.price_fen <= terms.sum_fen <= terms.price_fen * terms.people:
        raise BadTerms(
            "sum_fen",
            _("The sum is at least the price of one person, and at most that of all of them."),
        )
    plain = ("people", "hours", "online_least", "online_most", "price_fen", "sum_fen")
    return {
        "number": _plain("number", terms.number, 40),
        "title": _plain("title", terms.title, 120),
        "organisation_id": terms.organisation,
        "programme_id": terms.programme,
        "valid": DateRange(terms.first_day, terms.last_day + dt.timedelta(days=1), "[)"),
        **_scope(terms),
        **{name: value for name, value in asdict(terms).items() if name in plain},
    }


def _saved(row: ProjectContract) -> ProjectContract:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as broken:
        if "contract_number_once" not in str(broken):
            raise
        raise NumberTaken from broken
    return row


def _keeps(by: User, role: Role, province: str, organisation: int) -> None:
    """Raises NotYours, OwnInterest."""
    if not has_role(by, role, province=province):
        raise NotYours
    if organisation in own_organisations(by):
        raise OwnInterest


@transaction.atomic
def draft_contract(terms: Terms, *, province: str, by: User, at: dt.datetime) -> ProjectContract:
    """Write down what is agreed, for a province code. Raises NotYours, OwnInterest, BadTerms, NumberTaken."""
    _keeps(by, Role.POLICY_EDITOR, province, terms.organisation)
    told = _read(terms, province)
    row = _saved(ProjectContract(province_id=province, drafted_by=by, drafted_at=at, **told))
    record(by=by, action="contract.drafted", thing=row, at=at, detail=told_of(row))
    return row


@transaction.atomic
def change_contract(contract: ProjectContract, terms: Terms, *, by: User, at: dt.datetime) -> ProjectContract:
    """Change a draft of one's own. Raises NotYours, OwnInterest, IllegalMove, NotTheDrafter, BadTerms, NumberTaken."""
    row = locked(contract.pk)
    _keeps(by, Role.POLICY_EDITOR, row.province_id, terms.organisation)
    moves.check(CONTRACT_MOVES, "enforce", row.state)  # only what can still be put in force is changed
    if row.drafted_by_id != by.pk:
        raise NotTheDrafter
    for name, value in _read(terms, row.province_id).items():
        setattr(row, name, value)
    _saved(row)
    record(by=by, action="contract.changed", thing=row, at=at, detail=told_of(row))
    return row


@transaction.atomic
def enforce_contract(contract: ProjectContract, *, by: User, at: dt.datetime) -> ProjectContract:
    """Put a draft in force: from now on only its end can change.

    Raises NotYours, OwnInterest, IllegalMove, SamePerson, NoAgreement.
    """
    row = locked(contract.pk)
    _keeps(by, Role.POLICY_PUBLISHER, row.province_id, row.organisation_id)
    state = moves.check(CONTRACT_MOVES, "enforce", row.state)
    if row.drafted_by_id == by.pk:
        raise SamePerson
    if agreement_in_force(row.organisation_id, row.province_id, clock.today(at)) is None:
        raise NoAgreement
    row.state, row.enforced_by, row.enforced_at = state, by, at
    row.save(update_fields=["state", "enforced_by", "enforced_at"])
    record(by=by, action="contract.enforced", thing=row, at=at, detail=told_of(row))
    return row


@transaction.atomic
def end_contract(
    contract: ProjectContract, *, last_day: dt.date, reason: str, by: User, at: dt.datetime
) -> ProjectContract:
    """End a contract: `last_day` is the last one of training that it pays. What was trained until then can be claimed still.

    Raises NotYours, OwnInterest, IllegalMove, EndsOutside, ReasonMissing.
    """
    row = locked(contract.pk)
    _keeps(by, Role.POLICY_PUBLISHER, row.province_id, row.organisation_id)
    state = moves.check(CONTRACT_MOVES, "end", row.state)
    if not row.first_day <= last_day <= row.last_day:
        raise EndsOutside
    row.valid = DateRange(row.valid.lower, last_day + dt.timedelta(days=1), "[)")
    return _over(row, state, "contract.ended", reason, by=by, at=at, last_day=last_day.isoformat())


@transaction.atomic
def drop_contract(contract: ProjectContract, *, reason: str, by: User, at: dt.datetime) -> ProjectContract:
    """Give up a draft. Raises NotYours, OwnInterest, IllegalMove, ReasonMissing."""
    row = locked(contract.pk)
    _keeps(by, Role.POLICY_EDITOR, row.province_id, row.organisation_id)
    state = moves.check(CONTRACT_MOVES, "drop", row.state)
    return _over(row, state, "contract.dropped", reason, by=by, at=at)


def _over(
    row: ProjectContract, state: str, action: str, reason: str, *, by: User, at: dt.datetime, **detail: object
) -> ProjectContract:
    told = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not told:
        raise ReasonMissing
    row.state, row.ended_by, row.ended_at, row.ended_because = state, by, at, told
    row.save(update_fields=["state", "valid", "ended_by", "ended_at", "ended_because"])
    record(by=by, action=action, thing=row, at=at, reason=told, detail=detail)
    return row


def told_of(row: ProjectContract) -> dict[str, object]:
    """For the audit."""
    return {
        "number": row.number,
        "organisation": row.organisation_id,
        "people": row.people,
        "price_fen": row.price_fen,
        "sum_fen": row.sum_fen,
    }


# -- while a claim is decided ---------------------------------------------------------------------------------------


def locked(pk: int) -> ProjectContract:
    """The contract as it is now, its row held until the transaction ends; claims that name it can still be made."""
    return ProjectContract.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def hold(claim: Claim) -> ProjectContract | None:
    """The contract of a claim whose row the caller holds: held before any money is looked at or moved, so that of two
    decisions the second one sees what the first has granted. None where there is none.
    """
    return None if claim.contract_id is None else locked(claim.contract_id)


def must_hold(contract: ProjectContract | None, fen: int) -> None:
    """Whether another person's `fen` fits into what is left. The caller holds the row. Raises PlacesTaken, SumUsedUp."""
    if contract is None:
        return
    if contract.granted_people >= contract.people:
        raise PlacesTaken
    if contract.granted_fen + fen > contract.sum_fen:
        raise SumUsedUp
