"""The SMS port: where a code leaves the house. Each adapter is a callable `(to, text, *, at)`; it raises SmsFailed."""

import datetime as dt
import json
import logging
import urllib.error
import urllib.request
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal import crypto, numbers
from portal.accounts.models import SentMessage
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
_TIMEOUT_S = 4


class SmsFailed(RuleBroken):
    code = "sms_failed"
    message = _("The message could not be sent. Wait a minute and try again.")


class Console:
    """Writes that a message was sent; the code itself only where a developer asks by LOG_LEVEL=DEBUG."""

    def __call__(self, to: str, text: str, *, at: dt.datetime) -> None:
        log.info("SMS to %s at %s", numbers.mask_phone(to), at)
        log.debug("SMS text: %s", text)


class Recorder:
    """Keeps messages, sealed, in the database: the outbox of the demo desk and of the tests."""

    def __call__(self, to: str, text: str, *, at: dt.datetime) -> None:
        message = SentMessage(
            to_masked=numbers.mask_phone(to), to_index=crypto.blind_index(to, purpose="phone"), sent_at=at
        )
        message.text_sealed = crypto.seal(text, table="accounts_sentmessage", column="text", row=message.uid)
        message.save()


class Http:
    """Posts `{"to", "text"}` as JSON to SMS_HTTP_URL with a bearer token. Any 2xx is success."""

    def __call__(self, to: str, text: str, *, at: dt.datetime) -> None:
        request = urllib.request.Request(  # noqa: S310 - the address is the deployer's setting
            settings.SMS_HTTP_URL,
            data=json.dumps({"to": to, "text": text, "at": at.isoformat()}).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.SMS_HTTP_TOKEN}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310 - see above
                pass
        except (urllib.error.URLError, TimeoutError, OSError) as failed:
            log.warning("SMS to %s failed: %s", numbers.mask_phone(to), failed)
            raise SmsFailed from failed


@cache
def _adapter(path: str) -> object:
    return import_string(path)()


def send(to: str, text: str, *, at: dt.datetime) -> None:
    """Hand one message to the port of the settings. Raises SmsFailed."""
    _adapter(settings.SMS_PORT)(to, text, at=at)
