"""What anybody may know who holds the code of a certificate."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates import codes, workflow
from certificates.models import Certificate
from certificates.paper import PaperFacts
from certificates.words import KINDS, LEVELS

UNKNOWN = "unknown"
_NOBODYS = "U" * codes.LENGTH
"""What no certificate carries: U is no letter of a code."""

SENTENCES: dict[str, str | Promise] = {
    workflow.ISSUED: _("The certificate is valid"),
    workflow.REVOKED: _("The certificate is revoked"),
    workflow.REPLACED: _("The certificate is replaced"),
    UNKNOWN: _("No certificate carries this code"),
}


@dataclass(frozen=True)
class PublicAnswer:
    """No number of a person, and the name masked. Hours are class hours (学时) as decimal strings.

    The same fields for all four states; of an unknown code they are empty.
    """

    state: str  # "issued" | "revoked" | "replaced" | "unknown"
    code: str = ""
    well_formed: bool = True
    serial: str = ""
    kind: str = ""
    holder_masked: str = ""
    subject: str = ""
    occupation_name: str = ""
    occupation_code: str = ""
    occupation_edition: str = ""
    level: int | None = None
    course_title: str = ""
    hours: str = ""
    course_hours: str = ""
    started_on: dt.date | None = None
    completed_on: dt.date | None = None
    issued_on: dt.date | None = None
    issuer: str = ""
    provider: str = ""
    sample: bool = False
    revoked_at: dt.datetime | None = None
    revoke_reason: str = ""
    replaced_at: dt.datetime | None = None
    replacement: str = ""
    """The serial of the certificate that took its place; its code only its holder can give."""
    replaces: str = ""

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.state])

    @property
    def kind_name(self) -> str:
        return str(KINDS[self.kind]) if self.kind else ""

    @property
    def level_name(self) -> str:
        return str(LEVELS[self.level]) if self.level else ""

    @property
    def ended_at(self) -> dt.datetime | None:
        return self.replaced_at or self.revoked_at


def public_answer(typed: str) -> PublicAnswer:
    """The answer to a verification code as typed.

    A code that cannot be one is looked up, too: every answer costs the same statement.
    """
    code = codes.plain(typed)
    well_formed = codes.is_well_formed(code)
    rows = Certificate.objects.on_paper().select_related("replacement").order_by()
    found = list(rows.filter(code=code if well_formed else _NOBODYS))
    if not found:
        return PublicAnswer(UNKNOWN, code=code[: 2 * codes.LENGTH], well_formed=well_formed)
    return answer_about(found[0])


def answer_about(certificate: Certificate) -> PublicAnswer:
    """Without opening the holder's sealed name."""
    facts = PaperFacts.from_json({**certificate.facts, "holder_name": ""})
    replaced = certificate.state == workflow.REPLACED
    return PublicAnswer(
        state=certificate.state,
        serial=certificate.serial,
        code=certificate.code,
        kind=facts.kind,
        holder_masked=certificate.holder_masked,
        subject=facts.subject,
        occupation_name=facts.occupation_name,
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
