"""The e-mail port: where a letter leaves the house. Each adapter is a callable `(to, subject, text, *, at)`; it raises MailFailed."""

import datetime as dt
import logging
import smtplib
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal import crypto, numbers
from portal.accounts.models import SentMessage
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
_TIMEOUT_S = 8
_ROOM = SentMessage._meta.get_field("to_masked").max_length  # noqa: SLF001 - Django's documented API


class MailFailed(RuleBroken):
    code = "mail_failed"
    message = _("The e-mail could not be sent. Check the address, wait a minute and try again.")


class Console:
    """Writes that a letter was sent; its text only where a developer asks by LOG_LEVEL=DEBUG."""

    def __call__(self, to: str, subject: str, text: str, *, at: dt.datetime) -> None:
        log.info("E-mail to %s at %s", numbers.mask_email(to), at)
        log.debug("E-mail: %s: %s", subject, text)


class Recorder:
    """Keeps letters beside the SMS, sealed, in the database: the outbox of the demo desk and of the tests."""

    def __call__(self, to: str, subject: str, text: str, *, at: dt.datetime) -> None:
        message = SentMessage(
            to_masked=numbers.mask_email(to)[:_ROOM],
            to_index=crypto.blind_index(to, purpose="email"),
            sent_at=at,
        )
        message.text_sealed = crypto.seal(
            f"{subject}\n{text}", table="accounts_sentmessage", column="text", row=message.uid
        )
        message.save()


class Smtp:
    """Through Django's mail backend, as EMAIL_HOST and its like say."""

    def __call__(self, to: str, subject: str, text: str, *, at: dt.datetime) -> None:
        link = get_connection(timeout=_TIMEOUT_S)
        letter = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [to], connection=link)
        try:
            letter.send()
        except (smtplib.SMTPException, OSError) as failed:
            log.warning("E-mail to %s failed: %s", numbers.mask_email(to), type(failed).__name__)
            raise MailFailed from failed


@cache
def _adapter(path: str) -> object:
    return import_string(path)()


def send(to: str, subject: str, text: str, *, at: dt.datetime) -> None:
    """Hand one letter to the port of the settings. Raises MailFailed."""
    _adapter(settings.MAIL_PORT)(to, subject, text, at=at)
