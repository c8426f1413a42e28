"""The end of a package's session: what it has earned waits for its question, what it has not is refused.

Rows are locked in the order of learners/services/play.py: session, coverage of the lesson, head of the ledger.
"""

import datetime as dt

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet

from learners import declared, ranges, workflow
from learners.models import Coverage, PackageSession, PlaySession
from learners.selectors.editions import edition as edition_of
from learners.selectors.time import held_media
from learners.services import ledger
from portal import clock, moves
from portal.accounts.models import User


def take_over(user: User, *, at: dt.datetime) -> None:
    for session in _live(user):
        end(session, "take over", PlaySession.Ending.TAKEN_OVER, at=at)


def stop(user: User, ending: str, *, at: dt.datetime) -> None:
    for session in _live(user):
        end(session, "close", ending, at=at)


def _live(user: User) -> QuerySet[PackageSession]:
    return PackageSession.objects.select_for_update().filter(user_id=user.pk, state=workflow.LIVE)


@transaction.atomic
def close_one_silent(at: dt.datetime) -> bool:
    patience = ExpressionWrapper(
        F("edition__silent_after_seconds") * dt.timedelta(seconds=1), output_field=DurationField()
    )
    rows = PackageSession.objects.filter(state=workflow.LIVE, told_at__lt=at - patience)
    session = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if session is None:
        return False
    end(session, "close", PlaySession.Ending.SILENT, at=at)
    return True


def end(session: PackageSession, step: str, ending: str, *, at: dt.datetime) -> None:
    """The session is locked by the caller. What was heard last is the last that was seen, whenever it ends."""
    at = max(at, session.told_at)
    coverage = Coverage.objects.select_for_update().get(
        enrolment_id=session.enrolment_id, lesson_id=session.lesson_id
    )
    taken = ranges.from_json(coverage.covered) + held_media(coverage.held)
    held, posts = declared.worth(
        ranges.from_json(session.seen),
        session.declared,
        ranges.without([(0, session.length_ms)], taken),
        opened=clock.milliseconds(session.opened_at),
        closed=clock.milliseconds(at),
        slack=edition_of(session.edition_id).beat_ms,
    )
    ledger.post(coverage, posts, kind="package", edition_id=session.edition_id, daily_cap=0, at=at)
    if held:
        coverage.held = [*coverage.held, *(stretch.__dict__ for stretch in held)]
        coverage.held_ms += sum(stretch.credit for stretch in held)
        coverage.held_at = at
        coverage.save(update_fields=["held", "held_ms", "held_at"])
    session.state = moves.check(workflow.SESSION_MOVES, step, session.state)
    session.ending, session.closed_at = ending, at
    session.save(update_fields=["state", "ending", "closed_at"])
