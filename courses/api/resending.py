"""A call from the log, sent again by the partner's manager: the same body through the same door."""

import datetime as dt
import json

from django.db import transaction

from courses.api.partner import OPERATIONS
from courses.api.partner_access import refusal
from courses.models import PartnerCall
from courses.services import calls
from portal.accounts.models import User
from portal.rules import RuleBroken


def resend(row: PartnerCall, *, by: User, at: dt.datetime) -> PartnerCall:
    """The new row of the log, also where the call is refused again. Raises NotResendable."""
    call = calls.again(row, by=by)
    try:
        data = json.loads(call.body) if call.body else None
        with transaction.atomic():
            try:
                outcome = OPERATIONS[call.operation](call, data, at=at)
            except RuleBroken as broken:
                outcome = refusal(broken)
            return calls.note(call, outcome, at=at)
    except Exception as trouble:
        if (outcome := refusal(trouble)) is None:
            raise
        return calls.note(call, outcome, at=at)
