"""Checks of how officers decide. They are told to the auditor and stop nothing."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.db import connection
from django.db.models import Count

from portal import clock
from subsidies.fraud.checks import Found
from subsidies.fraud.numbers import Terms
from subsidies.models import Batch
from subsidies.selectors.fraud.bursts import QUARTER

WEEK: Final = dt.timedelta(days=7)
_DECIDED: Final = """
WITH acts AS (
    SELECT d.by_id, d.province_id, d.at, c.provider_id,
        extract(epoch FROM d.at - lag(d.at) OVER (PARTITION BY d.by_id, d.province_id ORDER BY d.at, d.id)) AS gap,
        extract(hour FROM d.at AT TIME ZONE 'Asia/Shanghai') AS hour
    FROM subsidies_decision d JOIN subsidies_claim c ON c.id = d.claim_id
    WHERE d.by_id IS NOT NULL AND d.at > %s AND d.at <= %s
), of_provider AS (
    SELECT by_id, province_id, provider_id, count(*) AS n FROM acts WHERE provider_id IS NOT NULL
    GROUP BY by_id, province_id, provider_id
), commonest AS (SELECT by_id, province_id, max(n) AS n, count(*) AS providers FROM of_provider GROUP BY by_id, province_id)
SELECT a.by_id, a.province_id, count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY a.gap),
    count(*) FILTER (WHERE a.hour >= 22 OR a.hour < 6), coalesce(max(c.n), 0)
FROM acts a LEFT JOIN commonest c ON (c.by_id, c.province_id) = (a.by_id, a.province_id)
GROUP BY a.by_id, a.province_id HAVING count(*) >= %s ORDER BY a.by_id, a.province_id
"""


def _week_of(at: dt.datetime) -> str:
    year, week, _day = clock.today(at).isocalendar()
    return f"{year}-W{week:02d}"


def _decided(at: dt.datetime, fewest: int) -> list[tuple[int, str, int, float | None, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED, [at - WEEK, at, fewest])
        return cursor.fetchall()


def officer_fast(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """Decision follows upon decision within seconds."""
    for officer, province, count, gap, _night, _one in _decided(at, terms["officer_decisions"]):
        if gap is not None and gap < terms["officer_seconds"]:
            figures = {"decisions": count, "seconds": round(gap)}
            yield Found(figures, key=_week_of(at), officer=officer, province=province)


def officer_night(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """Many decisions are taken between 22 and 6 o'clock."""
    for officer, province, count, _gap, night, _one in _decided(at, terms["officer_decisions"]):
        if night * 100 >= count * terms["officer_night_percent"]:
            figures = {"decisions": count, "night": night}
            yield Found(figures, key=_week_of(at), officer=officer, province=province)


def officer_one_provider(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """Nearly all decisions of an officer are for one provider."""
    for officer, province, count, _gap, _night, one in _decided(at, terms["officer_decisions"]):
        if one * 100 >= count * terms["officer_provider_percent"]:
            figures = {"decisions": count, "one": one}
            yield Found(figures, key=_week_of(at), officer=officer, province=province)


def pair_agrees(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """The batches of a maker are checked by nearly always the same colleague, and never sent back."""
    rows = Batch.objects.filter(made_at__gt=at - QUARTER, made_at__lte=at).order_by()
    made = dict(rows.values_list("made_by").annotate(n=Count("pk")))
    pairs = rows.filter(checked_by__isnull=False).values_list("made_by", "checked_by", "province_id")
    refused = set(rows.filter(state="cancelled").values_list("made_by", flat=True))
    for maker, checker, province, together in pairs.annotate(n=Count("pk")):
        close = together * 100 >= made[maker] * terms["pair_percent"]
        if together >= terms["pair_batches"] and close and maker not in refused:
            figures = {"batches": together, "all": made[maker]}
            yield Found(figures, key=f"{checker}:{_week_of(at)}", officer=maker, province=province)
