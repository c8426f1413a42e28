"""The people of the demo as accounts: made once, found again afterwards."""

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction

from portal import numbers
from portal.accounts import services
from portal.accounts.models import Organisation, Province, SentMessage, User
from portal.demo.people import PASSWORD, PEOPLE, Body, Person


@dataclass(frozen=True)
class Account:
    """What somebody needs to sign in as one of the demo's people."""

    key: str
    name: str
    role: str
    phone: str
    password: str
    code: str
    """The six digits of the authenticator app at this moment; empty for learners, who need none."""


def organisation(body: Body) -> Organisation:
    made, _new = Organisation.objects.get_or_create(
        uscc=body.uscc,
        defaults={
            "name_zh": body.name_zh,
            "name_en": body.name_en,
            "kind": body.kind,
            "province_id": body.province,
        },
    )
    return made


def user_of(person: Person) -> User | None:
    return User.objects.by_phone(numbers.phone(person.phone))


@transaction.atomic
def make(person: Person, *, at: dt.datetime) -> User:
    if found := user_of(person):
        return found
    user = User(display_name=person.name, joined_at=at, phone_verified_at=at)
    user.phone = numbers.phone(person.phone)
    user.set_password(PASSWORD)
    user.save()
    if person.number:
        province = Province.objects.get(pk=person.province)
        services.register_real_name(
            user, name=person.name, number=person.number, province=province, agreed=True, at=at
        )
    if person.card:
        services.set_bank_account(
            user, number=person.card, bank_name="示例银行贵阳支行", agreed=True, by=user, at=at
        )
    if person.role:
        scope = {
            "province": Province.objects.get(pk=person.province) if person.province else None,
            "organisation": organisation(person.body) if person.body else None,
            "county": person.county,
        }
        services.appoint(user, person.role, by=None, at=at, **scope)
        totp.TOTP.activate(user, totp.generate_totp_secret())
    return user


def everybody(*, at: dt.datetime) -> dict[str, User]:
    return {person.key: make(person, at=at) for person in PEOPLE}


def code_of(user: User) -> str:
    """What the person's authenticator app shows now. The app counts by the real clock, not by the demo's."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if found is None:
        return ""
    counter = list(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(decrypt(found.data["secret"]), counter))


def all_accounts() -> list[Account]:
    accounts = []
    for person in PEOPLE:
        if user := user_of(person):
            role = str(person.role.label) if person.role else ""
            accounts.append(
                Account(person.key, person.name, role, person.phone, PASSWORD, code_of(user) if role else "")
            )
    return accounts


def outbox(limit: int = 12) -> list[SentMessage]:
    return list(SentMessage.objects.order_by("-sent_at")[:limit])
