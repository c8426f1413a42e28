"""What people began on a former platform: brought in for those who were, taken up when they register, else forgotten."""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.models import EarlierEnrolment
from learners.services.enrolment import enrol
from portal import bulk, crypto
from portal.accounts import quick
from portal.accounts.bringing import Columns, Job, Refused
from portal.accounts.models import User
from portal.rules import RuleBroken

NEEDED = frozenset({"course", "enrolled_on"})
KNOWN = NEEDED | {"phone", "resident_id", "hours"}
_HOURS = re.compile(r"(\d{1,4})(?:\.(\d))?", re.ASCII).fullmatch
_EPOCH = dt.date(2000, 1, 1)


class CourseUnknown(RuleBroken):
    code = "course_unknown"
    message = _("No published course has this code.")


class PersonMissing(RuleBroken):
    code = "person_missing"
    message = _("This line names nobody. Give a phone number or a resident ID.")


class PersonUnknown(RuleBroken):
    code = "person_unknown"
    message = _(
        "Nobody who waits to register in this province was brought in with this phone number or resident ID."
    )


class BadHours(RuleBroken):
    code = "bad_hours"
    message = _("These are not hours. Write a number such as 24 or 24.5.")


class EnrolledTwice(RuleBroken):
    code = "enrolled_twice"
    message = _("This person has this course already.")


@dataclass
class Earlier:
    codes: list[str]
    days: list[dt.date]
    tenths: list[int]
    by_phone: list[bool]
    indexes: list[bytes]
    users: list[int] = field(default_factory=list)
    """Ids by place, 0 where nobody was found; `known` fills them in."""


def read(columns: Columns, job: Job) -> tuple[Earlier, list[int], Refused]:
    codes = columns["course"]
    nobody = [""] * len(codes)
    typed_phones, typed_ids = (columns.get(name, nobody) for name in ("phone", "resident_id"))
    phones, bad_phones = quick.phones(typed_phones)
    numbers, bad_ids = quick.resident_ids(typed_ids, on=job.on)
    days, refused = quick.days(columns["enrolled_on"], on=job.on)
    tenths, bad_hours = _tenths(columns.get("hours", nobody))
    refused |= bad_hours
    refused |= {place: why for place, why in bad_ids.items() if not typed_phones[place].strip()}
    refused |= {place: why for place, why in bad_phones.items() if typed_phones[place].strip()}
    refused |= {
        place: PersonMissing()
        for place in bad_phones.keys() & bad_ids.keys()
        if not typed_phones[place].strip() and not typed_ids[place].strip()
    }
    kept = [place for place in range(len(codes)) if place not in refused]
    by_phone = [bool(phones[place]) for place in kept]
    indexes = crypto.blind_indexes(
        [phones[n] for n, is_phone in zip(kept, by_phone, strict=True) if is_phone], purpose="phone"
    )
    others = crypto.blind_indexes(
        [numbers[n] for n, is_phone in zip(kept, by_phone, strict=True) if not is_phone],
        purpose="resident_id",
    )
    first, second = iter(indexes), iter(others)
    rows = Earlier(
        [codes[place].strip() for place in kept],
        [days[place] for place in kept],
        [tenths[place] for place in kept],
        by_phone,
        [next(first) if is_phone else next(second) for is_phone in by_phone],
    )
    return rows, kept, refused


def _tenths(values: Sequence[str]) -> tuple[list[int], Refused]:
    known = {value: _HOURS(value.strip()) if value.strip() else True for value in set(values)}
    read_as = {
        value: 0 if match is True else int(match[1]) * 10 + int(match[2] or 0)
        for value, match in known.items()
        if match
    }
    refused: Refused = {place: BadHours() for place, value in enumerate(values) if value not in read_as}
    return [read_as.get(value, 0) for value in values], refused


@lru_cache(maxsize=1)
def _codes(job: Job) -> frozenset[str]:
    return frozenset(courses.published_courses().values_list("code", flat=True))


_BY_PHONE = """
SELECT u.id FROM accounts_user u JOIN accounts_arrival a ON a.user_id = u.id
WHERE u.phone_index = asked.value AND u.province_id = %s
"""
_BY_NUMBER = """
SELECT u.id FROM accounts_arrival a JOIN accounts_user u ON u.id = a.user_id
WHERE a.number_index = asked.value AND u.province_id = %s
"""
_THERE = """
SELECT asked.place - 1 FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS asked(user_id, code, place)
WHERE EXISTS (
    SELECT 1 FROM learners_earlierenrolment e WHERE e.user_id = asked.user_id AND e.course_code = asked.code
)
"""


def known(rows: Earlier, job: Job) -> Refused:
    rows.users = [0] * len(rows.codes)
    for by_phone, query in ((True, _BY_PHONE), (False, _BY_NUMBER)):
        places = [place for place, is_phone in enumerate(rows.by_phone) if is_phone == by_phone]
        for n, user in bulk.found([rows.indexes[place] for place in places], query, [job.province]):
            rows.users[places[n]] = user
    published, seen, refused = _codes(job), set(), {}
    for place, pair in enumerate(zip(rows.users, rows.codes, strict=True)):
        if not pair[0]:
            refused[place] = PersonUnknown()
        elif pair[1] not in published:
            refused[place] = CourseUnknown()
        elif pair in seen:
            refused[place] = EnrolledTwice()
        seen.add(pair)
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [rows.users, [code.replace("\x00", "") for code in rows.codes]])
        there = [place for (place,) in cursor.fetchall()]
    return {place: EnrolledTwice() for place in there} | refused


def keys(rows: Earlier) -> list[tuple[RuleBroken, bytes]]:
    pairs = zip(rows.indexes, rows.codes, strict=True)
    return [
        (EnrolledTwice(), b"".join([sha256(index + code.encode()).digest()[:8] for index, code in pairs])),
    ]


def write(rows: Earlier, kept: list[int], job: Job) -> None:
    if not kept:
        return
    days = {day: bulk.numbers([(day - _EPOCH).days], "i4")[0] for day in set(rows.days)}
    codes = {code: bulk.field(code.encode()) for code in set(rows.codes)}
    bulk.copy(
        "learners_earlierenrolment",
        {
            "user_id": bulk.numbers([rows.users[n] for n in kept], "i8"),
            "province_id": bulk.field(job.province.encode()),
            "course_code": [codes[rows.codes[n]] for n in kept],
            "enrolled_on": [days[rows.days[n]] for n in kept],
            "declared_tenths": bulk.numbers([rows.tenths[n] for n in kept], "i4"),
        },
    )


def take_up(user: User, *, at: dt.datetime) -> int:
    """Enrol somebody who has just registered in what they began before, as of today. Gives how many.

    What cannot be begun now (a course that is closed) stays as it was told.
    """
    begun = 0
    for row in EarlierEnrolment.objects.filter(user=user, taken_up_at=None).order_by("enrolled_on", "pk"):
        try:
            enrol(user, row.course_code, at=at)
        except (RuleBroken, Http404):
            continue
        row.taken_up_at = at
        row.save(update_fields=["taken_up_at"])
        begun += 1
    return begun


def forget(user_ids: Collection[int]) -> None:
    """Delete what was told of people who did not register, or are not who was meant."""
    EarlierEnrolment.objects.filter(user_id__in=user_ids, taken_up_at=None).delete()
