"""Asking for a copy, making it, fetching it, deleting it."""

import datetime as dt
import logging
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.madefiles import services as madefiles
from portal.notices import services as notices
from portal.owndata import making
from portal.owndata.kept import KEPT
from portal.owndata.models import Copy
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
LEASE, MOST_TRIES = madefiles.LEASE, madefiles.MOST_TRIES


class HasOne(RuleBroken):
    code = "copy_there_is_one"
    message = _(
        "A copy is being made, or is ready to be fetched. Another one can be made when that is deleted."
    )


@transaction.atomic
def ask(user: User, *, at: dt.datetime) -> Copy:
    """Have a copy made, in the language of the asker. Raises HasOne."""
    try:
        with transaction.atomic():
            copy = Copy.objects.create(
                user=user,
                province_id=user.province_id,
                language=get_language() or settings.LANGUAGE_CODE,
                asked_at=at,
                due_at=at,
                parts=len(KEPT),
            )
    except IntegrityError as broken:
        raise HasOne from broken
    record(by=user, action="own_data.asked", thing=copy, at=at)
    return copy


@transaction.atomic
def take_up(*, at: dt.datetime) -> Copy | None:
    """The next copy to make, leased to the caller; given up where it failed too often. None where nothing waits."""
    copy = madefiles.take_up(Copy.objects.select_related("user"), at=at)
    if copy is not None and copy.state == "failed":
        record(by=None, action="own_data.failed", thing=copy, at=at)
    return copy


def make(copy: Copy, *, at: dt.datetime) -> None:
    """Write the file and say that it is there."""

    def write(file: BinaryIO) -> None:
        making.write(
            copy.user, file, language=copy.language, at=at, told=lambda done: madefiles.tell(copy, done)
        )

    _ready(copy, madefiles.keep(f"own-data/{copy.uid}.zip", write), at=at)


@transaction.atomic
def _ready(copy: Copy, kept: madefiles.Kept, *, at: dt.datetime) -> None:
    rows = Copy.objects.select_related("user")
    copy = madefiles.mark_ready(rows, copy.pk, kept, at=at, days=settings.OWN_DATA_KEPT)
    if copy is None:
        return
    until = f"{copy.expires_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    notices.send(
        copy.user, "data.ready", about=f"copy:{copy.uid}", path=reverse("owndata:copy"), at=at, until=until
    )
    detail = {"sha256": kept.sha256, "bytes": kept.size}
    record(by=None, action="own_data.made", thing=copy, at=at, detail=detail)


def make_next(*, at: dt.datetime) -> bool:
    """One copy that waits. False when none does. A failure is tried again after the lease."""
    copy = take_up(at=at)
    if copy is None:
        return False
    if copy.state == "waiting":
        try:
            make(copy, at=at)
        except Exception:  # whatever a store or a row may do; it is tried again after the lease
            log.exception("the copy %s could not be made", copy.uid)
    return True


@transaction.atomic
def note_fetched(copy: Copy, *, by: User, at: dt.datetime) -> None:
    record(by=by, action="own_data.fetched", thing=copy, at=at)


@transaction.atomic
def delete_next(*, at: dt.datetime, user: User | None = None) -> bool:
    """Delete one copy whose days are over, or at once that of a person who asks for it. False when there is none."""
    rows = Copy.objects.filter(user=user) if user else Copy.objects.filter(expires_at__lte=at)
    copy = madefiles.delete_one(rows, at=at)
    if copy is None:
        return False
    record(by=user, action="own_data.deleted", thing=copy, at=at)
    return True
