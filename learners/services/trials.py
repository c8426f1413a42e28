"""A counting edition tried over real beats before it is published, learner by learner, in chunks."""

import datetime as dt
from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from learners.models import CountingEdition, EditionTrial, Enrolment, PlaySession
from learners.selectors.edition_desk import may_edit
from learners.selectors.editions import numbers_of
from learners.selectors.replays import Tried, enrolments_under, handle_of, tried
from learners.services.editions import NotYourEdition
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

CHUNK = 50
"""Most learners in one transaction."""
BEATS = 50_000
"""Beats after which a chunk ends, so that it stays within the time limit of a task."""
WORST = 20


class TrialUnderWay(RuleBroken):
    code = "trial_under_way"
    message = _("This counting rule is being tried already. Wait for its result.")


def begin_trial(
    edition: CountingEdition, *, by: User, at: dt.datetime, most: int | None = None
) -> EditionTrial:
    """Note that the edition is to be tried, over about `most` learners (None: all). Raises NotYourEdition, TrialUnderWay."""
    if not may_edit(by, edition):
        raise NotYourEdition
    everybody = _learners(edition).count()
    step = max(1, -(-everybody // most)) if most else 1
    trial = EditionTrial(
        edition=edition,
        province_id=edition.province_id,
        revision=edition.revision,
        numbers=numbers_of(edition),
        step=step,
        asked_by=by,
        started_at=at,
        due_at=at,
        total=everybody // step,
    )
    try:
        with transaction.atomic():
            trial.save(force_insert=True)
            detail = {"revision": edition.revision, "step": step}
            record(by=by, action="counting_edition.tried", thing=edition, at=at, detail=detail)
    except IntegrityError as broken:
        raise TrialUnderWay from broken
    return trial


def _learners(edition: CountingEdition) -> QuerySet[Enrolment]:
    return enrolments_under(edition).order_by("user_id").values_list("user_id", flat=True).distinct()


@transaction.atomic
def try_some(pk: int, *, at: dt.datetime, chunk: int = CHUNK) -> int:
    """Replay the next learners; gives how many, 0 when another worker has it or nothing is left."""
    due = EditionTrial.objects.filter(pk=pk, ended_at=None, due_at__lte=at).select_related("edition")
    run = due.select_for_update(skip_locked=True, of=("self",)).first()
    if run is None:
        return 0
    edition = run.edition
    for name, number in run.numbers.items():
        setattr(edition, name, number)
    ids = list(
        _learners(edition)
        .filter(user_id__gt=run.reached)
        .annotate(rest=F("user_id") % run.step)
        .filter(rest=0)[:chunk]
    )
    beats = dict(
        PlaySession.objects.filter(user_id__in=ids).order_by().values_list("user_id").annotate(Sum("events"))
    )
    done = looked = 0
    for user_id in ids:
        if user_id in beats:
            add(run, tried(user_id, edition, enrolments_under(edition).filter(user_id=user_id), at=at))
            looked += beats[user_id]
        run.reached, done = user_id, done + 1
        if looked >= BEATS:
            break
    run.done += done
    run.total = max(run.total, run.done)
    run.failures, run.trouble = 0, ""
    if done == len(ids) < chunk:
        run.due_at, run.ended_at, run.total = None, at, run.done
    run.save()
    return done


def add(run: EditionTrial, found: Tried) -> None:
    """Add one learner to the sums (not saved)."""
    if not found.sessions:
        return
    run.learners += 1
    run.sessions += found.sessions
    run.beats += found.beats
    run.credited_before_ms += found.was.credited
    run.credited_after_ms += found.would.credited
    run.before_ms += found.was.confirmed
    run.after_ms += found.would.confirmed
    run.hours_before += found.was.hours
    run.hours_after += found.would.hours
    run.refused_before = dict(Counter(run.refused_before) + found.was.refused)
    run.refused_after = dict(Counter(run.refused_after) + found.would.refused)
    run.losers += found.loses
    run.gainers += found.gains
    run.elsewhere += found.elsewhere
    run.shut += found.shut
    run.early += found.early
    run.unlike += found.unlike
    if found.loses:
        ref = handle_of(User.objects.values_list("uid", flat=True).get(pk=found.user_id))
        worst = [*run.worst, {"ref": ref, "before": found.was.confirmed, "after": found.would.confirmed}]
        run.worst = sorted(worst, key=lambda row: (row["after"] - row["before"], row["ref"]))[:WORST]
