"""The worker's part of lists of claims: some rows at a time, committed as a whole, so that whoever takes over goes on behind."""

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.services import Event, record, record_all
from portal.notices import services as notices
from subsidies import insurance_port
from subsidies.models import Claim, ClaimList, ClaimListRow
from subsidies.models.lists import WORKED_ON
from subsidies.services.claims import handed_in, next_numbers, said_of
from subsidies.services.list_checks import WRITTEN, Look, Seen, look_at, settle
from subsidies.services.lists import READY, count_rows, locked_list, move_list, payee_of_list, told_of
from subsidies.workflow.claims import Purpose
from subsidies.workflow.lists import ListState

CHUNK: Final = 500
"""Rows in one transaction, and people in one question to the register."""
LEASE: Final = dt.timedelta(minutes=5)
TIMEOUT: Final = 20.0
Fate, Insured = ClaimListRow.Fate, ClaimListRow.Insured


def work_on_next(*, at: dt.datetime) -> bool:
    """Do the next CHUNK rows of the list that has waited longest; False where nothing is to do. Safe to run twice, and at once."""
    with transaction.atomic():
        due = ClaimList.objects.filter(state__in=WORKED_ON, due_at__lte=at).order_by("due_at", "pk")
        made = due.select_for_update(skip_locked=True, of=("self",)).first()
        if made is None:
            return False
        made.due_at = at + LEASE
        made.save(update_fields=["due_at"])
    made = ClaimList.objects.select_related("programme", "organisation", "contract").get(pk=made.pk)
    if made.state == ListState.CHECKING:
        check_some(made, at=at)
    else:
        submit_some(made, at=at)
    return True


def put_off(list_id: int, problem: str, *, at: dt.datetime) -> None:
    """A list whose work broke down is taken up again later."""
    ClaimList.objects.filter(pk=list_id, state__in=WORKED_ON).update(due_at=at + LEASE, problem=problem[:200])


def check_some(made: ClaimList, *, at: dt.datetime) -> None:
    rows = list(made.lines.filter(fate=Fate.WAITING).order_by("number")[:CHUNK])
    look = look_at(made, rows, at=at)
    if look.needs_insurance:
        _ask(look)
    with transaction.atomic():
        made = locked_list(made)
        if made.state != ListState.CHECKING:
            return
        waiting = set(made.lines.filter(fate=Fate.WAITING).values_list("pk", flat=True))
        look.seen = [one for one in look.seen if one.row.pk in waiting]
        ClaimListRow.objects.bulk_update(settle(look), WRITTEN, batch_size=CHUNK)
        made.done = min(made.done + len(look.seen), made.rows)
        made.due_at, made.problem = at, ""
        made.save(update_fields=["done", "due_at", "problem"])
        if not made.lines.filter(fate=Fate.WAITING).exists():
            move_list(made, "finish_check", due_at=None)
        count_rows(made)


def _ask(look: Look) -> None:
    """What the register says of the rows that stand up to everything else. Silence is not known, never a no."""
    sound = look.sound
    if not sound:
        return
    told = [one.row.typed["number"] for one in sound]
    said = insurance_port.ask(look.made.organisation.uscc, told, at=look.at, timeout=TIMEOUT)
    for one, answer in zip(sound, said, strict=True):
        one.row.insured, one.row.insured_as_of = Insured(answer.result), answer.as_of


@transaction.atomic
def submit_some(made: ClaimList, *, at: dt.datetime) -> None:
    """Claims for the next ready rows. Their people's rows are locked as a person's own claim locks them: who comes later is
    refused, whichever channel they take.
    """
    made = locked_list(made)
    if made.state != ListState.SUBMITTING:
        return
    rows = list(made.lines.filter(fate__in=READY).order_by("number")[:CHUNK])
    people = sorted({row.user_id for row in rows})
    list(User.objects.select_for_update(no_key=True).only("pk").filter(pk__in=people).order_by("pk"))
    look = look_at(made, rows, at=at)
    settle(look)
    ready = [one for one in look.seen if one.row.fate in READY]
    claims = _claims(look, ready)
    for one, claim in zip(ready, claims, strict=True):
        one.row.claim, one.row.fate, one.row.typed_sealed = claim, Fate.CLAIMED, None
    ClaimListRow.objects.bulk_update(rows, [*WRITTEN, "claim", "typed_sealed"], batch_size=CHUNK)
    made.done = min(made.done + len(rows), made.rows)
    made.due_at, made.problem = at, ""
    made.save(update_fields=["done", "due_at", "problem"])
    if not made.lines.filter(fate__in=READY).exists():
        move_list(made, "finish", due_at=None, finished_at=at)
    count_rows(made)
    _tell(made, claims, at=at)
    events = [
        Event("claim.submitted", claim, detail={"number": claim.number, "list": made.pk}) for claim in claims
    ]
    record_all(events, by=made.submitted_by, at=at)
    if made.state == ListState.SUBMITTED:
        record(by=made.submitted_by, action="claim_list.finished", thing=made, at=at, detail=told_of(made))


def _claims(look: Look, ready: list[Seen]) -> list[Claim]:
    if not ready:
        return []
    made, at = look.made, look.at
    paid = payee_of_list(made.organisation, made.channel, made.programme)
    given = next_numbers(made.province_id, len(ready), at=at)
    return Claim.objects.bulk_create(
        [_claim(made, one, number, paid, at=at) for one, number in zip(ready, given, strict=True)]
    )


def _claim(made: ClaimList, one: Seen, number: str, paid: Any, *, at: dt.datetime) -> Claim:
    return Claim(
        number=number,
        claimant=one.person.user,
        person_key=one.row.person_key,
        programme=made.programme_id,
        purpose=Purpose.TRAINING,
        channel=made.channel,
        agent=made.submitted_by,
        claim_list=made,
        payee_organisation=paid,
        contract=made.contract,
        moved_by=made.submitted_by,
        **said_of(one.certificate, one.course),
        **handed_in(one.person, {}, at=at) | {"declaration": made.declaration},
    )


def _tell(made: ClaimList, claims: list[Claim], *, at: dt.datetime) -> None:
    """Everybody learns that an organisation claims for their certificate: it can be done once only."""
    name = notices.either(made.organisation.name_zh, made.organisation.name_en)
    notices.send_all(
        [
            notices.Telling(
                claim.claimant,
                "claim.by_organisation",
                f"claim:{claim.number}:submitted",
                reverse("subsidies:claim", args=[claim.number]),
                {
                    "organisation": name,
                    "number": claim.number,
                    "course": notices.either(claim.course_title, claim.course_title_en),
                },
            )
            for claim in claims
        ],
        at=at,
    )
