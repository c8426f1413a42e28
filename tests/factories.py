"""People for tests, made through the services that make them in life."""

import csv
import datetime as dt
import itertools
import time
from pathlib import Path

from django.test import Client

from portal import crypto
from portal.accounts import services
from portal.accounts.models import BankAccount, Organisation, Province, User
from portal.accounts.roles import SCOPES, Role, Scope

DATA = Path(__file__).parent / "data"
AT = dt.datetime(2026, 3, 16, 2, 0, tzinfo=dt.UTC)
"""The moment of all tests, as in the fixture `at`."""

_phones = itertools.count(13_900_000_000)
_people = itertools.count()


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ADULT_IDS = [
    r["number"]
    for r in rows("resident_ids.csv")
    if r["valid"] == "yes" and 20 <= int(r["age_on_2020_06_09"]) < 50
]


def province(code: str = "520000") -> Province:
    return Province.objects.get(code=code)


def organisation(uscc: str | None = None, *, code: str = "520000", kind: str = "school") -> Organisation:
    valid = [r["code"] for r in rows("uscc.csv") if r["valid"] == "yes"]
    uscc = uscc or valid[0]
    made, _new = Organisation.objects.get_or_create(
        uscc=uscc,
        defaults={"name_zh": "示例职业学校", "name_en": "Sample School", "kind": kind, "province_id": code},
    )
    return made


def enterprise(*, code: str = "520000") -> Organisation:
    return organisation(
        "91520281YYY58YK1XQ" if code == "520000" else "91440103YYYFMLL673", code=code, kind="enterprise"
    )


def user(name: str = "", *, at: dt.datetime = AT, **fields: object) -> User:
    """Somebody who signed up by phone."""
    made = User(display_name=name, joined_at=at, phone_verified_at=at, **fields)
    made.phone = f"+86{next(_phones)}"
    made.set_unusable_password()
    made.save()
    return made


def learner(name: str = "王建国", *, code: str = "520000", number: str = "", at: dt.datetime = AT) -> User:
    """Somebody registered with a real name."""
    made = user(at=at)
    services.register_real_name(
        made,
        name=name,
        number=number or ADULT_IDS[next(_people) % len(ADULT_IDS)],
        province=province(code),
        agreed=True,
        at=at,
    )
    made.refresh_from_db()
    return made


CARD = "9999991285726840905"
_cards = itertools.count(1)


def with_bank_account(person: User, *, at: dt.datetime = AT, number: str = "") -> User:
    """The first person of a test gets CARD, each other one a number of their own."""
    if not number:
        index = crypto.blind_index(CARD, purpose="bank_account")
        taken = BankAccount.objects.filter(number_index=index, retired_at=None).exclude(user=person).exists()
        number = f"62{next(_cards):016}" if taken else CARD
    services.set_bank_account(person, number=number, bank_name="示例银行", agreed=True, by=person, at=at)
    return person


def staff(role: Role, *, code: str = "520000", at: dt.datetime = AT, name: str = "") -> User:
    """Somebody with a role: for a province, for an organisation there, or for the nation, as the role demands."""
    made = user(name or role.value, at=at)
    scope: dict[str, object] = {}
    if role in SCOPES[Scope.PROVINCE]:
        scope["province"] = province(code)
    elif role in SCOPES[Scope.ORGANISATION]:
        scope["organisation"] = enterprise(code=code) if role == Role.EMPLOYER else organisation(code=code)
    services.appoint(made, role, by=None, at=at, **scope)
    return made


def sign_in(client: Client, person: User, *, second_factor: bool = True) -> Client:
    """A session as django-allauth leaves it after a sign-in, for staff with the second factor used."""
    client.force_login(person)
    methods = [{"method": "code", "at": time.time()}]
    if second_factor:
        methods.append({"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True})
    session = client.session
    session["account_authentication_methods"] = methods
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
