"""Payment batches: checked by a second person, released by a third, or taken back. `assembling` makes them, `files` writes them out."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from certificates import selectors as certificates
from portal import moves
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.selectors import live_bank_accounts
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Batch, BatchLine, Claim, Hold, NameCheck
from subsidies.selectors.desks import seated_at
from subsidies.selectors.payees import interests_of
from subsidies.services import entitlements
from subsidies.services.moves import _move_many
from subsidies.workflow.money import BATCH_MOVES, LINE_MOVES, BatchState, LineState

AT_ONCE = 1_000
"""A batch of so few lines is released or taken back while the page waits; of a larger one a task does it."""
_SERIALS = 5_000


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no finance role in this province.")


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("Who assembled a batch cannot check or release it. Another person must do that.")


class CheckedByYou(RuleBroken):
    code = "checked_by_you"
    message = _("You checked this batch. A third person must release it; the bank's profile says so.")


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


class NameUnproved(RuleBroken):
    code = "name_unproved"
    message = _(
        "The bank no longer says that an account in this batch belongs to its person. Cancel the batch and assemble it anew."
    )


class LinesChanged(RuleBroken):
    code = "lines_changed"
    message = _("The lines of this batch are not those that were assembled. Do not pay; tell the operator.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


def step_batch(batch: Batch, step: str, **changes: object) -> Batch:
    """The one place where the state of a batch is written. The caller holds its row. Raises IllegalMove."""
    batch.state = moves.check(BATCH_MOVES, step, batch.state)
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *changes])
    return batch


def step_line(line: BatchLine, step: str, **changes: object) -> BatchLine:
    """The state of one line. The caller holds the batch's or the line's row."""
    line.state = moves.check(LINE_MOVES, step, line.state)
    for name, value in changes.items():
        setattr(line, name, value)
    line.save(update_fields=["state", *changes])
    return line


def step_lines(rows: Sequence[BatchLine], step: str, **changes: object) -> None:
    """The same step for some lines in one statement; none moves where one may not. The caller holds their rows."""
    for row in rows:
        row.state = moves.check(LINE_MOVES, step, row.state)
    move = LINE_MOVES[step]
    moved = BatchLine.objects.filter(pk__in=[row.pk for row in rows], state__in=move.sources)
    if moved.update(state=move.target, **changes) != len(rows):
        raise moves.IllegalMove(step=step)


def _step_lines(batch: Batch, step: str, **changes: object) -> None:
    """The state of all lines of a batch, in one statement. The caller holds the batch's row. Raises IllegalMove."""
    move = LINE_MOVES[step]
    rows = batch.lines.filter(state__in=move.sources)
    if rows.update(state=move.target, **changes) != batch.line_count:
        raise moves.IllegalMove(step=step)


def lock_batch(batch: Batch) -> Batch:
    rows = Batch.objects.select_for_update(of=("self",)).select_related("profile", "made_by")
    return rows.get(pk=batch.pk)


def lines_digest(batch: Batch) -> str:
    """What the lines of a batch say, as one digest: number, claim, right, fen and account of each, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT encode(sha256(convert_to(coalesce(string_agg(
                concat_ws('|', line_no, claim_id, entitlement_id, fen, account_id), E'\\n' ORDER BY line_no), ''), 'UTF8')),
                'hex') FROM subsidies_batchline WHERE batch_id = %s""",
            [batch.pk],
        )
        return cursor.fetchone()[0]


def _claims_of(batch: Batch) -> QuerySet[Claim]:
    return Claim.objects.filter(pk__in=batch.lines.order_by().values("claim_id"))


def _lock_claims(batch: Batch) -> None:
    """In the order of their ids, and without fetching them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (SELECT 1 FROM subsidies_claim WHERE id IN
            (SELECT claim_id FROM subsidies_batchline WHERE batch_id = %s) ORDER BY id FOR UPDATE) locked""",
            [batch.pk],
        )


def _guard_checker(batch: Batch, by: User) -> None:
    if not has_role(by, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if batch.made_by_id == by.pk:
        raise SamePerson
    if batch.lines.filter(account_changed_by=by).exclude(claim__claimant=by).exists():
        raise AccountChangedByYou
    if _claims_of(batch).filter(interests_of(by)).exists() or seated_at(
        batch.lines.order_by().values("claim"), by
    ):
        raise NotIndependent


def _guard_releaser(batch: Batch, by: User) -> None:
    _guard_checker(batch, by)
    if batch.checked_by_id == by.pk and not batch.profile.releaser_may_be_checker:
        raise CheckedByYou


def _guard_lines(batch: Batch) -> None:
    """No open hold, every certificate standing, every account still the person's live one that the bank vouches for."""
    if batch.lines_sha256 != lines_digest(batch):
        raise LinesChanged
    claims = _claims_of(batch)
    if Hold.objects.filter(claim__in=claims, closed_at=None).exists():
        raise LineHeld
    serials: list[str] = []
    for serial in claims.values_list("certificate_serial", flat=True).iterator(chunk_size=_SERIALS):
        serials.append(serial)
        if len(serials) == _SERIALS:
            _guard_certificates(serials)
            serials = []
    _guard_certificates(serials)
    gone = batch.lines.exclude(account_id__in=live_bank_accounts().values("pk")).first()
    if gone is not None:
        raise AccountChanged(line_no=gone.line_no)
    if batch.profile.needs_name_check:
        proved = NameCheck.objects.filter(result=NameCheck.Result.MATCH).values("account_id")
        unproved = batch.lines.exclude(account_id__in=proved).first()
        if unproved is not None:
            raise NameUnproved(line_no=unproved.line_no)


def _guard_certificates(serials: list[str]) -> None:
    if certificates.fallen(serials):
        raise CertificateFallen


@transaction.atomic
def check_batch(batch: Batch, *, by: User, at: dt.datetime) -> Batch:
    """The second person confirms lines and totals.

    Raises NotYours, SamePerson, NotIndependent, AccountChangedByYou, LineHeld, AccountChanged, IllegalMove and the like.
    """
    batch = lock_batch(batch)
    moves.check(BATCH_MOVES, "check", batch.state)
    _guard_checker(batch, by)
    _guard_lines(batch)
    step_batch(batch, "check", checked_by=by, checked_at=at)
    detail = {"fen": batch.total_fen, "lines_sha256": batch.lines_sha256}
    record(by=by, action="batch.checked", thing=batch, at=at, detail=detail)
    return batch


@transaction.atomic
def release_batch(batch: Batch, *, by: User, at: dt.datetime) -> Batch:
    """The third person hands the batch over for payment; the second one may where the bank's profile says so.

    The lines of a small batch are sent when this returns, those of a large one by a task (`send_lines`). Raises what
    `check_batch` raises, and CheckedByYou.
    """
    batch = lock_batch(batch)
    moves.check(BATCH_MOVES, "release", batch.state)
    _guard_releaser(batch, by)
    _guard_lines(batch)
    step_batch(batch, "release", released_by=by, released_at=at, due_at=at, problem="")
    return send_lines(batch, at=at) if batch.line_count <= AT_ONCE else batch


@transaction.atomic
def send_lines(batch: Batch, *, at: dt.datetime) -> Batch:
    """All lines of a batch being released: the money is now at the bank, and the payment file is due. All of it, or nothing.

    What stops a release stops it here too, and the batch is checked as before: `problem` says why.
    """
    batch = lock_batch(batch)
    if batch.state != BatchState.RELEASING:
        return batch
    _lock_claims(batch)
    try:
        _guard_releaser(batch, batch.released_by)
        _guard_lines(batch)
    except RuleBroken as broken:
        stopped = {"released_by": None, "released_at": None, "due_at": None, "problem": broken.code}
        step_batch(batch, "stop_release", **stopped)
        record(by=None, action="batch.release_stopped", thing=batch, at=at, detail={"problem": broken.code})
        return batch
    by = batch.released_by
    _step_lines(batch, "send", released_by=by)
    entitlements.send(batch, by=by, at=at)
    _move_many(_claims_of(batch), "send", at=at, by=by)
    step_batch(batch, "send_lines", due_at=None, file_due_at=at)
    detail = {"fen": batch.total_fen, "lines": batch.line_count, "lines_sha256": batch.lines_sha256}
    record(by=by, action="batch.released", thing=batch, at=at, detail=detail)
    return batch


@transaction.atomic
def cancel_batch(batch: Batch, *, by: User, at: dt.datetime, reason: str) -> Batch:
    """Take a batch back before its release, also while it is assembled; its claims are payable again.

    Those of a small batch at once, those of a large one by a task (`free_lines`). Raises NotYours, ReasonMissing,
    IllegalMove.
    """
    batch = lock_batch(batch)
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if not reason.strip():
        raise ReasonMissing
    step_batch(
        batch, "cancel", cancelled_by=by, cancelled_at=at, reason=reason.strip()[:500], due_at=at, problem=""
    )
    record(by=by, action="batch.cancelled", thing=batch, at=at, reason=batch.reason)
    return free_lines(batch, at=at) if batch.line_count <= AT_ONCE else batch


@transaction.atomic
def free_lines(batch: Batch, *, at: dt.datetime) -> Batch:
    """The lines of a batch being cancelled are removed, and their claims payable again."""
    batch = lock_batch(batch)
    if batch.state != BatchState.CANCELLING:
        return batch
    _lock_claims(batch)
    _step_lines(batch, "remove")
    _move_many(_claims_of(batch), "unbatch", at=at, by=batch.cancelled_by)
    return step_batch(batch, "free_lines", due_at=None)


def postpone_work(batch_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push what could not be done with a batch forward, with the reason."""
    Batch.objects.filter(pk=batch_id, due_at__isnull=False).update(
        due_at=at + dt.timedelta(minutes=minutes), problem=problem[:200]
    )


@transaction.atomic
def close_if_answered(batch: Batch, *, at: dt.datetime) -> bool:
    """End a batch whose every line the bank has answered. True where this call ended it."""
    batch = lock_batch(batch)
    if batch.state != BatchState.SENT or batch.lines.filter(state=LineState.SENT).exists():
        return False
    step_batch(batch, "close", answered_at=at)
    record(by=None, action="batch.answered", thing=batch, at=at)
    return True
