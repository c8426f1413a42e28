"""The hands: each task pays what the database says is due, one locked row at a time. Safe to run twice, and at once."""

import logging
from collections.abc import Callable

from celery import shared_task

from learners.models import EditionTrial, LedgerProof
from learners.selectors.intake import courses_with_a_line
from learners.services import (
    assessment,
    completion,
    county_help,
    drawing,
    figures,
    intake,
    integrity,
    invitations,
    key_groups,
    practice,
    promises,
    proofs,
    regrading,
    rosters,
    telling,
    time,
    trials,
)
from portal import clock

log = logging.getLogger(__name__)

MOST = 500
"""Rows per run, so that a run ends before its time limit; the next tick goes on."""
CHUNKS = 5
"""Chunks of one proof or trial per run."""


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
def figure_due_attempts() -> int:
    """Add graded exams to the figures of their questions. Gives how many."""
    at = clock.now()
    return _count(lambda: figures.figure_next_due(at=at))


@shared_task
def look_at_graded_exams() -> int:
    """Look for what a person should see in graded exams. Gives how many exams. Nothing else follows from it."""
    at = clock.now()
    return _count(lambda: integrity.look_at_next_due(at=at))


@shared_task
def regrade_due_exams() -> int:
    """Grade exams anew that drew a question whose key was corrected. Gives how many steps were taken."""
    at = clock.now()
    regrading.take_up_corrections()
    return _count(lambda: regrading.regrade_next_due(at=at))


@shared_task
def close_silent_sessions() -> int:
    """Close play sessions that fell silent; refuse what nobody confirmed in time. Gives how many."""
    return time.close_silent_sessions(at=clock.now())


@shared_task
def offer_free_seats() -> int:
    """Keep free seats for whoever waits, and let offers lapse. Gives how many were offered."""
    at = clock.now()
    return sum(intake.tend_line(code, at=at) for code in courses_with_a_line())


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
    """Send the invitations that are due. Gives how many were looked at."""
    at = clock.now()
    return _count(lambda: invitations.tell_next(at=at))


@shared_task
def forget_staff() -> int:
    """Clear old lists of staff and forget old invitations. Gives how many of both."""
    at, done = clock.now(), 0
    while found := rosters.clear_rosters(at=at) + invitations.forget_invitations(at=at):
        done += found
    return done


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
def draw_due_assessors() -> int:
    """Find assessors for films that lack one. Gives how many films were looked at."""
    at = clock.now()
    return _count(lambda: drawing.draw_next(at=at))


@shared_task
def delete_old_practice_films() -> int:
    """Delete films of practical work whose time is over. Gives how many."""
    at = clock.now()
    return _count(lambda: practice.delete_next_film(at=at))


@shared_task
def begin_nightly_proof() -> int:
    """Note that the chains of the ledger are to be proved; gives the number of the proof. One at a time."""
    return proofs.begin_proof(at=clock.now()).pk


@shared_task
def work_on_due_proofs() -> int:
    """Follow the next chains of the ledger. Gives how many."""
    return _work(LedgerProof, proofs.prove_some)


@shared_task
def work_on_due_trials() -> int:
    """Replay the next learners under the editions that are being tried. Gives how many."""
    return _work(EditionTrial, trials.try_some)


def _work(model: type, some: Callable[..., int]) -> int:
    """A few chunks of each; one that fails is put off, with its reason."""
    done = 0
    due = model.objects.filter(ended_at=None, due_at__lte=clock.now()).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)):
        try:
            for _chunk in range(CHUNKS):
                worked = some(pk, at=clock.now())
                done += worked
                if not worked:
                    break
        except Exception as problem:  # one that fails must not stop the others
            log.exception("%s %s could not go on", model.__name__, pk)
            proofs.postpone(model, pk, type(problem).__name__, at=clock.now())
    return done


@shared_task
def end_help() -> int:
    """Write down which help at a desk is over by time. Gives how many."""
    at = clock.now()
    return _count(lambda: county_help.end_next_due(at=at))


@shared_task
def tell_of_near_deadlines() -> int:
    """Tell learners of time that counts only if they answer its question soon. Gives how many lessons."""
    return telling.of_near_deadlines(at=clock.now())


@shared_task
def tell_of_classes() -> int:
    """Tell those enrolled of classes that were planned, moved or called off. Gives how many chunks."""
    at = clock.now()
    return _count(lambda: telling.of_next_meeting(at=at))
