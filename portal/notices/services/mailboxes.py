"""The e-mail address of a person: given, confirmed by a link, taken back."""

import datetime as dt
import uuid

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock, numbers
from portal.accounts.models import User
from portal.audit.services import record
from portal.notices import mail
from portal.notices.models import Mailbox
from portal.notices.selectors import mailbox_of
from portal.rules import RuleBroken

LINK_LASTS = dt.timedelta(days=2)
PAUSE = dt.timedelta(minutes=1)
MOST_A_DAY = 5
_SALT = "notices.mailbox"


class BadAddress(RuleBroken):
    code = "bad_email"
    message = _("This is not an e-mail address. It looks like name@example.cn.")


class AskedTooOften(RuleBroken):
    code = "asked_too_often"
    message = _(
        "A confirmation was sent just now, or five times today. Look into the mailbox, or try again later."
    )


class LinkOver(RuleBroken):
    code = "link_over"
    message = _("This link is over, or belongs to another address. Have a new one sent.")


def _plain(address: str) -> str:
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress from None
    return address


def give_address(user: User, address: str, *, at: dt.datetime) -> Mailbox:
    """Keep an address, sealed, and send its confirmation. Raises BadAddress, AskedTooOften, mail.MailFailed."""
    address = _plain(address)
    mailbox = _kept(user, address, at=at)
    path = reverse("notices:confirm", args=[token_of(mailbox, at=at)])
    mail.send(
        address,
        gettext("Confirm your e-mail address"),
        gettext("Open this page, signed in, to get notices at this address: %(address)s")
        % {"address": f"{settings.SITE_URL}{path}"},
        at=at,
    )
    return mailbox


@transaction.atomic
def _kept(user: User, address: str, *, at: dt.datetime) -> Mailbox:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    mailbox = mailbox_of(user) or Mailbox(user=user, asked_at=at)
    if mailbox.pk:
        if at - mailbox.asked_at < PAUSE:
            raise AskedTooOften
        mailbox.asks = mailbox.asks if clock.today(mailbox.asked_at) == clock.today(at) else 0
        if mailbox.asks >= MOST_A_DAY:
            raise AskedTooOften
    mailbox.uid = uuid.uuid4()
    mailbox.province_id = user.province_id
    mailbox.address, mailbox.masked_address = address, numbers.mask_email(address)
    mailbox.asked_at, mailbox.verified_at, mailbox.asks = at, None, mailbox.asks + 1
    mailbox.save()
    record(by=user, action="mailbox.given", thing=mailbox, at=at)
    return mailbox


def token_of(mailbox: Mailbox, *, at: dt.datetime) -> str:
    """What the confirming link carries: which mailbox and when it was asked for; no address."""
    return signing.dumps([str(mailbox.uid), int(at.timestamp())], salt=_SALT)


@transaction.atomic
def confirm(token: str, *, by: User, at: dt.datetime) -> Mailbox:
    """The holder of the account has opened the link. A second time changes nothing. Raises LinkOver."""
    try:
        uid, then = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise LinkOver from None
    mailbox = Mailbox.objects.select_for_update().filter(uid=uid, user_id=by.pk).first()
    if mailbox is None or at.timestamp() - then > LINK_LASTS.total_seconds():
        raise LinkOver
    if mailbox.verified_at is None:
        mailbox.verified_at = at
        mailbox.save(update_fields=["verified_at"])
        record(by=by, action="mailbox.verified", thing=mailbox, at=at)
    return mailbox


@transaction.atomic
def remove_address(user: User, *, at: dt.datetime) -> None:
    """Nothing is kept of it but that it was removed."""
    mailbox = Mailbox.objects.select_for_update().filter(user_id=user.pk).first()
    if mailbox is not None:
        record(by=user, action="mailbox.removed", thing=mailbox, at=at)
        mailbox.delete()
