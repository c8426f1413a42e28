"""248 sample entries of the catalogue, eight a province, all marked as samples. They hold no lessons."""

import csv
import datetime as dt
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from django.db import transaction

from courses.models import Course, CourseVersion, Occupation
from courses.models.catalogue import WORDS
from courses.services.finding import describe
from courses.services.licences import refresh_subsidised
from courses.workflow import State, VersionState
from portal.accounts.models import Organisation, Province, User
from portal.audit.services import record

DATA = Path(__file__).resolve().parents[1] / "data"
EDITION = "2022"
GROUPS = {
    0: ("migrant_worker",),
    3: ("registered_unemployed", "older_unemployed"),
    5: ("graduate_in_graduation_year",),
    7: ("veteran",),
    9: ("disabled",),
    11: ("migrant_worker", "poverty_alleviated"),
}
_KINDS = {
    "private non-enterprise unit": Organisation.Kind.SCHOOL,
    "public institution": Organisation.Kind.SCHOOL,
    "enterprise": Organisation.Kind.ENTERPRISE,
    "farmers cooperative": Organisation.Kind.ENTERPRISE,
    "social organisation": Organisation.Kind.PLATFORM,
}
"""Which sample bodies supply courses; offices, foundations and shops do not."""


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@transaction.atomic
def load_sample_organisations() -> list[Organisation]:
    """The fictional providers, each once; every province gets at least one."""
    provinces = Province.objects.in_bulk()
    made, served = [], set()
    counted: dict[tuple[str, str], int] = {}
    for row in _rows("organisations_sample.csv"):
        code = row["province_code"]
        kind = _KINDS.get(row["kind"]) or (None if code in served else Organisation.Kind.ENTERPRISE)
        if kind is None:
            continue
        served.add(code)
        number = counted[code, kind] = counted.get((code, kind), 0) + 1
        organisation, _new = Organisation.objects.get_or_create(
            uscc=row["uscc"],
            defaults={
                "name_zh": row["name_zh"],
                "name_en": f"{provinces[code].name_en} sample {kind} {number}",
                "kind": kind,
                "province_id": code,
            },
        )
        made.append(organisation)
    return made


def _made_up(number: int) -> dict[str, object]:
    """What the source does not say and filters need: two of three for the subsidy, some with a price or for a group."""
    groups = list(GROUPS.get(number % 12, ()))
    price_fen = (0, 0, 0, 9_900, 0, 29_900)[number % 6]
    return {"for_subsidy": number % 3 > 0, "price_fen": price_fen, "key_groups": groups}


def _drafts(by: User, at: dt.datetime) -> list[Course]:
    known = set(Course.objects.values_list("code", flat=True))
    occupations = {o.code: o for o in Occupation.objects.filter(edition=EDITION)}
    suppliers: dict[str, Iterator[Organisation]] = {}
    for code in Province.objects.values_list("code", flat=True):
        own = Organisation.objects.filter(province_id=code).order_by("uscc")
        suppliers[code] = cycle(own)
    drafts = []
    for row in _rows("courses_sample.csv"):
        if row["course_code"] in known:
            continue
        special = row["level"] == "S"
        course = Course(
            code=row["course_code"],
            province_id=row["province_code"],
            organisation=next(suppliers[row["province_code"]]),
            occupation=occupations[row["occupation_code"]],
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            hours_tenths=int(row["hours"]) * 10,
            delivery=row["delivery"],
            certificate_kind="special" if special else "level",
            level=None if special else int(row["level"]),
            is_sample=True,
            **_made_up(len(drafts)),
            created_at=at,
            created_by=by,
        )
        describe(course)
        drafts.append(course)
    return drafts


@transaction.atomic
def load_sample_courses(*, by: User, second: User, at: dt.datetime) -> int:
    """List what is not listed yet; `second` publishes what `by` made. Gives how many are new.

    In bulk, by the same moves as any course: draft, submitted, published; they count for the subsidy from the day their
    provider is listed. One audit entry a province.
    """
    load_sample_organisations()
    courses = Course.objects.bulk_create(_drafts(by, at))
    versions = CourseVersion.objects.bulk_create(
        CourseVersion(
            course=c, number=1, created_at=at, created_by=by, **{word: getattr(c, word) for word in WORDS}
        )
        for c in courses
    )
    rows = CourseVersion.objects.filter(pk__in=[version.pk for version in versions])
    rows.update(state=VersionState.SUBMITTED, submitted_at=at, submitted_by=by)
    rows.update(state=VersionState.UNDER_REVIEW)
    rows.update(state=VersionState.PUBLISHED, frozen_at=at, published_by=second)
    for course, version in zip(courses, versions, strict=True):
        course.current_version, course.published_at, course.published_by = version, at, second
        course.state = State.PUBLISHED
    Course.objects.bulk_update(courses, ["current_version", "published_at", "published_by", "state"])
    refresh_subsidised(at=at, courses=Course.objects.filter(pk__in=[course.pk for course in courses]))
    for province in Province.objects.filter(code__in={course.province_id for course in courses}):
        of_it = [course.code for course in courses if course.province_id == province.pk]
        record(
            by=second,
            action="course.samples_published",
            thing=province,
            at=at,
            province=province.pk,
            detail={"codes": of_it},
        )
    return len(courses)
