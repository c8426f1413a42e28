"""The worker's rounds. They find what is due in the database; losing a message or a worker loses nothing."""

import logging
import time

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from certificates import selectors, signers
from certificates.models import Certificate
from certificates.services import batches, issuing, papers, register, tallies
from portal import clock

log = logging.getLogger(__name__)
CHUNK = 500
"""So many are asked for and issued in one transaction: enough to pay for its statements, few enough to hold in memory."""

PAPERS = 20
"""So many papers are taken up at once: a few seconds of work."""

ROUND = 40
"""Seconds after which a round ends, far below the limit of a task; the next one is seconds away."""


@shared_task
def issue_due_certificates() -> int:
    """Ask for a certificate for each completion that has none, let batches take over what waits for them, and issue what is
    due. Gives how many were issued.
    """
    issued, until = 0, time.monotonic() + ROUND
    while time.monotonic() < until:
        asked = _request_missing()
        batches.go_on(at=clock.now())
        outcome = issuing.issue_due(at=clock.now(), most=CHUNK)
        issued += outcome.issued
        if not asked and not outcome.taken:
            break
    batches.go_on(at=clock.now())
    return issued


def _request_missing() -> int:
    completions = list(selectors.uncertified_completions()[:CHUNK])
    return issuing.request_all(completions, at=clock.now()) if completions else 0


@shared_task
def make_due_papers() -> int:
    """Make the papers that are due and keep them. Gives how many.

    While nothing can be signed or stamped, nothing is begun: what waits has lost no attempt when key or service is mended.
    """
    made, until = 0, time.monotonic() + ROUND
    while time.monotonic() < until:
        if trouble := signers.trouble(clock.now()) or signers.trouble_with_stamps(clock.now()):
            log.error("No paper can be signed: %s", trouble)
            break
        taken = papers.take_up(at=clock.now(), most=PAPERS)
        made += sum(_make(certificate) for certificate in taken)
        if not taken:
            break
    return made


def _make(certificate: Certificate) -> bool:
    try:
        return papers.make(certificate, at=clock.now())
    except SoftTimeLimitExceeded:
        raise
    except Exception as trouble:
        log.exception("The paper of %s could not be made", certificate.serial)
        papers.put_off(certificate, trouble, at=clock.now())
        return False


@shared_task
def check_due_registers() -> int:
    """Ask the register about certificates issued elsewhere that are due. Gives how many questions were asked.

    One at a time, each in its own transaction. While the register is silent each costs its timeout, so a round asks few.
    """
    asked, until = 0, time.monotonic() + ROUND
    while time.monotonic() < until and (external := register.take_up(at=clock.now())) is not None:
        asked += 1
        try:
            outcome = register.ask(external, at=external.asked_at)
            register.told(external, outcome, at=clock.now())
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one bad row must not stop the others; it comes due again
            log.exception("The register could not be asked about %s", external.serial)
            register.put_off(external, at=clock.now())
    return asked


@shared_task
def tally_certificates() -> int:
    """Tally the days that are over, the earliest first, and count the numbers that nobody counted today. Gives how many days."""
    days, until = 0, time.monotonic() + ROUND
    while time.monotonic() < until and tallies.tally_next(at=clock.now()):
        days += 1
    while time.monotonic() < until and tallies.count_next_numbers(at=clock.now()):
        pass
    return days
