"""The figures of a desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates import selectors
from certificates.models import Certificate
from certificates.selectors import statistics as counting
from certificates.words import KINDS, LEVELS
from courses import selectors as courses
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.models import Province

PERIODS = (3, 6, 12, 24, 36)


def asked(request: HttpRequest, provinces: list[Province]) -> tuple[list[str], Province | None, int]:
    """Codes of the provinces to count, the one that was chosen, and the months."""
    code, months = request.GET.get("province", ""), request.GET.get("months", "")
    chosen = next((province for province in provinces if province.code == code), None)
    period = next((period for period in PERIODS if str(period) == months), 12)
    return [one.code for one in ([chosen] if chosen else provinces)], chosen, period


@require_safe
@needs_role(*selectors.DESK_ROLES)
def statistics(request: HttpRequest) -> HttpResponse:
    provinces = selectors.desk_provinces(request.user)
    codes, chosen, period = asked(request, provinces)
    told = counting.statistics(codes, months=period, at=clock.now())
    titles = courses.titles_of([code for code, _count in told.courses])
    names = {province.code: province.name for province in provinces}
    return render(
        request,
        "certificates/statistics.html",
        {
            "told": told,
            "provinces": provinces if len(provinces) > 1 else [],
            "chosen": chosen,
            "scope": chosen or (provinces[0] if len(provinces) == 1 else None),
            "period": period,
            "periods": PERIODS,
            "most_in_a_month": max((month.issued for month in told.months), default=0),
            "kinds": [(KINDS.get(kind, kind), count) for kind, count in told.kinds],
            "levels": [(LEVELS.get(level), count) for level, count in told.levels],
            "courses": [(code, titles.get(code, ""), count) for code, count in told.courses],
            "states": [(label, told.states.get(state, 0)) for state, label in Certificate.State.choices],
            "numbers": [(row, names.get(row.province_code, row.province_code)) for row in told.numbers],
        },
    )
