"""The queue of the desks: views that cost the same however many claims there are."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.selectors.occupations import UnknownOccupation, occupation_named
from portal import clock, numbers, windows
from portal.accounts.access import ALL, provinces_of
from portal.accounts.models import User
from portal.accounts.selectors import officers_of
from subsidies.models import Claim, Hold, SavedView
from subsidies.selectors.claims import reviews_visible_to
from subsidies.selectors.desks import DESKS, OFFICERS, waiting_for
from subsidies.workflow.claims import State

VIEWS: Final[dict[str, Promise]] = {
    "mine": _("My queue"),
    "taken": pgettext_lazy("claims", "Taken by me"),
    "due": _("Due today"),
    "evidence": _("Open questions"),
    "held": pgettext_lazy("claims", "Held"),
    "returned": pgettext_lazy("claims", "Sent back"),
    "decided": pgettext_lazy("claims", "Decided"),
    "all": pgettext_lazy("claims", "All"),
}
COUNTED: Final = ("taken", "due", "evidence", "held", "returned")
"""Work to be done. What waits for a person is told with its sum; what is decided, and all of it, is only looked up."""
BY_DAY: Final = ("due_at", "pk")
NEWEST: Final = ("-pk",)
MOST_COUNTED: Final = 1_000


def saved_by(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user=user).select_related("province")


def end_of_day(at: dt.datetime) -> dt.datetime:
    """Midnight in Shanghai after `at`."""
    tomorrow = clock.today(at) + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), tzinfo=clock.SHANGHAI)


HELD: Final = Exists(Hold.objects.filter(claim=OuterRef("pk"), closed_at=None))
_IN_VIEW: Final[dict[str, Callable[[User, dt.datetime], Q]]] = {
    "mine": lambda user, _at: ~Q(desk="") & waiting_for(user),
    "taken": lambda user, _at: ~Q(desk="") & Q(assignee=user),
    "due": lambda user, at: ~Q(desk="") & waiting_for(user) & Q(due_at__lte=end_of_day(at)),
    "evidence": lambda _user, _at: ~Q(desk="") & Q(outcome="NEEDS_EVIDENCE"),
    "held": lambda _user, _at: Q(HELD),
    "returned": lambda _user, _at: Q(state=State.RETURNED),
    "decided": lambda _user, _at: Q(desk="") & ~Q(state__in=[State.SUBMITTED, State.RETURNED]),
    "all": lambda _user, _at: Q(),
}


def order_of(view: str) -> tuple[str, ...]:
    """What waits is read by its day, what is done by its age."""
    return BY_DAY if view in {"mine", "taken", "due", "evidence", "returned"} else NEWEST


def queue(
    user: User, *, view: str, at: dt.datetime, text: str = "", province: str = "", desk: str = ""
) -> QuerySet[Claim]:
    """The claims of one view, unordered, each with `is_held`. `text` is a claim number, a certificate, a name or an occupation."""
    rows = reviews_visible_to(user).filter(_IN_VIEW[view](user, at)).annotate(is_held=HELD)
    if text:
        rows = rows.filter(_worded(text))
    if province:
        rows = rows.filter(province_id=province)
    return rows.filter(desk=desk) if desk else rows


def _worded(text: str) -> Q:
    """By what the words look like: the beginning of a claim's number, a certificate's, an occupation's code, else a name.

    A name that is typed in full is masked before it is looked for. Never two columns at once: one index, read in the order of
    the page, answers however many claims there are.
    """
    upper = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if upper.startswith("CL-"):
        return Q(number__startswith=upper)
    if upper[:1].isdigit():
        return Q(occupation=upper)
    if upper.isascii():
        return Q(certificate_serial__in={text.strip(), upper})
    name = text.replace("＊", "*").strip()
    if "*" in name:
        return Q(holder_masked=name)
    with suppress(UnknownOccupation):
        return Q(occupation=occupation_named(name).code)
    return Q(holder_masked=numbers.mask_name(name))


def counts(user: User, *, at: dt.datetime) -> dict[str, int | None]:
    """How many claims the views of COUNTED hold; None for more than MOST_COUNTED."""
    seen = reviews_visible_to(user)
    return windows.counted_together(
        {view: seen.filter(_IN_VIEW[view](user, at)) for view in COUNTED}, MOST_COUNTED
    )


def waiting_total(user: User, *, at: dt.datetime) -> dict[str, Any]:
    """How many wait for this person and their sum in fen; with `more`, more than MOST_COUNTED, and no sum is told."""
    some = queue(user, view="mine", at=at).order_by().values("amount_fen")[: MOST_COUNTED + 1]
    found = some.aggregate(count=Count("amount_fen"), fen=Sum("amount_fen"))
    if found["count"] > MOST_COUNTED:
        return {"count": MOST_COUNTED, "fen": None, "more": True}
    return {"count": found["count"], "fen": found["fen"] or 0, "more": False}


def beside(user: User, claim: Claim, *, at: dt.datetime) -> tuple[Claim | None, Claim | None]:
    """The claims before and after this one in the person's own queue."""
    rows = queue(user, view="mine", at=at).exclude(pk=claim.pk)
    if claim.due_at is None:
        return None, rows.order_by(*BY_DAY).first()
    sooner = Q(due_at__lt=claim.due_at) | Q(due_at=claim.due_at, pk__lt=claim.pk)
    before = rows.filter(sooner, due_at__lte=claim.due_at).order_by("-due_at", "-pk").first()
    after = rows.filter(due_at__gte=claim.due_at).exclude(sooner).order_by(*BY_DAY).first()
    return before, after


@dataclass(frozen=True)
class Load:
    """What an officer has taken: how many claims, how many of them late, and the day of the next."""

    user: User
    count: int
    late: int
    next_at: dt.datetime | None


def colleagues(user: User, claim: Claim, *, at: dt.datetime) -> list[User]:
    """Who else sits at the claim's desk and has no other part in it."""
    roles, _seat = DESKS[claim.desk]
    seated = claim.seats.filter(given_up_at=None).values("user")
    rows = officers_of(*roles, province_code=claim.province_id, on=clock.today(at))
    own = {user.pk, claim.claimant_id, claim.agent_id} - {None}
    rows = rows.exclude(pk__in=own)
    return list(rows.exclude(pk__in=seated).order_by("pk")[:100])


def workload(user: User, *, at: dt.datetime) -> list[Load]:
    """The officers of the person's provinces with what they have taken; the fullest first."""
    office = provinces_of(user, *OFFICERS)
    rows = reviews_visible_to(user).exclude(desk="").exclude(assignee=None)
    if office is not ALL:
        rows = rows.filter(province_id__in=office)
    found = rows.values("assignee").annotate(
        count=Count("pk"), late=Count("pk", filter=Q(due_at__lte=at)), next_at=Min("due_at")
    )
    by_id = {row["assignee"]: row for row in found.order_by()}
    people = User.objects.in_bulk(by_id)
    loads = [Load(people[pk], row["count"], row["late"], row["next_at"]) for pk, row in by_id.items()]
    return sorted(loads, key=lambda load: (-load.late, -load.count, load.user.pk))


def untaken(user: User, *, at: dt.datetime) -> int | None:
    """What waits for this person and nobody has taken; None for more than MOST_COUNTED."""
    return windows.counted(queue(user, view="mine", at=at).filter(assignee=None), MOST_COUNTED)
