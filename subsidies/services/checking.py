"""What the rules do with submitted claims: many at once, and one as a batch of one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from portal.audit.services import Event, record_all
from subsidies.models import Claim, Decision
from subsidies.policy import questions, read_policy
from subsidies.policy.body import Review
from subsidies.selectors.policies import in_force
from subsidies.services.claims import days_after, weigh_all
from subsidies.services.moves import _move_each
from subsidies.workflow.claims import Act


def check_claim(claim: Claim, *, at: dt.datetime) -> Claim:
    """Let the rules look at a submitted claim, see `check_claims`; the claim as it is now."""
    check_claims([claim.pk], at=at)
    return Claim.objects.get(pk=claim.pk)


@transaction.atomic
def check_claims(ids: Iterable[int], *, at: dt.datetime) -> int:
    """Let the rules look at submitted claims and put them on the intake's desk, whatever they find; how many there were.

    The machine never rejects: a failed rule is shown to the reviewer, who decides and gives a reason. Claims that are no
    longer waiting are left alone, so that the task may run twice. The statements do not grow with the claims, only with how
    many of them one person has, or one payee whose year a version counts, or one contract whose sum it counts. All or none:
    raises ObjectDoesNotExist where one rests on what is not there.
    """
    rows = Claim.objects.awaiting_check().filter(pk__in=ids, check_due_at__isnull=False).order_by("pk")
    claims = list(rows.select_for_update(of=("self",)))
    for together in _one_of_each(claims):
        _check(together, at=at)
    return len(claims)


def _one_of_each(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The first of each person, then the second: what came of an earlier claim counts for the later one.

    Of each payee, too, where a version in force counts what the payee had in the year, and of each contract likewise.
    """
    rounds: list[list[Claim]] = []
    done: dict[object, int] = defaultdict(int)
    counts = {place: _counted(*place) for place in {(row.province_id, row.programme) for row in claims}}
    for claim in claims:
        keys: list[object] = [bytes(claim.person_key)]
        counted = counts[claim.province_id, claim.programme]
        if claim.payee_organisation_id is not None and questions.PAYEE_YEAR in counted:
            keys.append((claim.payee_organisation_id, claim.programme))
        if claim.contract_id is not None and questions.CONTRACT_FEN in counted:
            keys.append(("contract", claim.contract_id))
        turn = max(done[key] for key in keys)
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(claim)
        done.update(dict.fromkeys(keys, turn + 1))
    yield from rounds


def _counted(province: str, programme: str) -> frozenset[str]:
    return questions.counted_sums(in_force(province, programme).rules)


def _check(claims: Sequence[Claim], *, at: dt.datetime) -> None:
    decisions = weigh_all(claims, Act.CHECKED, by=None, at=at)
    Decision.objects.bulk_create(decisions, batch_size=500)
    due = _due(decisions, at=at)
    found = [
        {
            "due_at": due[decision.policy_id],
            "outcome": decision.outcome,
            "amount_fen": decision.amount_fen,
            "lines": decision.record["lines"],
        }
        for decision in decisions
    ]
    _move_each(claims, "check", at=at, own=found, check_due_at=None, check_problem="")
    events = [Event("claim.checked", claim, detail={"outcome": claim.outcome}) for claim in claims]
    record_all(events, by=None, at=at)


def _due(decisions: Sequence[Decision], *, at: dt.datetime) -> dict[int | None, dt.datetime]:
    """By policy, until when its desk has time."""
    policies = {decision.policy_id: decision.policy for decision in decisions}
    return {
        pk: days_after(at, (read_policy(row.body).review if row else Review()).desk_working_days)
        for pk, row in policies.items()
    }


def postpone_check(claim_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push a check that could not be made forward, with its reason."""
    Claim.objects.awaiting_check().filter(pk=claim_id).update(
        check_due_at=at + dt.timedelta(minutes=minutes), check_problem=problem[:200]
    )
