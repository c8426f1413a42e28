"""The worker's round. It finds what is due in the database; losing a message or a worker loses nothing."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from certificates import selectors, services, signers, workflow
from certificates.models import Certificate
from certificates.paper import UnprintableName
from portal import clock
from portal.moves import IllegalMove
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
CHUNK = 500
"""The most of one round; at 10 ms each this stays far below the time limit, and the next round is seconds away."""


@shared_task
def issue_due_certificates() -> int:
    """Ask for a certificate for each completion that has none, then issue what is due. Gives how many were issued.

    While nothing can be signed, nothing is begun: what waits has lost no attempt when the key is mended.
    """
    _request_missing()
    if trouble := signers.trouble(clock.now()):
        log.error("No certificate can be signed: %s", trouble)
        return 0
    issued = 0
    for _turn in range(CHUNK):
        certificate = services.take_up(at=clock.now())
        if certificate is None:
            break
        if certificate.state == workflow.REQUESTED:
            issued += _issue(certificate)
    return issued


def _request_missing() -> None:
    for completion in selectors.uncertified_completions()[:CHUNK]:
        try:
            services.request(completion, at=clock.now())
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one bad row must not stop the rest; the next round meets it again
            log.exception("No certificate could be asked for completion %s", completion.pk)


def _issue(certificate: Certificate) -> bool:
    """Whether it was issued. A failure is noted on the row and does not stop the round."""
    try:
        services.issue(certificate, at=clock.now())
    except SoftTimeLimitExceeded:
        raise
    except IllegalMove:  # another worker was slow, not dead, and has done it
        return False
    except (UnprintableName, services.NoIdentity) as broken:
        services.put_off(certificate, at=clock.now(), reason=str(broken), for_good=True)
    except Exception as trouble:
        log.exception("Certificate %s could not be made", certificate.serial)
        services.put_off(certificate, at=clock.now(), reason=_reason(trouble))
    else:
        return True
    return False


def _reason(trouble: Exception) -> str:
    """For the operator. Words of unknown errors may hold a person's name, so only their kind is kept."""
    if isinstance(trouble, (OSError, RuleBroken)):
        return f"{type(trouble).__name__}: {trouble}"
    return type(trouble).__name__
