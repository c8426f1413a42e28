"""The hands: each task pays what the database says is due, one locked row at a time. Safe to run twice, and at once."""

from collections.abc import Callable

from celery import shared_task
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from learners.selectors.intake import courses_with_a_line, place_title
from learners.selectors.rosters import asked
from learners.services import (
    assessment,
    completion,
    help,  # noqa: A004 - what it is
    intake,
    invitations,
    key_groups,
    rosters,
    time,
)
from portal import clock
from portal.accounts import sms
from portal.templatetags.zhixun import moment

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
def offer_free_seats() -> int:
    """Keep free seats for whoever waits, let offers lapse, and tell by SMS. Gives how many were told."""
    at = clock.now()
    for code in courses_with_a_line():
        intake.tend_line(code, at=at)
    return _count(_tell_one)


def _tell_one() -> bool:
    place = intake.offer_to_tell(at=clock.now())
    if place is None:
        return False
    with translation.override(place.user.language):
        text = gettext(
            "A seat in “%(course)s” is kept for you until %(until)s. Sign in to Zhixun to accept it."
        )
        said = text % {"course": place_title(place), "until": moment(place.offer_ends_at)}
    try:
        if place.user.phone:
            sms.send(place.user.phone, said, at=clock.now())
    except sms.SmsFailed:
        return True  # it comes due again
    intake.told_of_offer(place)
    return True


@shared_task
def forget_group_papers() -> int:
    """Remove papers of key groups that were decided about long ago. Gives how many."""
    removed = 0
    while found := key_groups.forget_papers(at=clock.now()):
        removed += found
    return removed


@shared_task
def apply_rosters() -> int:
    """Invite whom the lists of staff name, some rows at a time. Gives how many times."""
    at = clock.now()
    return _count(lambda: rosters.apply_some(at=at))


@shared_task
def tell_invited() -> int:
    """Send the invitations that are due. Gives how many."""
    return _count(_tell_one_invited)


def _tell_one_invited() -> bool:
    row = invitations.invitation_to_tell(at=clock.now())
    if row is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(
            "%(employer)s invites you to the course “%(course)s”. Sign up or sign in to Zhixun with this phone and"
            " register with your real name; then you can accept or decline."
        )
        said = text % {"employer": row.organisation.name, "course": asked([row])[0].title}
        try:
            sms.send(row.phone, said, at=clock.now())
        except sms.SmsFailed:
            return True  # it comes due again
    invitations.told_of_invitation(row)
    return True


@shared_task
def forget_staff() -> int:
    """Clear old lists of staff and forget old invitations. Gives how many of both."""
    at, done = clock.now(), 0
    while found := rosters.clear_rosters(at=at) + invitations.forget_invitations(at=at):
        done += found
    return done


@shared_task
def end_help() -> int:
    """Write down which help at a desk is over by time. Gives how many."""
    at = clock.now()
    return _count(lambda: help.end_next_due(at=at))
