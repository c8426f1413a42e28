"""How money is laid before people: what waits, and who may press what."""

from typing import Any

from django.utils.translation import gettext

from portal.accounts.models import User
from portal.accounts.roles import Role, has_role
from subsidies.selectors import money as asked


def proposals(user: User) -> list[tuple[Any, bool, str]]:
    """Budget entries that wait: whether this person may confirm one, and if not why."""
    rows = []
    for proposal in asked.open_proposals(user)[:50]:
        checker = has_role(user, Role.FINANCE_CHECKER, province=proposal.province_id)
        own = proposal.made_by_id == user.pk
        why = gettext("You entered it; another person confirms it.") if own else ""
        rows.append((proposal, checker and not own, why))
    return rows


def may_free(user: User) -> bool:
    return has_role(user, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.PROVINCE_REVIEWER)
