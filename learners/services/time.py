"""Everything that can happen to learning time, by name."""

from learners.services.answers import answer, more_time
from learners.services.beats import Told, beat
from learners.services.credit import credit, read_page
from learners.services.play import close_session, close_silent_sessions, open_session
from learners.services.shut_lessons import reopen_lesson

__all__ = [
    "Told",
    "answer",
    "beat",
    "close_session",
    "close_silent_sessions",
    "credit",
    "more_time",
    "open_session",
    "read_page",
    "reopen_lesson",
]
