"""Whoever learns sits there alone: while somebody at a desk acts for a learner, no time is credited and nothing is asked."""

import datetime as dt

from learners.models import HelpSession
from learners.reasons import REASONS
from learners.workflow import HelpState
from portal.accounts.models import User
from portal.rules import RuleBroken


class BeingHelped(RuleBroken):
    code = "helped"
    message = REASONS["helped"].sentence


def must_be_alone(user: User, *, at: dt.datetime) -> None:
    """Raises BeingHelped while help is open."""
    if HelpSession.objects.filter(learner_id=user.pk, state=HelpState.OPEN, ends_at__gt=at).exists():
        raise BeingHelped


def alone_since(user: User, opened_at: dt.datetime, *, at: dt.datetime) -> dt.datetime:
    """The moment from which time can be credited: `opened_at`, or the end of help that came after. Raises BeingHelped."""
    must_be_alone(user, at=at)
    rows = HelpSession.objects.filter(learner_id=user.pk, opened_at__isnull=False, ends_at__gt=opened_at)
    ends = [ended_at or ends_at for ended_at, ends_at in rows.values_list("ended_at", "ends_at")]
    return max([opened_at, *ends])
