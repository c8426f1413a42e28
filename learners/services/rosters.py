"""Lists of staff: read once and sealed, looked at, applied some rows at a time by a worker, cleared after a term.

The file is read in the request and kept nowhere. Whether a person on it has an account is not looked up: nobody
learns that from a list.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import staff_lists
from learners.models import Intake, Invitation, Roster, RosterRow
from learners.models.roster import LIVE
from learners.workflow import ROSTER_MOVES, InvitationState, RosterState
from portal import clock, crypto, moves, numbers
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.rules import RuleBroken
from portal.sheets.entries import Entry
from portal.sheets.reading import refuse

CHUNK = 200
_BATCH = 500
_STANDING = [*LIVE, InvitationState.DECLINED]
"""What a list leaves alone: nobody is asked again who has answered."""
_Key = tuple[bytes, str]


class NoEnterprise(RuleBroken):
    code = "no_enterprise"
    message = _("Only an enterprise sends its staff to courses.")


class ListTooLong(RuleBroken):
    code = "list_too_long"
    message = _("At most 5,000 rows and 2 MB at a time. Divide the list.")


class NobodyToInvite(RuleBroken):
    code = "nobody_to_invite"
    message = _("The list changes nothing: nobody new is on it.")


class OneAtATime(RuleBroken):
    code = "one_list_at_a_time"
    message = _("Another list of your enterprise is being applied. Wait until it is through.")


# -- the list -------------------------------------------------------------------------------------------------------


@transaction.atomic
def upload_roster(
    file: BinaryIO, *, name: str, organisation: Organisation, by: User, at: dt.datetime
) -> Roster:
    """Read a list, seal its rows and say what would become of each. Nobody is invited yet.

    The caller has made sure that `by` may act for the organisation. Raises NoEnterprise, ListTooLong, BadFile.
    """
    if organisation.kind != Organisation.Kind.ENTERPRISE:
        raise NoEnterprise
    content = file.read(staff_lists.MOST_BYTES + 1)
    if len(content) > staff_lists.MOST_BYTES:
        raise ListTooLong
    file.seek(0)
    found = []
    for entry in staff_lists.entries(file, name, on=clock.today(at)):
        found.append(entry)
        if len(found) > staff_lists.MOST_ROWS:
            raise ListTooLong
    if not found:
        raise refuse("nothing_in_it")
    _judge(found, at=at)
    roster = Roster.objects.create(
        organisation=organisation,
        province_id=organisation.province_id,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=len(found),
        uploaded_at=at,
        uploaded_by=by,
    )
    rows = _sealed(roster, found)
    RosterRow.objects.bulk_create(rows, batch_size=_BATCH)
    roster.counts = dict(Counter(row.fate for row in rows))
    roster.save(update_fields=["counts"])
    record(by=by, action="roster.uploaded", thing=roster, at=at, detail=_told(roster))
    return roster


def _told(roster: Roster) -> dict[str, object]:
    return {"organisation": roster.organisation_id, "counts": roster.counts, "sha256": roster.sha256}


def _judge(entries: list[Entry], *, at: dt.datetime) -> None:
    """Add what is wrong with a row among others: courses nobody can enrol in, people and phones that come twice."""
    open_ones = courses.taking_learners({entry.said.get("course", "") for entry in entries})
    today = clock.today(at)
    over = set(
        Intake.objects.filter(course_code__in=open_ones, closes_on__lt=today).values_list("pk", flat=True)
    )
    seen: dict[tuple[str, str], int] = {}
    phones: dict[str, tuple[str, int]] = {}
    for entry in entries:
        said = entry.said
        if (code := said.get("course")) is not None and code not in open_ones:
            entry.wrong("course", "unknown_course")
        elif code in over:
            entry.wrong("course", "enrolment_closed")
        if "number" not in said:
            continue
        first = seen.setdefault((said["number"], said.get("course", "")), entry.number)
        if first != entry.number:
            entry.wrong("", "twice", first=first)
        if "phone" in said:
            other, row = phones.setdefault(said["phone"], (said["number"], entry.number))
            if other != said["number"]:
                entry.wrong("phone", "phone_twice", first=row)


def _person(number: str) -> bytes:
    """The same index as that of a registered identity."""
    return crypto.blind_index(number, purpose="resident_id")


def _sealed(roster: Roster, entries: Iterable[Entry]) -> list[RosterRow]:
    rows = []
    for entry in entries:
        row = RosterRow(roster=roster, number=entry.number, troubles=entry.troubles)
        row.masked_name = numbers.mask_name(entry.said["name"]) if "name" in entry.said else ""
        if entry.troubles:
            row.fate, row.typed = RosterRow.Fate.REFUSED, entry.typed
        else:
            row.fate = RosterRow.Fate.NEW
            row.person_index, row.course_code = _person(entry.said["number"]), entry.said["course"]
            row.typed = {name: text for name, text in entry.said.items() if name != "number"}
        rows.append(row)
    _foresee(roster, [row for row in rows if row.fate != RosterRow.Fate.REFUSED])
    return rows


def _standing(roster: Roster, rows: list[RosterRow], *, lock: bool = False) -> dict[_Key, Invitation]:
    """The invitations that are there already for these people, by person and course."""
    found = Invitation.objects.filter(organisation_id=roster.organisation_id, state__in=_STANDING)
    found = found.filter(person_index__in={bytes(row.person_index) for row in rows})
    if lock:
        found = found.select_for_update()
    return {(bytes(it.person_index), it.course_code): it for it in found.order_by("pk")}


def _foresee(roster: Roster, rows: list[RosterRow]) -> None:
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        there = _standing(roster, part)
        for row in part:
            row.fate = _fate(row, there.get((bytes(row.person_index), row.course_code)))


def _fate(row: RosterRow, there: Invitation | None) -> str:
    if there is None:
        return RosterRow.Fate.NEW
    if there.state != InvitationState.OPEN or _as_told(there) == _as_typed(row):
        return RosterRow.Fate.UNCHANGED
    return RosterRow.Fate.CHANGED


def _as_typed(row: RosterRow) -> tuple[str, str, str]:
    typed = row.typed
    return typed["name"], typed["phone"], typed.get("group", "")


def _as_told(invitation: Invitation) -> tuple[str, str, str]:
    return invitation.name, invitation.phone, invitation.group


def _locked(roster: Roster) -> Roster:
    return Roster.objects.select_for_update(of=("self",)).get(pk=roster.pk)


def _move(roster: Roster, step: str, **changes: object) -> None:
    roster.state = moves.check(ROSTER_MOVES, step, roster.state)
    for name, value in changes.items():
        setattr(roster, name, value)
    roster.save(update_fields=["state", *changes])


@transaction.atomic
def apply_roster(roster: Roster, *, by: User, at: dt.datetime) -> Roster:
    """Let a worker invite whom the list names; wrong rows stay out. Raises IllegalMove, NobodyToInvite, OneAtATime."""
    roster = _locked(roster)
    moves.check(ROSTER_MOVES, "apply", roster.state)
    if not roster.counts.get("new") and not roster.counts.get("changed"):
        raise NobodyToInvite
    try:
        with transaction.atomic():
            _move(roster, "apply", decided_by=by, decided_at=at)
    except IntegrityError as broken:
        if "roster_one_applied_at_a_time" not in str(broken):
            raise
        raise OneAtATime from broken
    record(by=by, action="roster.started", thing=roster, at=at, detail=_told(roster))
    return roster


@transaction.atomic
def cancel_roster(roster: Roster, *, by: User | None, at: dt.datetime) -> Roster:
    """Drop a list that was not applied; its rows go at once. Raises IllegalMove."""
    roster = _locked(roster)
    _move(roster, "cancel", decided_by=by, decided_at=at, finished_at=at, cleared_at=at)
    roster.lines.all().delete()
    record(by=by, action="roster.cancelled", thing=roster, at=at, detail=_told(roster))
    return roster


# -- the worker -----------------------------------------------------------------------------------------------------


@transaction.atomic
def apply_some(*, at: dt.datetime) -> bool:
    """Invite the next CHUNK people of a list that is being applied; False when there is nothing to do.

    What a chunk has done is committed as a whole: whoever takes over after a crash goes on behind it.
    """
    rows = Roster.objects.select_for_update(skip_locked=True, of=("self",))
    roster = rows.filter(state=RosterState.APPLYING).order_by("pk").first()
    if roster is None:
        return False
    due = roster.lines.filter(applied_at=None).exclude(fate=RosterRow.Fate.REFUSED)
    if part := list(due.order_by("number")[:CHUNK]):
        _invite(roster, part, at=at)
        roster.done += len(part)
        roster.save(update_fields=["done"])
    else:
        fates = roster.lines.values_list("fate", flat=True)
        _move(roster, "finish", finished_at=at, counts=dict(Counter(fates)))
        record(by=roster.decided_by, action="roster.applied", thing=roster, at=at, detail=_told(roster))
    return True


def _invite(roster: Roster, rows: list[RosterRow], *, at: dt.datetime) -> None:
    there = _standing(roster, rows, lock=True)
    new, changed = [], []
    for row in rows:
        known = there.get((bytes(row.person_index), row.course_code))
        row.fate, row.applied_at = _fate(row, known), at
        if row.fate == RosterRow.Fate.NEW:
            new.append(_told_by(row, _fresh(roster, row, at=at), at=at))
        elif row.fate == RosterRow.Fate.CHANGED:
            changed.append(_told_by(row, known, at=at))
    Invitation.objects.bulk_create(new)
    told = ["name_sealed", "masked_name", "phone_sealed", "phone_index", "group", "tell_at"]
    Invitation.objects.bulk_update(changed, told)
    RosterRow.objects.bulk_update(rows, ["fate", "applied_at"])


def _fresh(roster: Roster, row: RosterRow, *, at: dt.datetime) -> Invitation:
    return Invitation(
        organisation_id=roster.organisation_id,
        province_id=roster.province_id,
        course_code=row.course_code,
        person_index=row.person_index,
        invited_at=at,
    )


def _told_by(row: RosterRow, invitation: Invitation, *, at: dt.datetime) -> Invitation:
    """With what the row says; a message goes out anew."""
    invitation.name, invitation.phone, invitation.group = _as_typed(row)
    invitation.masked_name, invitation.tell_at = row.masked_name, at
    return invitation


@transaction.atomic
def clear_rosters(*, at: dt.datetime) -> int:
    """Drop lists that nobody applied, and remove the rows of those that are over, ROSTERS_KEPT later. Gives how many."""
    before = at - settings.ROSTERS_KEPT
    rows = Roster.objects.select_for_update(skip_locked=True, of=("self",))
    left = list(rows.filter(state=RosterState.PREVIEWED, uploaded_at__lte=before)[:CHUNK])
    for roster in left:
        cancel_roster(roster, by=None, at=at)
    over = list(rows.filter(cleared_at=None, finished_at__lte=before)[:CHUNK])
    for roster in over:
        roster.lines.all().delete()
        roster.cleared_at = at
        roster.save(update_fields=["cleared_at"])
        record(by=None, action="roster.cleared", thing=roster, at=at)
    return len(left) + len(over)
