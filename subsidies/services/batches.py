"""Payment batches: assembled by a maker, checked and released by another person, written to a file for the bank."""

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors as certificates
from portal import crypto, moves
from portal.accounts.models import User
from portal.accounts.roles import Role, has_role
from portal.accounts.selectors import BankAccountFacts, bank_account_of
from portal.accounts.services import payment_details
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies import bankfile
from subsidies.models import Batch, BatchLine, Claim, Entitlement, Hold, NoticeLine, PaperNumber
from subsidies.money_workflow import BATCH_MOVES, LINE_MOVES, BatchState, EntitlementState, LineState
from subsidies.selectors.desks import seated_at
from subsidies.services import entitlements
from subsidies.services.holds import hold_fallen
from subsidies.services.moves import _move as _move_claim
from subsidies.services.papers import next_number
from subsidies.workflow import State

MOST_CLAIMS = 500
"""Claims in one batch, so that its release answers within seconds; what is left goes into the next one."""


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no finance role in this province.")


class NothingToPay(RuleBroken):
    code = "nothing_to_pay"
    message = _("No claim is ready to be paid.")


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("Who assembled a batch cannot check or release it. Another person must do that.")


class NotIndependent(RuleBroken):
    code = "not_independent"
    message = _("You claimed or reviewed a claim in this batch. Another person must check and release it.")


class AccountChangedByYou(RuleBroken):
    code = "account_changed_by_you"
    message = _(
        "You changed a bank account to which this batch pays. Another person must check and release it."
    )


class LineHeld(RuleBroken):
    code = "line_held"
    message = _("A claim in this batch is held. Cancel the batch and assemble it anew without that claim.")


class CertificateFallen(RuleBroken):
    code = "certificate_fallen"
    message = _(
        "A certificate in this batch is no longer valid. Cancel the batch and assemble it anew without that claim."
    )


class AccountChanged(RuleBroken):
    code = "account_changed"
    message = _(
        "A bank account was changed after the batch was assembled. Cancel the batch and assemble it anew."
    )


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class NoFile(RuleBroken):
    code = "no_file"
    message = _("The payment file is not written yet. Look again in a moment.")


class FileDamaged(RuleBroken):
    code = "file_damaged"
    message = _("The stored payment file does not match its digest. Do not pay; tell the operator.")


@dataclass(frozen=True)
class _Payable:
    claim: Claim
    entitlement: Entitlement
    account: BankAccountFacts
    notice_ended_at: dt.datetime


def step_batch(batch: Batch, step: str, **changes: object) -> Batch:
    """The one place where the state of a batch is written. The caller holds its row. Raises IllegalMove."""
    batch.state = moves.check(BATCH_MOVES, step, batch.state)
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *changes])
    return batch


def step_line(line: BatchLine, step: str, **changes: object) -> BatchLine:
    """The one place where the state of a line is written. The caller holds the batch's or the line's row."""
    line.state = moves.check(LINE_MOVES, step, line.state)
    for name, value in changes.items():
        setattr(line, name, value)
    line.save(update_fields=["state", *changes])
    return line


def lock_batch(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def _lock_claims(batch: Batch) -> dict[int, Claim]:
    rows = Claim.objects.select_for_update(of=("self",)).filter(batch_lines__batch=batch).order_by("pk")
    return {claim.pk: claim for claim in rows}


def _unheld(province: str) -> list[Claim]:
    return list(
        Claim.objects.select_for_update(of=("self",))
        .select_related("claimant")
        .filter(province_id=province, state=State.PAYABLE)
        .exclude(pk__in=Hold.objects.filter(closed_at=None).values("claim_id"))
        .order_by("pk")[:MOST_CLAIMS]
    )


def _payables(province: str, by: User) -> list[_Payable]:
    """What can be paid now, by claim: one that cannot is left out and stops nobody else."""
    unheld = [claim for claim in _unheld(province) if claim.claimant_id != by.pk]
    seated = seated_at([claim.pk for claim in unheld], by)
    claims = [claim for claim in unheld if claim.pk not in seated]
    ended = dict(
        NoticeLine.objects.filter(claim__in=claims, notice__ended_at__isnull=False)
        .order_by("pk")
        .values_list("claim_id", "notice__ended_at")
    )
    rows: dict[int, list[Entitlement]] = defaultdict(list)
    for row in Entitlement.objects.filter(claim__in=claims, state=EntitlementState.RESERVED).order_by("pk"):
        rows[row.claim_id].append(row)
    found = []
    for claim in claims:
        account = bank_account_of(claim.claimant)
        if claim.pk in ended and account is not None and account.holder_matches:
            found += [_Payable(claim, row, account, ended[claim.pk]) for row in rows[claim.pk]]
    return found


def make_batch(*, province: str, by: User, at: dt.datetime) -> Batch:
    """Assemble what is payable in a province code into one batch, with the accounts as they are now; the oldest first.

    Left out: held claims, claims without a verified account, and claims the maker claimed or reviewed. Claims whose
    certificate stands no more are held, whatever becomes of the batch. Raises NotYours, NothingToPay.
    """
    if not has_role(by, Role.FINANCE_MAKER, province=province):
        raise NotYours
    with transaction.atomic():
        hold_fallen(_unheld(province), at=at)
    return _assemble(province=province, by=by, at=at)


@transaction.atomic
def _assemble(*, province: str, by: User, at: dt.datetime) -> Batch:
    payables = _payables(province, by)
    if not payables:
        raise NothingToPay
    year, place, number = next_number(PaperNumber.Kind.BATCH, province, at=at)
    batch = Batch.objects.create(
        province_id=province,
        year=year,
        place=place,
        number=number,
        line_count=len(payables),
        total_fen=sum(payable.entitlement.due_fen for payable in payables),
        made_by=by,
        made_at=at,
    )
    BatchLine.objects.bulk_create(
        [_line(batch, line_no, payable, at=at) for line_no, payable in enumerate(payables, 1)],
        batch_size=1000,
    )
    claims = {payable.claim.pk: payable.claim for payable in payables}.values()
    for claim in claims:
        _move_claim(claim, "batch", at=at, by=by)
    detail = {"number": number, "lines": batch.line_count, "fen": batch.total_fen}
    record(by=by, action="batch.assembled", thing=batch, at=at, detail=detail)
    for claim in claims:
        record(by=by, action="claim.batched", thing=claim, at=at, detail={"batch": number})
    return batch


def _line(batch: Batch, line_no: int, payable: _Payable, *, at: dt.datetime) -> BatchLine:
    return BatchLine(
        province_id=batch.province_id,
        batch=batch,
        line_no=line_no,
        claim=payable.claim,
        entitlement=payable.entitlement,
        fen=payable.entitlement.due_fen,
        account_id=payable.account.id,
        account_changed_by_id=payable.account.changed_by_id,
        holder_masked=payable.claim.holder_masked,
        account_masked=payable.account.masked_number,
        bank_name=payable.account.bank_name,
        notice_ended_at=payable.notice_ended_at,
        made_at=at,
    )


def _guard_checker(batch: Batch, by: User) -> None:
    if not has_role(by, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if batch.made_by_id == by.pk:
        raise SamePerson
    lines = batch.lines.order_by()
    if lines.filter(account_changed_by=by).exclude(claim__claimant=by).exists():
        raise AccountChangedByYou
    if lines.filter(claim__claimant=by).exists() or seated_at(lines.values("claim"), by):
        raise NotIndependent


def _guard_lines(batch: Batch) -> None:
    """No open hold, and every account still the person's live and verified one."""
    lines = list(batch.lines.select_related("claim__claimant"))
    if Hold.objects.filter(claim__in=[line.claim_id for line in lines], closed_at=None).exists():
        raise LineHeld
    if certificates.fallen(line.claim.certificate_serial for line in lines):
        raise CertificateFallen
    for line in lines:
        account = bank_account_of(line.claim.claimant)
        if account is None or account.id != line.account_id or not account.holder_matches:
            raise AccountChanged(line_no=line.line_no)


@transaction.atomic
def check_batch(batch: Batch, *, by: User, at: dt.datetime) -> Batch:
    """The second person confirms lines and totals.

    Raises NotYours, SamePerson, NotIndependent, AccountChangedByYou, LineHeld, AccountChanged, IllegalMove.
    """
    batch = lock_batch(batch)
    _guard_checker(batch, by)
    _guard_lines(batch)
    step_batch(batch, "check", checked_by=by, checked_at=at)
    record(by=by, action="batch.checked", thing=batch, at=at, detail={"fen": batch.total_fen})
    return batch


@transaction.atomic
def release_batch(batch: Batch, *, by: User, at: dt.datetime) -> Batch:
    """Hand the batch over for payment: the money is now at the bank, and the payment file is due.

    Who checked may release. Raises what `check_batch` raises.
    """
    batch = lock_batch(batch)
    moves.check(BATCH_MOVES, "release", batch.state)
    claims = _lock_claims(batch)
    _guard_checker(batch, by)
    _guard_lines(batch)
    lines = list(batch.lines.select_related("entitlement").order_by("line_no"))
    step_batch(batch, "release", released_by=by, released_at=at, file_due_at=at)
    for line in lines:
        step_line(line, "send", released_by=by)
    entitlements.send(batch.pk, [line.entitlement for line in lines], by=by, at=at)
    for claim in claims.values():
        _move_claim(claim, "send", at=at, by=by)
    record(by=by, action="batch.released", thing=batch, at=at, detail={"fen": batch.total_fen})
    for claim in claims.values():
        record(by=by, action="claim.sent", thing=claim, at=at, detail={"batch": batch.number})
    return batch


@transaction.atomic
def cancel_batch(batch: Batch, *, by: User, at: dt.datetime, reason: str) -> Batch:
    """Take a batch back before its release; its claims are payable again. Raises NotYours, ReasonMissing, IllegalMove."""
    batch = lock_batch(batch)
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if not reason.strip():
        raise ReasonMissing
    moves.check(BATCH_MOVES, "cancel", batch.state)
    claims = _lock_claims(batch)
    step_batch(batch, "cancel", cancelled_by=by, cancelled_at=at, reason=reason.strip()[:500])
    for line in batch.lines.all():
        step_line(line, "remove")
    for claim in claims.values():
        _move_claim(claim, "unbatch", at=at, by=by)
    record(by=by, action="batch.cancelled", thing=batch, at=at, reason=batch.reason)
    return batch


def payment_text(batch: Batch) -> str:
    """The payment file in plain text: full names and account numbers. Never log or keep it unsealed."""
    rows = []
    for line in batch.lines.select_related("claim", "entitlement").order_by("line_no"):
        number, bank, holder = payment_details(line.account_id)
        fund = line.entitlement.fund_id
        rows.append(
            bankfile.Payment(
                batch.number, line.line_no, fund, holder, number, bank, line.fen, line.claim.number
            )
        )
    return bankfile.payment_csv(rows)


@transaction.atomic
def write_payment_file(batch: Batch, *, at: dt.datetime) -> Batch:
    """Write the file of a released batch to storage, sealed, with the digest of what is in it.

    Written again after a crash, it replaces what was left there. A batch that has its file is left alone.
    """
    batch = lock_batch(batch)
    if batch.state != BatchState.RELEASED:
        return batch
    text = payment_text(batch)
    sealed = crypto.seal(text, table="subsidies_batch", column="payment_file", row=batch.number)
    name = f"payments/{batch.province_id}/{batch.number}.csv.sealed"
    if default_storage.exists(name):
        default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(sealed))
    digest = hashlib.sha256(text.encode()).hexdigest()
    step_batch(batch, "write_file", file_name=stored, file_sha256=digest, file_written_at=at, file_problem="")
    record(by=None, action="batch.file_written", thing=batch, at=at, detail={"sha256": digest})
    return batch


def postpone_file(batch_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push a file that could not be written forward, with the reason."""
    Batch.objects.filter(pk=batch_id, state=BatchState.RELEASED).update(
        file_due_at=at + dt.timedelta(minutes=minutes), file_problem=problem[:200]
    )


@transaction.atomic
def payment_file(batch: Batch, *, by: User, at: dt.datetime) -> bytes:
    """The plain payment file, for the maker and the checker of the province; every reading leaves a trace.

    UTF-8 with a byte order mark, so that spreadsheets read the names. Raises NotYours, NoFile, FileDamaged.
    """
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if not batch.file_name:
        raise NoFile
    try:
        with default_storage.open(batch.file_name) as stored:
            sealed = stored.read()
        text = crypto.unseal(sealed, table="subsidies_batch", column="payment_file", row=batch.number)
    except (OSError, crypto.Unreadable) as broken:
        raise FileDamaged from broken
    if hashlib.sha256(text.encode()).hexdigest() != batch.file_sha256:
        raise FileDamaged
    record(by=by, action="batch.file_read", thing=batch, at=at, detail={"sha256": batch.file_sha256})
    return text.encode("utf-8-sig")


@transaction.atomic
def close_if_answered(batch: Batch, *, at: dt.datetime) -> bool:
    """End a batch whose every line the bank has answered. True where this call ended it."""
    batch = lock_batch(batch)
    if batch.state != BatchState.SENT or batch.lines.filter(state=LineState.SENT).exists():
        return False
    step_batch(batch, "close", answered_at=at)
    record(by=None, action="batch.answered", thing=batch, at=at)
    return True
