import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import ALL, Role, in_provinces, provinces_of
from subsidies.models import Claim, ClaimDraft, Decision, Hold, Notice
from subsidies.workflow import State

DESK_ROLES = (
    Role.PROVINCE_REVIEWER,
    Role.MINISTRY_REVIEWER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.AUDITOR,
)


def claims_visible_to(user: User) -> QuerySet[Claim]:
    """A person's own claims, and those of the provinces in which he or she holds an office for claims or money."""
    if not user.is_authenticated:
        return Claim.objects.none()
    office = provinces_of(user, *DESK_ROLES)
    if office is ALL:
        return Claim.objects.all()
    return Claim.objects.filter(Q(claimant=user) | Q(province_id__in=office))


def own_claims(user: User) -> QuerySet[Claim]:
    return Claim.objects.filter(claimant_id=user.pk)


def reviews_visible_to(user: User) -> QuerySet[Claim]:
    """Claims on a reviewer's or auditor's desk, by their provinces; nobody's own claim is on their desk."""
    office = provinces_of(user, Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER, Role.AUDITOR)
    return in_provinces(Claim.objects.select_related("province"), office).exclude(claimant_id=user.pk)


def waiting_for(user: User) -> Q:
    """Which claims wait for a step that this very person may take."""
    mine = Q(pk=None)
    if provinces_of(user, Role.MINISTRY_REVIEWER) is ALL:
        mine |= Q(state=State.IN_MINISTRY_REVIEW) & (
            ~Q(province_reviewer_id=user.pk) | Q(province_reviewer_id=None)
        )
    for code in provinces_of(user, Role.PROVINCE_REVIEWER) or ():
        mine |= Q(state=State.IN_PROVINCE_REVIEW, province_id=code)
    return mine


VIEWS: dict[str, Promise] = {
    "mine": _("My queue"),
    "due": _("Due today"),
    "evidence": _("Needs evidence"),
    "returned": pgettext_lazy("claims", "Sent back"),
    "decided": pgettext_lazy("claims", "Decided"),
    "all": pgettext_lazy("claims", "All"),
}


def end_of_day(at: dt.datetime) -> dt.datetime:
    """Midnight in Shanghai after `at`."""
    tomorrow = clock.today(at) + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), tzinfo=clock.SHANGHAI)


def _views(user: User, *, end_of_day: dt.datetime) -> dict[str, Q]:
    open_states = [State.SUBMITTED, State.IN_PROVINCE_REVIEW, State.IN_MINISTRY_REVIEW]
    return {
        "mine": waiting_for(user),
        "due": waiting_for(user) & Q(due_at__lte=end_of_day),
        "evidence": Q(state__in=open_states, outcome="NEEDS_EVIDENCE"),
        "returned": Q(state=State.RETURNED),
        "decided": ~Q(state__in=[*open_states, State.RETURNED]),
        "all": Q(),
    }


def queue(
    user: User, *, view: str, end_of_day: dt.datetime, text: str = "", province: str = ""
) -> QuerySet[Claim]:
    """The claims of one saved view, the most urgent first. `text` is a claim number, a certificate or a masked name."""
    rows = reviews_visible_to(user).filter(_views(user, end_of_day=end_of_day).get(view, Q()))
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(certificate_serial__iexact=text)
            | Q(holder_masked=text)
            | Q(occupation_name__icontains=text)
        )
    if province:
        rows = rows.filter(province_id=province)
    return rows.order_by("due_at", "pk")


def queue_counts(user: User, *, end_of_day: dt.datetime) -> dict[str, int]:
    """How many claims each saved view holds, in one query."""
    counts = {
        name: Count("pk", filter=condition) if condition else Count("pk")
        for name, condition in _views(user, end_of_day=end_of_day).items()
    }
    return reviews_visible_to(user).aggregate(**counts)


def waiting_total(user: User) -> dict[str, Any]:
    """Count, sum in fen and oldest of what waits for this person."""
    rows = reviews_visible_to(user).filter(waiting_for(user))
    found = rows.aggregate(count=Count("pk"), fen=Sum("amount_fen"))
    return {**found, "fen": found["fen"] or 0}


def decisions_of(claim: Claim) -> QuerySet[Decision]:
    return claim.decisions.select_related("by")


def explanation_of(claim: Claim) -> dict[str, Any] | None:
    """The explanation record of the newest decision."""
    newest = claim.decisions.order_by("-pk").first()
    return newest.record if newest else None


# -- the road -------------------------------------------------------------------------------------------------------

STAGES: tuple[tuple[Promise, frozenset[str]], ...] = (
    (_("Submitted"), frozenset({State.SUBMITTED, State.RETURNED})),
    (
        _("Under review"),
        frozenset({State.IN_PROVINCE_REVIEW, State.IN_MINISTRY_REVIEW, State.AWAITING_FUNDS}),
    ),
    (_("Public notice"), frozenset({State.APPROVED, State.IN_NOTICE})),
    (pgettext_lazy("claim", "Payment"), frozenset({State.PAYABLE, State.IN_BATCH, State.SENT})),
    (pgettext_lazy("claim", "Paid"), frozenset({State.PAID})),
)
PLAIN_NAMES: dict[str, tuple[str, Promise]] = {
    State.SUBMITTED: ("info", pgettext_lazy("short", "Submitted")),
    State.RETURNED: ("wait", pgettext_lazy("short", "Evidence needed")),
    State.IN_PROVINCE_REVIEW: ("info", pgettext_lazy("short", "In review")),
    State.IN_MINISTRY_REVIEW: ("info", pgettext_lazy("short", "In review")),
    State.AWAITING_FUNDS: ("info", pgettext_lazy("short", "In review")),
    State.APPROVED: ("info", pgettext_lazy("short", "In notice")),
    State.IN_NOTICE: ("info", pgettext_lazy("short", "In notice")),
    State.PAYABLE: ("info", pgettext_lazy("short", "To be paid")),
    State.IN_BATCH: ("info", pgettext_lazy("short", "To be paid")),
    State.SENT: ("info", pgettext_lazy("short", "To be paid")),
    State.PAID: ("ok", pgettext_lazy("short", "Paid")),
    State.REJECTED: ("bad", pgettext_lazy("short", "Not approved")),
    State.WITHDRAWN: ("plain", pgettext_lazy("short", "Withdrawn")),
}
"""The eight plain names a claimant sees: kind of tag, word."""


@dataclass(frozen=True)
class Stage:
    state: str
    """done, now, bad or todo"""
    title: str | Promise


def notice_of(claim: Claim) -> Notice | None:
    """The newest public notice in which the claim stands."""
    line = claim.notice_lines.select_related("notice").order_by("-pk").first()
    return line.notice if line else None


def returned_by_bank(claim: Claim) -> bool:
    """The bank could not pay into the account, and nobody has cleared it up yet."""
    return claim.holds.filter(category=Hold.Category.BANK_DETAILS, closed_at=None).exists()


def answers_so_far(user: User, serial: str) -> dict[str, bool]:
    """What was answered for a claim that is being prepared."""
    draft = ClaimDraft.objects.filter(claimant_id=user.pk, certificate_serial=serial).first()
    return draft.answers if draft else {}


def steps_of(claim: Claim) -> list[tuple[str, str | Promise]]:
    """The status line as `{% steps %}` draws it."""
    return [(stage.state, stage.title) for stage in stages_of(claim)]


def stages_of(claim: Claim) -> list[Stage]:
    """The status line of a claim for its claimant."""
    if claim.state in {State.REJECTED, State.WITHDRAWN}:
        reached = 1 if claim.outcome else 0
        return [
            Stage("done" if number < reached else "bad" if number == reached else "todo", title)
            for number, (title, _states) in enumerate(STAGES)
        ]
    here = next(number for number, (_title, states) in enumerate(STAGES) if claim.state in states)
    ended = claim.state == State.PAID
    return [
        Stage("done" if number < here or ended else "now" if number == here else "todo", title)
        for number, (title, _states) in enumerate(STAGES)
    ]


def road_of(user: User) -> list[Claim]:
    """A person's claims, newest first, for the desk of the learner."""
    return list(own_claims(user).select_related("province"))


def status_counts_by_province() -> dict[str, dict[str, int]]:
    """Province code → claimed, approved, paid (numbers of claims) and amount_fen, paid_fen (integer fen)."""
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: {"claimed": 0, "approved": 0, "paid": 0, "amount_fen": 0, "paid_fen": 0}
    )
    decided = {State.APPROVED, State.IN_NOTICE, State.PAYABLE, State.IN_BATCH, State.SENT, State.PAID}
    rows = Claim.objects.values("province_id", "state").annotate(count=Count("pk"), fen=Sum("amount_fen"))
    for row in rows.order_by():
        here = found[row["province_id"]]
        here["claimed"] += row["count"]
        if row["state"] in decided:
            here["approved"] += row["count"]
            here["amount_fen"] += row["fen"]
        if row["state"] == State.PAID:
            here["paid"] += row["count"]
            here["paid_fen"] += row["fen"]
    return dict(found)
