"""How a batch is laid before people: its stages, words for states, who may press what."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext

from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import Batch
from subsidies.selectors import batches as asked
from subsidies.services import batches
from subsidies.workflow.money import BatchState

B = BatchState
KINDS = {
    B.ASSEMBLING: "info",
    B.ASSEMBLED: "wait",
    B.CHECKED: "wait",
    B.RELEASING: "info",
    B.RELEASED: "info",
    B.SENT: "info",
    B.ANSWERED: "ok",
    B.CANCELLING: "plain",
    B.CANCELLED: "plain",
}
REACHED = {
    B.ASSEMBLING: 0,
    B.ASSEMBLED: 1,
    B.CHECKED: 2,
    B.RELEASING: 2,
    B.RELEASED: 3,
    B.SENT: 4,
    B.ANSWERED: 5,
}
"""Stages that are done, by state."""
STOPS = {
    kind.code: kind.message
    for kind in (
        batches.NotYours,
        batches.CheckedByYou,
        batches.NotIndependent,
        batches.AccountChangedByYou,
        batches.LineHeld,
        batches.CertificateFallen,
        batches.AccountChanged,
        batches.NameUnproved,
        batches.LinesChanged,
    )
}


def status(batch: Batch) -> tuple[str, str]:
    return KINDS[B(batch.state)], batch.get_state_display()


def batch_rows(rows: Iterable[Batch]) -> list[tuple[Batch, str, str]]:
    return [(batch, *status(batch)) for batch in rows]


def _when(moment: Any, who: Any = None) -> str:
    if moment is None:
        return ""
    text = f"{timezone.localtime(moment):%m-%d %H:%M}"
    return f"{text} · {who}" if who else text


def stages(batch: Batch, progress: asked.Progress) -> list[tuple[str, str, str]]:
    """The five stages on top of a batch's page, with who and when."""
    lines = ngettext("%(n)s line", "%(n)s lines", batch.line_count) % {"n": batch.line_count}
    if progress.answered:
        bank = gettext("%(done)s of %(all)s lines") % {"done": progress.answered, "all": progress.lines}
    else:
        bank = ""
    rows = [
        (pgettext("stage", "Assembled"), f"{lines} · {_when(batch.made_at, batch.made_by)}"),
        (pgettext("stage", "Checked"), _when(batch.checked_at, batch.checked_by)),
        (pgettext("stage", "Released"), _when(batch.released_at, batch.released_by)),
        (pgettext("stage", "Payment file"), _when(batch.file_written_at) or batch.file_problem),
        (pgettext("stage", "Bank answered"), _when(batch.answered_at) or bank),
    ]
    if batch.state in (B.CANCELLING, B.CANCELLED):
        gone = 2 if batch.checked_at else 1
        kept = [("done", *row) for row in rows[:gone]]
        return [*kept, ("bad", pgettext("stage", "Cancelled"), _when(batch.cancelled_at, batch.cancelled_by))]
    reached = REACHED[B(batch.state)]
    states = ["done" if n < reached else "now" if n == reached else "todo" for n in range(len(rows))]
    return [(state, *row) for state, row in zip(states, rows, strict=True)]


def is_running(batch: Batch, progress: asked.Progress) -> bool:
    """Whether its file or the bank's answers are being worked on, so that the page looks again by itself."""
    reading = batch.answer_files.filter(accepted=None).exists()
    return batch.state == B.RELEASED or progress.pending > 0 or reading


def work_of(batch: Batch) -> tuple[str, int, int] | None:
    """What a task does with the batch now, how far it is and of how many."""
    lines = batch.line_count
    told = {
        B.ASSEMBLING: (gettext("Claims are being looked at"), batch.done, max(batch.total, 1)),
        B.RELEASING: (gettext("The lines are being sent, all or none"), 0, lines),
        B.CANCELLING: (gettext("The claims are being freed"), 0, max(lines, 1)),
    }
    return told.get(B(batch.state))


def problem_of(batch: Batch) -> str:
    """Why the last step stopped, in words."""
    if not batch.problem:
        return ""
    fallback = gettext("The last step broke off; it is tried again soon.")
    return str(STOPS.get(batch.problem, fallback))


def funds(batch: Batch) -> list[dict[str, Any]]:
    english = (get_language() or "").startswith("en")
    return [{**row, "name": row["en" if english else "zh"]} for row in asked.funds_of(batch)]


def answer_files(batch: Batch) -> list[tuple[Any, list[tuple[int, str]]]]:
    """The answer files taken so far, newest first, with the sentences of refused ones."""
    files = batch.answer_files.select_related("received_by")[:10]
    return [(file, asked.said(file.report)) for file in files]


def why_not(user: User, batch: Batch) -> str:
    """The reason that stands where the check button would be."""
    if batch.state not in (B.ASSEMBLING, B.ASSEMBLED, B.CHECKED):
        return ""
    if batch.made_by_id == user.pk:
        return gettext("You assembled this batch. A second person checks it, a third releases it.")
    if batch.checked_by_id == user.pk and not batch.profile.releaser_may_be_checker:
        return gettext("You checked this batch. A third person releases it.")
    if not has_role(user, Role.FINANCE_CHECKER, province=batch.province_id):
        return gettext("A finance checker of the province checks and releases it.")
    return ""
