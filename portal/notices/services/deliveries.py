"""Sending what is due: taken up under a lock, sent without one, noted under a lock again.

A worker killed between sending and noting leaves its row taken up; when the lease is over it is tried once more, so such a
kill sends a message twice and never three times. A port that says "failed" though it has sent looks like a failure and is
tried again, too; only the port could know.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import translation

from portal import moves
from portal.accounts import sms
from portal.notices import mail, quiet
from portal.notices.kinds import Channel
from portal.notices.models import Delivery
from portal.notices.selectors import mailbox_of, wanted_channels
from portal.notices.workflow import MOVES
from portal.rules import RuleBroken

LEASE = dt.timedelta(minutes=5)
"""How long a worker that took a delivery up has it for itself; far longer than the ports wait."""
MOST_TRIES = 6
FIRST_WAIT, FACTOR = dt.timedelta(minutes=1), 4
"""1, 4, 16, 64, 256 minutes between the tries."""
OLD = dt.timedelta(days=3)
"""What has waited so long is given up: it stands on the site, and nobody is woken by old news."""
Problem = Delivery.Problem


@transaction.atomic
def take_up(*, at: dt.datetime) -> Delivery | None:
    """The next delivery that is due, leased to the caller; None where nothing is.

    It may be given back with an end already: too old, or lost twice. A telephone that rang often enough today, and one
    in the quiet hours, waits till the morning.
    """
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("notice", "user")
    row = rows.filter(due_at__lte=at).order_by("due_at", "id").first()
    if row is None:
        return None
    row.lost += row.taken_at is not None
    if row.lost > 1:
        return _end(row, "give up", Problem.LOST, at=at)
    if at - row.notice.created_at > OLD:
        return _end(row, "give up", Problem.OLD, at=at)
    later = _silent_until(row, at=at)
    if later is not None:
        row.taken_at, row.due_at = None, later
    else:
        row.taken_at, row.due_at, row.tries = at, at + LEASE, row.tries + 1
    row.save(update_fields=["taken_at", "due_at", "tries", "lost"])
    return row


def _silent_until(row: Delivery, *, at: dt.datetime) -> dt.datetime | None:
    if row.channel != Channel.SMS:
        return None
    if (morning := quiet.after(at)) > at:
        return morning
    begins, ends = quiet.day_of(at)
    today = Delivery.objects.filter(
        user_id=row.user_id, channel=Channel.SMS, sent_at__gte=begins, sent_at__lt=ends
    )
    return quiet.tomorrow(at) if today.count() >= settings.NOTICE_SMS_A_DAY else None


def _end(row: Delivery, step: str, problem: str = "", *, at: dt.datetime) -> Delivery:
    """Sent, or given up with its reason. The caller holds the row."""
    row.state = moves.check(MOVES, step, row.state)
    row.due_at = row.taken_at = None
    row.problem, row.sent_at = problem, None if problem else at
    row.save(update_fields=["state", "due_at", "taken_at", "problem", "sent_at", "lost"])
    return row


def hand_over(row: Delivery, *, at: dt.datetime) -> str:
    """Give a delivery that was taken up to its port, in the receiver's language. Gives the problem, or nothing. Writes no row."""
    user, notice = row.user, row.notice
    if row.channel not in wanted_channels(user, notice.kind):
        return Problem.SWITCHED_OFF
    if not user.is_active:
        return Problem.ADDRESS
    with translation.override(user.language):
        text, title = notice.words, str(notice.title)
    address = f"{settings.SITE_URL}{notice.path}"
    try:
        if row.channel == Channel.SMS:
            if not user.phone:
                return Problem.ADDRESS
            sms.send(user.phone, f"{text} {address}", at=at)
        else:
            mailbox = mailbox_of(user)
            if mailbox is None or mailbox.verified_at is None:
                return Problem.ADDRESS
            mail.send(mailbox.address, title, f"{text}\n\n{address}\n", at=at)
    except RuleBroken:
        return Problem.PORT
    return ""


@transaction.atomic
def note(row: Delivery, problem: str, *, at: dt.datetime) -> Delivery:
    """Keep what came of a try: sent, due again later, or given up. A worker that was slow, not dead, changes nothing."""
    taken_at = row.taken_at
    row = Delivery.objects.select_for_update().get(pk=row.pk)
    if row.taken_at is None or row.taken_at != taken_at:
        return row
    if not problem:
        return _end(row, "send", at=at)
    if problem != Problem.PORT or row.tries >= MOST_TRIES:
        return _end(row, "give up", problem, at=at)
    row.state = moves.check(MOVES, "fail", row.state)
    row.problem, row.taken_at = problem, None
    row.due_at = at + FIRST_WAIT * FACTOR ** (row.tries - 1)
    row.save(update_fields=["state", "problem", "taken_at", "due_at"])
    return row


def deliver_next(*, at: dt.datetime) -> bool:
    """One delivery that is due, taken up, handed over and noted. False when none is."""
    row = take_up(at=at)
    if row is None:
        return False
    if row.taken_at is not None:
        note(row, hand_over(row, at=at), at=at)
    return True
