"""The certificates that a person may claim for."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import get_language

from certificates import selectors as certificates
from courses import selectors as courses
from portal.accounts.models import User
from subsidies.models import Claim, PolicyVersion, Programme
from subsidies.workflow.claims import Purpose


@dataclass(frozen=True)
class Paper:
    serial: str
    title: str
    issued_on: dt.date
    is_valid: bool
    province_code: str


def papers_of(user: User) -> list[Paper]:
    """One's own certificates, newest first, then those issued elsewhere that stand beside a course; none that is being made."""
    english = (get_language() or "").startswith("en")
    papers = []
    rows = list(certificates.certificates_of(user).on_paper())
    taught = courses.certificate_facts_of(row.version_id for row in rows)
    for row in rows:
        course = taught[row.version_id]
        title = course.title_en if english and course.title_en else course.title
        papers.append(Paper(row.serial, title, row.issued_on, row.state == "issued", row.province_id))
    return papers + [
        Paper(row.serial, row.subject, row.issued_on, row.state == "checked", row.province_id)
        for row in certificates.externals_on_a_course(user)
    ]


def paper_of(user: User, serial: str) -> Paper | None:
    return next((paper for paper in papers_of(user) if paper.serial == serial), None)


def papers_without_claim(user: User) -> list[Paper]:
    """The valid ones for which something can still be claimed: no claim rests on them, nor on another of the same training.

    The living allowance is claimed by itself where the province has a policy for it.
    """
    taken: dict[str, set[str]] = {purpose: set() for purpose in Purpose}
    live = Claim.objects.live().filter(claimant_id=user.pk)
    for serial, purpose in live.values_list("certificate_serial", "purpose"):
        taken[purpose].add(serial)
    valid = [paper for paper in papers_of(user) if paper.is_valid]
    lines = certificates.lineages(paper.serial for paper in valid)
    paying = set(
        PolicyVersion.objects.published()
        .filter(programme__kind=Programme.Kind.LIVING, programme__payees__contains=["person"])
        .values_list("region", flat=True)
    )
    return [
        paper
        for paper in valid
        if not taken[Purpose.TRAINING] & lines[paper.serial]
        or (paper.province_code in paying and not taken[Purpose.LIVING] & lines[paper.serial])
    ]
