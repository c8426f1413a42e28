"""A certificate as a digital credential, made of its frozen facts when its holder asks for it and kept nowhere."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from certificates import paper, signers, workflow
from certificates.credentials import (
    LIST_LENGTH,
    BadgeFacts,
    Exam,
    Issuer,
    NotACredential,
    badge,
    did_document,
    opened,
    place_of,
    secured,
    status_list,
)
from certificates.models import Certificate, SerialCounter
from certificates.paper.wording import SHIPPED
from certificates.selectors.public import PublicAnswer, answer_about
from portal.accounts import selectors as accounts
from portal.rules import RuleBroken

LAST_YEAR, LAST_NUMBER = 9_999, 9_999_999


class NoLongerCounts(RuleBroken):
    code = "no_longer_counts"
    message = _("This certificate does not count any more, so there is no digital credential of it.")


@dataclass(frozen=True)
class CheckedCredential:
    """`document` is what the file says and we have signed; `answer` is how the certificate stands now."""

    document: dict
    answer: PublicAnswer


def credential_of(certificate: Certificate, *, at: dt.datetime) -> tuple[dict, str]:
    """The document, and the file with it. Raises NoLongerCounts, KeyNotValid, KeyUnreadable."""
    if certificate.state != workflow.ISSUED:
        raise NoLongerCounts
    signer = signers.ready(at)
    facts = certificate.paper_facts()
    issuer = _issuer(certificate.province_id, facts.issuer)
    document = badge(issuer, _badge_facts(certificate, facts))
    with signers.while_readable():
        return document, secured(document, by=signer, kid=issuer.kid(signer.public_key))


def issuer_document(province: str) -> dict | None:
    """The DID document of a province; None where there is no such one. Raises KeyUnreadable."""
    if province not in {known.code for known in accounts.provinces()}:
        return None
    return did_document(_issuer(province), signers.public_keys())


def status_list_of(province: str, year: int, number: int, *, at: dt.datetime) -> str | None:
    """The signed list of what no longer counts among the certificates of a province and year, from the 131,072 × `number`
    + first; None where there is none of them. Asked of the database each time, so that nothing is late.

    Signed with the key that signs now even after its certificate has ended: without a list nobody could check anything.
    Raises KeyUnreadable.
    """
    before = number * LIST_LENGTH
    if not province.isalnum() or year > LAST_YEAR or before >= LAST_NUMBER:
        return None
    if not SerialCounter.objects.filter(province_id=province, year=year, last__gt=before).exists():
        return None
    issuer, signer = _issuer(province), signers.readable()
    first, last = (
        f"ZX-{province[:2]}-{year:04}-{number:07}"
        for number in (before + 1, min(before + LIST_LENGTH, LAST_NUMBER))
    )
    gone = Certificate.objects.gone().filter(serial__range=(first, last)).order_by()
    bits = (place_of(int(serial[-7:]))[1] for serial in gone.values_list("serial", flat=True))
    made = status_list(issuer, year=year, number=number, bits=bits, at=at)
    with signers.while_readable():
        return secured(made, by=signer, kid=issuer.kid(signer.public_key))


def checked_credential(token: str) -> CheckedCredential:
    """What a file that somebody was shown says, and how its certificate stands now.

    Raises NotACredential, UnknownKey, Altered (all of `certificates.credentials.Refused`), KeyUnreadable.
    """
    keys = {
        issuer.kid(key): key
        for issuer in [_issuer(province.code) for province in accounts.provinces()]
        for key in signers.public_keys()
    }
    document = opened(token, keys)
    try:
        uid = uuid.UUID(str(document.get("id")))
    except ValueError as broken:
        raise NotACredential("no certificate's") from broken
    found = Certificate.objects.on_paper().select_related("replacement").filter(uid=uid).first()
    if found is None:
        raise NotACredential("no certificate's")
    return CheckedCredential(document, answer_about(found))


def _issuer(province: str, name: str = "") -> Issuer:
    return Issuer(site=settings.SITE_URL, province=province, name=name)


def _badge_facts(certificate: Certificate, facts: paper.PaperFacts) -> BadgeFacts:
    grounds = certificate.grounds or {}
    exam = grounds.get("exam")
    shipped = SHIPPED[facts.kind]
    title, title_en = shipped.title, shipped.title_en
    catalogue = f"{settings.SITE_URL}/courses/"
    return BadgeFacts(
        uid=certificate.uid,
        serial=facts.serial,
        year=int(facts.serial[6:10]),
        number=int(facts.serial[-7:]),
        verify_url=facts.verify_url,
        kind=facts.kind,
        title=title,
        title_en=title_en,
        holder_name=facts.holder_name,
        subject=facts.subject,
        course_code=certificate.course_code,
        course_version=str(grounds.get("course", {}).get("version", "")),
        course_url=f"{catalogue}{certificate.course_code}/",
        course_title=facts.course_title,
        course_title_en=facts.course_title_en,
        occupation_code=facts.occupation_code,
        occupation_name=facts.occupation_name,
        occupation_edition=facts.occupation_edition,
        occupation_url=f"{catalogue}?occupation={facts.occupation_code}",
        level=facts.level,
        level_name=paper.LEVELS[facts.level] if facts.level else "",
        hours=facts.hours,
        course_hours=facts.course_hours,
        started_on=facts.started_on,
        completed_on=facts.completed_on,
        issued_at=certificate.issued_at,
        provider=facts.provider,
        exam=Exam(percent=exam["score_percent"], needed=exam["pass_mark_percent"]) if exam else None,
        sample=facts.sample,
    )
