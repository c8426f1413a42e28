"""The one place where the state of a claim is written."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from portal import moves
from portal.accounts.models import User
from portal.notices import services as notices
from subsidies.models import Claim
from subsidies.workflow.claims import DESK_OF, MOVES, State

TOLD = frozenset(
    {
        "send_back",
        "lapse",
        "reject",
        "uphold",
        "grant",
        "strike",
        "approve",
        "wait_for_funds",
        "fund",
        "settle",
        "bounce",
        "return_late",
        "offset",
    }
)
"""The steps a claimant is told of: those that end something, or ask something of them. The others stand on the page."""


def _move(claim: Claim, step: str, *, at: dt.datetime, by: User | None = None, **changes: object) -> Claim:
    """Take one step of the workflow and save it with `changes`. The claim's row must be locked by the caller.

    `by` is who took it, None for the rules and the clock; a trigger keeps the step. `desk` is among the changes where the
    table alone does not say which. Raises portal.moves.IllegalMove when there is no such step from the present state.
    """
    claim.state = moves.check(MOVES, step, claim.state)
    told = {"moved_at": at, "moved_step": step, "moved_by": by, "assignee": None}
    changes = {**told, "desk": DESK_OF.get(claim.state, ""), **changes}
    for name, value in changes.items():
        setattr(claim, name, value)
    claim.save(update_fields=["state", *changes])
    if step in TOLD:
        notices.send_all([_telling(claim, step, at=at)], at=at)
    return claim


def _move_many(rows: QuerySet[Claim], step: str, *, at: dt.datetime, by: User | None = None) -> int:
    """The same step for many claims in one statement; gives how many. None moves where one may not.

    `rows` must not choose by state. Their rows are locked by the caller. `by` is who makes the step, None for the system.
    Raises portal.moves.IllegalMove.
    """
    move = MOVES[step]
    told = list(rows.select_related("claimant", "agent").order_by("pk")) if step in TOLD else []
    count = rows.count()
    told_of = {"moved_at": at, "moved_step": step, "moved_by": by, "assignee": None}
    desk = DESK_OF.get(move.target, "")
    if rows.filter(state__in=move.sources).update(state=move.target, desk=desk, **told_of) != count:
        raise moves.IllegalMove(step=step)
    for claim in told:
        claim.state = move.target
    if told:
        notices.send_all([_telling(claim, step, at=at) for claim in told], at=at)
    return count


_ITS_OWN = {"due_at": "timestamptz", "outcome": "text", "amount_fen": "bigint", "lines": "jsonb"}
"""What a step of `_move_each` may change for each claim by itself, with the type of its column."""


def _move_each(
    claims: Sequence[Claim],
    step: str,
    *,
    at: dt.datetime,
    own: Sequence[Mapping[str, Any]],
    **changes: object,
) -> None:
    """The same step, taken by the rules, for many claims in one statement: `own` are the changes of each, `changes` those of all.

    `own` has the same names for every claim, in the order of the claims. Their rows are locked by the caller. None moves
    where one may not. Raises portal.moves.IllegalMove.
    """
    targets = {moves.check(MOVES, step, claim.state) for claim in claims}
    if not targets:
        return
    (target,) = targets  # a step leads to one state, wherever it comes from
    told = {"state": target, "desk": DESK_OF.get(target, ""), "moved_at": at, "moved_step": step, **changes}
    for claim, mine in zip(claims, own, strict=True):
        for name, value in {**told, "moved_by": None, "assignee": None, **mine}.items():
            setattr(claim, name, value)
    rows = [{"id": claim.pk, **mine} for claim, mine in zip(claims, own, strict=True)]
    said = ", ".join(f"{name} = %s" for name in told)
    names = ", ".join(f"{name} = n.{name}" for name in own[0])
    types = ", ".join(f"{name} {_ITS_OWN[name]}" for name in own[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE subsidies_claim c SET {said}, {names}, moved_by_id = NULL, assignee_id = NULL
            FROM jsonb_to_recordset(%s::jsonb) AS n (id bigint, {types}) WHERE c.id = n.id""",  # noqa: S608 - our names
            [*told.values(), json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)],
        )


def actor_of(claim: Claim) -> User:
    """Who is told of a claim and answers for it: the agent of an organisation's claim, else the claimant."""
    return claim.agent or claim.claimant


def page_of(claim: Claim) -> str:
    """Where that person reads of it."""
    return reverse("subsidies:list_claim" if claim.agent_id else "subsidies:claim", args=[claim.number])


def _telling(claim: Claim, step: str, *, at: dt.datetime) -> notices.Telling:
    words = {
        "number": claim.number,
        "course": notices.either(claim.course_title, claim.course_title_en),
        "state": State(claim.state).label,
    }
    about = f"claim:{claim.number}:{step}:{at:%Y%m%dT%H%M%S}"
    return notices.Telling(actor_of(claim), "claim.moved", about, page_of(claim), words)
