"""Runs of a version over past decisions: what they met, who would gain and who would lose."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.models import User
from portal.money import yuan
from subsidies.models import Decision, ImpactRow, ImpactRun
from subsidies.models.policies import in_english
from subsidies.policy import NEEDS_EVIDENCE, words
from subsidies.selectors.policies import versions_visible_to

GAINS: Final = Q(after_fen__gt=F("before_fen"))
LOSES: Final = Q(after_fen__lt=F("before_fen"))
ASKED: Final = Q(after=NEEDS_EVIDENCE) & ~Q(asks=[])
"""What the version would have to ask first: neither gained nor lost."""
MOST_ROWS: Final = 50_000
"""Of a workbook."""
OUTCOMES: Final = {
    "APPROVE": gettext_lazy("Approved"),
    "REJECT": gettext_lazy("Refused"),
    "NEEDS_EVIDENCE": gettext_lazy("More evidence is needed"),
}


def runs_visible_to(user: User) -> QuerySet[ImpactRun]:
    """With the version: whoever may not know of the draft does not know of its runs."""
    rows = ImpactRun.objects.filter(version__in=versions_visible_to(user).values("pk"))
    return rows.select_related("version__province", "version__programme", "province", "started_by")


def newest_decisions(run: ImpactRun) -> QuerySet[Decision]:
    """The newest decision of each claim of the province and programme within the run's days, by claim."""
    rows = Decision.objects.filter(claim__programme=run.version.programme_id)
    if run.province_id is not None:
        rows = rows.filter(province=run.province_id)
    if run.decided_from is not None:
        rows = rows.filter(at__gte=_midnight(run.decided_from))
    if run.decided_to is not None:
        rows = rows.filter(at__lt=_midnight(run.decided_to + dt.timedelta(days=1)))
    return rows.order_by("claim_id", "-pk").distinct("claim_id")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.SHANGHAI)


@dataclass(frozen=True)
class Figures:
    """Numbers of claims, and sums in fen. `asked` are neither gained nor lost, and in none of the sums."""

    claims: int = 0
    gaining: int = 0
    losing: int = 0
    asked: int = 0
    before_fen: int = 0
    after_fen: int = 0

    @property
    def same(self) -> int:
        return self.claims - self.gaining - self.losing - self.asked

    @property
    def change_fen(self) -> int:
        return self.after_fen - self.before_fen


_COUNTED: Final = {
    "claims": Count("pk"),
    "gaining": Count("pk", filter=GAINS & ~ASKED),
    "losing": Count("pk", filter=LOSES & ~ASKED),
    "asked": Count("pk", filter=ASKED),
    "before_fen": Sum("before_fen", filter=~ASKED, default=0),
    "after_fen": Sum("after_fen", filter=~ASKED, default=0),
}


def figures_of(run: ImpactRun) -> Figures:
    return Figures(**run.rows.aggregate(**_COUNTED))


def by_occupation(run: ImpactRun) -> list[tuple[str, Figures]]:
    """By occupation, with the name that the claims have for it."""
    rows = run.rows.values("occupation").annotate(name=Max("claim__occupation_name"), **_COUNTED)
    return [
        (f"{row.pop('name')} {row.pop('occupation')}", Figures(**row))
        for row in rows.order_by("-claims", "occupation")
    ]


_BY_GROUP: Final = """
SELECT g, count(*), count(*) FILTER (WHERE NOT asked AND after_fen > before_fen),
    count(*) FILTER (WHERE NOT asked AND after_fen < before_fen), count(*) FILTER (WHERE asked),
    coalesce(sum(before_fen) FILTER (WHERE NOT asked), 0), coalesce(sum(after_fen) FILTER (WHERE NOT asked), 0)
FROM (SELECT before_fen, after_fen, groups, after = 'NEEDS_EVIDENCE' AND asks <> '{}' AS asked
    FROM subsidies_impactrow WHERE run_id = %s) r
CROSS JOIN LATERAL unnest(CASE WHEN groups = '{}' THEN ARRAY['']::varchar[] ELSE groups END) g
GROUP BY g ORDER BY count(*) DESC, g
"""


def by_group(run: ImpactRun) -> list[tuple[str, Figures]]:
    """By key group, in words; somebody of two groups is in both. Last: those of none."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_GROUP, [run.pk])
        found = [(code, Figures(*map(int, told))) for code, *told in cursor.fetchall()]
    named = [(_group(code), figures) for code, figures in found if code]
    return [*named, *((_("None of these"), figures) for code, figures in found if not code)]


def _group(code: str) -> str:
    named = words.group(code)
    return named.en if in_english() else named.zh


HEADINGS: Final = (
    gettext_lazy("Claim"),
    gettext_lazy("Province"),
    gettext_lazy("Occupation"),
    gettext_lazy("Key groups"),
    gettext_lazy("Outcome before"),
    gettext_lazy("Yuan before"),
    gettext_lazy("Outcome after"),
    gettext_lazy("Yuan after"),
    gettext_lazy("Asked anew"),
)


def rows_of(run: ImpactRun) -> Iterator[list[object]]:
    """For a workbook, those with the largest change first; no name and no number of a person."""
    rows = run.rows.select_related("claim", "province").annotate(change=F("after_fen") - F("before_fen"))
    for row in rows.order_by("change", "claim_id")[:MOST_ROWS].iterator(chunk_size=1000):
        yield [
            row.claim.number,
            row.province.name,
            row.occupation,
            "、".join(_group(code) for code in row.groups),
            str(OUTCOMES[row.before]),
            yuan(row.before_fen),
            str(OUTCOMES[row.after]),
            yuan(row.after_fen),
            ", ".join(row.asks),
        ]


def losing_most(run: ImpactRun, most: int = 20) -> QuerySet[ImpactRow]:
    rows = run.rows.filter(~ASKED).filter(LOSES).select_related("claim")
    return rows.annotate(change=F("after_fen") - F("before_fen")).order_by("change", "claim_id")[:most]
