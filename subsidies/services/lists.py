"""Lists of claims by an organisation: read once and sealed, checked by a worker, submitted, and made into claims by a worker.

The file is read in the request and kept nowhere. Of a person who is not the organisation's, nothing is said at all.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import BinaryIO, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from portal import clock, crypto, moves, numbers
from portal.accounts import selectors as accounts
from portal.accounts.access import has_role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.rules import RuleBroken
from portal.sheets.entries import Entry
from portal.sheets.reading import refuse
from subsidies import claim_lists, declarations
from subsidies.models import ClaimList, ClaimListRow, Programme, ProjectContract
from subsidies.selectors.lists import policy_for
from subsidies.selectors.materials import missing
from subsidies.selectors.offers import programme_for
from subsidies.selectors.payees import ROLE_OF
from subsidies.selectors.recovery import organisation_blocked
from subsidies.services.claims import NotDeclared, ProgrammeClosed
from subsidies.services.materials import MaterialMissing
from subsidies.workflow.claims import Channel
from subsidies.workflow.contracts import CLAIMABLE
from subsidies.workflow.lists import LIST_MOVES, ListState

Fate = ClaimListRow.Fate
READY: Final = (Fate.READY, Fate.EVIDENCE)
_BATCH = 500
_CLEARED = 200


class NotForThem(RuleBroken):
    code = "not_for_them"
    message = _("You do not act for this organisation.")


class NoEnterprise(RuleBroken):
    code = "no_enterprise"
    message = _("Only an enterprise claims for its staff.")


class OrganisationBarred(RuleBroken):
    code = "organisation_barred"
    message = _("Your organisation is barred from claiming subsidies at present.")


class ListTooLong(RuleBroken):
    code = "list_too_long"
    message = _("At most 10,000 rows and 4 MB at a time. Divide the list.")


class ContractClosed(RuleBroken):
    code = "contract_closed"
    message = _("This contract is not in force, or not one of your organisation.")


class NothingReady(RuleBroken):
    code = "nothing_ready"
    message = _("No row of the list can be claimed for.")


class NoAccount(RuleBroken):
    code = "no_organisation_account"
    message = _("First enter the bank account that your organisation is paid to.")


def payee_of_list(organisation: Organisation, channel: str, programme: Programme) -> Organisation | None:
    """Whom the claims of a list are paid to: the organisation where the programme pays its kind, else each person."""
    return organisation if channel in programme.payees else None


# -- the organisation -----------------------------------------------------------------------------------------------


def _may_claim(organisation: Organisation, channel: str, *, by: User, at: dt.datetime) -> None:
    """Raises NotForThem, NoEnterprise, OrganisationBarred."""
    if channel not in ROLE_OF or not has_role(by, ROLE_OF[Channel(channel)], organisation=organisation.pk):
        raise NotForThem
    if channel == Channel.ENTERPRISE and organisation.kind != Organisation.Kind.ENTERPRISE:
        raise NoEnterprise
    if organisation_blocked(organisation.pk, clock.today(at)) is not None:
        raise OrganisationBarred


@transaction.atomic
def upload_list(
    file: BinaryIO,
    *,
    name: str,
    organisation: Organisation,
    programme: str,
    channel: str,
    by: User,
    at: dt.datetime,
    contract: ProjectContract | None = None,
) -> ClaimList:
    """Read a list and seal its rows; a worker says what would become of each. Nothing is claimed yet.

    The same file of the same organisation, programme and contract is the list that it made before, unless that was dropped.
    Raises NotForThem, NoEnterprise, OrganisationBarred, ProgrammeClosed, ContractClosed, ListTooLong, BadFile.
    """
    _may_claim(organisation, channel, by=by, at=at)
    paying = _paying(organisation, channel, programme, contract)
    content = file.read(claim_lists.MOST_BYTES + 1)
    if len(content) > claim_lists.MOST_BYTES:
        raise ListTooLong
    digest = hashlib.sha256(content).hexdigest()
    if earlier := _earlier(organisation, programme, contract, digest):
        return earlier
    file.seek(0)
    found = _read(file, name, at=at)
    try:
        with transaction.atomic():
            made = ClaimList.objects.create(
                organisation=organisation,
                province_id=organisation.province_id,
                programme=paying,
                channel=channel,
                contract=contract,
                sha256=digest,
                rows=len(found),
                due_at=at,
                uploaded_by=by,
                uploaded_at=at,
            )
    except IntegrityError:
        return ClaimList.objects.exclude(state=ListState.CANCELLED).get(
            organisation=organisation, programme=paying, contract=contract, sha256=digest
        )  # sent twice at the same moment
    ClaimListRow.objects.bulk_create(_sealed(made, found), batch_size=_BATCH)
    count_rows(made)
    record(by=by, action="claim_list.uploaded", thing=made, at=at, detail=told_of(made))
    return made


def _paying(
    organisation: Organisation, channel: str, programme: str, contract: ProjectContract | None
) -> Programme:
    """The programme that a list is for. Raises ProgrammeClosed, ContractClosed."""
    if contract is not None:
        if (
            channel != Channel.PROVIDER
            or contract.organisation_id != organisation.pk
            or contract.state not in CLAIMABLE
        ):
            raise ContractClosed
        if contract.programme_id != programme:
            raise ProgrammeClosed
        return contract.programme
    paying = programme_for(channel, programme)
    if paying is None and channel == Channel.PROVIDER:
        paying = programme_for(Programme.Payee.PERSON, programme)
    if paying is None or paying.kind == Programme.Kind.LIVING:
        raise ProgrammeClosed
    return paying


def _earlier(
    organisation: Organisation, programme: str, contract: ProjectContract | None, digest: str
) -> ClaimList | None:
    rows = ClaimList.objects.filter(
        organisation=organisation, programme=programme, contract=contract, sha256=digest
    )
    return rows.exclude(state=ListState.CANCELLED).first()


def _read(file: BinaryIO, name: str, *, at: dt.datetime) -> list[Entry]:
    found: list[Entry] = []
    seen: dict[str, int] = {}
    for entry in claim_lists.entries(file, name, on=clock.today(at)):
        found.append(entry)
        if len(found) > claim_lists.MOST_ROWS:
            raise ListTooLong
        if serial := entry.said.get("serial"):
            first = seen.setdefault(serial, entry.number)
            if first != entry.number:
                entry.wrong("", "twice", first=first)
    if not found:
        raise refuse("nothing_in_it")
    return found


def _sealed(made: ClaimList, entries: Iterable[Entry]) -> list[ClaimListRow]:
    rows = []
    for entry in entries:
        row = ClaimListRow(
            claim_list=made, province_id=made.province_id, number=entry.number, troubles=entry.troubles
        )
        row.typed = entry.typed if entry.troubles else entry.said
        if "name" in entry.said:
            row.masked_name = numbers.mask_name(entry.said["name"])
        if entry.troubles:
            row.fate = Fate.REFUSED
        else:
            row.person_key = crypto.blind_index(entry.said["number"], purpose="resident_id")
            row.masked_number = numbers.mask_number(entry.said["number"])
            row.certificate_serial = entry.said["serial"]
        rows.append(row)
    return rows


def count_rows(made: ClaimList) -> None:
    fates = made.lines.order_by().values_list("fate")
    made.counts = dict(fates.annotate(rows=Count("pk")))
    made.save(update_fields=["counts"])


def told_of(made: ClaimList) -> dict[str, object]:
    """For the audit: without anybody of the list."""
    return {
        "organisation": made.organisation_id,
        "programme": made.programme_id,
        "contract": made.contract_id,
        "counts": made.counts,
        "sha256": made.sha256,
    }


def locked_list(made: ClaimList) -> ClaimList:
    return (
        ClaimList.objects.select_for_update(of=("self",))
        .select_related("programme", "organisation", "contract")
        .get(pk=made.pk)
    )


def move_list(made: ClaimList, step: str, **changes: object) -> ClaimList:
    """The one place where the state of a list is written. The caller holds its row."""
    made.state = moves.check(LIST_MOVES, step, made.state)
    for name, value in changes.items():
        setattr(made, name, value)
    made.save(update_fields=["state", *changes])
    return made


def _own(made: ClaimList, *, by: User) -> ClaimList:
    made = locked_list(made)
    if not has_role(by, ROLE_OF[Channel(made.channel)], organisation=made.organisation_id):
        raise NotForThem
    return made


@transaction.atomic
def check_again(made: ClaimList, *, by: User, at: dt.datetime) -> ClaimList:
    """Let a worker look at the rows once more, as of now. What could not be read stays refused.

    Raises NotForThem, IllegalMove.
    """
    made = _own(made, by=by)
    move_list(made, "check_again", done=0, due_at=at, problem="")
    again = made.lines.filter(fate__in=[Fate.REFUSED, *READY], person_key__isnull=False)
    again.update(fate=Fate.WAITING, troubles=[], insured="", insured_as_of=None, user=None)
    count_rows(made)
    record(by=by, action="claim_list.checked_again", thing=made, at=at, detail=told_of(made))
    return made


@transaction.atomic
def submit_list(
    made: ClaimList, *, by: User, at: dt.datetime, key: str = "", agreed: bool = False
) -> ClaimList:
    """Hand a checked list in: a worker makes a claim of each ready row. The same `key` changes nothing the second time.

    Raises NotForThem, NoEnterprise, OrganisationBarred, NotDeclared, NothingReady, NoAccount, MaterialMissing, IllegalMove.
    """
    made = _own(made, by=by)
    if key and made.key == key:
        return made
    _may_claim(made.organisation, made.channel, by=by, at=at)
    moves.check(LIST_MOVES, "submit", made.state)
    if not agreed:
        raise NotDeclared
    if not made.ready:
        raise NothingReady
    paid = payee_of_list(made.organisation, made.channel, made.programme)
    if paid is not None and not accounts.organisation_accounts_of([paid.pk]):
        raise NoAccount
    if missing(policy_for(made, at=at), made):
        raise MaterialMissing
    move_list(
        made,
        "submit",
        submitted_by=by,
        submitted_at=at,
        declaration=declarations.CURRENT,
        key=key[:100],
        done=0,
        due_at=at,
        problem="",
    )
    record(by=by, action="claim_list.submitted", thing=made, at=at, detail=told_of(made))
    return made


@transaction.atomic
def cancel_list(made: ClaimList, *, by: User | None, at: dt.datetime) -> ClaimList:
    """Drop a list that was not submitted; what was typed goes at once. `by` is None for the clock.

    Raises NotForThem, IllegalMove.
    """
    made = _own(made, by=by) if by is not None else locked_list(made)
    move_list(made, "cancel", due_at=None, finished_at=at, cleared_at=at)
    forget_typed(made)
    record(by=by, action="claim_list.cancelled", thing=made, at=at, detail=told_of(made))
    return made


def forget_typed(made: ClaimList) -> None:
    """Who stood in rows that became no claim is gone; their fates and reasons stay."""
    rows = made.lines.exclude(fate=Fate.CLAIMED)
    rows.filter(fate__in=[Fate.WAITING, *READY]).update(fate=Fate.REFUSED)
    rows.update(
        typed_sealed=None, masked_name="", masked_number="", person_key=None, user=None, certificate_serial=""
    )


@transaction.atomic
def clear_lists(*, at: dt.datetime) -> int:
    """Drop lists that nobody submitted, and forget what was typed in those that are over, after a term. Gives how many."""
    before = at - settings.ROSTERS_KEPT
    rows = ClaimList.objects.select_for_update(skip_locked=True, of=("self",))
    left = list(rows.filter(state=ListState.CHECKED, uploaded_at__lte=before)[:_CLEARED])
    for made in left:
        cancel_list(made, by=None, at=at)
    over = list(rows.filter(cleared_at=None, finished_at__lte=before)[:_CLEARED])
    for made in over:
        forget_typed(made)
        made.cleared_at = at
        made.save(update_fields=["cleared_at"])
        record(by=None, action="claim_list.cleared", thing=made, at=at)
    return len(left) + len(over)
