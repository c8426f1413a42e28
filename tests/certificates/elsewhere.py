"""Certificates issued elsewhere, for tests: reported by their holders, answered by the recorded register."""

import datetime as dt
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile

from certificates.models import ExternalCertificate
from certificates.register_port import Entry, Recorder
from certificates.services import external, register, rulings
from courses.models import Occupation
from courses.services import paper_checks
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories

_numbers = itertools.count(1)
ISSUED = dt.date(2025, 12, 1)
"""More than two months before the tests' moment: the register should know it."""
NEW = dt.date(2026, 3, 1)
"""After the courses of `making.completion` began."""
PDF = b"%PDF-1.7\n%%EOF\n"
REASON = "已核对证书原件与发证机构名单"


def number() -> str:
    return f"S0000520000{next(_numbers):06}"


def welder() -> None:
    Occupation.objects.get_or_create(
        code="6-18-02-04",
        edition="2022",
        defaults={"name_zh": "焊工", "name_en": "Welder", "major_code": "6", "levels_basis": "background"},
    )


def entry(**told: object) -> Entry:
    """What the register knows, by itself the same as what `said` says."""
    return Entry(**{"kind": "level", "level": 4, "occupation_name": "焊工", "issued_on": ISSUED} | told)


def said(**told: object) -> dict[str, object]:
    """What a holder types."""
    return {
        "number": number(),
        "kind": "level",
        "occupation": "6-18-02-04",
        "level": 4,
        "issuer_name": "贵州示例评价机构",
        "issued_on": ISSUED,
        "agreed": True,
    } | told


def reported(
    person: User | None = None, *, at: dt.datetime = factories.AT, **told: object
) -> ExternalCertificate:
    welder()
    return external.report(person or factories.learner(), at=at, **said(**told))


def asked(at: dt.datetime) -> ExternalCertificate | None:
    """One round of the worker, the answer coming at once."""
    found = register.take_up(at=at)
    return found and register.told(found, register.ask(found, at=at), at=at)


def checked(
    person: User | None = None, *, at: dt.datetime = factories.AT, **told: object
) -> ExternalCertificate:
    row = reported(person, at=at, **told)
    day = told.get("issued_on", ISSUED)
    Recorder.entries[row.number] = entry(issued_on=day, kind=row.kind, level=row.level)
    ExternalCertificate.objects.filter(pk=row.pk).update(
        due_at=at - dt.timedelta(days=1)
    )  # the first in line
    asked(at)
    row.refresh_from_db()
    assert row.state == "checked"
    return row


def paper(content: bytes = PDF, name: str = "证书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def looked_at(at: dt.datetime) -> None:
    """The virus scan has passed what waits."""
    while (check := paper_checks.take_up(at=at)) is not None:
        paper_checks.look_at(check, at=at)


def with_paper(*, at: dt.datetime = factories.AT, **told: object) -> ExternalCertificate:
    row = reported(at=at, paper=paper(), **told)
    looked_at(at)
    return row


def ruled(row: ExternalCertificate, kind: str, *, at: dt.datetime = factories.AT) -> ExternalCertificate:
    first, second = (factories.staff(Role.PROVINCE_REVIEWER, code=row.province_id) for _ in range(2))
    return rulings.approve(rulings.propose(row, kind, by=first, at=at, reason=REASON), by=second, at=at)
