"""Impact runs: a version replayed over past decisions in chunks. Nothing is decided by it, and no decision is changed."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Decision, ImpactRow, ImpactRun, PolicyVersion
from subsidies.policy import NEEDS_EVIDENCE, Evaluator, read_policy
from subsidies.policy.facts import ABSENT
from subsidies.selectors.impacts import newest_decisions
from subsidies.selectors.policies import may_edit, may_publish
from subsidies.workflow.policies import RUN_MOVES

CHUNK = 500
_PATIENCE = dt.timedelta(minutes=5)
_LONGEST_WAIT = 12


class NotYourRun(RuleBroken):
    code = "not_your_impact_run"
    message = _("You may look at this policy, but not do this.")


class RunUnderWay(RuleBroken):
    code = "impact_run_under_way"
    message = _("A run of this version is under way.")


class PaysNobody(RuleBroken):
    code = "impact_of_no_money"
    message = _("This frame leaves the money to the layers below: there is nothing to compare.")


class DaysBackwards(RuleBroken):
    code = "impact_days_backwards"
    message = _("The last day lies before the first.")


@transaction.atomic
def start_run(
    version: PolicyVersion,
    *,
    by: User,
    at: dt.datetime,
    decided_from: dt.date | None = None,
    decided_to: dt.date | None = None,
) -> ImpactRun:
    """Replay the text as it stands now. Raises NotYourRun, PaysNobody, DaysBackwards, RunUnderWay."""
    if not (may_edit(by, version.province_id) or may_publish(by, version.province_id)):
        raise NotYourRun
    if not read_policy(version.body).amount.lines:
        raise PaysNobody
    if decided_from and decided_to and decided_to < decided_from:
        raise DaysBackwards
    run = ImpactRun(
        version=version,
        province_id=version.province_id,
        body=version.body,
        revision=version.revision,
        decided_from=decided_from,
        decided_to=decided_to,
        started_by=by,
        started_at=at,
        due_at=at,
    )
    run.total = newest_decisions(run).count()
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as broken:
        raise RunUnderWay from broken
    record(by=by, action="policy.impact_started", thing=run, at=at, detail={"version": version.pk})
    return run


@transaction.atomic
def cancel_run(run: ImpactRun, *, by: User, at: dt.datetime) -> ImpactRun:
    """Stop it where it is; what was found so far stays. Raises NotYourRun, IllegalMove."""
    row = ImpactRun.objects.select_for_update().get(pk=run.pk)
    if not (may_edit(by, row.province_id) or may_publish(by, row.province_id)):
        raise NotYourRun
    row.state = moves.check(RUN_MOVES, "cancel", row.state)
    row.due_at, row.ended_at = None, at
    row.save(update_fields=["state", "due_at", "ended_at"])
    record(by=by, action="policy.impact_cancelled", thing=row, at=at)
    return row


@transaction.atomic
def go_on(pk: int, *, at: dt.datetime, chunk: int = CHUNK) -> int:
    """Replay the next claims; gives how many, 0 when another worker has the run or nothing is left."""
    due = ImpactRun.objects.filter(pk=pk, due_at__lte=at).select_related("version")
    run = due.select_for_update(skip_locked=True, of=("self",)).first()
    if run is None:
        return 0
    # As if it had been in force on every day: past claims lie before a version that begins later.
    evaluate = Evaluator([replace(read_policy(run.body), first_day=None, last_day=None)])
    decisions = list(newest_decisions(run).filter(claim_id__gt=run.reached).select_related("claim")[:chunk])
    ImpactRow.objects.bulk_create(
        (_row(run, evaluate, decision) for decision in decisions), ignore_conflicts=True
    )
    run.done += len(decisions)
    run.total = max(run.total, run.done)
    run.failures, run.trouble = 0, ""
    if decisions:
        run.reached = decisions[-1].claim_id
    if len(decisions) < chunk:
        run.state = moves.check(RUN_MOVES, "finish", run.state)
        run.due_at, run.ended_at, run.total = None, at, run.done
    run.save()
    return len(decisions)


def _row(run: ImpactRun, evaluate: Evaluator, decision: Decision) -> ImpactRow:
    found = evaluate(decision.facts)
    missing = {path for rule in found["rules"] if rule["result"] == "UNKNOWN" for path in rule["missing"]}
    asks = sorted(path for path in missing if _of(decision.facts, path) is ABSENT)
    groups = _of(decision.facts, "person.groups")
    return ImpactRow(
        run=run,
        province_id=decision.province_id,
        claim_id=decision.claim_id,
        decision=decision,
        occupation=decision.claim.occupation,
        groups=[str(code)[:40] for code in groups] if isinstance(groups, list) else [],
        before=decision.outcome,
        before_fen=decision.amount_fen,
        after=found["outcome"],
        after_fen=found["amount_fen"],
        asks=[path[:120] for path in asks] if found["outcome"] == NEEDS_EVIDENCE else [],
    )


def _of(facts: Any, path: str) -> Any:
    """A fact of the nested object; ABSENT where the decision did not have it at all."""
    for step in path.split("."):
        if not isinstance(facts, dict) or step not in facts:
            return ABSENT
        facts = facts[step]
    return facts


def postpone(pk: int, trouble: str, *, at: dt.datetime) -> None:
    """A run that could not go on tries again later, each time a little later, and says why."""
    run = ImpactRun.objects.filter(pk=pk, due_at__isnull=False).first()
    if run is not None:
        wait = _PATIENCE * min(run.failures + 1, _LONGEST_WAIT)
        ImpactRun.objects.filter(pk=pk, due_at__isnull=False).update(
            due_at=at + wait, failures=F("failures") + 1, trouble=trouble[:200]
        )
