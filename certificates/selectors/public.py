"""What anybody may know who holds the code of a certificate."""

import datetime as dt
from dataclasses import dataclass

from certificates import codes, workflow
from certificates.models import Certificate


@dataclass(frozen=True)
class PublicAnswer:
    """No number of a person, and the name masked. Hours are class hours (学时) as decimal strings."""

    state: str  # "issued" | "revoked" | "replaced"
    serial: str
    code: str
    holder_masked: str
    subject: str
    occupation_code: str
    occupation_edition: str
    level: int | None
    course_title: str
    hours: str
    course_hours: str
    started_on: dt.date
    completed_on: dt.date
    issued_on: dt.date
    issuer: str
    provider: str
    sample: bool
    revoked_at: dt.datetime | None
    revoke_reason: str
    replaced_at: dt.datetime | None
    replacement: str
    """The serial of the certificate that took its place; its code only its holder can give."""
    replaces: str


def public_answer(typed: str) -> PublicAnswer | None:
    """The answer to a verification code as typed; None where no paper carries it."""
    code = codes.plain(typed)
    if not codes.is_well_formed(code):
        return None
    rows = Certificate.objects.on_paper().select_related("replacement")
    certificate = rows.filter(code=code).first()
    return answer_about(certificate) if certificate else None


def answer_about(certificate: Certificate) -> PublicAnswer:
    facts = certificate.paper_facts()
    replaced = certificate.state == workflow.REPLACED
    return PublicAnswer(
        state=certificate.state,
        serial=certificate.serial,
        code=certificate.code,
        holder_masked=certificate.holder_masked,
        subject=facts.subject,
        occupation_code=facts.occupation_code,
        occupation_edition=facts.occupation_edition,
        level=facts.level,
        course_title=facts.course_title,
        hours=facts.hours,
        course_hours=facts.course_hours,
        started_on=facts.started_on,
        completed_on=facts.completed_on,
        issued_on=facts.issued_on,
        issuer=facts.issuer,
        provider=facts.provider,
        sample=facts.sample,
        revoked_at=None if replaced else certificate.revoked_at,
        revoke_reason="" if replaced else certificate.revoke_reason,
        replaced_at=certificate.replaced_at,
        replacement=certificate.replacement.serial if replaced else "",
        replaces=facts.replaces,
    )
