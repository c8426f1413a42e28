"""Numbers people type: resident ID (GB 11643), social credit code (GB 32100), bank card, phone.

`stdnum.cn.ric` is used for its check digit only: its place check refuses people registered before a boundary
change, raises KeyError on some well-formed numbers, and lets future birth dates pass.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import phonenumbers
from django.utils.translation import gettext_lazy as _
from stdnum import luhn, numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as StdnumError

from portal.rules import RuleBroken

_ID_LENGTH = 18
_FIRST_GENERATION_LENGTH = 15
_OLDEST = 130
_SPACES = re.compile(r"[\s\u00a0\u3000\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_CARD = re.compile(r"\d{16,19}")
_ACCOUNT = re.compile(r"\d{9,24}")
_MASK_SHORT = 8
_DIGITS = 18


def whole(text: str) -> int | None:
    """A number as an address or a form names a row or a page: ASCII digits that fit 64 bits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


class BadNumber(RuleBroken):
    code = "bad_number"


SENTENCES: Final = {
    "id_15_digits": _(
        "This is a 15-digit number of the first generation. Type the 18 digits of the present card."
    ),
    "id_form": _("A resident ID has 18 characters: 17 digits, then a digit or X. This one does not."),
    "id_date": _("The birth date in this number does not exist. Check digits 7 to 14."),
    "id_future": _("The birth date in this number lies in the future. Check digits 7 to 14."),
    "id_too_old": _("The birth date in this number is too long ago. Check digits 7 to 14."),
    "id_check_digit": _("The last character does not fit the other 17: one of them is mistyped."),
    "uscc": _("This is not a unified social credit code: 18 characters, the last one a check character."),
    "account_form": _("An account of an organisation has 9 to 24 digits. This one does not."),
    "card_form": _("A bank card number has 16 to 19 digits. This one does not."),
    "phone": _("This is not a phone number. Type 11 digits, for example 138 0000 0000."),
}
"""What is wrong with a number, by the code of its refusal."""


def _bad(code: str) -> BadNumber:
    return BadNumber(SENTENCES[code], code=code)


@dataclass(frozen=True)
class ResidentId:
    number: str
    born: dt.date
    sex: str
    """`M` or `F`, from the parity of the 17th digit."""
    region_known: bool
    """False where the six-digit region is not in the list we have: a warning, never a refusal."""


def plain(text: str) -> str:
    """NFKC (full-width digits become plain), no spaces or invisible characters, upper case."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def resident_id(text: str, *, on: dt.date) -> ResidentId:
    """The resident ID as written on the card. `on` is today: nobody is born after it.

    Raises BadNumber with the reason in a sentence.
    """
    number = plain(text)
    if re.fullmatch(rf"\d{{{_FIRST_GENERATION_LENGTH}}}", number):
        raise _bad("id_15_digits")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise _bad("id_form")
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _bad("id_date") from None
    if born > on:
        raise _bad("id_future")
    if on.year - born.year > _OLDEST:
        raise _bad("id_too_old")
    if ric.calc_check_digit(number) != number[17]:
        raise _bad("id_check_digit")
    sex = "M" if int(number[16]) % 2 else "F"
    return ResidentId(number=number, born=born, sex=sex, region_known=_region_known(number[:6]))


def _region_known(code: str) -> bool:
    parts = numdb.get("cn/loc").info(code)
    return any("county" in properties for _part, properties in parts)


def county_name(code: str) -> str:
    """The Chinese name of a county by its six-digit code; the code itself where we do not know it."""
    parts = numdb.get("cn/loc").info(code)
    named = next((properties["county"] for _part, properties in parts if "county" in properties), code)
    return named.rpartition("]")[2]  # former names stand before it, each with its years


def social_credit_code(text: str) -> str:
    """An 18-character unified social credit code, check character tested. Raises BadNumber."""
    number = plain(text)
    try:
        return uscc.validate(number)
    except StdnumError:
        raise _bad("uscc") from None


def bank_card(text: str) -> tuple[str, list[str]]:
    """The card number (16 to 19 digits) and warnings: `luhn` where the check digit does not fit.

    Raises BadNumber where it cannot be a card at all.
    """
    number = plain(text).replace("-", "")
    if not _CARD.fullmatch(number) or len(set(number)) == 1:
        raise _bad("card_form")
    return number, [] if luhn.is_valid(number) else ["luhn"]


def organisation_account(text: str) -> str:
    """The number of an account that a bank keeps for an organisation (9 to 24 digits, without a check digit of its own).

    Raises BadNumber.
    """
    number = plain(text).replace("-", "")
    if not _ACCOUNT.fullmatch(number) or len(set(number)) == 1:
        raise _bad("account_form")
    return number


def phone(text: str) -> str:
    """E.164 of a phone number as typed; without a country code it is a Chinese one. Raises BadNumber."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise _bad("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_number(number: str) -> str:
    """The first four and last two characters: `5201**********73`."""
    if len(number) < _MASK_SHORT:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 6) + number[-2:]


def mask_phone(number: str) -> str:
    """`138****0000`, without the country code of China."""
    local = number.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}" if len(local) >= _MASK_SHORT else "*" * len(local)


def mask_email(address: str) -> str:
    """`w***@example.cn`."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if local else "*" * len(address)


def mask_name(name: str) -> str:
    """The surname (or first part before `·`) with the rest hidden but for the last: 王*国, 买*·*, 张*."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:  # noqa: PLR2004 - a surname and one character
        return name[0] + "*"
    return (
        name[0] + "".join("·" if c == "·" else "*" for c in name[1:-1]) + ("*" if "·" in name else name[-1])
    )


_GAP = r"[ -]?"
_TYPED = {
    "resident_id": re.compile(
        rf"(?<!\d)\d{{6}}{_GAP}(\d{{4}}){_GAP}(\d\d)(\d\d){_GAP}\d{{3}}[\dX](?!\d)", re.IGNORECASE
    ),
    "bank_card": re.compile(rf"(?<!\d)\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?(?!\d)"),
    "phone": re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"),
}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")


def personal_numbers_in(text: str) -> list[str]:
    """What a text seems to hold of `resident_id`, `bank_card` and `phone`: by their pattern, also mistyped or in full width.

    It is for a warning before something is stored: rather one question too many than a number too many.
    """
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return [kind for kind, pattern in _TYPED.items() if any(map(_SEEMS[kind], pattern.finditer(shown)))]


def _seems_id(found: re.Match[str]) -> bool:
    year, month, day = map(int, found.groups())
    return 1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31  # noqa: PLR2004 - a date


def _seems_card(found: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", found[0])
    return len(set(digits)) > 1 and (digits.startswith("62") or luhn.is_valid(digits))


_SEEMS = {"resident_id": _seems_id, "bank_card": _seems_card, "phone": bool}
