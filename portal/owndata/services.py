"""Asking for a copy, making it, fetching it, deleting it."""

import datetime as dt
import hashlib
import logging
import tempfile

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import clock, moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.notices import services as notices
from portal.owndata import making
from portal.owndata.kept import KEPT
from portal.owndata.models import Copy
from portal.owndata.workflow import MOVES
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
LEASE = dt.timedelta(minutes=10)
MOST_TRIES = 4
_IN_MEMORY = 2 * 1024 * 1024


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
    rows = Copy.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    copy = rows.filter(state="waiting", due_at__lte=at).order_by("due_at").first()
    if copy is None:
        return None
    if copy.tries >= MOST_TRIES:
        copy.state = moves.check(MOVES, "give up", copy.state)
        copy.due_at = None
        record(by=None, action="own_data.failed", thing=copy, at=at)
    else:
        copy.tries, copy.due_at = copy.tries + 1, at + LEASE
    copy.save(update_fields=["state", "tries", "due_at"])
    return copy


def make(copy: Copy, *, at: dt.datetime) -> None:
    """Write the file and say that it is there. A worker killed on the way leaves at most a file that is written over."""
    key = f"own-data/{copy.uid}.zip"
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        making.write(copy.user, file, language=copy.language, at=at, told=lambda done: _tell(copy, done))
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        default_storage.delete(key)
        key = default_storage.save(key, File(file, name=key))
    _ready(copy, key, size, digest, at=at)


def _tell(copy: Copy, done: int) -> None:
    Copy.objects.filter(pk=copy.pk, state="waiting").update(done=done)


@transaction.atomic
def _ready(copy: Copy, key: str, size: int, digest: str, *, at: dt.datetime) -> None:
    copy = Copy.objects.select_for_update(of=("self",)).select_related("user").get(pk=copy.pk)
    if copy.state != "waiting":
        return  # another worker was quicker; the file is the same one
    copy.state = moves.check(MOVES, "make", copy.state)
    copy.file_key, copy.file_bytes, copy.sha256 = key, size, digest
    copy.ready_at, copy.expires_at, copy.due_at, copy.done = at, at + settings.OWN_DATA_KEPT, None, copy.parts
    copy.save()
    until = f"{copy.expires_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    notices.send(
        copy.user, "data.ready", about=f"copy:{copy.uid}", path=reverse("owndata:copy"), at=at, until=until
    )
    record(by=None, action="own_data.made", thing=copy, at=at, detail={"sha256": digest, "bytes": size})


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
    rows = Copy.objects.select_for_update(skip_locked=True, of=("self",)).filter(state="ready")
    rows = rows.filter(user=user) if user else rows.filter(expires_at__lte=at)
    copy = rows.order_by("expires_at").first()
    if copy is None:
        return False
    default_storage.delete(copy.file_key)
    copy.state = moves.check(MOVES, "delete", copy.state)
    copy.file_key, copy.deleted_at = "", at
    copy.save(update_fields=["state", "file_key", "deleted_at"])
    record(by=user, action="own_data.deleted", thing=copy, at=at)
    return True
