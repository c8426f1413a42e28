"""Help at a county desk: who may begin, see and confirm it, and what the learner sees of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.models import HelpSession
from learners.workflow import HelpState
from portal import groups, numbers
from portal.accounts import selectors as people
from portal.accounts.access import ALL, has_role, live_appointments, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.selectors import history_of

CONFIRMERS = (Role.COUNTY_DESK, Role.PROVINCE_REVIEWER)
DESK_ROLES = (*CONFIRMERS, Role.AUDITOR)
SHOWN_FOR = dt.timedelta(days=7)
"""How long after its end the learner still sees on their page what was done."""
STEPS: dict[str, str | Promise] = {
    "enrol": _("Enrolled you: %(what)s"),
    "declare": _("Declared a key group for you: %(what)s"),
    "accept": _("Accepted your employer's invitation: %(what)s"),
    "register": _("Registered your real name"),
}


@dataclass(frozen=True)
class Desk:
    province: str
    county: str


def named_at_desk(learner: User, helper: User) -> Desk | None:
    """The helper's desk that may help this learner: of the province where they are registered; of any, where nowhere."""
    identity = people.identity_of(learner)
    province = identity.province_code if identity else learner.province_id
    desks = [a for a in live_appointments(helper) if a.role == Role.COUNTY_DESK]
    found = next((a for a in desks if province is None or a.province_id == province), None)
    return Desk(found.province_id, found.county) if found else None


def _sessions() -> QuerySet[HelpSession]:
    return HelpSession.objects.select_related("helper", "learner", "province")


def may_confirm(user: User, session: HelpSession) -> bool:
    return (
        session.presence == HelpSession.Presence.OFFICIAL
        and user.pk not in (session.helper_id, session.learner_id)
        and has_role(user, *CONFIRMERS, province=session.province_id)
    )


def help_visible_to(user: User, pk: int, *, at: dt.datetime) -> HelpSession:
    """One's own, while it is not over; or one that waits for another official. Raises Http404."""
    row = _sessions().live().filter(pk=pk, ends_at__gt=at).first()
    if row is None or (
        row.helper_id != user.pk and not (row.state == HelpState.ASKED and may_confirm(user, row))
    ):
        raise Http404
    return row


def own_help(user: User, *, at: dt.datetime) -> HelpSession | None:
    return _sessions().live().filter(helper_id=user.pk, ends_at__gt=at).first()


def to_confirm(user: User, *, at: dt.datetime) -> list[tuple[HelpSession, str]]:
    """What waits for a second official, with the learner's masked name."""
    rows = _sessions().asked().filter(presence=HelpSession.Presence.OFFICIAL, ends_at__gt=at)
    rows = [row for row in rows.exclude(helper_id=user.pk).order_by("asked_at") if may_confirm(user, row)]
    names = people.masked_names_of({row.learner_id for row in rows})
    return [(row, names.get(row.learner_id, "")) for row in rows]


def named(session: HelpSession) -> str:
    """The learner as the helper sees them."""
    identity = people.identity_of(session.learner)
    return identity.masked_name if identity else session.learner.masked_phone


# -- the learner ----------------------------------------------------------------------------------------------------


def helped_visible_to(user: User, pk: int) -> HelpSession:
    """Help that the user gives or gets. Raises Http404."""
    row = _sessions().filter(pk=pk).first()
    if row is None or user.pk not in (row.helper_id, row.learner_id):
        raise Http404
    return row


@dataclass(frozen=True)
class Helped:
    """The last help as the learner sees it: at which desk, what was done, whether it goes on."""

    row: HelpSession
    place: str
    done: list[str]
    is_open: bool


def help_for(learner: User, *, at: dt.datetime) -> Helped | None:
    rows = _sessions().filter(learner_id=learner.pk, opened_at__isnull=False, ends_at__gt=at - SHOWN_FOR)
    row = rows.order_by("-opened_at").first()
    if row is None:
        return None
    acts = history_of("learners.helpsession", row.pk).filter(action="help.acted")
    details = [act.detail for act in acts]
    titles = courses.titles_of(detail["course"] for detail in details if "course" in detail)
    place = numbers.county_name(row.place) if row.place else row.province.name
    return Helped(
        row,
        place,
        [_said(detail, titles) for detail in details],
        is_open=row.state == HelpState.OPEN and at < row.ends_at,
    )


def _said(detail: dict[str, str], titles: dict[str, str]) -> str:
    code = detail.get("course", "")
    what = titles.get(code, code) or groups.name_of(detail.get("group", ""))
    return str(STEPS[detail["step"]]) % {"what": what}


# -- the desk -------------------------------------------------------------------------------------------------------


def sessions_visible_to(user: User) -> QuerySet[HelpSession]:
    """One's own at a county desk; those of the province for its reviewer; all for an auditor."""
    rows = _sessions().order_by("-asked_at", "-pk")
    watched = provinces_of(user, Role.PROVINCE_REVIEWER, Role.AUDITOR)
    return rows if watched is ALL else rows.filter(Q(province_id__in=watched) | Q(helper_id=user.pk))


def described(
    rows: Iterable[HelpSession], *, at: dt.datetime
) -> list[tuple[HelpSession, str, str | Promise]]:
    """With the learner's masked name and the state as it is by the clock, in one statement."""
    rows = list(rows)
    names = people.masked_names_of({row.learner_id for row in rows})
    over = HelpState.ENDED.label
    return [
        (row, names.get(row.learner_id, "—"), over if at >= row.ends_at else row.get_state_display())
        for row in rows
    ]
