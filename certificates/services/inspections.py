"""Inspecting: a sample is drawn once, and what was found is said once for each certificate."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates.models import InspectedCertificate, Inspection
from certificates.models.inspections import MOST_IN_A_SAMPLE
from certificates.selectors import inspections as selectors
from certificates.selectors.desk import Filters
from portal.accounts.access import ALL, provinces_of
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

Outcome = InspectedCertificate.Outcome


class NotAnInspector(RuleBroken):
    code = "not_an_inspector"
    message = _("Only the reviewers of the province and of the ministry inspect certificates.")


class NothingToInspect(RuleBroken):
    code = "nothing_to_inspect"
    message = _("No issued certificate fits these filters.")


class TooManyToDrawFrom(RuleBroken):
    code = "too_many_to_draw_from"
    message = _("More than a million certificates fit. Narrow them to a province, a course or some months.")


class SizeOutOfReach(RuleBroken):
    code = "size_out_of_reach"
    message = _("A sample has 1 to 100 certificates.")


class PurposeMissing(RuleBroken):
    code = "purpose_missing"
    message = _("Say what the inspection is for.")


class NotedAlready(RuleBroken):
    code = "noted_already"
    message = _("What was found is said already, and stays.")


class FlawMissing(RuleBroken):
    code = "flaw_missing"
    message = _("Say what is wrong with it.")


@transaction.atomic
def begin(
    filters: Filters, *, size: int, purpose: str, seed: str = "", by: User, at: dt.datetime
) -> Inspection:
    """Draw a sample of at most `size`; without a seed the portal draws one.

    Raises NotAnInspector, SizeOutOfReach, PurposeMissing, NothingToInspect, TooManyToDrawFrom.
    """
    province = _province(filters, by)
    if not 1 <= size <= MOST_IN_A_SAMPLE:
        raise SizeOutOfReach
    if not (purpose := _plain(purpose)):
        raise PurposeMissing
    rows = selectors.population(by, filters)
    rows = rows.filter(province_id=province) if province else rows
    count = rows.order_by()[: selectors.MOST_DRAWN_FROM + 1].count()
    if not count:
        raise NothingToInspect
    if count > selectors.MOST_DRAWN_FROM:
        raise TooManyToDrawFrom
    seed = _plain(seed)[:64] or selectors.new_seed()
    found = selectors.drawn(rows, seed=seed, size=size)
    inspection = Inspection.objects.create(
        province_id=province,
        purpose=purpose,
        filters=filters.as_json(),
        seed=seed,
        population=count,
        size=len(found),
        begun_at=at,
        begun_by=by,
    )
    InspectedCertificate.objects.bulk_create(
        InspectedCertificate(inspection=inspection, certificate=row, place=place)
        for place, row in enumerate(found, 1)
    )
    record(
        by=by,
        action="certificates.inspection_begun",
        thing=inspection,
        at=at,
        detail={"size": inspection.size, "population": count, "seed": seed},
    )
    return inspection


def _province(filters: Filters, by: User) -> str | None:
    """The one that is inspected: the one asked for, or the only one of the inspector, or None for the nation."""
    held = provinces_of(by, *selectors.INSPECTORS)
    only = next(iter(held)) if held is not ALL and len(held) == 1 else None
    province = filters.province or only
    if not selectors.may_inspect(by, province):
        raise NotAnInspector
    return province


def _plain(words: str) -> str:
    return " ".join(words.replace("\x00", "").split())[:200]


@transaction.atomic
def note(
    row: InspectedCertificate, outcome: str, *, words: str, by: User, at: dt.datetime
) -> InspectedCertificate:
    """What was found of one. Raises NotAnInspector, NotedAlready, FlawMissing."""
    row = (
        InspectedCertificate.objects.select_for_update(of=("self",))
        .select_related("inspection")
        .get(pk=row.pk)
    )
    if not selectors.may_inspect(by, row.inspection.province_id):
        raise NotAnInspector
    if row.outcome:
        raise NotedAlready
    words = " ".join(words.replace("\x00", "").split())[:500]
    if outcome == Outcome.FLAWED and not words:
        raise FlawMissing
    row.outcome, row.words, row.noted_by, row.noted_at = Outcome(outcome), words, by, at
    row.save(update_fields=["outcome", "words", "noted_by", "noted_at"])
    record(
        by=by,
        action="certificates.inspected",
        thing=row.inspection,
        at=at,
        detail={"place": row.place, "outcome": str(outcome)},
    )
    return row
