"""Asking registers outside about claims. The question is asked outside of any transaction; silence is not known, never a yes."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db import transaction

from portal import clock
from portal.accounts import selectors as accounts
from portal.audit.services import record
from subsidies import outside_port
from subsidies.models import Claim, OutsideQuestion
from subsidies.workflow.claims import ENDED

TIMEOUT: Final = 10.0
LEASE: Final = dt.timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=5), dt.timedelta(hours=24)
OLDEST_DATA: Final = dt.timedelta(days=100)
"""A register that is brought up to date once a quarter is just good enough."""
MOST_ATTEMPTS: Final = 12
"""After so many questions without an answer it stays not known, for some days of asking."""
Says = OutsideQuestion.Says


def ask_about(claim_ids: Iterable[int], *, at: dt.datetime) -> None:
    """Have the registers that are connected asked about claims, each question once."""
    claims = Claim.objects.filter(pk__in=list(claim_ids)).values_list("pk", "province_id", "provider_id")
    rows = [
        OutsideQuestion(claim_id=pk, province_id=province, question=question, made_at=at, due_at=at)
        for pk, province, provider in claims
        for question in settings.OUTSIDE_QUESTIONS
        if provider or outside_port.REGISTERS[question] != "enterprise"
    ]
    OutsideQuestion.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)


def take_up(*, at: dt.datetime) -> OutsideQuestion | None:
    """The one that has been due longest, ours until `at` + LEASE: the attempt is counted before the question is asked."""
    with transaction.atomic():
        due = OutsideQuestion.objects.filter(due_at__lte=at).order_by("due_at", "pk")
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is not None:
            row.attempts += 1
            row.asked_at, row.due_at = at, at + LEASE
            row.save(update_fields=["attempts", "asked_at", "due_at"])
        return row


def ask(row: OutsideQuestion, *, at: dt.datetime) -> outside_port.Answer | str:
    """The register's answer about one that `take_up` gave, or what kept it away; changes nothing here."""
    claim = Claim.objects.select_related("claimant", "provider").get(pk=row.claim_id)
    on = claim.certificate_issued_on
    if outside_port.REGISTERS[row.question] == "enterprise":
        about = outside_port.About(claim.provider.uscc, claim.provider.name_zh, on)
    else:
        name = accounts.identity_of(claim.claimant).full_name
        about = outside_port.About(accounts.resident_number_of(claim.claimant), name, on)
    try:
        return outside_port.ask(row.question, about, at=at, timeout=TIMEOUT)
    except outside_port.OutsideSilent as silence:
        return silence.trouble or "silent"


@transaction.atomic
def told(row: OutsideQuestion, outcome: outside_port.Answer | str, *, at: dt.datetime) -> OutsideQuestion:
    """Keep what came back. A yes has the checks look at the claim again.

    Set aside: an answer to a question that was asked anew since, and a second answer to one. Old data, silence and "not
    known" leave what was known as it is; it is asked again, ever later, and given up in the end.
    """
    asked_at = row.asked_at
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=row.claim_id)
    row = OutsideQuestion.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.asked_at != asked_at or (row.answered_at is not None and row.answered_at >= asked_at):
        return row
    answer = outcome if isinstance(outcome, outside_port.Answer) else None
    stale = answer is not None and answer.as_of < clock.today(at) - OLDEST_DATA
    if answer is None or stale or answer.says == Says.UNKNOWN:
        row.trouble = "stale" if stale else "unknown" if answer else str(outcome)[:40]
        wait = min(FIRST_WAIT * 2 ** min(row.attempts - 1, 20), LONGEST_WAIT)
        row.due_at = at + wait if row.attempts < MOST_ATTEMPTS else None
        row.save(update_fields=["trouble", "due_at"])
        return row
    row.says, row.as_of, row.reference = answer.says, answer.as_of, answer.reference
    row.answered_at, row.trouble, row.due_at, row.attempts = at, "", None, 0
    row.save(update_fields=["says", "as_of", "reference", "answered_at", "trouble", "due_at", "attempts"])
    if answer.says == Says.YES and claim.state not in ENDED:
        Claim.objects.filter(pk=claim.pk).update(look_due_at=at)
        detail = {"question": row.question, "claim": claim.number}
        record(by=None, action="outside.answered", thing=row, at=at, detail=detail)
    return row


def put_off(row: OutsideQuestion, *, at: dt.datetime) -> None:
    """A question that broke down here, not there: asked again later, each time after twice as long."""
    later = at + min(FIRST_WAIT * 2 ** min(row.attempts, 20), LONGEST_WAIT)
    OutsideQuestion.objects.filter(pk=row.pk, asked_at=row.asked_at).update(due_at=later)
