"""From a draft to what decides: handed in, returned or published by another person, ended or repealed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from portal import clock, moves
from portal.accounts.models import User
from portal.audit.services import record
from subsidies.models import PolicyVersion, Programme
from subsidies.policy import ENGINE
from subsidies.policy.facts import LATEST
from subsidies.selectors.policies import may_edit, may_publish
from subsidies.selectors.policy_checks import FEWEST_CASES, run_cases, wider_below, wider_than_above
from subsidies.services.policies.broken import (
    CasesFail,
    ChangedMeanwhile,
    DaysOverlap,
    DayTooFar,
    EndsTooEarly,
    HasBegun,
    NotOpen,
    NotYourPolicy,
    ReasonMissing,
    SameEditor,
    TooFewCases,
    WiderThanAbove,
    WouldWiden,
)
from subsidies.services.policies.drafting import fitting
from subsidies.workflow.policies import POLICY_MOVES, PolicyState

LONGEST_REASON = 500


@transaction.atomic
def submit_policy(
    version: PolicyVersion, *, by: User, at: dt.datetime, revision: int | None = None
) -> PolicyVersion:
    """Hand a draft in, so that another person can publish it.

    Raises NotYourPolicy, IllegalMove, ChangedMeanwhile, BadPolicy, TooFewCases, CasesFail, WiderThanAbove.
    """
    row = _locked(version)
    if not may_edit(by, row.province_id):
        raise NotYourPolicy
    state = moves.check(POLICY_MOVES, "submit", row.state)
    if revision is not None and revision != row.revision:
        raise ChangedMeanwhile
    _must_hold(row)
    row.state, row.submitted_by, row.submitted_at = state, by, at
    row.returned_by, row.returned_at, row.returned_because = None, None, ""
    row.save()
    record(by=by, action="policy.submitted", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


@transaction.atomic
def return_policy(version: PolicyVersion, *, by: User, at: dt.datetime, reason: str) -> PolicyVersion:
    """Back to those who wrote it, with a reason. Raises NotYourPolicy, IllegalMove, ReasonMissing."""
    row = _locked(version)
    if not may_publish(by, row.province_id):
        raise NotYourPolicy
    state = moves.check(POLICY_MOVES, "return", row.state)
    row.state, row.returned_by, row.returned_at, row.returned_because = state, by, at, _reason(reason)
    row.save(update_fields=["state", "returned_by", "returned_at", "returned_because"])
    record(by=by, action="policy.returned", thing=row, at=at, reason=row.returned_because)
    return row


@transaction.atomic
def publish_policy(version: PolicyVersion, *, by: User, at: dt.datetime) -> PolicyVersion:
    """Put in force what was handed in. Two versions of a programme are never published at the same moment.

    Raises NotYourPolicy, IllegalMove, SameEditor, BadPolicy, TooFewCases, CasesFail, WiderThanAbove, WouldWiden, DaysOverlap.
    """
    # The layers of a programme are held against one another: its row is the lock.
    Programme.objects.select_for_update().get(pk=version.programme_id)
    row = _locked(version)
    if not may_publish(by, row.province_id):
        raise NotYourPolicy
    state = moves.check(POLICY_MOVES, "publish", row.state)
    if by.pk in {*row.authors, row.edited_by_id, row.submitted_by_id}:
        raise SameEditor
    _must_hold(row)
    if below := wider_below(row):
        raise WouldWiden(below)
    row.state, row.published_by, row.published_at, row.engine = state, by, at, ENGINE
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "published_by", "published_at", "engine"])
    except IntegrityError as broken:
        raise DaysOverlap from broken
    record(by=by, action="policy.published", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


def _must_hold(row: PolicyVersion) -> None:
    """What is held against a version, the text first. Raises BadPolicy, TooFewCases, CasesFail, WiderThanAbove."""
    fitting(row.body, row.province, row.programme_id)
    ran = run_cases(row)
    if failing := [one for one in ran if not one.holds]:
        raise CasesFail(failing)
    if len(ran) < FEWEST_CASES:
        raise TooFewCases
    if above := wider_than_above(row):
        raise WiderThanAbove(above)


@transaction.atomic
def end_policy(
    version: PolicyVersion, *, last_day: dt.date, by: User, at: dt.datetime, reason: str
) -> PolicyVersion:
    """Close the open end of a published version, so that another can follow it. `reason` names the document.

    Raises NotYourPolicy, NotOpen, DayTooFar, EndsTooEarly, ReasonMissing.
    """
    row = _locked(version)
    if not may_publish(by, row.province_id):
        raise NotYourPolicy
    if row.state != PolicyState.PUBLISHED or row.valid.upper is not None:
        raise NotOpen
    if last_day > LATEST:
        raise DayTooFar
    if last_day < max(clock.today(at), row.valid.lower or last_day):
        raise EndsTooEarly
    row.valid = DateRange(row.valid.lower, last_day + dt.timedelta(days=1), "[)")
    row.ended_by, row.ended_at, row.ended_because = by, at, _reason(reason)
    row.save(update_fields=["valid", "ended_by", "ended_at", "ended_because"])
    detail = {"last_day": last_day.isoformat()}
    record(by=by, action="policy.ended", thing=row, at=at, reason=row.ended_because, detail=detail)
    return row


@transaction.atomic
def repeal_policy(version: PolicyVersion, *, by: User, at: dt.datetime, reason: str) -> PolicyVersion:
    """Take back a published version that has not begun. `reason` names the document.

    Raises NotYourPolicy, IllegalMove, HasBegun, ReasonMissing.
    """
    row = _locked(version)
    if not may_publish(by, row.province_id):
        raise NotYourPolicy
    state = moves.check(POLICY_MOVES, "repeal", row.state)
    if row.ended_at is not None or row.valid.lower is None or row.valid.lower <= clock.today(at):
        raise HasBegun
    row.state, row.ended_by, row.ended_at, row.ended_because = state, by, at, _reason(reason)
    row.save(update_fields=["state", "ended_by", "ended_at", "ended_because"])
    record(by=by, action="policy.repealed", thing=row, at=at, reason=row.ended_because)
    return row


def _locked(version: PolicyVersion) -> PolicyVersion:
    return PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()[:LONGEST_REASON]
