"""The payment file of a released batch: written once, sealed, in the format of the batch's profile; handed out with a trace."""

import datetime as dt
import hashlib
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.services import many_payment_details
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.bank.rows import Order, Payment
from subsidies.bank.template import read_template
from subsidies.bank.writing import payment_file as written
from subsidies.models import Batch
from subsidies.services import vault
from subsidies.services.batches import NotYours, lock_batch, step_batch
from subsidies.workflow.money import BatchState

_AT_ONCE = 2_000


class NoFile(RuleBroken):
    code = "no_file"
    message = _("The payment file is not written yet. Look again in a moment.")


class FileDamaged(RuleBroken):
    code = "file_damaged"
    message = _("The stored payment file does not match its digest. Do not pay; tell the operator.")


def _payments(batch: Batch) -> Iterator[Payment]:
    """Full names and account numbers, some thousand at a time. Never log or keep them unsealed."""
    rows = batch.lines.order_by("line_no").values_list(
        "line_no", "entitlement__fund_id", "account_id", "fen", "claim__number"
    )
    begin = 0
    while lines := list(rows.filter(line_no__gt=begin)[:_AT_ONCE]):
        details = many_payment_details([account for _no, _fund, account, _fen, _claim in lines])
        for line_no, fund, account, fen, claim in lines:
            number, bank, holder = details[account]
            yield Payment(batch.number, line_no, fund, holder, number, bank, fen, claim)
        begin = lines[-1][0]


def content_of(batch: Batch) -> Iterator[bytes]:
    """The payment file in plain, piece by piece. Raises bank.rows.Unwritable."""
    order = Order(batch.number, timezone.localtime(batch.released_at), batch.line_count, batch.total_fen)
    return written(read_template(batch.profile.template), order, _payments(batch))


@transaction.atomic
def write_payment_file(batch: Batch, *, at: dt.datetime) -> Batch:
    """Write the file of a released batch to storage, sealed, with the digest of what is in it.

    Written again after a crash, it replaces what was left there. A batch that has its file is left alone.
    """
    batch = lock_batch(batch)
    if batch.state != BatchState.RELEASED:
        return batch
    ending = read_template(batch.profile.template).ending
    name = f"payments/{batch.province_id}/{batch.number}.{ending}.sealed"
    kept = vault.keep(name, batch.number, content_of(batch))
    step_batch(
        batch,
        "write_file",
        file_name=kept.name,
        file_sha256=kept.sha256,
        file_written_at=at,
        file_problem="",
    )
    record(by=None, action="batch.file_written", thing=batch, at=at, detail={"sha256": kept.sha256})
    return batch


def postpone_file(batch_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push a file that could not be written forward, with the reason."""
    Batch.objects.filter(pk=batch_id, state=BatchState.RELEASED).update(
        file_due_at=at + dt.timedelta(minutes=minutes), file_problem=problem[:200]
    )


@transaction.atomic
def payment_file(batch: Batch, *, by: User, at: dt.datetime) -> bytes:
    """The plain payment file, for the maker and the checker of the province; every reading leaves a trace.

    Raises NotYours, NoFile, FileDamaged.
    """
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if not batch.file_name:
        raise NoFile
    try:
        content = vault.opened(batch.file_name, batch.number)
    except vault.Damaged as broken:
        raise FileDamaged from broken
    if hashlib.sha256(content).hexdigest() != batch.file_sha256:
        raise FileDamaged
    record(by=by, action="batch.file_read", thing=batch, at=at, detail={"sha256": batch.file_sha256})
    return content
