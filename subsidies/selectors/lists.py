"""Lists of claims by who is asking: an organisation's own, their rows and claims; and the mandates behind them."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from courses import selectors as courses
from courses.selectors.providers import agreement_in_force
from portal import clock, moves
from portal.accounts import selectors as accounts
from portal.accounts.access import organisations_of
from portal.accounts.models import Organisation, User
from portal.sheets.reading import Line
from portal.sheets.writing import Outcome, returned_xlsx
from subsidies import claim_lists
from subsidies.models import Claim, ClaimList, ClaimListRow, Mandate, Programme
from subsidies.policy import Policy
from subsidies.selectors.offers import programmes_paying, published_in
from subsidies.selectors.payees import ROLE_OF
from subsidies.selectors.policies import policies_of
from subsidies.workflow.claims import Channel
from subsidies.workflow.lists import LIST_MOVES


def lists_visible_to(user: User) -> QuerySet[ClaimList]:
    """Those of the organisations for which somebody acts in the office that makes such lists."""
    own = Q(pk=None)
    for channel, role in ROLE_OF.items():
        own |= Q(channel=channel, organisation__in=organisations_of(user, role))
    return ClaimList.objects.filter(own).select_related(
        "organisation", "programme", "contract", "uploaded_by"
    )


def list_claims_visible_to(user: User) -> QuerySet[Claim]:
    """The claims that lists of theirs have made."""
    rows = Claim.objects.filter(claim_list__in=lists_visible_to(user))
    return rows.select_related("province", "claim_list__organisation", "payee_organisation", "contract")


def channels_of(user: User) -> list[tuple[Channel, Organisation]]:
    """For which organisations somebody may claim, and by which channel."""
    found = []
    for channel, role in ROLE_OF.items():
        bodies = accounts.organisations_acted_for(user, role)
        if channel == Channel.ENTERPRISE:
            bodies = bodies.filter(kind=Organisation.Kind.ENTERPRISE)
        found += [(channel, body) for body in bodies]
    return found


def programmes_for(channel: Channel, organisation: Organisation) -> list[Programme]:
    """What an organisation can claim by a list: programmes with a policy of its province, never the living allowance."""
    paying = programmes_paying(channel)
    if channel == Channel.PROVIDER:
        known = {one.code for one in paying}
        persons = programmes_paying(Programme.Payee.PERSON)
        paying += [one for one in persons if one.code not in known]
    found = published_in(organisation.province_id, paying)
    return [one for one in found if one.kind != Programme.Kind.LIVING]


def policy_for(made: ClaimList, *, at: dt.datetime) -> Policy | None:
    """The version in force today, else the newest: it says which papers a list needs."""
    policies = policies_of(made.province_id, made.programme_id)
    today = clock.today(at)
    now = [one for one in policies if one.holds_on(today)]
    return (now or list(policies) or [None])[-1]


def rows_of(made: ClaimList, fate: str = "") -> QuerySet[ClaimListRow]:
    rows = made.lines.select_related("claim").order_by("number")
    return rows.filter(fate=fate) if fate in ClaimListRow.Fate.values else rows


def reasons_of(row: ClaimListRow) -> list[str]:
    """What is wrong, in the reader's language."""
    return [claim_lists.sentence(trouble) for trouble in row.troubles]


def steps_of(made: ClaimList) -> list[str]:
    possible = moves.steps_from(LIST_MOVES, made.state)
    return [
        step
        for step in ("submit", "check_again", "cancel")
        if step in possible and (step != "submit" or made.ready)
    ]


def kept_until(made: ClaimList) -> dt.date | None:
    """The last day on which what was typed in refused rows is certainly here."""
    if made.cleared_at is not None:
        return None
    return clock.today((made.finished_at or made.uploaded_at) + settings.ROSTERS_KEPT)


def wrong_rows(made: ClaimList) -> bytes:
    """A workbook of the refused rows as they came, each with its reasons; mended, it can be uploaded as it is."""
    columns = claim_lists.COLUMNS
    written, outcomes = [Line(1, tuple(str(column.heading) for column in columns))], {}
    for number, row in enumerate(rows_of(made, ClaimListRow.Fate.REFUSED), 2):
        typed = row.typed
        written.append(Line(number, tuple(typed.get(column.name) or None for column in columns)))
        where = _("Row %(number)s") % {"number": row.number}
        outcomes[number] = Outcome(where, "\n".join(reasons_of(row)))
    return returned_xlsx(written, 1, outcomes)


def may_be_mandated(certificate: Any, *, at: dt.datetime) -> Organisation | None:
    """The provider of the certificate's course, if its agreement with the province is in force. `certificate` is a claimable one."""
    course = courses.certificate_facts(certificate.version_id)
    today = clock.today(at)
    if agreement_in_force(course.organisation_id, certificate.province_code, today) is None:
        return None
    return accounts.organisation(course.organisation_id)


def mandate_of(user: User, serial: str) -> Mandate | None:
    rows = Mandate.objects.filter(person=user, certificate_serial=serial, ended_at=None)
    return rows.select_related("organisation").first()
