"""What the apps may know of a person."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from portal.accounts.access import organisations_of
from portal.accounts.models import Appointment, Arrival, BankAccount, Identity, Organisation, Province, User
from portal.accounts.roles import PAID_FOR, SCOPES, Role, Scope


@dataclass(frozen=True)
class IdentityFacts:
    full_name: str
    masked_name: str
    masked_number: str
    sex: str
    born: dt.date
    province_code: str
    verified_at: dt.datetime


@dataclass(frozen=True)
class BankAccountFacts:
    id: int
    masked_number: str
    bank_name: str
    holder_matches: bool
    changed_at: dt.datetime
    changed_by_id: int


def identity_of(user: User | AnonymousUser) -> IdentityFacts | None:
    return identities_of([user.pk]).get(user.pk) if user.is_authenticated else None


def identities_of(user_ids: Iterable[int]) -> dict[int, IdentityFacts]:
    """By user id; whoever never registered with a real name is missing."""
    return {
        row.user_id: IdentityFacts(
            full_name=row.full_name,
            masked_name=row.masked_name,
            masked_number=row.masked_number,
            sex=row.sex,
            born=row.born_on,
            province_code=row.province_id,
            verified_at=row.verified_at,
        )
        for row in Identity.objects.filter(user_id__in=user_ids)
    }


def births_of(user_ids: Iterable[int]) -> dict[int, tuple[dt.date, str]]:
    """Day of birth and sex by user id; whoever never registered with a real name is missing. No name is unsealed for it."""
    rows = Identity.objects.filter(user_id__in=user_ids).values_list("user_id", "born_on", "sex")
    return {user_id: (born, sex) for user_id, born, sex in rows}


def name_brought_in(user: User) -> str:
    """The name a former platform told of somebody who has not registered yet; empty where there is none."""
    row = Arrival.objects.filter(user_id=user.pk).select_related("user").first()
    return row.full_name if row else ""


@dataclass(frozen=True)
class Person:
    """Somebody found by the blind index of their resident ID: what a list that names them is compared with."""

    user: User
    full_name: str
    masked_name: str
    masked_number: str


def people_by_key(keys: Iterable[bytes]) -> dict[bytes, Person]:
    """Registered people by person key; whoever is not registered is missing. One statement."""
    rows = Identity.objects.filter(number_index__in=set(keys)).select_related("user")
    return {
        bytes(row.number_index): Person(row.user, row.full_name, row.masked_name, row.masked_number)
        for row in rows
    }


def masked_names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """By user id, for lists at a desk; whoever never registered with a real name is missing."""
    return dict(Identity.objects.filter(user_id__in=user_ids).values_list("user_id", "masked_name"))


def is_real_name_verified(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and Identity.objects.filter(user_id=user.pk).exists()


def person_key(user: User) -> bytes:
    """32 bytes, one per human being: the blind index of the resident ID. Raises Identity.DoesNotExist."""
    return bytes(Identity.objects.values_list("number_index", flat=True).get(user_id=user.pk))


def resident_number_of(user: User) -> str:
    """The resident ID in full: for a port that asks about the person with their consent, never to be shown or kept.

    Raises Identity.DoesNotExist.
    """
    return Identity.objects.get(user_id=user.pk).number


def bank_account_of(user: User) -> BankAccountFacts | None:
    """The live account. The account is registered in the person's own verified name, so `holder_matches` means verified."""
    row = BankAccount.objects.filter(user_id=user.pk, retired_at=None).first()
    if row is None:
        return None
    return _account(row, holder_matches=is_real_name_verified(user))


def live_bank_accounts() -> QuerySet[BankAccount]:
    """The account of each person and each organisation that is in use."""
    return BankAccount.objects.filter(retired_at=None)


def bank_accounts_of(user_ids: Iterable[int]) -> dict[int, BankAccountFacts]:
    """The live accounts by user id, in two statements; whoever has none is missing."""
    rows = list(live_bank_accounts().filter(user_id__in=user_ids))
    verified = set(
        Identity.objects.filter(user_id__in=[row.user_id for row in rows]).values_list("user_id", flat=True)
    )
    return {row.user_id: _account(row, holder_matches=row.user_id in verified) for row in rows}


def organisation_accounts_of(organisation_ids: Iterable[int]) -> dict[int, BankAccountFacts]:
    """The live accounts by organisation id, in one statement. They are kept in the organisation's registered name."""
    rows = live_bank_accounts().filter(organisation_id__in=set(organisation_ids))
    return {row.organisation_id: _account(row, holder_matches=True) for row in rows}


def _account(row: BankAccount, *, holder_matches: bool) -> BankAccountFacts:
    return BankAccountFacts(
        id=row.pk,
        masked_number=row.masked_number,
        bank_name=row.bank_name,
        holder_matches=holder_matches,
        changed_at=row.changed_at,
        changed_by_id=row.changed_by_id,
    )


@dataclass(frozen=True)
class AccountChange:
    """A change of a bank account: what was before (empty for the first), what came, who did it and when. All masked."""

    id: int
    holder: str
    province_code: str
    before: str
    before_bank: str
    after: str
    after_bank: str
    changed_at: dt.datetime
    changed_by: str
    own: bool


def _changes(rows: Iterable[BankAccount]) -> list[AccountChange]:
    rows = list(rows)
    people = {row.user_id for row in rows} - {None}
    bodies = {row.organisation_id for row in rows} - {None}
    earlier: dict[tuple[int | None, int | None], list[BankAccount]] = {}
    known = BankAccount.objects.filter(Q(user_id__in=people) | Q(organisation_id__in=bodies))
    for row in known.order_by("changed_at", "pk"):
        earlier.setdefault((row.user_id, row.organisation_id), []).append(row)
    names: dict[tuple[int | None, int | None], str] = {
        (pk, None): name for pk, name in masked_names_of(people).items()
    }
    if bodies:
        names |= {(None, pk): body.name for pk, body in organisations(bodies).items()}
    changes = []
    for row in rows:
        owner = row.user_id, row.organisation_id
        line = earlier[owner]
        place = [one.pk for one in line].index(row.pk)
        before = line[place - 1] if place else None
        changes.append(
            AccountChange(
                id=row.pk,
                holder=names.get(owner, ""),
                province_code=row.province_id,
                before=before.masked_number if before else "",
                before_bank=before.bank_name if before else "",
                after=row.masked_number,
                after_bank=row.bank_name,
                changed_at=row.changed_at,
                changed_by=str(row.changed_by),
                own=row.changed_by_id == row.user_id,
            )
        )
    return changes


def account_rows(province_codes: Iterable[str] | None) -> QuerySet[BankAccount]:
    """Every change of an account in these provinces (None: in all), newest first; `changes_shown` lays them out."""
    rows = BankAccount.objects.select_related("changed_by").order_by("-changed_at", "-pk")
    return rows if province_codes is None else rows.filter(province_id__in=province_codes)


def changes_shown(rows: Iterable[BankAccount]) -> list[AccountChange]:
    """In three statements, however many."""
    return _changes(rows)


def account_changes_of(user: User) -> list[AccountChange]:
    """The log of a person's own accounts, newest first."""
    rows = BankAccount.objects.filter(user_id=user.pk).select_related("changed_by")
    return _changes(rows.order_by("-changed_at", "-pk"))


def organisation_account_changes(organisation_id: int) -> list[AccountChange]:
    """The log of an organisation's accounts, newest first."""
    rows = BankAccount.objects.filter(organisation_id=organisation_id).select_related("changed_by")
    return _changes(rows.order_by("-changed_at", "-pk"))


def untold_account_changes() -> QuerySet[BankAccount]:
    """Changes of which the owner was not told yet."""
    return BankAccount.objects.filter(told_at=None).order_by("changed_at", "pk")


_provinces: list[Province] = []


def provinces() -> list[Province]:
    """All, by code. Every page names one, and only a release of ours changes them: a process reads them once."""
    if not _provinces:
        _provinces[:] = (
            Province.objects.all()
        )  # two threads at once write the same, and do not add to each other
    return list(_provinces)


def desk_counties(province_code: str, *, on: dt.date) -> list[str]:
    """Codes of the counties of a province in which a county desk is open on that day."""
    rows = Appointment.objects.filter(role=Role.COUNTY_DESK, province_id=province_code, valid_from__lte=on)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=on)).exclude(county="")
    return sorted(set(rows.values_list("county", flat=True)))


def organisation(organisation_id: int) -> Organisation:
    """Raises Organisation.DoesNotExist."""
    return Organisation.objects.get(pk=organisation_id)


def organisations(ids: Iterable[int]) -> dict[int, Organisation]:
    return Organisation.objects.in_bulk(list(ids))


def acting_for(organisation_id: int, *roles: Role, on: dt.date) -> list[User]:
    """Who holds one of the roles in an organisation on that day."""
    rows = _appointments_on(on).filter(role__in=roles, organisation_id=organisation_id)
    return list(User.objects.filter(pk__in=rows.values("user")).order_by("pk"))


def organisations_acted_for(user: User, *roles: Role) -> QuerySet[Organisation]:
    """Those for which somebody holds one of the roles today; by default one in which money is paid to them."""
    return Organisation.objects.filter(pk__in=organisations_of(user, *(roles or PAID_FOR)))


def organisation_by_uscc(uscc: str) -> Organisation | None:
    return Organisation.objects.filter(uscc=uscc).first()


def registered_by_province() -> dict[str, int]:
    """Province code → how many people are registered there with their real name."""
    rows = Identity.objects.order_by().values_list("province_id").annotate(n=Count("id"))
    return dict(rows)


def _appointments_on(on: dt.date) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(valid_from__lte=on, user__is_active=True)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=on))


def appointed_ids(role: Role, *, organisation_id: int, on: dt.date) -> set[int]:
    """Ids of the people who hold the role in an organisation on that day."""
    rows = _appointments_on(on).filter(role=role, organisation_id=organisation_id)
    return set(rows.values_list("user_id", flat=True))


def colleague_ids(user_id: int, *, on: dt.date) -> set[int]:
    """Ids of those who act for an organisation for which this person acts, too."""
    own = _appointments_on(on).filter(user_id=user_id, organisation__isnull=False)
    rows = _appointments_on(on).filter(organisation__in=own.values("organisation"))
    return set(rows.values_list("user_id", flat=True)) - {user_id}


def names_shown(user_ids: Iterable[int]) -> dict[int, str]:
    """What people call themselves at a desk, by user id."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=user_ids)}


def officers_of(*roles: Role, province_code: str, on: dt.date) -> QuerySet[User]:
    """Active people who hold one of the roles for the province, or for the nation, on that day."""
    rows = _appointments_on(on).filter(role__in=roles)
    return User.objects.filter(
        pk__in=rows.filter(Q(province_id=province_code) | Q(role__in=SCOPES[Scope.NATION])).values("user")
    )
