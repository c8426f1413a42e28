import logging
from itertools import islice

from celery import shared_task

from certificates import selectors as certificates
from portal import clock
from subsidies.models import Entitlement, RecoveryOrder
from subsidies.services import recovery
from subsidies.workflow.money import EntitlementState

log = logging.getLogger(__name__)
CHUNK = 1000
REASON = "证书已失效，已发放的补贴应予追回。The certificate is no longer valid; the subsidy paid for it has to be given back."
"""A reason is kept as it is written, so it says so in both languages."""


@shared_task(name="subsidies.tasks.propose_recoveries")
def propose_recoveries() -> int:
    """Propose to recover what was paid for certificates that stand no more; once, whatever became of the proposal."""
    ground = RecoveryOrder.Ground.CERTIFICATE
    paid = Entitlement.objects.filter(state=EntitlementState.PAID).exclude(recoveries__ground=ground)
    rows = paid.order_by("pk").values_list("pk", "claim__certificate_serial").iterator(chunk_size=CHUNK)
    done = 0
    while some := list(islice(rows, CHUNK)):
        fallen = certificates.fallen(serial for _pk, serial in some)
        for pk in [pk for pk, serial in some if serial in fallen]:
            done += _propose(pk)
    return done


def _propose(pk: int) -> bool:
    try:
        row = Entitlement.objects.get(pk=pk)
        recovery.propose_recovery(
            row, ground=RecoveryOrder.Ground.CERTIFICATE, reason=REASON, by=None, at=clock.now()
        )
    except (recovery.AlreadyRunning, recovery.AboveWhatWasPaid, recovery.NotPaid):
        return False
    except Exception:  # one bad row must not stop the others
        log.exception("entitlement %s: the recovery could not be proposed", pk)
        return False
    return True
