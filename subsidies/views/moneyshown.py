"""How money is laid before people: what waits, and who may press what."""

from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role


def may_free(user: User) -> bool:
    return has_role(user, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.PROVINCE_REVIEWER)
