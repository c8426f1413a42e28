"""The outside world, out of order."""

import datetime as dt

from portal.accounts.sms import SmsFailed


class OutOfOrder:
    """An SMS port that sends nothing."""

    def __call__(self, to: str, text: str, *, at: dt.datetime) -> None:
        raise SmsFailed
