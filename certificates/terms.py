"""How certificates issued elsewhere are checked. None of these numbers stands in a rule of the nation; 0043 says why they are so."""

import datetime as dt
from typing import Final

STALE_AFTER: Final = dt.timedelta(days=30)
"""An answer whose data are older than this says nothing."""

ON_ITS_WAY: Final = dt.timedelta(minutes=5)
"""By so much the register's clock may be behind ours. An answer from before that was given to another question."""

LISTED_AFTER: Final = dt.timedelta(days=60)
"""After the day on the paper: until then "not found" may mean that the issuer has not handed it in yet."""

TIMEOUT: Final = 8.0
"""Seconds that the register is given for one question."""

LEASE: Final = dt.timedelta(minutes=5)
"""How long a worker may take for one question; after that another one asks again, and the late answer is set aside."""

FIRST_WAIT: Final = dt.timedelta(minutes=1)
LONGEST_WAIT: Final = dt.timedelta(hours=12)
"""While the register is silent each question waits twice as long as the one before, up to half a day."""

STALE_WAIT: Final = dt.timedelta(days=1)
UNLISTED_WAIT: Final = dt.timedelta(days=3)

RECHECK: Final = dt.timedelta(days=30)
RECHECKED_FOR: Final = dt.timedelta(days=2 * 365)
"""What a claim may rest on is asked about each month, for two years: claims end a year after the paper, recovery takes as long."""

DOUBT: Final = dt.timedelta(days=1)
"""One that was there and is not found any more is asked about again after this; only then it counts as withdrawn."""

MOST_OPEN: Final = 5
MOST_A_DAY: Final = 10
"""Registrations of one person that wait for an answer, and those of 24 hours: the register is not for leafing through."""
