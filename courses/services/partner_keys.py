"""Keys of partners: making, revoking, recognising and pacing them."""

import base64
import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from courses.models import PartnerKey
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.rules import RuleBroken

PREFIX = "zhixun_"
"""Lets secret scanners find a key that was left lying about."""
MOST_KEYS = 5
_ID_BYTES, _SECRET_BYTES = 8, 32
_ID_LENGTH = 12
_LONGEST_TOKEN = 100


class TooManyKeys(RuleBroken):
    code = "too_many_keys"
    message = _("At most five keys may live at once. Revoke one first.")


class KeyOver(RuleBroken):
    """`code` says why the key opens nothing any more; only whoever holds its secret is told."""


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State why the key is revoked.")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _new_id() -> str:
    return base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower()[:_ID_LENGTH]


@transaction.atomic
def make_key(
    organisation: Organisation, *, name: str, by: User, at: dt.datetime, expires_at: dt.datetime | None = None
) -> tuple[PartnerKey, str]:
    """A new key and its token, which is told this once and kept nowhere. Raises TooManyKeys, ValidationError."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if PartnerKey.objects.live(at).filter(organisation=organisation).count() >= MOST_KEYS:
        raise TooManyKeys
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    key = PartnerKey(
        public_id=_new_id(),
        province_id=organisation.province_id,
        organisation=organisation,
        name=name.strip(),
        secret_hash=_hash(secret),
        created_at=at,
        created_by=by,
        expires_at=expires_at,
    )
    key.full_clean(exclude=["revoked_by", "secret_hash"])
    key.save(force_insert=True)
    record(by=by, action="partner_key.made", thing=key, at=at, detail={"key": key.public_id})
    return key, f"{PREFIX}{key.public_id}_{secret}"


@transaction.atomic
def revoke_key(key: PartnerKey, *, by: User, at: dt.datetime, reason: str) -> PartnerKey:
    """Shut a key for good. Revoking it again changes nothing. Raises ReasonMissing."""
    key = PartnerKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is not None:
        return key
    if not reason.strip():
        raise ReasonMissing
    key.revoked_at, key.revoked_by, key.revoked_reason = at, by, reason.strip()[:500]
    key.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    record(
        by=by,
        action="partner_key.revoked",
        thing=key,
        at=at,
        reason=key.revoked_reason,
        detail={"key": key.public_id},
    )
    return key


def key_of(token: str, *, at: dt.datetime) -> PartnerKey | None:
    """The key that the token is of; None for any token that was never ours. Raises KeyOver for one that is over.

    An unknown id costs the same comparison as a wrong secret, so that neither tells which keys there are.
    """
    public_id, _line, secret = token.removeprefix(PREFIX).partition("_")
    fits = (
        token.startswith(PREFIX) and len(token) <= _LONGEST_TOKEN and token.isascii() and token.isprintable()
    )
    key = (
        PartnerKey.objects.with_makers(clock.today(at))
        .select_related("organisation__province", "created_by")
        .filter(public_id=public_id if fits else "")
        .first()
    )
    kept = bytes(key.secret_hash) if key else b"\x00" * 32
    if not hmac.compare_digest(kept, _hash(secret) if fits else b"\x01" * 32) or key is None:
        return None
    if trouble := trouble_with(key, at=at):
        broken = KeyOver(trouble[1], code=trouble[0])
        broken.key = key
        raise broken
    return key


def trouble_with(key: PartnerKey, *, at: dt.datetime) -> tuple[str, object] | None:
    """Why the key opens nothing any more, as (code, sentence). The key comes `with_makers`."""
    if key.revoked_at is not None:
        return "key_revoked", _("This key was revoked. Take another one.")
    if key.expires_at is not None and key.expires_at <= at:
        return "key_expired", _("This key has expired. Take another one.")
    if not key.maker_acts:
        return "key_orphaned", _(
            "Who made this key no longer acts for the organisation. The manager of today makes a new one."
        )
    return None


def pace(key: PartnerKey, *, at: dt.datetime) -> int:
    """Note a call. 0 where the key may go on, else the seconds after which it may.

    One statement, one row: `paced_until_at` moves on by the time one call is worth, never from before now, and a call
    is refused while it lies further ahead than a burst is worth (the generic cell rate algorithm). The row is in
    PostgreSQL, so the limit holds for all processes and without Redis.
    """
    worth = dt.timedelta(minutes=1) / settings.PARTNER_CALLS_PER_MINUTE
    most_ahead = worth * (settings.PARTNER_BURST - 1)
    rows = PartnerKey.objects.filter(pk=key.pk)
    let_in = rows.filter(Q(paced_until_at=None) | Q(paced_until_at__lte=at + most_ahead)).update(
        paced_until_at=Greatest(F("paced_until_at"), Value(at)) + Value(worth),
        last_used_at=Func(F("last_used_at"), Value(at), function="GREATEST"),
    )
    if let_in:
        return 0
    ahead = rows.values_list("paced_until_at", flat=True).get() - at - most_ahead
    return max(1, -(-ahead // dt.timedelta(seconds=1)))
