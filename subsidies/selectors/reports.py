"""What the reports say: money by the ledger, counts by the claims, and who waits how long. All sums are integer fen.

Money, claims and outcomes are read from the figures of the last night (`subsidies.models.figures`); what waits is counted now.
A view asks the same number of statements for one province as for all.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from portal import calendar, clock
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import Claim, ClaimFigure, FiguresRun, MoneyFigure, TallyFigure
from subsidies.workflow.claims import AT_A_DESK, ENDED, GRANTED, TURNED_DOWN, State

READERS: Final = (
    Role.MINISTRY_REVIEWER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.PROVINCE_REVIEWER,
    Role.SECOND_REVIEWER,
    Role.PROVINCE_CATALOGUE,
    Role.AUDITOR,
)
VIEWS: Final = ("money", "claims", "ageing", "outcomes", "groups")
MONEY_BY: Final = ("province", "fund", "programme", "occupation", "level", "provider", "month")
CLAIMS_BY: Final = ("province", "programme", "occupation", "level", "provider", "month")
COUNT, FEN = "count", "fen"
SMALL: Final = 10
"""Figures of a key group with fewer claims are not shown to who need not know: one could tell who is meant."""

_IN_WORK = sorted({State.SUBMITTED, State.RETURNED, *AT_A_DESK})


@dataclass(frozen=True)
class Column:
    name: str
    kind: str


@dataclass(frozen=True)
class Line:
    """`key` is what the line is of: a code, an id, a month. A value that is not shown for its smallness is None."""

    key: Any
    values: tuple[int | None, ...]
    title: str = ""


@dataclass(frozen=True)
class Section:
    """One table. `total` is over all lines, also where a page shows the first of them only; None where it would say nothing."""

    name: str
    by: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: tuple[int, ...] | None


@dataclass(frozen=True)
class Asked:
    """What is asked for. `provinces` are codes, None for all of the reader's; `month` is 1 to 12, None for the whole year."""

    year: int
    by: str = "province"
    province: str = ""
    month: int | None = None
    fund: str = ""


def newest_run() -> FiguresRun | None:
    return FiguresRun.objects.order_by("-day").first()


def sees_small_groups(user: User) -> bool:
    """Auditors trace single claims anyway; nobody else needs figures of so few people."""
    return has_role(user, Role.AUDITOR)


def report(
    user: User, view: str, asked: Asked, *, at: dt.datetime
) -> tuple[list[Section], dt.datetime | None]:
    """The tables of a view, and the moment they are of; None where no figures were taken yet."""
    if view == "ageing":
        return ageing(user, asked, at=at), at
    run = newest_run()
    if run is None:
        return [], None
    made = {"money": _money, "claims": _claims, "outcomes": _outcomes, "groups": _groups}[view]
    return made(user, run, asked), run.taken_at


def _scope(rows: QuerySet, user: User, asked: Asked) -> QuerySet:
    """The provinces whose figures the person may read, and of those the one that is asked for."""
    rows = in_provinces(rows, provinces_of(user, *READERS))
    return rows.filter(province_id=asked.province) if asked.province else rows


def _section(
    name: str, by: str, columns: Sequence[tuple[str, str]], lines: Iterable[Line], *, summed: bool = True
) -> Section:
    lines = tuple(lines)
    total = (
        tuple(sum(column) for column in zip(*(line.values for line in lines), strict=True))
        if summed
        else None
    )
    return Section(name, by, tuple(Column(*column) for column in columns), lines, total or None)


# -- money ------------------------------------------------------------------------------------------------------------

_OF_BOOKS: Final = (
    "issued",
    "available",
    "reserved",
    "in_transit",
    "paid",
    "receivable",
    "recovered",
    "written_off",
)
_OF_CLAIMS: Final = ("reserved", "in_transit", "paid", "receivable", "recovered", "written_off")
"""What claims have of the accounts: nothing is issued or left for a single one."""


def _money(user: User, run: FiguresRun, asked: Asked) -> list[Section]:
    """Summed over a year these are the balances of the books; of a month, what changed in it."""
    rows = _scope(MoneyFigure.objects.filter(run=run, year=asked.year), user, asked)
    if asked.month:
        rows = rows.filter(month__month=asked.month)
    if asked.fund:
        rows = rows.filter(fund_id=asked.fund)
    names = _OF_BOOKS if asked.by in {"province", "fund", "month"} else _OF_CLAIMS
    found = _by(rows, asked.by).annotate(**{name: Sum(f"{name}_fen") for name in names})
    lines = [
        Line(row["key"], tuple(row[name] for name in names), row["title"] or "")
        for row in found.order_by()
        if any(row[name] for name in names)
    ]
    return [
        _section(
            "money", asked.by, [(name, FEN) for name in names], _sorted(lines, asked.by, names.index("paid"))
        )
    ]


_KEYS: Final = {"province": "province_id", "fund": "fund_id", "provider": "provider_id"}


def _by(rows: QuerySet, by: str) -> QuerySet:
    """Grouped by one thing, under `key`; the name of an occupation comes with it."""
    title = Max("occupation_name") if by == "occupation" else Max("programme")
    return rows.order_by().values(key=F(_KEYS.get(by, by))).annotate(title=title)


def _sorted(lines: list[Line], by: str, column: int) -> list[Line]:
    """Months in their order, all else by the largest figure."""
    if by == "month":
        return sorted(lines, key=lambda line: line.key)
    return sorted(lines, key=lambda line: (-(line.values[column] or 0), str(line.key)))


# -- claims -----------------------------------------------------------------------------------------------------------

_CLAIMS: Final = (
    ("claims", COUNT),
    ("in_work", COUNT),
    ("approved", COUNT),
    ("paid", COUNT),
    ("rejected", COUNT),
    ("ended", COUNT),
    ("amount", FEN),
)


def _counted() -> dict[str, Sum]:
    def number(states: Sequence[str]) -> Sum:
        return Sum("claims", filter=Q(state__in=states), default=0)

    return {
        "claims_": Sum("claims"),
        "in_work": number(_IN_WORK),
        "approved": number(sorted(GRANTED)),
        "paid": number([State.PAID]),
        "rejected": number(sorted(TURNED_DOWN)),
        "ended": number([State.LAPSED, State.WITHDRAWN]),
        "amount": Sum("amount_fen", filter=Q(state__in=sorted(GRANTED)), default=0),
    }


def _of_year(user: User, run: FiguresRun, asked: Asked) -> QuerySet[ClaimFigure]:
    """Claims handed in during the year, or one of its months."""
    rows = _scope(ClaimFigure.objects.filter(run=run, month__year=asked.year), user, asked)
    return rows.filter(month__month=asked.month) if asked.month else rows


def _claims(user: User, run: FiguresRun, asked: Asked) -> list[Section]:
    found = _by(_of_year(user, run, asked), asked.by).annotate(**_counted())
    names = ["claims_", *(name for name, _kind in _CLAIMS[1:])]
    lines = [Line(row["key"], tuple(row[name] for name in names), row["title"] or "") for row in found]
    return [_section("claims", asked.by, _CLAIMS, _sorted(lines, asked.by, 0))]


# -- outcomes ---------------------------------------------------------------------------------------------------------


def _outcomes(user: User, run: FiguresRun, asked: Asked) -> list[Section]:
    """How the claims of a year stand, why they were rejected, how appeals and objections ended, what came back."""
    by_state = _of_year(user, run, asked).order_by().values("state")
    states = by_state.annotate(claims_=Sum("claims"), fen=Sum("amount_fen"))
    order = list(State)
    stand = sorted(states, key=lambda row: order.index(State(row["state"])))
    counts = [("claims", COUNT)]
    sections = [
        _section(
            "states",
            "state",
            [*counts, ("amount", FEN)],
            [Line(row["state"], (row["claims_"], row["fen"])) for row in stand],
        )
    ]
    tallies: dict[str, list[Line]] = {}
    rows = _scope(TallyFigure.objects.filter(run=run, year=asked.year), user, asked).exclude(kind="group")
    said = {"claims_": Sum("claims"), "title_zh_": Max("title_zh"), "title_en_": Max("title_en")}
    for row in rows.order_by().values("kind", "key").annotate(**said):
        title = f"{row['title_zh_']}\n{row['title_en_']}"
        tallies.setdefault(row["kind"], []).append(Line(row["key"], (row["claims_"],), title))
    for kind in ("reason", "appeal", "objection"):
        lines = sorted(tallies.get(kind, []), key=lambda line: (-line.values[0], line.key))
        # a claim may rest on several reasons: their sum would be no number of claims
        sections.append(_section(f"{kind}s", kind, counts, lines, summed=kind != "reason"))
    money = _scope(MoneyFigure.objects.filter(run=run, year=asked.year), user, asked)
    back = ("receivable", "recovered", "remitted", "written_off")
    sums = money.aggregate(**{name: Sum(f"{name}_fen", default=0) for name in back})
    recovered = [Line(name, (sums[name],)) for name in back if sums[name]]
    return [*sections, _section("recovery", "account", [("amount", FEN)], recovered, summed=False)]


# -- key groups -------------------------------------------------------------------------------------------------------


def _groups(user: User, run: FiguresRun, asked: Asked) -> list[Section]:
    """By the groups that the decisions' facts name; somebody in two is counted in both, so there is no total.

    Only whole years: with months beside each other a small figure could be reckoned from two large ones.
    """
    rows = _scope(TallyFigure.objects.filter(run=run, year=asked.year, kind="group"), user, asked)
    found = rows.order_by().values("key").annotate(n=Sum("claims"), yes=Sum("approved"), paid=Sum("paid_fen"))
    everything = sees_small_groups(user)
    lines = [
        Line(
            row["key"],
            (row["n"], row["yes"], row["paid"]) if everything or row["n"] >= SMALL else (None,) * 3,
        )
        for row in found
    ]
    columns = [("claims", COUNT), ("approved", COUNT), ("paid_fen", FEN)]
    return [_section("groups", "group", columns, _sorted(lines, "group", 0), summed=False)]


# -- what waits -------------------------------------------------------------------------------------------------------

EDGES: Final = (5, 10, 20)
"""Working days: up to five, six to ten, eleven to twenty, more."""
_AGES: Final = (
    ("waiting", COUNT),
    ("up_to_5", COUNT),
    ("up_to_10", COUNT),
    ("up_to_20", COUNT),
    ("more", COUNT),
    ("late", COUNT),
    ("oldest", COUNT),
)


def first_day_within(today: dt.date, working_days: int) -> dt.date:
    """The earliest day after which no more than so many working days have passed by today."""
    day, left = today, working_days
    while True:
        if calendar.is_working_day(day):
            if not left:
                return day
            left -= 1
        day -= dt.timedelta(days=1)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.SHANGHAI)


def ageing(user: User, asked: Asked, *, at: dt.datetime) -> list[Section]:
    """Claims by where they lie now and how many working days they have lain there; and the same by province."""
    today = clock.today(at)
    since = [_midnight(first_day_within(today, edge)) for edge in EDGES]
    claims = _scope(Claim.objects.exclude(state__in=[*ENDED, State.PAID]), user, asked)

    def number(narrowed: Q) -> Count:
        return Count("pk", filter=narrowed)

    counted = {
        "waiting": Count("pk"),
        "up_to_5": number(Q(moved_at__gte=since[0])),
        "up_to_10": number(Q(moved_at__lt=since[0], moved_at__gte=since[1])),
        "up_to_20": number(Q(moved_at__lt=since[1], moved_at__gte=since[2])),
        "more": number(Q(moved_at__lt=since[2])),
        "late": number(Q(due_at__lte=at)),
        "first": Min("moved_at"),
    }
    stations = claims.order_by().values("state", "desk").annotate(**counted)
    order = list(State)
    rows = sorted(stations, key=lambda row: (order.index(State(row["state"])), row["desk"]))
    sections = [_aged("desks", "station", [((row["state"], row["desk"]), row) for row in rows], today)]
    if not asked.province:
        provinces = claims.order_by().values("province_id").annotate(**counted).order_by("province_id")
        sections.append(_aged("ageing", "province", [(row["province_id"], row) for row in provinces], today))
    return sections


def _aged(name: str, by: str, rows: Sequence[tuple[Any, dict[str, Any]]], today: dt.date) -> Section:
    """`oldest` is the number of working days that the oldest has waited; over all lines it is the largest."""
    names = [column for column, _kind in _AGES[:-1]]
    lines = [
        Line(key, (*(row[column] for column in names), _waited(clock.today(row["first"]), today)))
        for key, row in rows
    ]
    section = _section(name, by, _AGES, lines)
    if section.total is None:
        return section
    oldest = max(line.values[-1] for line in lines)
    return Section(section.name, by, section.columns, section.lines, (*section.total[:-1], oldest))


def _waited(first: dt.date, today: dt.date) -> int:
    """Working days after the first day, up to and with today."""
    return calendar.working_days_left(today, first + dt.timedelta(days=1)) if first < today else 0
