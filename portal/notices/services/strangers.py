"""Telling a phone that belongs to no account. Nothing of it stands on the site, and nothing is kept here."""

import datetime as dt

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from portal import logs
from portal.accounts import sms
from portal.notices import quiet
from portal.notices.kinds import KINDS


def ring(phone: str, kind: str, *, at: dt.datetime, **words: str | int | Promise) -> dt.datetime | None:
    """Send the sentence of a kind by SMS, in the portal's language, with its address. Gives None once it is sent.

    In the quiet hours nothing is sent: gives the moment when they end. Raises sms.SmsFailed.
    """
    if (morning := quiet.after(at)) > at:
        return morning
    with translation.override(settings.LANGUAGE_CODE):
        text = logs.mask(str(KINDS[kind].words) % words)
    sms.send(phone, f"{text} {settings.SITE_URL}", at=at)
    return None
