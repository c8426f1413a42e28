"""What may be known of certificates, and by whom."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from certificates import archive, codes, paper, signers, workflow
from certificates.models import Certificate
from learners import selectors as learners
from portal.accounts.models import User
from portal.accounts.roles import Role, has_role, in_provinces, provinces_of

DESK_ROLES = (Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER, Role.AUDITOR, Role.OPERATOR)
REVOKERS = (Role.PROVINCE_REVIEWER, Role.OPERATOR)


@dataclass(frozen=True)
class CertificateFacts:
    """What a claim may rest on. `level` is None for certificates without one; `holder_masked` is all of the name."""

    serial: str
    user_id: int
    completion_id: int
    version_id: int
    kind: str  # "level" | "special" | "completion"
    occupation_code: str
    level: int | None
    issued_on: dt.date
    state: str  # "issued" | "revoked"
    province_code: str
    holder_masked: str


@dataclass(frozen=True)
class PublicAnswer:
    """What anybody who holds the code may read. No number of a person, and the name masked."""

    state: str  # "issued" | "revoked"
    serial: str
    code: str
    holder_masked: str
    subject: str
    course_title: str
    hours: str
    course_hours: str
    issued_on: dt.date
    issuer: str
    provider: str
    sample: bool
    revoked_at: dt.datetime | None
    revoke_reason: str


def uncertified_completions() -> QuerySet:
    """Completed enrolments for which no certificate has been asked yet, oldest first."""
    asked = Certificate.objects.filter(completion_id=OuterRef("pk"))
    return learners.completions().filter(~Exists(asked)).order_by("pk")


def certificates_of(user: User) -> QuerySet[Certificate]:
    """A person's own, newest first, those being made included."""
    return Certificate.objects.filter(user_id=user.pk)


def desk_visible_to(user: User) -> QuerySet[Certificate]:
    """What a member of staff may see: the own provinces', or all for a nation-wide role."""
    return in_provinces(Certificate.objects.all(), provinces_of(user, *DESK_ROLES))


def visible_to(user: User) -> QuerySet[Certificate]:
    """One's own, and those on one's desk."""
    return certificates_of(user) | desk_visible_to(user)


def may_revoke(user: User, certificate: Certificate) -> bool:
    return has_role(user, *REVOKERS, province=certificate.province_id)


def may_retry(user: User) -> bool:
    return has_role(user, Role.OPERATOR)


def certificate_facts(serial: str) -> CertificateFacts:
    """Raises Certificate.DoesNotExist for a serial that is on no paper."""
    return _facts(Certificate.objects.on_paper().get(serial=serial))


def claimable(user: User, serial: str) -> CertificateFacts:
    """The facts of the person's own valid certificate. Raises Certificate.DoesNotExist for any other."""
    return _facts(certificates_of(user).issued().get(serial=serial))


def _facts(certificate: Certificate) -> CertificateFacts:
    said = certificate.facts
    return CertificateFacts(
        serial=certificate.serial,
        user_id=certificate.user_id,
        completion_id=certificate.completion_id,
        version_id=certificate.version_id,
        kind=said["kind"],
        occupation_code=said["occupation_code"],
        level=said["level"],
        issued_on=certificate.issued_on,
        state=certificate.state,
        province_code=certificate.province_id,
        holder_masked=certificate.holder_masked,
    )


def public_answer(typed: str) -> PublicAnswer | None:
    """The answer to a verification code as typed; None where no paper carries it."""
    code = codes.plain(typed)
    if not codes.is_well_formed(code):
        return None
    certificate = Certificate.objects.on_paper().filter(code=code).first()
    if certificate is None:
        return None
    facts = certificate.paper_facts()
    return PublicAnswer(
        state=certificate.state,
        serial=certificate.serial,
        code=code,
        holder_masked=certificate.holder_masked,
        subject=facts.subject,
        course_title=facts.course_title,
        hours=facts.hours,
        course_hours=facts.course_hours,
        issued_on=facts.issued_on,
        issuer=facts.issuer,
        provider=facts.provider,
        sample=facts.sample,
        revoked_at=certificate.revoked_at,
        revoke_reason=certificate.revoke_reason,
    )


def pdf_of(certificate: Certificate) -> bytes:
    """The paper as issued. A file that is lost or damaged is made again: the same facts and key make the same bytes."""
    kept = archive.get(certificate.pdf_key, bytes(certificate.pdf_sha256))
    return kept or signers.signed(
        paper.draw(certificate.paper_facts()), at=certificate.issued_at, serial=certificate.serial
    )


def status_counts_by_province() -> dict[str, dict[str, int]]:
    """Province code → state → how many."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Certificate.State.values, 0))
    rows = Certificate.objects.order_by().values_list("province_id", "state").annotate(count=Count("id"))
    for province, state, count in rows:
        counts[province][state] = count
    return dict(counts)


def oldest_waiting(certificates: QuerySet[Certificate]) -> dt.datetime | None:
    """Since when the oldest of these has been waiting to be made."""
    row = certificates.filter(state=workflow.REQUESTED).order_by("requested_at").first()
    return row.requested_at if row else None


def search(certificates: QuerySet[Certificate], *, state: str = "", words: str = "") -> QuerySet[Certificate]:
    """Narrowed by state and by the beginning of a serial, or a whole code."""
    if state in Certificate.State.values:
        certificates = certificates.filter(state=state)
    if words:
        code = codes.plain(words)
        certificates = certificates.filter(Q(serial__startswith=words.upper()) | Q(code=code))
    return certificates
