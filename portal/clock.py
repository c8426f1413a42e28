"""The one place that asks what time it is. Everything below is told: `at=`.

In demo mode the clock can be moved forward, so that a notice of five working days can be walked through in an
afternoon. The offset is a number of seconds in `var/clock`; without demo mode it is never read.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def offset() -> dt.timedelta:
    if not settings.DEMO:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=int(settings.DEMO_CLOCK.read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError):
        return dt.timedelta()


def now() -> dt.datetime:
    return timezone.now() + offset()


def today(at: dt.datetime) -> dt.date:
    """The date in Asia/Shanghai, where days, deadlines and daily caps are counted."""
    return at.astimezone(SHANGHAI).date()


def milliseconds(at: dt.datetime) -> int:
    """Since the epoch, cut: rules that count time know no fractions of a millisecond."""
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def moment(ms: int) -> dt.datetime:
    """The moment so many milliseconds after the epoch."""
    return dt.datetime.fromtimestamp(ms // 1000, dt.UTC) + dt.timedelta(milliseconds=ms % 1000)


def move_forward(by: dt.timedelta) -> None:
    """Demo mode only. Raises RuntimeError elsewhere, and ValueError for a step back."""
    if not settings.DEMO:
        raise RuntimeError("The clock moves by itself outside demo mode.")
    if by < dt.timedelta():
        raise ValueError("The demo clock only moves forward.")
    seconds = int((offset() + by).total_seconds())
    settings.DEMO_CLOCK.parent.mkdir(parents=True, exist_ok=True)
    settings.DEMO_CLOCK.write_text(str(seconds), encoding="ascii")
