"""Letters and reports with the portal's signature, for the apps above. Nothing is stored here."""

import datetime as dt
import logging

import typst
from django.utils.translation import gettext_lazy as _

from certificates import signers
from certificates.paper import letter as letters
from certificates.paper.letter import Head, Letter, Table, Words
from portal.rules import RuleBroken

__all__ = ["CannotBeSigned", "Head", "Letter", "Table", "Words", "signed_letter"]

log = logging.getLogger(__name__)


class CannotBeSigned(RuleBroken):
    code = "letter_cannot_be_signed"
    message = _("The paper cannot be signed at the moment. Try again later.")


def signed_letter(letter: Letter, *, at: dt.datetime, reason: str) -> bytes:
    """The letter as PDF with the portal's signature; `reason` says in the signature what it is. Raises CannotBeSigned."""
    try:
        return signers.signed_for(letters.draw(letter), at=at, reason=reason)
    except (RuleBroken, OSError, ValueError, typst.TypstError) as broken:
        log.exception("A letter cannot be made")
        raise CannotBeSigned from broken
