"""Whether somebody has to give something back, for the page of their claims."""

from django import template

from portal.accounts.models import User
from subsidies.selectors import recovery

register = template.Library()


@register.simple_tag
def open_debts(user: User) -> int:
    """How many recoveries a person was told of that are not over. One query."""
    return recovery.open_debts_of(user)
