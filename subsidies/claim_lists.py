"""A list of claims as an organisation fills it in: its columns, and each row read by itself. Nothing is kept here."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import numbers
from portal.accounts.services import BadName, plain_name
from portal.sheets import cells
from portal.sheets import entries as rows
from portal.sheets.cells import BadCell
from portal.sheets.entries import Entry
from portal.sheets.tables import Column

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 10_000
_LONGEST_SERIAL: Final = 40

COLUMNS: Final = (
    Column("name", _("Name"), help=_("As on the resident ID."), example="买买提·艾力", needed=True),
    Column(
        "number",
        _("Resident ID number"),
        cells.code,
        _("18 characters. Format the column as text, or the last digits are lost."),
        "52010219900307XXXX",
        needed=True,
    ),
    Column(
        "serial",
        pgettext_lazy("column", "Certificate number"),
        cells.code,
        _("As it stands on the certificate."),
        "ZX-52-2026-0000001",
        needed=True,
    ),
)
SENTENCES: Final[dict[str, str | Promise]] = {
    **cells.SENTENCES,
    **numbers.SENTENCES,
    "missing": _("This must be filled in."),
    "bad_name": BadName.message,
    "bad_serial": _("A certificate number has letters, digits and hyphens only."),
    "twice": _("The same certificate stands in row %(first)s already."),
    "same_right": _("The same person stands in row %(first)s for the same occupation and level already."),
    "not_staff": _("This person has not agreed to an invitation of your enterprise."),
    "no_mandate": _("This person has not given you a mandate for this certificate."),
    "not_your_course": _("The course of this certificate is not yours."),
    "no_agreement": _("Your agreement with the province is not in force."),
    "other_course": _("You did not invite this person to the course of this certificate."),
    "unknown_certificate": _("This person has no valid certificate with this number."),
    "other_name": _("The name is not the one registered for this resident ID."),
    "other_province": _("The course belongs to another province, which does not pay your organisation."),
    "no_policy": _("No policy of this programme is in force for this certificate."),
    "claimed": _("This certificate, or this occupation and level, is claimed already."),
    "barred": _("This person is barred from subsidies at present."),
    "no_account": _("This person has not entered a bank account yet."),
    "cap_reached": _("The yearly cap for one person is used up: %(used)s of %(most)s yuan."),
    "other_contract": _("The contract does not cover this course, occupation or level."),
    "outside_contract": _("Not trained within the days of the contract, %(first)s to %(last)s."),
    "contract_full": _("All %(people)s places of the contract are taken."),
    "not_insured": _(
        "By the register of the social insurance your organisation has not insured this person."
    ),
    "insurance_unknown": _(
        "The register could not say whether you have insured this person. You will be asked for evidence."
    ),
}


def sentence(trouble: dict[str, object]) -> str:
    """What is wrong, in the reader's language, after the heading of its column."""
    return rows.sentence(trouble, COLUMNS, SENTENCES)


def entries(file: BinaryIO, name: str, *, on: dt.date) -> Iterator[Entry]:
    """Every filled row below the headings. Raises BadFile, also on the way."""
    return rows.entries(file, name, COLUMNS, lambda column, text: _meaning(column, text, on))


def _meaning(column: str, text: str, on: dt.date) -> str:
    """Raises BadCell."""
    try:
        return _READ[column](text, on)
    except numbers.BadNumber as bad:
        raise BadCell(bad.code) from None
    except BadName:
        raise BadCell("bad_name") from None
    except ValueError:
        raise BadCell("bad_serial") from None


def _serial(text: str) -> str:
    """Full-width letters and digits are plain ones. Raises ValueError."""
    plain = numbers.plain(text).upper()
    if not plain.isascii() or not plain.replace("-", "").isalnum() or len(plain) > _LONGEST_SERIAL:
        raise ValueError
    return plain


_READ: Final = {
    "name": lambda text, _on: plain_name(text),
    "number": lambda text, on: numbers.resident_id(text, on=on).number,
    "serial": lambda text, _on: _serial(text),
}
