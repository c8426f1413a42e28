"""Checks of providers as a whole: bursts, spikes, exams that all pass, lists that are copies, sums just below a limit."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from statistics import median
from typing import Final

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek

from learners.selectors import patterns
from portal import clock
from subsidies.fraud.checks import Found
from subsidies.fraud.numbers import Terms
from subsidies.models import Claim, PolicyVersion
from subsidies.policy import read_policy
from subsidies.workflow.claims import ENDED, State

MOST_HELD: Final = 20_000
"""Claims stopped by one finding, at most."""
MOST_TOLD: Final = 50
QUARTER: Final = dt.timedelta(days=91)
_PAST_WEEKS, _PAST_DAYS = 26, 28
STOPPABLE: Final = frozenset(State) - ENDED - {State.PAID, State.SENT}
"""Claims that a hold can still keep from the bank."""


def _told(rows: QuerySet[Claim]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Numbers of the claims to show, and the ids of those that can be stopped."""
    numbers = tuple(rows.order_by("pk").values_list("number", flat=True)[:MOST_TOLD])
    held = rows.filter(state__in=STOPPABLE).order_by("pk").values_list("pk", flat=True)[:MOST_HELD]
    return numbers, tuple(held)


def _week(day: dt.date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def provider_burst(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """In the week before, far more certificates of a provider were issued than in its usual week."""
    today = clock.today(at)
    this_week = today - dt.timedelta(days=today.weekday())
    week, first = this_week - dt.timedelta(weeks=1), this_week - dt.timedelta(weeks=1 + _PAST_WEEKS)
    rows = Claim.objects.filter(
        provider__isnull=False, certificate_issued_on__gte=first, certificate_issued_on__lt=this_week
    )
    weekly = rows.annotate(week=TruncWeek("certificate_issued_on")).order_by()
    counts: dict[tuple[int, str], dict[dt.date, int]] = defaultdict(dict)
    for provider, province, began, n in weekly.values_list("provider_id", "province_id", "week").annotate(
        n=Count("pk")
    ):
        counts[provider, province][began] = n
    for (provider, province), by_week in counts.items():
        count = by_week.pop(week, 0)
        usual = max(int(median(by_week.values())) if by_week else 0, 1)
        if count >= terms["burst_certificates"] and count >= usual * terms["burst_times"]:
            of_week = rows.filter(provider_id=provider, province_id=province, certificate_issued_on__gte=week)
            claims, holds = _told(of_week)
            figures = {"certificates": count, "usual": usual, "week": _week(week)}
            yield Found(
                figures, key=_week(week), provider=provider, province=province, claims=claims, holds=holds
            )


def claims_spike(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """Within a day, far more claims for one course than on its usual day."""
    day_ago, first = at - dt.timedelta(days=1), at - dt.timedelta(days=1 + _PAST_DAYS)
    groups = ("provider_id", "province_id", "course_code")
    fresh = Claim.objects.filter(submitted_at__gt=day_ago, submitted_at__lte=at).exclude(course_code="")
    counted = fresh.filter(provider__isnull=False).order_by().values_list(*groups).annotate(n=Count("pk"))
    high = {tuple(row[:3]): row[3] for row in counted if row[3] >= terms["spike_claims"]}
    past = Claim.objects.filter(submitted_at__gt=first, submitted_at__lte=day_ago)
    past = past.filter(course_code__in={course for _p, _q, course in high}).order_by()
    earlier = {tuple(row[:3]): row[3] for row in past.values_list(*groups).annotate(n=Count("pk"))}
    for (provider, province, course), count in high.items():
        usual = earlier.get((provider, province, course), 0) / _PAST_DAYS
        if count >= usual * terms["spike_times"]:
            of_day = fresh.filter(provider_id=provider, province_id=province, course_code=course)
            claims, holds = _told(of_day)
            figures = {"claims": count, "usual": round(usual), "course": course}
            key = f"{course}:{clock.today(at).isoformat()}"
            yield Found(figures, key=key, provider=provider, province=province, claims=claims, holds=holds)


def lax_exams(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """In a course nearly all exams are passed, or have the same score, or take next to no time."""
    exams = patterns.exams_of(at - QUARTER, at, fewest=terms["exam_attempts"])
    known = Claim.objects.filter(course_code__in={one.course for one in exams}, provider__isnull=False)
    providers = {
        (course, province): provider
        for course, province, provider in known.order_by("pk")
        .values_list("course_code", "province_id", "provider_id")
        .distinct()
    }
    for one in exams:
        provider = providers.get((one.course, one.province))
        passed, same = one.passed * 100 // one.graded, one.same_score * 100 // one.graded
        lax = (
            passed >= terms["exam_passed_percent"]
            or same >= terms["exam_equal_percent"]
            or one.minutes < terms["exam_minutes"]
        )
        if lax and provider is not None:
            figures = {
                "course": one.course,
                "exams": one.graded,
                "passed": passed,
                "same": same,
                "minutes": one.minutes,
            }
            key = f"{one.course}:{_week(clock.today(at))}"
            yield Found(figures, key=key, provider=provider, province=one.province)


def copied_list(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """An employer's list holds mostly the people of another employer's earlier list."""
    copies = patterns.copied_rosters(
        since=at - dt.timedelta(days=2), fewest=terms["roster_people"], percent=terms["roster_percent"]
    )
    for one in copies:
        rows = Claim.objects.filter(person_key__in=one.users, course_code__in=one.courses)
        claims, holds = _told(rows)
        figures = {"people": one.people, "alike": one.alike}
        yield Found(
            figures,
            key=f"lists:{one.earlier}:{one.roster}",
            provider=one.organisation,
            province=one.province,
            claims=claims,
            holds=holds,
        )


def _limits(at: dt.datetime) -> dict[str, list[int]]:
    """The sums in fen from which more people look at a claim, by province."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = PolicyVersion.objects.published().filter(valid__contains=clock.today(at), province__isnull=False)
    for region, body in rows.values_list("province_id", "body"):
        review = read_policy(body).review
        for limit in (review.ministry_if_fen_at_least, review.two_in_ministry_if_fen_at_least):
            if limit and limit not in found[region]:
                found[region].append(limit)
    return found


def below_limit(at: dt.datetime, terms: Terms) -> Iterator[Found]:
    """Most claims of a provider come to a sum just below the one from which more people look."""
    limits = _limits(at)
    rows = Claim.objects.filter(
        province_id__in=limits, provider__isnull=False, submitted_at__gt=at - QUARTER, amount_fen__gt=0
    )
    totals = rows.order_by().values_list("provider_id", "province_id").annotate(n=Count("pk"))
    many = {(provider, province): n for provider, province, n in totals if n >= terms["limit_claims"]}
    for province, sums in limits.items():
        for limit in sums:
            lowest = limit * (100 - terms["limit_below_percent"]) // 100
            close = rows.filter(province_id=province, amount_fen__gte=lowest, amount_fen__lt=limit)
            for provider, n in close.order_by().values_list("provider_id").annotate(n=Count("pk")):
                total = many.get((provider, province), 0)
                if total and n * 100 >= total * terms["limit_percent"]:
                    figures = {"below": n, "claims": total, "yuan": limit // 100}
                    key = f"{limit}:{clock.today(at):%Y-%m}"
                    yield Found(figures, key=key, provider=provider, province=province)
