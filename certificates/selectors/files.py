"""What anybody may know of a file that says it is a certificate."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates import signers, timestamps
from certificates.credentials import Altered, Refused, UnknownKey
from certificates.models import Certificate
from certificates.paper.proof import Proof, Seal, Stamp, examined
from certificates.selectors.credentials import checked_credential
from certificates.selectors.public import PublicAnswer, answer_about, on_paper
from portal.rules import RuleBroken

_CREDENTIAL = b"eyJ"
"""So begins a token: `{"` in base64."""

_SERIAL = re.compile(r"Certificate (ZX-[0-9]{2}-[0-9]{4}-[0-9]{7})")

SENTENCES: dict[Seal, tuple[str | Promise, str | Promise]] = {
    Seal.INTACT: (
        _("The file is genuine: signed by the issuer, and not a byte was changed"),
        _("Whether the certificate still stands is said below, as of now."),
    ),
    Seal.ADDED: (
        _("Something was added to the file after it was signed"),
        _("What it shows may have been changed. Below stands what was certified: only that counts."),
    ),
    Seal.ALTERED: (
        _("The file was changed: its signature does not fit what it says"),
        _("Do not rely on it. Type the verification code, and compare what is certified."),
    ),
    Seal.FOREIGN: (
        _("The file is signed, but not by this portal"),
        _("Whatever name the signature bears: it is none of ours. Type the verification code instead."),
    ),
    Seal.UNSIGNED: (
        _("The file carries no signature"),
        _(
            "Certificates are signed when they are made; printing to a PDF, scanning or converting loses it. Type the"
            " verification code, or ask the holder for the file as it was downloaded."
        ),
    ),
    Seal.ENCRYPTED: (
        _("The file is locked with a password or protected"),
        _("Certificates of this portal never are. Ask the holder for the file as it was downloaded."),
    ),
    Seal.NO_PDF: (
        _("This is neither a PDF file nor a digital credential"),
        _("A photo or a scan carries no signature. Scan the QR code on it, or type the verification code."),
    ),
}


class CannotCheckNow(RuleBroken):
    """The certificates of the signing keys cannot be read."""

    code = "cannot_check_now"
    message = _("Signatures cannot be checked at this moment. Type the verification code instead.")


@dataclass(frozen=True)
class FileAnswer:
    """`answer` is about today, and only there where the file is genuine or was added to."""

    seal: Seal
    signed_by: str = ""
    signed_at: dt.datetime | None = None
    stamp: Stamp | None = None
    answer: PublicAnswer | None = None

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.seal][0])

    @property
    def advice(self) -> str:
        return str(SENTENCES[self.seal][1])


def file_answer(pdf: bytes) -> FileAnswer:
    """Of a paper, or of a digital credential. Raises CannotCheckNow.

    A serial is believed where one of our keys signed it, or where the file is byte for byte the paper that is kept.
    """
    try:
        if pdf[:3] == _CREDENTIAL:
            return _credential(pdf)
        proof = examined(pdf, signers.chains(), timestamps.authorities())
    except (signers.KeyUnreadable, OSError, ValueError) as broken:
        raise CannotCheckNow from broken
    found = _SERIAL.search(proof.claimed)
    certificates = list(on_paper().filter(serial=found[1])) if found else []
    if not certificates:
        return FileAnswer(Seal.FOREIGN if proof.reason else proof.seal)
    return _answer(certificates[0], proof, hashlib.sha256(pdf).digest())


def _credential(token: bytes) -> FileAnswer:
    try:
        found = checked_credential(token.decode("ascii", "replace"))
    except UnknownKey:
        return FileAnswer(Seal.FOREIGN)
    except Altered:
        return FileAnswer(Seal.ALTERED)
    except Refused:
        return FileAnswer(Seal.NO_PDF)
    return FileAnswer(Seal.INTACT, signed_by=str(found.document["issuer"]["name"]), answer=found.answer)


def _answer(certificate: Certificate, proof: Proof, digest: bytes) -> FileAnswer:
    kept = certificate.pdf_sha256 is not None and bytes(certificate.pdf_sha256) == digest
    if not kept and not proof.reason:
        return FileAnswer(proof.seal)
    seal = Seal.INTACT if kept else proof.seal
    return FileAnswer(seal, proof.signed_by, proof.signed_at, proof.stamp, answer_about(certificate))
