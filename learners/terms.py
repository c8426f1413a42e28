"""The terms of study that are the same everywhere until a province asks for its own. The required share is pinned on
the enrolment and the time limit on the attempt: a change here does not touch who has begun.
"""

import datetime as dt
from typing import Final

REQUIRED_PERCENT: Final = 80
"""Share of a course's published hours that must be counted before the closing exam opens; every lesson must be done too."""

GRACE: Final = dt.timedelta(seconds=10)
"""An answer that was on its way when time ran out still counts this long (a slow network is nobody's fault)."""

COOLING_OFF: Final = dt.timedelta(minutes=10)
"""Between a failed attempt and the next, so that an attempt is not a lottery ticket."""

ATTEMPTS_RENEW: Final = dt.timedelta(days=30)
"""Attempts older than this no longer use up the allowance: nobody who failed is shut out for good."""

QUIZ_PASS_PERCENT: Final = 60

MOST_SAVES: Final = 2_000
"""Changed answers kept per attempt; far beyond any human hand, it bounds what a script can store."""

APPEAL_WITHIN: Final = dt.timedelta(days=15)
"""After grading. No rule of the nation for these exams could be confirmed; two weekends lie within, for those who learn
beside their work, and what happened is still remembered."""

CLOSE_RETRY: Final = dt.timedelta(minutes=5)
COMPLETE_RETRY: Final = dt.timedelta(minutes=10)
"""How far a sweeper pushes a row forward that it could not finish."""

ASSESS_WITHIN: Final = dt.timedelta(days=7)
"""What learners are promised, and after which an assessment is late."""

DRAW_RETRY: Final = dt.timedelta(hours=1)
"""Where no assessor is free of conflict, somebody may have been appointed by then."""
