"""Signals about graded exams: found by a task, closed by a person. Nothing here changes a result, hours or a payment."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners import asking, integrity, terms
from learners.models import Attempt, IntegritySignal
from learners.selectors import integrity as facts
from learners.services.due import work_on_next
from learners.workflow import SIGNAL_MOVES
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

SHORTEST_NOTE, LONGEST_NOTE = 5, 500


class NotYoursToClose(RuleBroken):
    code = "not_yours_to_close"
    message = _("Only the catalogue's administrator of the learner's province closes this.")


class NoteMissing(RuleBroken):
    code = "note_missing"
    message = _("Write what you looked into, in at least five characters.")


def look_at_next_due(*, at: dt.datetime) -> bool:
    """Look at one graded attempt. False when none is due. A failure is pushed forward."""
    due = Attempt.objects.filter(signals_due_at__lte=at).order_by("signals_due_at", "pk")
    return work_on_next(
        due.select_related("enrolment"),
        lambda attempt: _look_at(attempt, at=at),
        signals_due_at=at + terms.CLOSE_RETRY,
    )


def _look_at(attempt: Attempt, *, at: dt.datetime) -> None:
    rows = [
        IntegritySignal(
            attempt=attempt,
            user_id=attempt.enrolment.user_id,
            province_id=attempt.province_id,
            version_id=attempt.enrolment.version_id,
            kind=kind,
            facts=seen,
            other_id=other,
            found_at=at,
        )
        for kind, seen, other in _seen(attempt)
    ]
    IntegritySignal.objects.bulk_create(rows, ignore_conflicts=True)
    attempt.signals_due_at = None
    attempt.save(update_fields=["signals_due_at"])


def _seen(attempt: Attempt) -> Iterator[tuple[str, dict[str, int], int | None]]:
    others = facts.attempts_to_compare(attempt)
    wrong = facts.wrong_answers([attempt, *others])
    mine = wrong.pop(attempt.pk)
    if alike := integrity.same_errors(mine, wrong, facts.twins_of(attempt)):
        yield "same_errors", alike[1], alike[0]
    for kind, seen in (
        (
            "quick_answers",
            integrity.quick_answers(facts.saves_of(attempt), facts.letters_of(attempt), attempt.right_ids),
        ),
        ("even_beats", integrity.even_beats(facts.sessions_of(attempt))),
        ("night_study", integrity.night_study(facts.counted_pieces(attempt))),
    ):
        if seen:
            yield kind, seen, None


@transaction.atomic
def close_signal(
    signal: IntegritySignal, step: str, *, note: str, by: User, at: dt.datetime
) -> IntegritySignal:
    """`clear` (looked into: nothing) or `refer` (to whoever follows it up elsewhere), with a note.

    Raises NotYoursToClose, IllegalMove, NoteMissing, asking.PersonalNumber.
    """
    signal = IntegritySignal.objects.select_for_update().get(pk=signal.pk)
    if not facts.may_close(by, signal):
        raise NotYoursToClose
    state = moves.check(SIGNAL_MOVES, step, signal.state)
    note = " ".join(asking.plain(note).split())[:LONGEST_NOTE]
    if len(note) < SHORTEST_NOTE:
        raise NoteMissing
    asking.refuse_personal_numbers(note)
    signal.state, signal.closed_at, signal.closed_by, signal.note = state, at, by, note
    signal.save(update_fields=["state", "closed_at", "closed_by", "note"])
    record(by=by, action=f"signal.{state}", thing=signal, at=at, reason=note, detail={"kind": signal.kind})
    return signal
