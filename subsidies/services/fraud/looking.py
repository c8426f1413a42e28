"""Letting the checks look, and keeping what they find. Every run may be made twice: what is known is not found again.

The cost of a batch is a fixed number of statements for each check, however many claims it holds.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction

from portal import calendar, clock
from portal.accounts.models import Province
from subsidies.fraud.checks import Check, Found, When
from subsidies.fraud.numbers import Terms
from subsidies.fraud.sampling import looked_at
from subsidies.models import Claim, Finding, Hold, LookCampaign
from subsidies.selectors.fraud import campaigns
from subsidies.selectors.fraud.bursts import STOPPABLE
from subsidies.selectors.fraud.findings import batch_of, known_of, terms_on
from subsidies.selectors.fraud.register import BY_CODE, RANDOM, due
from subsidies.services.fraud.asking import ask_about
from subsidies.services.holds import put_holds

CHUNK: Final = 2_000
"""Claims looked at in one transaction."""
LATELY: Final = dt.timedelta(days=3)
"""So old are the claims at most at which the nightly checks look: a night that was missed is made up by the next."""


def _finding(check: Check, found: Found, terms: Terms, *, at: dt.datetime, due_at: dt.datetime) -> Finding:
    row = found.row
    holds = check.action == Finding.Action.HOLD
    return Finding(
        province_id=found.province,
        check_code=check.code,
        version=check.version,
        action=check.action,
        claim_id=row.pk if row else None,
        person_id=row.claimant if row else None,
        provider_id=found.provider,
        officer_id=found.officer,
        key=found.key[:80],
        evidence={"figures": dict(found.figures), "claims": list(found.claims)},
        weight=_weight(check, terms),
        terms_id=terms.row,
        found_at=at,
        due_at=due_at if holds else None,
        state=Finding.State.REPORTED if check.action == Finding.Action.REPORT else Finding.State.OPEN,
    )


def _weight(check: Check, terms: Terms) -> int:
    if check.code == RANDOM or check.action == Finding.Action.REPORT:
        return 0
    return terms["weight_hold" if check.action == Finding.Action.HOLD else "weight_sample"]


def due_after(at: dt.datetime, terms: Terms) -> dt.datetime:
    """The midnight until which a person should have decided."""
    return calendar.span_after(at, terms["hold_working_days"]).ends_at


def look_at(claim_ids: Sequence[int], when: When, *, at: dt.datetime) -> set[int]:
    """Let the checks of this occasion look at claims, whose rows the caller holds. Gives the ids of those that are held now."""
    terms = terms_on(clock.today(at))
    batch = batch_of(claim_ids, at=at, terms=terms)
    seen = [(check, one) for check in due(when) if check.of_claims for one in check.of_claims(batch)]
    keep(seen, terms, at=at)
    waiting = Finding.objects.filter(claim__in=claim_ids, action=Finding.Action.HOLD).open()
    hold_for(waiting, at=at)
    open_ones = Hold.objects.filter(
        claim__in=claim_ids, category=Hold.Category.CHECK, closed_at=None, finding__isnull=False
    )
    return set(open_ones.values_list("claim_id", flat=True))


def keep(seen: Iterable[tuple[Check, Found]], terms: Terms, *, at: dt.datetime) -> int:
    """Keep what was seen of claims and is not known yet. Gives how many are new."""
    seen = list(seen)
    if not seen:
        return 0
    known = known_of((check.code, found.row.pk, found.key[:80]) for check, found in seen)
    fresh = [
        (check, found) for check, found in seen if (check.code, found.row.pk, found.key[:80]) not in known
    ]
    provinces = dict(
        Claim.objects.filter(pk__in={found.row.pk for _check, found in fresh}).values_list(
            "pk", "province_id"
        )
    )
    due_at = due_after(at, terms)
    rows = []
    for check, found in fresh:
        row = _finding(check, found, terms, at=at, due_at=due_at)
        row.province_id = provinces[found.row.pk]
        rows.append(row)
    Finding.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    return len(rows)


def hold_for(waiting: Iterable[Finding], *, at: dt.datetime) -> int:
    """Stop the claims of open findings that hold and do not yet. Gives how many were stopped."""
    rows = list(waiting)
    held = set(Hold.objects.filter(finding__in=rows).values_list("finding_id", flat=True))
    rows = [row for row in rows if row.pk not in held]
    stoppable = Claim.objects.filter(pk__in=[row.claim_id for row in rows], state__in=STOPPABLE)
    claims = {claim.pk: claim for claim in stoppable.only("pk", "number", "province_id")}
    return put_holds([(claims[row.claim_id], row) for row in rows if row.claim_id in claims], at=at)


@transaction.atomic
def look_at_new(*, at: dt.datetime, most: int = CHUNK) -> int:
    """Look at some claims that were submitted. Gives how many; 0 where none is due."""
    rows = Claim.objects.select_for_update(skip_locked=True).filter(look_due_at__lte=at)
    ids = list(rows.order_by("look_due_at", "pk").values_list("pk", flat=True)[:most])
    if ids:
        live = list(Claim.objects.live().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
        look_at(live, When.SUBMIT, at=at)
        ask_about(live, at=at)
        Claim.objects.filter(pk__in=ids).update(look_due_at=None)
    return len(ids)


def look_through(when: When, *, at: dt.datetime, after: int = 0) -> int:
    """One chunk of the claims on their way behind the id `after`. Gives the last id; 0 where there is none.

    By night those submitted LATELY; by month all that are not paid or ended.
    """
    rows = Claim.objects.filter(pk__gt=after, state__in=STOPPABLE)
    if when == When.NIGHTLY:
        rows = rows.filter(submitted_at__gt=at - LATELY)
    with transaction.atomic():
        locked = rows.select_for_update(skip_locked=True).order_by("pk")
        ids = list(locked.values_list("pk", flat=True)[:CHUNK])
        if ids:
            look_at(ids, when, at=at)
    return ids[-1] if ids else 0


def look_around(when: When, *, at: dt.datetime) -> int:
    """The checks that look at a time as a whole: providers, officers. Gives how many findings are new."""
    terms = terms_on(clock.today(at))
    done = 0
    for check in due(when):
        if check.of_time:
            done += sum(_keep_of_subject(check, found, terms, at=at) for found in check.of_time(at, terms))
    return done


@transaction.atomic
def _keep_of_subject(check: Check, found: Found, terms: Terms, *, at: dt.datetime) -> bool:
    """A finding about a provider or an officer, and holds on the claims that belong to it. Whether it is new."""
    row = _finding(check, found, terms, at=at, due_at=due_after(at, terms))
    same = {
        name: getattr(row, name) for name in ("check_code", "province_id", "provider_id", "officer_id", "key")
    }
    finding, new = Finding.objects.get_or_create(
        **same,
        claim=None,
        defaults={
            name: getattr(row, name)
            for name in ("version", "action", "evidence", "weight", "terms_id", "found_at", "due_at", "state")
        },
    )
    if finding.action == Finding.Action.HOLD and finding.state == Finding.State.OPEN and found.holds:
        _hold_with(finding, found.holds, at=at)
    return new


def _hold_with(finding: Finding, claim_ids: Iterable[int], *, at: dt.datetime) -> None:
    """Stop claims that belong to a finding and are not stopped by it yet, unless somebody decides about it meanwhile."""
    known = finding.holds.values("claim_id")
    rows = Claim.objects.filter(pk__in=claim_ids, state__in=STOPPABLE).exclude(pk__in=known)
    claims = list(
        rows.select_for_update(of=("self",)).only("pk", "number", "province_id").order_by("pk")
    )  # claims first, as everywhere
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if finding.state == Finding.State.OPEN:
        held = set(finding.holds.values_list("claim_id", flat=True))  # by another run, while this one waited
        put_holds([(claim, finding) for claim in claims if claim.pk not in held], at=at)


def draw_looks(*, at: dt.datetime) -> int:
    """The random look at the claims of the month before, once for each province. Gives how many claims were drawn."""
    terms = terms_on(clock.today(at))
    month = campaigns.month_before(at)
    done = 0
    for province in Province.objects.order_by("code"):
        if not LookCampaign.objects.filter(province=province, month=month).exists():
            done += _draw(province, month, terms, at=at)
    return done


@transaction.atomic
def _draw(province: Province, month: dt.date, terms: Terms, *, at: dt.datetime) -> int:
    claims = campaigns.claims_of_month(province.pk, month)
    if not claims:
        return 0
    numbers, seed = campaigns.numbers_of(terms), secrets.token_hex(32)
    chosen = looked_at(seed, claims, **numbers)
    population = sum(map(len, claims.values()))
    campaign, new = LookCampaign.objects.get_or_create(
        province=province,
        month=month,
        defaults={"seed": seed, "population": population, "numbers": numbers, "drawn": chosen, "made_at": at},
    )
    if not new:
        return 0
    ids = list(Claim.objects.live().filter(number__in=campaign.drawn).values_list("pk", flat=True))
    batch = batch_of(ids, at=at, terms=terms)
    figures = {"claims": population, "month": f"{month:%Y-%m}"}
    check = BY_CODE[RANDOM]
    keep([(check, Found(figures, key=f"look:{month:%Y-%m}", row=row)) for row in batch.rows], terms, at=at)
    hold_for(Finding.objects.filter(claim__in=ids, check_code=RANDOM).open(), at=at)
    return len(ids)
