"""Completed courses for the tests of certificates, as learners would leave them."""

import datetime as dt
import itertools

from certificates import services
from certificates.models import Certificate
from courses.models import Course, CourseVersion, Occupation
from learners.models import Completion, CountingEdition, Enrolment
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories

_numbers = itertools.count(1)


def version(
    *, code: str = "520000", title: str = "焊工入门：平角焊与安全操作", **told: object
) -> CourseVersion:
    number = next(_numbers)
    words = {
        "title_zh": title,
        "title_en": "Entry welding: flat fillet welds and safe working",
        "hours_tenths": 30,
        "delivery": "video",
        "certificate_kind": "level",
        "level": 4,
        "occupation": Occupation.objects.get_or_create(
            code="6-18-02-04",
            edition="2022",
            defaults={
                "name_zh": "焊工",
                "name_en": "Welder",
                "major_code": "6",
                "levels_basis": "background",
            },
        )[0],
    }
    made = {"created_at": factories.AT, "created_by": factories.user(), **(words | told)}
    course = Course.objects.create(
        code=f"T-{number:06}", province_id=code, organisation=factories.organisation(code=code), **made
    )
    version = CourseVersion.objects.create(course=course, number=1, **made)
    rows = CourseVersion.objects.filter(pk=version.pk)
    rows.update(state="submitted", submitted_at=factories.AT, submitted_by=made["created_by"])
    rows.update(state="under_review")
    rows.update(state="published", frozen_at=factories.AT, published_by=factories.user())
    return rows.get()


def completion(
    person: User | None = None, *, code: str = "520000", name: str = "王建国", of: CourseVersion | None = None
) -> Completion:
    person = person or factories.learner(name, code=code)
    of = of or version(code=code)
    edition, _new = CountingEdition.objects.get_or_create(
        province=None, valid_from=dt.date(2020, 1, 1), defaults={"name": "test", "published_at": factories.AT}
    )
    enrolment = Enrolment.objects.create(
        user=person,
        province_id=code,
        course_code=of.course.code,
        version=of,
        edition=edition,
        required_percent=100,
        counts_for_subsidy=True,
        enrolled_at=factories.AT - dt.timedelta(days=30),
    )
    facts = {
        "counted_seconds": 8100,
        "valid_hours": "3",
        "required_hours": "3",
        "course_hours": "3",
        "online_hours": "3",
        "offline_days": 0,
        "started_on": "2026-02-14",
        "completed_on": "2026-03-15",
        "version_id": of.pk,
        "course": of.course.code,
        "exam": {
            "attempt": 1,
            "number": 1,
            "score_percent": 85,
            "pass_mark_percent": 60,
            "passed_on": "2026-03-14",
        },
        "ledger": {"length": 9, "digest": "ab" * 32},
    }
    return Completion.objects.create(
        enrolment=enrolment,
        user=person,
        province_id=code,
        completed_at=factories.AT - dt.timedelta(days=1),
        facts=facts,
        digest=bytes(32),
    )


def issued(person: User | None = None, *, at: dt.datetime = factories.AT, **of: object) -> Certificate:
    return services.issue(services.request(completion(person, **of), at=at), at=at)


def decided(
    certificate: Certificate,
    kind: str,
    *,
    at: dt.datetime,
    reason: str = "实操考核记录与本人不符",
    by: User | None = None,
    second: User | None = None,
) -> Certificate:
    """Proposed by one reviewer of its province and approved by another."""
    code = certificate.province_id
    by = by or factories.staff(Role.PROVINCE_REVIEWER, code=code)
    second = second or factories.staff(Role.PROVINCE_REVIEWER, code=code)
    proposal = services.propose(certificate, kind, by=by, at=at, reason=reason)
    return services.approve(proposal, by=second, at=at)


def revoked(certificate: Certificate, *, at: dt.datetime, **told: object) -> Certificate:
    return decided(certificate, "revoke", at=at, **told)
