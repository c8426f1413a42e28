"""The verification code on a certificate: 130 random bits and a check, in letters that hands and eyes do not confuse.

28 characters of Crockford's base 32 (no I, L, O, U): 26 carry the bits, two the remainder by 1021. A consent code has the
same form with 16 characters and 70 bits: only employers who are signed in can try one. 1021 is a prime
above 31 and below 32², so that one wrong character and two swapped neighbours are always noticed, which lets the page
say "a typing error" before it says "not found".
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 28
CONSENT_LENGTH = 16
_CHECKED_BY = 2
EXTERNAL = "EX-"
"""So begins our number for a certificate that somebody else issued."""
_PRIME = 1021
_READ_AS = str.maketrans("ILO", "110")


def new_code(length: int = LENGTH) -> str:
    data = "".join(secrets.choice(ALPHABET) for _ in range(length - _CHECKED_BY))
    return data + _check(data)


def _check(data: str) -> str:
    value = 0
    for character in data:
        value = value * 32 + ALPHABET.index(character)
    return ALPHABET[value % _PRIME // 32] + ALPHABET[value % _PRIME % 32]


def plain(text: str) -> str:
    """As stored: full width, lower case, spaces and hyphens do not matter; I and L are read as 1, O as 0."""
    kept = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in kept if not c.isspace() and c not in "-‐‑–—").translate(_READ_AS)


def is_well_formed(code: str, length: int = LENGTH) -> bool:
    """Whether a plain code can have been given out by us: length, letters and check."""
    data, check = code[:-_CHECKED_BY], code[-_CHECKED_BY:]
    return len(code) == length and all(c in ALPHABET for c in code) and _check(data) == check


def grouped(code: str) -> str:
    """In fours, as printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def external_serial(province_code: str, year: int) -> str:
    """`EX-52-2026-` and ten letters or digits (50 random bits): a handle, not a number that counts anything."""
    return f"{EXTERNAL}{province_code[:2]}-{year}-" + "".join(secrets.choice(ALPHABET) for _ in range(10))


def is_external(serial: str) -> bool:
    return serial.startswith(EXTERNAL)
