"""The figures of the road by province: registered, learning, certified, claimed, paid. Figures, tiles, table, CSV.

The ministry and auditors see all provinces, provincial offices their own. The 31 tiles follow the statistical order;
they are no map.
"""

import csv
import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from certificates import selectors as certificates
from learners import selectors as learners
from portal import clock, money
from portal.accounts import selectors as people
from portal.accounts.access import needs_role, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.context import REGIONS
from portal.templatetags.zhixun import yuan
from subsidies import selectors as subsidies

READERS = (
    Role.MINISTRY_REVIEWER,
    Role.AUDITOR,
    Role.PROVINCE_REVIEWER,
    Role.PROVINCE_CATALOGUE,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
)
KEPT_KEY = "overview:figures"
KEPT_S = 60
MEASURES = {
    "registered": _("Registered"),
    "learning": pgettext_lazy("figure", "Learning"),
    "certified": _("Certified"),
    "claimed": _("Claimed"),
    "paid": _("Paid"),
}
SHADES = 5


@dataclass(frozen=True)
class Row:
    """One province. Persons, enrolments, certificates, claims, claims; money in fen, from the ledger."""

    code: str
    name_zh: str
    name_en: str
    registered: int = 0
    learning: int = 0
    certified: int = 0
    claimed: int = 0
    paid: int = 0
    paid_fen: int = 0

    def value(self, measure: str) -> int:
        return getattr(self, measure)


def count_all() -> list[Row]:
    """One statement per app, whatever the number of provinces. Order of the province codes."""
    registered = people.registered_by_province()
    studying = learners.status_counts_by_province()
    issued = certificates.status_counts_by_province()
    claims = subsidies.status_counts_by_province()
    money = subsidies.money_by_province()
    return [
        Row(
            code=province.code,
            name_zh=province.name_zh,
            name_en=province.name_en,
            registered=registered.get(province.code, 0),
            learning=studying.get(province.code, {}).get("learning", 0),
            certified=issued.get(province.code, {}).get("issued", 0),
            claimed=claims.get(province.code, {}).get("claimed", 0),
            paid=claims.get(province.code, {}).get("paid", 0),
            paid_fen=money.get(province.code, {}).get("paid", 0),
        )
        for province in people.provinces()
    ]


def rows_visible_to(user: User, *, at: dt.datetime) -> tuple[list[Row], dt.datetime]:
    """The provinces the reader may see, and the moment the figures were taken: they are kept for a minute."""
    kept = cache.get(KEPT_KEY)
    if kept is None:
        kept = (count_all(), at)
        cache.set(KEPT_KEY, kept, KEPT_S)
    rows, taken_at = kept
    provinces = provinces_of(user, *READERS)
    return [row for row in rows if row.code in provinces], taken_at


def totals(rows: list[Row]) -> Row:
    sums = {name: sum(row.value(name) for row in rows) for name in (*MEASURES, "paid_fen")}
    return Row(code="", name_zh="", name_en="", **sums)


def shade(value: int, most: int) -> int:
    """1 (least) to 5 (most), in equal steps of the largest value; nothing at all is always 1."""
    return 1 if most <= 0 or value <= 0 else min(SHADES, 1 + value * SHADES // (most + 1))


def tiles(rows: list[Row], measure: str) -> list[tuple[object, list[tuple[Row, int, int]]]]:
    """Region by region: (row, value, shade)."""
    most = max((row.value(measure) for row in rows), default=0)
    regions = [
        (
            name,
            [
                (row, row.value(measure), shade(row.value(measure), most))
                for row in rows
                if row.code.startswith(digit)
            ],
        )
        for digit, name in REGIONS.items()
    ]
    return [(name, cells) for name, cells in regions if cells]


def _notes(sums: Row) -> dict[str, str | Promise]:
    """What each figure counts, in words; for payments the money."""
    return {
        "registered": _("people with their real name"),
        "learning": _("courses being learned"),
        "certified": _("valid certificates"),
        "claimed": _("subsidy claims"),
        "paid": yuan(sums.paid_fen),
    }


@needs_role(*READERS)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    rows, taken_at = rows_visible_to(request.user, at=clock.now())
    asked = request.GET.get("by", "")
    measure = asked if asked in MEASURES else "learning"
    sums = totals(rows)
    in_order = sorted(rows, key=lambda row: (-row.value(measure), row.code))
    page = {
        "cards": [(MEASURES[name], sums.value(name), note) for name, note in _notes(sums).items()],
        "rows": [(row, row.value(measure)) for row in in_order],
        "totals": sums,
        "most": max((row.value(measure) for row in rows), default=0),
        "tiles": tiles(rows, measure),
        "measures": MEASURES,
        "measure": measure,
        "measure_name": MEASURES[measure],
        "taken_at": taken_at,
        "scope": ngettext("%(n)s province", "%(n)s provinces", len(rows)) % {"n": len(rows)},
        "all": len(rows) > 1,
    }
    return render(request, "portal/overview.html", page)


@needs_role(*READERS)
@require_safe
def overview_csv(request: HttpRequest) -> HttpResponse:
    """The table as a file that spreadsheet programs open with the right letters (UTF-8 with its mark)."""
    rows, taken_at = rows_visible_to(request.user, at=clock.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="zhixun-{taken_at:%Y%m%d-%H%M}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["code", "province_zh", "province_en", *MEASURES, "paid_yuan"])
    for row in rows:
        paid = money.yuan(row.paid_fen)
        writer.writerow([row.code, row.name_zh, row.name_en, *(row.value(m) for m in MEASURES), paid])
    return response
