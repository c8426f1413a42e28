"""Telling somebody something, in the transaction of what it tells of; and reading it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise, lazy

from portal import logs
from portal.accounts.models import User
from portal.notices import quiet
from portal.notices.kinds import KINDS, Channel
from portal.notices.models import Choice, Delivery, Notice
from portal.notices.selectors import mailbox_of, notices_visible_to, wanted_channels


def _either(zh: str, en: str) -> str:
    return en if en and (translation.get_language() or "").startswith("en") else zh


either = lazy(_either, str)
"""A Chinese and an English wording that is chosen when it is spoken: `either(course.title_zh, course.title_en)`."""


@transaction.atomic
def send(
    user: User, kind: str, *, about: str, path: str, at: dt.datetime, **words: str | int | Promise
) -> Notice:
    """Tell a person something: on the site at once, by SMS and e-mail as they chose, when it is due.

    `about` names the thing it tells of: told again, it is the notice of the first time. `path` is the page it leads to.
    `words` fill the sentence of the kind (KeyError where one is missing); lazy ones are spoken in both languages. What
    looks like a personal number is masked. It belongs into the transaction of what it tells of; nothing is sent from here.
    """
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = logs.mask(str(KINDS[kind].words) % words)
    told = Notice(
        user=user,
        province_id=user.province_id,
        kind=kind,
        about=about,
        path=path,
        words_zh=_cut(said["zh-hans"], "words_zh"),
        words_en=_cut(said["en"], "words_en"),
        created_at=at,
    )
    Notice.objects.bulk_create([told], ignore_conflicts=True)
    notice = Notice.objects.get(user=user, kind=kind, about=about)
    if notice.created_at == at:
        _send_out(notice, user, at=at)
    return notice


def _cut(text: str, field: str) -> str:
    longest = Notice._meta.get_field(field).max_length  # noqa: SLF001 - Django's documented API
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _send_out(notice: Notice, user: User, *, at: dt.datetime) -> None:
    wanted = wanted_channels(user, notice.kind)
    mailbox = mailbox_of(user) if Channel.EMAIL in wanted else None
    reached = {
        Channel.SMS: bool(user.phone_index),
        Channel.EMAIL: mailbox is not None and mailbox.verified_at is not None,
    }
    Delivery.objects.bulk_create(
        [
            Delivery(
                notice=notice,
                user=user,
                province_id=user.province_id,
                channel=channel,
                due_at=quiet.after(at) if channel == Channel.SMS else at,
            )
            for channel in Channel
            if channel in wanted and reached[channel]
        ],
        ignore_conflicts=True,
    )


def mark_read(ids: Iterable[int] | None, *, by: User, at: dt.datetime) -> int:
    """Note that the reader has seen these of their own notices, or all where None. Gives how many were unread."""
    rows = notices_visible_to(by).unread().filter(created_at__lte=at)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=at)


@transaction.atomic
def choose(user: User, wanted: Iterable[str], *, at: dt.datetime) -> None:
    """Keep what a person wants: `wanted` are `kind:channel`; every other pair is not wanted. Bound ones stay on."""
    wishes = set(wanted)
    rows = [
        Choice(
            user=user,
            province_id=user.province_id,
            kind=code,
            channel=channel,
            wanted=channel in kind.bound or f"{code}:{channel}" in wishes,
            chosen_at=at,
        )
        for code, kind in KINDS.items()
        for channel in Channel
    ]
    Choice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["wanted", "chosen_at", "province"],
    )
