"""Gathering what can be paid into a batch, some claims at a time: a worker that is killed loses nothing but the last of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.selectors import BankAccountFacts
from portal.accounts.services import many_payment_details
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.bank.rows import Order, Payment
from subsidies.bank.template import Template, read_template
from subsidies.bank.writing import flaw_of
from subsidies.fraud.checks import When
from subsidies.models import (
    BankProfile,
    Batch,
    BatchLine,
    Claim,
    Entitlement,
    Hold,
    LeftOut,
    NameCheck,
    NoticeLine,
    PaperNumber,
)
from subsidies.selectors.desks import seated_at
from subsidies.selectors.payees import accounts_of, has_interest, payee_of
from subsidies.services import names
from subsidies.services.batches import NotYours, lines_digest, lock_batch, step_batch
from subsidies.services.fraud.looking import look_at
from subsidies.services.holds import hold_fallen
from subsidies.services.moves import _move_many
from subsidies.services.papers import next_number
from subsidies.services.profiles import standard_profile
from subsidies.workflow.claims import State
from subsidies.workflow.money import BatchState, EntitlementState

CHUNK = 1_000
"""Claims looked at in one transaction; a batch of fewer is assembled at once."""
MOST_CLAIMS = 100_000
"""Claims looked at for one batch; what is left goes into the next one."""
Reason = LeftOut.Reason
_LOOKED_AT = (
    "number",
    "province_id",
    "claimant_id",
    "channel",
    "agent_id",
    "claim_list_id",
    "payee_organisation_id",
    "certificate_serial",
    "holder_masked",
)
_OF_RESULT = {
    "no_match": Reason.NAME_DIFFERS,
    "closed": Reason.CLOSED,
    "function_off": Reason.FUNCTION_OFF,
    "unknown": Reason.NAME_UNKNOWN,
}


class NothingToPay(RuleBroken):
    code = "nothing_to_pay"
    message = _("No claim is ready to be paid.")


class ProfileUnusable(RuleBroken):
    code = "profile_unusable"
    message = _("This bank profile is not live, or not valid today.")


@dataclass
class _Chunk:
    """What became of some claims: lines to pay, and why others stay."""

    claims: list[Claim]
    rights: list[tuple[Claim, Entitlement, BankAccountFacts, dt.datetime]]
    left: dict[int, str]


@dataclass(frozen=True)
class _Terms:
    profile: BankProfile
    template: Template
    maker: User
    at: dt.datetime
    """When the batch was begun: all of its lines are made as of then."""


def _unheld(province: str, at: dt.datetime) -> QuerySet[Claim]:
    """What was payable when the batch was begun: who comes later goes into the next one."""
    return Claim.objects.filter(province_id=province, state=State.PAYABLE, moved_at__lte=at).exclude(
        pk__in=Hold.objects.filter(closed_at=None).values("claim_id")
    )


def make_batch(*, province: str, by: User, at: dt.datetime, profile: BankProfile | None = None) -> Batch:
    """Begin a batch of what is payable in a province code, with the accounts as they are now; the oldest first.

    A small one is assembled when this returns; of a large one a task assembles the rest (`assemble_more`). Left out, with
    a reason: see `LeftOut`. Claims whose certificate stands no more are held, and those of which the checks for fraud find something. Raises NotYours, ProfileUnusable,
    NothingToPay.
    """
    if not has_role(by, Role.FINANCE_MAKER, province=province):
        raise NotYours
    if profile is None:
        with transaction.atomic():
            profile = standard_profile(province, at=at)
    usable = BankProfile.objects.usable(clock.today(at)).filter(province_id=province, pk=profile.pk)
    if not usable.exists():
        raise ProfileUnusable
    terms = _Terms(profile, read_template(profile.template), by, at)
    reached = 0
    while True:
        batch, reached, more = _begin(province, terms, reached)
        if batch is not None:
            return batch
        if not more:
            raise NothingToPay


@transaction.atomic
def _begin(province: str, terms: _Terms, reached: int) -> tuple[Batch | None, int, bool]:
    """A batch with its first lines; None where nobody of these can be paid, whose reasons are kept."""
    most = min(CHUNK, MOST_CLAIMS)
    chunk, reached, looked = _next_chunk(province, terms, reached, most)
    if not chunk.rights:
        _keep_reasons(chunk, None, terms.at)
        return None, reached, looked == most
    year, place, number = next_number(PaperNumber.Kind.BATCH, province, at=terms.at)
    batch = Batch.objects.create(
        province_id=province,
        profile=terms.profile,
        year=year,
        place=place,
        number=number,
        made_by=terms.maker,
        made_at=terms.at,
        due_at=terms.at,
        total=min(_unheld(province, terms.at).filter(pk__gt=reached).count() + looked, MOST_CLAIMS),
    )
    _put_in(batch, chunk, terms, reached, looked)
    if looked < most or batch.done >= MOST_CLAIMS:
        _finish(batch, at=terms.at)
    return batch, reached, False


@transaction.atomic
def assemble_more(batch: Batch, *, at: dt.datetime) -> bool:
    """The next claims of a batch being assembled. Whether there may be more. Safe to run twice, and at once.

    A maker who was dismissed meanwhile stops it: the batch stays as far as it came, and can be cancelled. Raises NotYours.
    """
    batch = lock_batch(batch)
    if batch.state != BatchState.ASSEMBLING:
        return False
    if not has_role(batch.made_by, Role.FINANCE_MAKER, province=batch.province_id):
        raise NotYours
    terms = _Terms(batch.profile, read_template(batch.profile.template), batch.made_by, batch.made_at)
    most = min(CHUNK, MOST_CLAIMS - batch.done)
    chunk, reached, looked = _next_chunk(batch.province_id, terms, batch.reached, most)
    _put_in(batch, chunk, terms, reached, looked)
    if looked < most or batch.done >= MOST_CLAIMS:
        _finish(batch, at=at)
        return False
    return True


def _finish(batch: Batch, *, at: dt.datetime) -> None:
    digest = lines_digest(batch)
    step_batch(batch, "assemble", due_at=None, problem="", lines_sha256=digest)
    detail = {
        "number": batch.number,
        "lines": batch.line_count,
        "fen": batch.total_fen,
        "lines_sha256": digest,
        "profile": f"{batch.profile.code} {batch.profile.version}",
    }
    record(by=batch.made_by, action="batch.assembled", thing=batch, at=at, detail=detail)


def _next_chunk(province: str, terms: _Terms, reached: int, most: int) -> tuple[_Chunk, int, int]:
    """The next claims behind `reached`, how far they go and how many were looked at. Their rows are locked."""
    rows = _unheld(province, terms.at).filter(pk__gt=reached).order_by("pk").select_for_update(of=("self",))
    claims = list(rows.only(*_LOOKED_AT)[:most])
    of_bodies = [claim for claim in claims if claim.claim_list_id]
    prefetch_related_objects(of_bodies, "claim_list", "payee_organisation")
    looked = len(claims)
    reached = claims[-1].pk if claims else reached
    stopped: set[int] = set()
    if claims:
        stopped = hold_fallen(claims, at=terms.at)
        stopped |= look_at([claim.pk for claim in claims if claim.pk not in stopped], When.BATCH, at=terms.at)
    return _sorted_out([claim for claim in claims if claim.pk not in stopped], terms), reached, looked


def _sorted_out(claims: list[Claim], terms: _Terms) -> _Chunk:
    chunk = _Chunk(claims, [], {})
    ended = dict(
        NoticeLine.objects.filter(claim__in=claims, notice__ended_at__isnull=False)
        .order_by("pk")
        .values_list("claim_id", "notice__ended_at")
    )
    rights: dict[int, list[Entitlement]] = defaultdict(list)
    for row in Entitlement.objects.filter(claim__in=claims, state=EntitlementState.RESERVED).order_by("pk"):
        rights[row.claim_id].append(row)
    accounts = accounts_of(claims)
    checks = _standings([account.id for account in accounts.values()])
    details = many_payment_details([account.id for account in accounts.values()])
    asked: dict[int, str] = {}
    seated = seated_at([claim.pk for claim in claims], terms.maker)
    for claim in claims:
        account = accounts.get(payee_of(claim))
        reason = _why_not(claim, account, checks, seated, terms)
        if reason == Reason.NAME_PENDING:
            asked[account.id] = claim.province_id
        if reason is None and not _writable(claim, account, details[account.id], terms):
            reason = Reason.UNWRITABLE
        if reason is not None:
            chunk.left[claim.pk] = reason
        elif claim.pk in ended:
            chunk.rights += [(claim, row, account, ended[claim.pk]) for row in rights[claim.pk]]
    fresh = {account: province for account, province in asked.items() if account not in checks}
    names.ask_for(fresh.items(), at=terms.at)
    return chunk


def _standings(account_ids: Sequence[int]) -> dict[int, NameCheck]:
    return {check.account_id: check for check in NameCheck.objects.filter(account_id__in=account_ids)}


def _why_not(
    claim: Claim,
    account: BankAccountFacts | None,
    checks: dict[int, NameCheck],
    seated: set[int],
    terms: _Terms,
) -> str | None:
    if claim.pk in seated or has_interest(claim, terms.maker):
        return Reason.YOURS
    if account is None or not account.holder_matches:
        return Reason.NO_ACCOUNT
    if account.changed_at > terms.at - dt.timedelta(days=terms.profile.cooling_days):
        return Reason.NEW_ACCOUNT
    if not terms.profile.needs_name_check:
        return None
    check = checks.get(account.id)
    if check is None or not check.result or check.answered_at <= terms.at - names.HOLDS_FOR:
        return Reason.NAME_PENDING
    return _OF_RESULT.get(check.result)


def _writable(claim: Claim, account: BankAccountFacts, details: tuple[str, str, str], terms: _Terms) -> bool:
    number, bank, holder = details
    order = Order("PB-00-0000-0000", terms.at, 1, 1)
    payment = Payment("PB-00-0000-0000", 1, "", holder, number, bank, 1, claim.number)
    return flaw_of(terms.template, order, payment) is None


def _put_in(batch: Batch, chunk: _Chunk, terms: _Terms, reached: int, looked: int) -> None:
    lines = [
        _line(batch, line_no, *right, at=terms.at)
        for line_no, right in enumerate(chunk.rights, batch.line_count + 1)
    ]
    batch.line_count += len(lines)
    batch.total_fen += sum(line.fen for line in lines)
    batch.done, batch.reached, batch.problem = batch.done + looked, reached, ""
    batch.total = max(batch.total, batch.done)
    batch.save(update_fields=["line_count", "total_fen", "done", "reached", "problem", "total"])
    BatchLine.objects.bulk_create(lines, batch_size=1_000)
    paid = {line.claim_id for line in lines}
    _move_many(Claim.objects.filter(pk__in=paid), "batch", at=terms.at, by=terms.maker)
    LeftOut.objects.filter(claim__in=paid).delete()
    _keep_reasons(chunk, batch, terms.at)


def _line(
    batch: Batch,
    line_no: int,
    claim: Claim,
    entitlement: Entitlement,
    account: BankAccountFacts,
    notice_ended_at: dt.datetime,
    *,
    at: dt.datetime,
) -> BatchLine:
    return BatchLine(
        province_id=batch.province_id,
        batch=batch,
        line_no=line_no,
        claim=claim,
        entitlement=entitlement,
        fen=entitlement.due_fen,
        account_id=account.id,
        account_changed_by_id=account.changed_by_id,
        holder_masked=claim.payee_organisation.name_zh[:80]
        if claim.payee_organisation
        else claim.holder_masked,
        account_masked=account.masked_number,
        bank_name=account.bank_name,
        notice_ended_at=notice_ended_at,
        made_at=at,
    )


def _keep_reasons(chunk: _Chunk, batch: Batch | None, at: dt.datetime) -> None:
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                province_id=claim.province_id,
                claim=claim,
                batch=batch,
                reason=chunk.left[claim.pk],
                looked_at=at,
            )
            for claim in chunk.claims
            if claim.pk in chunk.left
        ],
        update_conflicts=True,
        unique_fields=["claim"],
        update_fields=["batch", "reason", "looked_at"],
    )
