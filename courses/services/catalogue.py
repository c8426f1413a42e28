"""Entries of the catalogue: making one. What the search knows of it is in courses/services/finding.py, steps are in courses/services/steps.py."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from django.db import connection, transaction

from courses.models import Course, CourseVersion, Occupation, ShortageListing
from portal.accounts.models import Organisation, Province, User
from portal.audit.services import record


def new_codes(province: Province, count: int = 1) -> list[str]:
    """Course codes nobody has had: the first two digits of the province's code and a number, such as 52-0000107."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('courses_code_seq') FROM generate_series(1, %s)", [count])
        return [f"{province.pk[:2]}-{number:07d}" for (number,) in cursor.fetchall()]


@transaction.atomic
def create_course(
    *,
    code: str = "",
    province: Province,
    organisation: Organisation,
    occupation: Occupation,
    certificate_kind: str,
    level: int | None,
    title_zh: str,
    hours: Fraction | int,
    delivery: str,
    by: User,
    at: dt.datetime,
    title_en: str = "",
    summary_zh: str = "",
    summary_en: str = "",
    is_sample: bool = False,
    for_subsidy: bool = False,
    price_fen: int = 0,
    key_groups: Iterable[str] = (),
    partner_ref: str = "",
) -> Course:
    """A course that is not listed yet, with a draft of its first version; without `code` it gets the next one.

    `hours` are class hours (学时), to a tenth.

    Raises django ValidationError for fields and constraints that do not hold.
    """
    words = {
        "title_zh": title_zh.strip(),
        "title_en": title_en.strip(),
        "summary_zh": summary_zh.strip(),
        "summary_en": summary_en.strip(),
        "hours_tenths": int(Fraction(hours) * 10),
        "delivery": delivery,
        "certificate_kind": certificate_kind,
        "level": level,
        "occupation": occupation,
        "for_subsidy": for_subsidy,
        "price_fen": price_fen,
        "key_groups": list(key_groups),
    }
    course = Course(
        code=code.strip().upper() or new_codes(province)[0],
        partner_ref=partner_ref.strip(),
        province=province,
        organisation=organisation,
        is_sample=is_sample,
        created_at=at,
        created_by=by,
        **words,
    )
    course.full_clean(exclude=["search", "current_version", "published_by", "suspended_by", "withdrawn_by"])
    course.save(force_insert=True)
    CourseVersion.objects.create(course=course, number=1, created_at=at, created_by=by, **words)
    record(by=by, action="course.created", thing=course, at=at, detail={"code": course.code})
    return course


@transaction.atomic
def list_shortage(
    occupation: Occupation, province: Province, *, valid_from: dt.date, by: User, at: dt.datetime
) -> ShortageListing:
    """Put an occupation on the province's list of occupations short of workers, from a day on. Twice is once."""
    row, new = ShortageListing.objects.get_or_create(
        occupation=occupation, province=province, valid_from=valid_from
    )
    if new:
        record(by=by, action="shortage.listed", thing=row, at=at)
    return row
