"""Asking the bank whether an account belongs to the person it is to pay. The question is asked outside of any transaction."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal import clock
from portal.accounts.models import BankAccount
from portal.accounts.services import payment_details
from portal.audit.services import record
from subsidies import name_port
from subsidies.models import Claim, NameAnswer, NameCheck
from subsidies.selectors.payees import accounts_to_be_paid
from subsidies.workflow.claims import State

HOLDS_FOR: Final = dt.timedelta(days=90)
"""After so long a standing is asked for anew before money goes there."""
OLDEST_DATA: Final = dt.timedelta(days=30)
TIMEOUT: Final = 10.0
LEASE: Final = dt.timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=5), dt.timedelta(hours=12)
UNKNOWN_WAIT: Final = dt.timedelta(days=1)
Result = NameCheck.Result


def fresh(at: dt.datetime) -> Q:
    """Standings that still count at this moment."""
    return Q(answered_at__gt=at - HOLDS_FOR)


def _to_pay() -> QuerySet[Claim]:
    return Claim.objects.filter(state__in=[State.IN_NOTICE, State.PAYABLE])


def unchecked_accounts(*, at: dt.datetime) -> QuerySet[BankAccount]:
    """Accounts to which money may go soon and of which the bank was not asked, or long ago."""
    known = NameCheck.objects.filter(account=OuterRef("pk")).filter(Q(due_at__isnull=False) | fresh(at))
    wanted = accounts_to_be_paid(_to_pay())
    return wanted.filter(~Exists(known)).order_by("pk")


def ask_for(rows: Iterable[tuple[int, str]], *, at: dt.datetime) -> None:
    """Have the bank asked about accounts (id, province code): once, or anew where the standing is too old."""
    NameCheck.objects.bulk_create(
        [
            NameCheck(account_id=account, province_id=province, due_at=at, made_at=at)
            for account, province in rows
        ],
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["due_at"],
    )


def take_up(*, at: dt.datetime) -> NameCheck | None:
    """The one that has been due longest, ours until `at` + LEASE: the attempt is counted before the question is asked."""
    with transaction.atomic():
        due = NameCheck.objects.filter(due_at__lte=at).order_by("due_at", "pk")
        check = due.select_for_update(skip_locked=True, of=("self",)).first()
        if check is not None:
            check.attempts += 1
            check.asked_at, check.due_at = at, at + LEASE
            check.save(update_fields=["attempts", "asked_at", "due_at"])
        return check


def ask(check: NameCheck, *, at: dt.datetime) -> name_port.Answer | str:
    """The bank's answer about one that `take_up` gave, or what kept it away; changes nothing here."""
    number, bank, name = payment_details(check.account_id)
    try:
        return name_port.ask(number, bank, name, at=at, timeout=TIMEOUT)
    except name_port.BankSilent as silence:
        return silence.trouble or "silent"


@transaction.atomic
def told(check: NameCheck, outcome: name_port.Answer | str, *, at: dt.datetime) -> NameCheck:
    """Keep what came back, and what it makes of the standing. `check` is the row as it was when the question was asked.

    Set aside, though kept: an answer to a question that was asked anew since. Old data and silence prove nothing: the
    standing stays as it was and the bank is asked again, ever later. The newest answer counts where two contradict.
    """
    asked_at = check.asked_at
    row = NameCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    used = row.asked_at == asked_at and not row.answers.filter(asked_at=asked_at, used=True).exists()
    answer = outcome if isinstance(outcome, name_port.Answer) else None
    stale = answer is not None and answer.as_of < clock.today(at) - OLDEST_DATA
    trouble = "stale" if stale else "" if answer is not None else str(outcome)
    said = Result(answer.result) if answer is not None and not stale else Result.UNKNOWN
    NameAnswer.objects.create(
        check_of=row,
        province_id=row.province_id,
        asked_at=asked_at,
        came_at=max(at, asked_at),
        port=settings.NAME_CHECK,
        result=said,
        as_of=answer and answer.as_of,
        reference=answer.reference if answer else "",
        trouble=trouble,
        used=used,
    )
    if not used:
        return row
    if trouble:
        row.due_at = at + min(FIRST_WAIT * 2 ** min(row.attempts - 1, 20), LONGEST_WAIT)
        row.save(update_fields=["due_at"])
        return row
    before = row.result
    row.result, row.answered_at, row.attempts = said, at, 0
    row.due_at = at + UNKNOWN_WAIT if said == Result.UNKNOWN else None
    row.save(update_fields=["result", "answered_at", "attempts", "due_at"])
    if before != said:
        record(by=None, action="name_check.answered", thing=row, at=at, detail={"result": str(said)})
    return row


def put_off(check: NameCheck, *, at: dt.datetime) -> None:
    """A question that broke down here, not there: asked again later, each time after twice as long."""
    later = at + min(FIRST_WAIT * 2 ** min(check.attempts, 20), LONGEST_WAIT)
    NameCheck.objects.filter(pk=check.pk, asked_at=check.asked_at).update(due_at=later)
