"""A key that never leaves its device (HSM, token, smart card), reached through PKCS #11, the library of the device's maker.

A session is opened when it is first needed, by each process for itself: after a fork the parent's sessions are not the child's
(PKCS #11, "Applications and processes"), so a child forgets them and initialises the library anew. python-pkcs11 tells the library
that one thread at a time calls it, so one lock holds for all of a process.
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pkcs11
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Mechanism, TokenFlag, _pkcs11

from certificates.signers.certified import Certified
from certificates.signers.place import Place

log = logging.getLogger(__name__)

PAUSE: Final = 5.0
"""Seconds after a device could not be opened in which it is not tried again: each try may cost its maker's timeout, and pages wait."""

_WRONG_PIN: Final = (
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinLocked,
    pkcs11.PinExpired,
    pkcs11.UserPinNotInitialized,
)
_QUESTION: Final = b"Does this key belong to this certificate?"


class PinRefused(ValueError):  # noqa: N818 - says what happened
    """The token has refused the PIN, or one more refusal would lock it."""


class _Here:
    """What this process has: libraries, sessions, and what it must not try again."""

    def __init__(self, refused: frozenset["DeviceSigner"] = frozenset()) -> None:
        self.lock = threading.Lock()
        self.libraries: dict[str, _pkcs11.lib] = {}
        self.keys: dict[DeviceSigner, pkcs11.PrivateKey] = {}
        self.refused = set(refused)
        self.away: dict[DeviceSigner, tuple[float, Exception]] = {}


_here = _Here()
_forked_from: list[_Here] = []
"""Kept for good: python-pkcs11 finalises a library that nobody holds, and that would end what the parent shares with the device."""


def _begin_anew() -> None:
    global _here  # noqa: PLW0603 - a process is global
    _forked_from.append(_here)
    _here = _Here(frozenset(_here.refused))


os.register_at_fork(after_in_child=_begin_anew)


@dataclass(frozen=True)
class DeviceSigner(Certified):
    """RSA or ECDSA over P-256. The certificates come from a file, so papers can be checked while the device is away.

    A device's ECDSA need not be deterministic: the same bytes may get another signature each time.
    """

    place: Place
    pin: str = field(repr=False)
    certificates: tuple[x509.Certificate, ...]

    @classmethod
    def named(cls, uri: str, pin: str, chain: Path) -> "DeviceSigner":
        """`chain` is a PEM file, the certificate of the key first. The device is not asked yet. Raises OSError, ValueError."""
        place, found = Place.named(uri), tuple(x509.load_pem_x509_certificates(chain.read_bytes()))
        key = found[0].public_key()
        curve = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        if not curve and not isinstance(key, rsa.RSAPublicKey):
            raise ValueError(f"{chain} begins with the certificate of a key that is neither RSA nor P-256")
        return cls(place, pin, found)

    def reach(self) -> None:
        """Opens a session where there is none. Raises OSError (the device is away), ValueError (wrong PIN, no such key, a key of
        another certificate). A PIN that was refused is not tried again before the process ends.
        """
        with _here.lock:
            self._key()

    def sign(self, data: bytes) -> bytes:
        """A session that has ended meanwhile is opened anew once. Raises as `reach`."""
        with _here.lock:
            if self in _here.keys:
                try:
                    return self._signature(_here.keys[self], data)
                except pkcs11.PKCS11Error as ended:
                    log.warning("The session with the signing device has ended: %s", _words(ended))
                    self._let_go()
            key = self._key()
            with self._opening():
                return self._signature(key, data)

    def _key(self) -> pkcs11.PrivateKey:
        if self in _here.keys:
            return _here.keys[self]
        until, why = _here.away.get(self, (0.0, None))
        if why and time.monotonic() < until:
            raise type(why)(*why.args)
        if self in _here.refused:
            raise PinRefused("the token has refused the PIN; it is not tried again before a restart")
        with self._opening():
            key = self._found(self._session())
            self._must_fit(key)
            _here.keys[self] = key
            return key

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """Whatever goes wrong, nothing half open stays behind, and the next try comes a little later."""
        try:
            yield
        except pkcs11.PKCS11Error as trouble:
            away = OSError(f"the signing device cannot be reached: {_words(trouble)}")
            self._pause(away)
            raise away from trouble
        except (OSError, ValueError) as trouble:
            self._pause(trouble)
            raise

    def _pause(self, why: Exception) -> None:
        self._let_go()
        _here.away[self] = time.monotonic() + PAUSE, why

    def _let_go(self) -> None:
        """Of the library too: many find a device that came back only when they begin anew."""
        module = self.place.module
        _here.keys = {signer: key for signer, key in _here.keys.items() if signer.place.module != module}
        if library := _here.libraries.get(module):
            with suppress(pkcs11.PKCS11Error):
                library.finalize()

    def _session(self) -> pkcs11.Session:
        token = _token(self.place)
        must_leave_a_try(token.flags)
        try:
            return token.open(user_pin=self.pin)
        except pkcs11.UserAlreadyLoggedIn:  # by another signer of this process
            return token.open()
        except _WRONG_PIN as refused:
            _here.refused.add(self)
            raise PinRefused(f"the token refuses the PIN: {_words(refused)}") from refused

    def _found(self, session: pkcs11.Session) -> pkcs11.PrivateKey:
        kind = pkcs11.KeyType.RSA if self.algorithm == "rsa" else pkcs11.KeyType.EC
        try:
            key = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, kind, self.place.label, self.place.id)
        except pkcs11.NoSuchKey:
            raise ValueError(f"the token holds no such private key of kind {kind.name}") from None
        except pkcs11.MultipleObjectsReturned:
            raise ValueError("several keys of the token are meant; name object and id") from None
        if not isinstance(key, pkcs11.SignMixin):
            raise ValueError("the device does not let that key sign")  # noqa: TRY004 - a setting of the key
        return key

    def _must_fit(self, key: pkcs11.PrivateKey) -> None:
        signature, public = self._signature(key, _QUESTION), self.public_key
        try:
            if isinstance(public, rsa.RSAPublicKey):
                public.verify(signature, _QUESTION, padding.PKCS1v15(), hashes.SHA256())
            else:
                public.verify(signature, _QUESTION, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise ValueError("the first certificate belongs to another key than the device's") from None

    def _signature(self, key: pkcs11.PrivateKey, data: bytes) -> bytes:
        if self.algorithm == "rsa":
            return key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)
        pair = key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
        half = len(pair) // 2
        return encode_dss_signature(int.from_bytes(pair[:half]), int.from_bytes(pair[half:]))


def must_leave_a_try(flags: TokenFlag) -> None:
    """Each process may be wrong once about the PIN; together they must not lock the token. Raises PinRefused."""
    if flags & TokenFlag.USER_PIN_LOCKED:
        raise PinRefused("the token is locked after wrong PINs")
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        raise PinRefused("one more wrong PIN would lock the token; log in to it once by other means")


def library_of(module: str) -> _pkcs11.lib:
    """The library, initialised in this process. Raises pkcs11.PKCS11Error."""
    if module in _here.libraries:
        _here.libraries[module].initialize()
        return _here.libraries[module]
    inherited = [before.libraries[module] for before in _forked_from if module in before.libraries]
    try:
        library = _pkcs11.lib(module)
    except pkcs11.PKCS11Error:
        if not inherited:
            raise
        inherited[-1].finalize()  # some, SoftHSM too, do not notice that they were forked
        library = _pkcs11.lib(module)
    _here.libraries[module] = library
    return library


def _token(place: Place) -> pkcs11.Token:
    found = []
    for slot in library_of(place.module).get_slots(token_present=True):
        with suppress(pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
            token = slot.get_token()
            fits = place.slot in {None, slot.slot_id} and token.flags & TokenFlag.TOKEN_INITIALIZED
            if fits and all(getattr(token, name) == value for name, value in place.token):
                found.append(token)
    if not found:
        raise OSError("the token of the signing key is not there")
    if len(found) > 1:
        raise ValueError("several tokens are meant; name token, serial or slot-id")
    return found[0]


def _words(trouble: pkcs11.PKCS11Error) -> str:
    return f"{type(trouble).__name__} {trouble}".strip()
