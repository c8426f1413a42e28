"""Telling somebody something, in the transaction of what it tells of; and reading it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy

from portal import clock, logs
from portal.accounts.models import User
from portal.accounts.roles import PAID_FOR
from portal.accounts.selectors import acting_for, untold_account_changes
from portal.accounts.services import note_told
from portal.notices import quiet
from portal.notices.kinds import KINDS, Channel
from portal.notices.models import Choice, Delivery, Notice
from portal.notices.selectors import channels_wanted, notices_visible_to, verified_mailboxes


def _either(zh: str, en: str) -> str:
    return en if en and (translation.get_language() or "").startswith("en") else zh


either = lazy(_either, str)
"""A Chinese and an English wording that is chosen when it is spoken: `either(course.title_zh, course.title_en)`."""


@dataclass(frozen=True)
class Telling:
    """What one person is to be told; see `send`."""

    user: User
    kind: str
    about: str
    path: str
    words: dict[str, str | int | Promise]


def send(
    user: User, kind: str, *, about: str, path: str, at: dt.datetime, **words: str | int | Promise
) -> Notice:
    """Tell a person something: on the site at once, by SMS and e-mail as they chose, when it is due.

    `about` names the thing it tells of: told again, it is the notice of the first time. `path` is the page it leads to.
    `words` fill the sentence of the kind (KeyError where one is missing); lazy ones are spoken in both languages. What
    looks like a personal number is masked. It belongs into the transaction of what it tells of; nothing is sent from here.
    """
    send_all([Telling(user, kind, about, path, words)], at=at)
    return Notice.objects.get(user=user, kind=kind, about=about)


@transaction.atomic
def send_all(tellings: Sequence[Telling], *, at: dt.datetime) -> None:
    """As `send`, of many at once: the number of statements does not grow with them."""
    said: dict[str, list[str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = [logs.mask(str(KINDS[one.kind].words) % one.words) for one in tellings]
    notices = [
        Notice(
            user=one.user,
            province_id=one.user.province_id,
            kind=one.kind,
            about=one.about,
            path=one.path,
            words_zh=_cut(zh, "words_zh"),
            words_en=_cut(en, "words_en"),
            created_at=at,
        )
        for one, zh, en in zip(tellings, said["zh-hans"], said["en"], strict=True)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    asked = Q(user__in={one.user.pk for one in tellings}, about__in={one.about for one in tellings})
    kept = Notice.objects.filter(asked, kind__in={one.kind for one in tellings}, created_at=at)
    _send_out(list(kept.order_by().select_related("user")), at=at)


def _cut(text: str, field: str) -> str:
    longest = Notice._meta.get_field(field).max_length  # noqa: SLF001 - Django's documented API
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _send_out(notices: Sequence[Notice], *, at: dt.datetime) -> None:
    wanted = channels_wanted((notice.user_id, notice.kind) for notice in notices)
    by_mail = {user for (user, _kind), channels in wanted.items() if Channel.EMAIL in channels}
    verified = verified_mailboxes(by_mail) if by_mail else set()
    Delivery.objects.bulk_create(
        [
            Delivery(
                notice=notice,
                user=notice.user,
                province_id=notice.user.province_id,
                channel=channel,
                due_at=quiet.after(at) if channel == Channel.SMS else at,
            )
            for notice in notices
            for channel in Channel
            if channel in wanted[notice.user_id, notice.kind]
            and (notice.user.phone_index if channel == Channel.SMS else notice.user_id in verified)
        ],
        ignore_conflicts=True,
    )


def tell_of_account_change(account_id: int, *, at: dt.datetime) -> bool:
    """Tell the owner that another account is paid to now; once. True where this call did."""
    rows = untold_account_changes().select_for_update(skip_locked=True, of=("self",))
    account = rows.filter(pk=account_id).select_related("user", "organisation").first()
    if account is None or not note_told(account, at=at):
        return False
    words = {
        "account": account.masked_number,
        "day": date_format(timezone.localtime(account.changed_at), "Y-m-d H:i"),
    }
    about = f"bank account {account.pk}"
    if account.user is not None:
        send(account.user, "account.changed", about=about, path=reverse("accounts:bank"), at=at, **words)
        return True
    words["organisation"] = either(account.organisation.name_zh, account.organisation.name_en)
    path = reverse("accounts:organisation_bank")
    send_all(
        [
            Telling(person, "account.of_organisation", about, path, words)
            for person in acting_for(account.organisation_id, *PAID_FOR, on=clock.today(at))
        ],
        at=at,
    )
    return True


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
