"""The hands: each task pays what the database says is due, one locked row at a time. Safe to run twice, and at once."""

from collections.abc import Callable

from celery import shared_task

from learners.services import assessment, completion, promises, telling, time
from portal import clock

MOST = 500
"""Rows per run, so that a run ends before its time limit; the next tick goes on."""


@shared_task
def close_due_attempts() -> int:
    """Grade exams whose time is up. Gives how many."""
    at = clock.now()
    return _count(lambda: assessment.close_next_due(at=at))


@shared_task
def complete_due_enrolments() -> int:
    """Store the completions that have become true. Gives how many enrolments were looked at."""
    at = clock.now()
    return _count(lambda: completion.complete_next_due(at=at))


def _count(one: Callable[[], bool]) -> int:
    done = 0
    while done < MOST and one():
        done += 1
    return done


@shared_task
def close_silent_sessions() -> int:
    """Close play sessions that fell silent; refuse what nobody confirmed in time. Gives how many."""
    return time.close_silent_sessions(at=clock.now())


@shared_task
def pass_late_enquiries() -> int:
    """Mark questions whose promised day is over, and tell the providers' managers. Gives how many."""
    at = clock.now()
    return _count(lambda: promises.pass_next_late(at=at))


@shared_task
def figure_promises() -> int:
    """Write down how the courses keep their promises. Gives how many courses."""
    at = clock.now()
    codes = promises.courses_asked_about()
    for code in codes:
        promises.figure(code, at=at)
    return len(codes)


@shared_task
def tell_of_near_deadlines() -> int:
    """Tell learners of time that counts only if they answer its question soon. Gives how many lessons."""
    return telling.of_near_deadlines(at=clock.now())
