"""People of a former platform: who may be brought in, and how their rows are written."""

import datetime as dt
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal import bulk, clock, crypto
from portal.accounts import quick
from portal.accounts.bringing import Columns, Job, Refused
from portal.rules import RuleBroken

NEEDED = KNOWN = frozenset({"name", "resident_id", "phone", "joined_on"})
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_NO_PASSWORD, _NOTHING, _TRUE = bulk.field(b"!"), bulk.field(b""), bulk.field(b"\1")
_TIME_BYTES, _LOOSE_BYTES = 6, 10


class PhoneTwice(RuleBroken):
    code = "phone_twice"
    message = _("This phone number stands on an earlier line, too.")


class NumberTwice(RuleBroken):
    code = "id_twice"
    message = _("This resident ID stands on an earlier line, too.")


class PhoneKnown(RuleBroken):
    code = "phone_known"
    message = _("An account with this phone number is here already.")


class NumberKnown(RuleBroken):
    code = "id_known"
    message = _("A person with this resident ID is here already.")


@dataclass(frozen=True)
class People:
    names: list[str]
    numbers: list[str]
    phones: list[str]
    days: list[dt.date]
    number_indexes: list[bytes]
    phone_indexes: list[bytes]


def read(columns: Columns, job: Job) -> tuple[People, list[int], Refused]:
    names, refused = quick.names(columns["name"])
    resident_ids, bad_ids = quick.resident_ids(columns["resident_id"], on=job.on)
    phones, bad_phones = quick.phones(columns["phone"])
    days, bad_days = quick.days(columns["joined_on"], on=job.on)
    refused = bad_days | bad_phones | bad_ids | refused
    refused |= twice(phones, refused, PhoneTwice())
    refused |= twice(resident_ids, refused, NumberTwice())
    kept = [place for place in range(len(names)) if place not in refused] if refused else range(len(names))
    told = ([column[place] for place in kept] for column in (names, resident_ids, phones, days))
    names, resident_ids, phones, days = told
    people = People(
        names,
        resident_ids,
        phones,
        days,
        crypto.blind_indexes(resident_ids, purpose="resident_id"),
        crypto.blind_indexes(phones, purpose="phone"),
    )
    return people, list(kept), refused


def twice(values: Sequence[str], refused: Refused, why: RuleBroken) -> Refused:
    """The second and further ones of equal values, apart from those that are refused anyhow."""
    if len(set(values)) == len(values):
        return {}
    seen, found = set(), {}
    for place, value in enumerate(values):
        if place in refused:
            continue
        if value in seen:
            found[place] = why
        seen.add(value)
    return found


def known(people: People, job: Job) -> Refused:
    account = "SELECT 1 FROM accounts_user WHERE phone_index = asked.value"
    arrived = "SELECT 1 FROM accounts_arrival WHERE number_index = asked.value"
    registered = "SELECT 1 FROM accounts_identity WHERE number_index = asked.value"
    found: Refused = {}
    for query in (arrived, registered):
        found |= {place: NumberKnown() for place, _one in bulk.found(people.number_indexes, query)}
    return found | {place: PhoneKnown() for place, _one in bulk.found(people.phone_indexes, account)}


def keys(people: People) -> list[tuple[RuleBroken, bytes]]:
    return [
        (PhoneTwice(), b"".join([index[:8] for index in people.phone_indexes])),
        (NumberTwice(), b"".join([index[:8] for index in people.number_indexes])),
    ]


def _uids(count: int) -> list[str]:
    """Made in one go, in the order of their time (RFC 9562, version 7), which spares the index half its work."""
    begin = f"{int(time.time() * 1000):012x}"
    begin = f"{begin[:8]}-{begin[8:]}-7"
    noise = os.urandom(_LOOSE_BYTES * count).hex()
    step = 2 * _LOOSE_BYTES
    return [
        f"{begin}{noise[n : n + 3]}-8{noise[n + 3 : n + 6]}-{noise[n + 6 : n + 18]}"
        for n in range(0, len(noise), step)
    ]


def write(people: People, kept: list[int], job: Job) -> None:
    if not kept:
        return
    whole = len(kept) == len(people.names)

    def of(values: list) -> list:
        return values if whole else [values[place] for place in kept]

    uids = _uids(len(kept))
    ids = bulk.numbers(bulk.new_ids("accounts_user", len(kept)), "i8")
    moments = {day: bulk.numbers([_microseconds(day)], "i8")[0] for day in set(people.days)}
    bulk.copy(
        "accounts_user",
        {
            "id": ids,
            "password": _NO_PASSWORD,
            "uid": bulk.fields(map(bytes.fromhex, "\n".join(uids).replace("-", "").split("\n"))),
            "display_name": _NOTHING,
            "phone_sealed": bulk.fields(
                crypto.seal_many(of(people.phones), table="accounts_user", column="phone", rows=uids)
            ),
            "phone_index": bulk.fields(of(people.phone_indexes)),
            "province_id": bulk.field(job.province.encode()),
            "language": bulk.field(b"zh-hans"),
            "reading_size": bulk.field(b"normal"),
            "is_active": _TRUE,
            "joined_at": [moments[day] for day in of(people.days)],
        },
    )
    facts = [f"{name}\n{number}" for name, number in zip(of(people.names), of(people.numbers), strict=True)]
    bulk.copy(
        "accounts_arrival",
        {
            "user_id": ids,
            "file_id": bulk.numbers([job.file_id], "i8")[0],
            "province_id": bulk.field(job.province.encode()),
            "facts_sealed": bulk.fields(
                crypto.seal_many(facts, table="accounts_arrival", column="facts", rows=uids)
            ),
            "number_index": bulk.fields(of(people.number_indexes)),
        },
    )


def _microseconds(day: dt.date) -> int:
    """The day's first moment in Shanghai, as PostgreSQL counts."""
    begin = dt.datetime.combine(day, dt.time(), clock.SHANGHAI)
    return (begin - _EPOCH) // dt.timedelta(microseconds=1)
