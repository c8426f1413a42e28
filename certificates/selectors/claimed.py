"""What a claim may rest on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from certificates import workflow
from certificates.models import Certificate, Proposal
from certificates.selectors.certificates import certificates_of
from portal.accounts.models import User


@dataclass(frozen=True)
class CertificateFacts:
    """`level` is None for certificates without one; `holder_masked` is all of the name.

    `issued_on` is the day on which this achievement was first certified: a replacement does not move it, nor any deadline.
    `questioned`: somebody has proposed to revoke it, and nobody has decided yet.
    """

    serial: str
    user_id: int
    completion_id: int
    version_id: int
    kind: str  # "level" | "special" | "completion"
    occupation_code: str
    level: int | None
    issued_on: dt.date
    state: str  # "issued" | "revoked" | "replaced"
    province_code: str
    holder_masked: str
    questioned: bool


def certificate_facts(serial: str) -> CertificateFacts:
    """Raises Certificate.DoesNotExist for a serial that is on no paper."""
    return _facts(Certificate.objects.on_paper().get(serial=serial))


def standing_for(serial: str) -> CertificateFacts:
    """The certificate itself, or the last of those that took its place one after the other. Raises Certificate.DoesNotExist."""
    return _facts(_line(Certificate.objects.on_paper().get(serial=serial))[-1])


def lineages(serials: Iterable[str]) -> dict[str, set[str]]:
    """By serial, all that stand or stood for the same achievement, itself among them; of an unknown one itself alone."""
    found = {serial: {serial} for serial in serials}
    asked = Certificate.objects.on_paper().filter(serial__in=found)
    of = dict(asked.values_list("completion_id", "serial"))
    family = Certificate.objects.on_paper().filter(completion_id__in=of)
    for completion, serial in family.values_list("completion_id", "serial"):
        found[of[completion]].add(serial)
    return found


def _line(certificate: Certificate) -> list[Certificate]:
    """All papers of its completion: each replaces the one before."""
    return list(Certificate.objects.on_paper().filter(completion_id=certificate.completion_id).order_by("pk"))


def claimable(user: User, serial: str) -> CertificateFacts:
    """The facts of the person's own valid certificate. Raises Certificate.DoesNotExist for any other."""
    return _facts(certificates_of(user).issued().get(serial=serial))


def _facts(certificate: Certificate) -> CertificateFacts:
    said = certificate.facts
    doubts = certificate.proposals.open().filter(kind=Proposal.Kind.REVOKE)
    return CertificateFacts(
        serial=certificate.serial,
        user_id=certificate.user_id,
        completion_id=certificate.completion_id,
        version_id=certificate.version_id,
        kind=said["kind"],
        occupation_code=said["occupation_code"],
        level=said["level"],
        issued_on=_line(certificate)[0].issued_on if certificate.replaces_id else certificate.issued_on,
        state=certificate.state,
        province_code=certificate.province_id,
        holder_masked=certificate.holder_masked,
        questioned=certificate.state == workflow.ISSUED and doubts.exists(),
    )
