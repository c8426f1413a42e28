"""Where in which device a key lies: a `pkcs11:` URI as RFC 7512 has it. Pure.

    pkcs11:token=zhixun;object=papers?module-path=/usr/lib/softhsm/libsofthsm2.so

What the portal cannot follow is refused, not passed over: a URI that names less than its author meant could find another key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

SCHEME: Final = "pkcs11:"
_TOKEN: Final = {"token": "label", "serial": "serial", "manufacturer": "manufacturer_id", "model": "model"}
"""Attributes of RFC 7512 that name a token, and what python-pkcs11 calls them."""


@dataclass(frozen=True)
class Place:
    module: str
    """Path of the PKCS #11 library of the device's maker."""
    token: tuple[tuple[str, str | bytes], ...] = ()
    """What the token must say of itself: pairs of an attribute's name in python-pkcs11 and its value."""
    slot: int | None = None
    label: str | None = None
    """Of the key, `CKA_LABEL`."""
    id: bytes | None = None
    """Of the key, `CKA_ID`."""

    @classmethod
    def named(cls, uri: str) -> "Place":
        """Raises ValueError, whose words hold no value out of the URI."""
        if not uri.startswith(SCHEME):
            raise ValueError(f"the place of a key in a device begins with {SCHEME}")
        path, _mark, query = uri.removeprefix(SCHEME).partition("?")
        asked, told = dict(_attributes(path, ";")), dict(_attributes(query, "&"))
        if {"pin-value", "pin-source"} & told.keys():
            raise ValueError("no PIN belongs in a URI; give it as CERTIFICATE_SIGNER_PASSWORD")
        if asked.pop("type", "private") != "private":
            raise ValueError("only a private key signs: type=private")
        token = tuple((_TOKEN[name], _said(name, asked.pop(name))) for name in _TOKEN if name in asked)
        slot, label, key_id = (asked.pop(name, None) for name in ("slot-id", "object", "id"))
        module = told.pop("module-path", None)
        if left := sorted({*asked, *told}):
            raise ValueError(f"cannot follow {', '.join(left)} in a {SCHEME} URI")
        if not module or not module.startswith("/"):
            raise ValueError("module-path must be the full path of the device's PKCS #11 library")
        if slot is not None and not (slot.isascii() and slot.isdecimal()):
            raise ValueError("slot-id is a number")
        return cls(
            _text(module),
            token,
            int(slot) if slot else None,
            None if label is None else _text(label),
            None if key_id is None else unquote_to_bytes(key_id),
        )


def _attributes(part: str, between: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for attribute in part.split(between) if part else ():
        name, equals, value = attribute.partition("=")
        if not equals or not name or name in seen:
            raise ValueError(f"attributes of a {SCHEME} URI are name=value, each once")
        seen.add(name)
        yield name, value


def _said(name: str, value: str) -> str | bytes:
    return unquote_to_bytes(value) if name == "serial" else _text(value)


def _text(value: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(f"a value of the {SCHEME} URI is not UTF-8") from None
