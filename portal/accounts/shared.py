"""What people share with each other: bank accounts and phones, asked for many at once and answered without any number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from portal.accounts.models import Appointment, Arrival, BankAccount, User


@dataclass(frozen=True)
class SharedAccount:
    """An account in use by several, people or organisations. `first` is the id of the oldest of its rows, retired ones among them."""

    first: int
    users: tuple[int, ...]
    staff: tuple[int, ...]
    """Those of them who hold, or held, an office or act for an organisation."""
    organisations: int = 0

    @property
    def holders(self) -> int:
        return len(self.users) + self.organisations


def accounts_shared(user_ids: Iterable[int], *, fewest: int) -> list[SharedAccount]:
    """The accounts in use by these people that `fewest` people and organisations at least use now. Three statements."""
    own = BankAccount.objects.filter(user_id__in=list(user_ids), retired_at=None)
    indexes = {bytes(one) for one in own.values_list("number_index", flat=True)}
    users: dict[bytes, set[int]] = defaultdict(set)
    bodies: dict[bytes, set[int]] = defaultdict(set)
    first: dict[bytes, int] = {}
    rows = BankAccount.objects.filter(number_index__in=indexes).order_by("pk")
    for pk, number, user, body, retired in rows.values_list(
        "pk", "number_index", "user_id", "organisation_id", "retired_at"
    ):
        index = bytes(number)
        first.setdefault(index, pk)
        if retired is None:
            (bodies if user is None else users)[index].add(body if user is None else user)
    several = {index: people for index, people in users.items() if len(people) + len(bodies[index]) >= fewest}
    staff = staff_among(set().union(*several.values())) if several else set()
    return [
        SharedAccount(first[index], tuple(sorted(people)), tuple(sorted(people & staff)), len(bodies[index]))
        for index, people in several.items()
    ]


def staff_among(user_ids: Iterable[int]) -> set[int]:
    """Those who hold or held an office or a role of an organisation."""
    return set(Appointment.objects.filter(user_id__in=list(user_ids)).values_list("user_id", flat=True))


@dataclass(frozen=True)
class Changed:
    """The account of a person: when it was entered, by whom, and whether there was another one before."""

    id: int
    at: dt.datetime
    by_owner: bool
    earlier: bool


def account_changes(user_ids: Iterable[int]) -> dict[int, Changed]:
    """The account in use, by person. One statement."""
    found: dict[int, Changed] = {}
    rows = BankAccount.objects.filter(user_id__in=list(user_ids)).order_by("changed_at", "pk")
    for pk, user, at, by, retired in rows.values_list(
        "pk", "user_id", "changed_at", "changed_by_id", "retired_at"
    ):
        if retired is None:
            found[user] = Changed(pk, at, by == user, earlier=user in found)
        else:
            found[user] = Changed(pk, at, by == user, earlier=True)
    return found


def phones_of(user_ids: Iterable[int]) -> dict[bytes, int]:
    """Blind index of the phone → person."""
    rows = User.objects.filter(pk__in=list(user_ids), phone_index__isnull=False)
    return {bytes(index): pk for pk, index in rows.values_list("pk", "phone_index")}


def arrived_as(person_keys: Iterable[bytes]) -> dict[bytes, int]:
    """Blind index of the resident ID → the account under which a former platform told of that person."""
    rows = Arrival.objects.filter(number_index__in=list(person_keys))
    return {bytes(index): user for index, user in rows.values_list("number_index", "user_id")}
