"""The papers of issued certificates, made by the worker where `CERTIFICATE_PAPERS` says "bulk"."""

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import F, Q

from certificates import archive, paper, signers, timestamps
from certificates.models import Certificate
from certificates.selectors.templates import wording_of
from certificates.services.issuing import ATTEMPTS, FIRST_WAIT
from portal.rules import RuleBroken

LEASE = dt.timedelta(minutes=5)
"""How long a worker may take for the papers it took up. After that another one makes them again, with the same content."""


@transaction.atomic
def take_up(*, at: dt.datetime, most: int) -> list[Certificate]:
    """Papers that are due, the attempt counted and the next one planned *before* the work begins.

    So a worker that is killed at it delays some papers by minutes, and a paper that kills its worker each time ends with
    a reason instead of killing for ever.
    """
    due = Certificate.objects.paper_due(at).select_for_update(skip_locked=True).order_by("paper_due_at", "pk")
    rows = list(due[:most])
    worn_out = [row for row in rows if row.paper_attempts >= ATTEMPTS]
    for row in worn_out:
        row.paper_due_at, row.paper_failure = None, row.paper_failure or "WorkerStopped"
    Certificate.objects.bulk_update(worn_out, ["paper_due_at", "paper_failure"])
    taken = [row for row in rows if row.paper_attempts < ATTEMPTS]
    Certificate.objects.filter(pk__in=[row.pk for row in taken]).update(
        paper_attempts=F("paper_attempts") + 1, paper_due_at=at + LEASE
    )
    return taken


def make(certificate: Certificate, *, at: dt.datetime) -> bool:
    """Draw, sign, keep. Whether it is kept now; False where it was revoked or made by another worker meanwhile.

    The file is written first, under a name made of its content: killed in between, the next attempt writes it again (with an
    ECDSA key in a device under another name, and the first one stays behind).
    Raises OSError from storage or key, KeyNotValid, ValueError, TemplateChanged, and what the engine raises.
    """
    drawn = paper.draw(certificate.paper_facts(), wording_of(certificate))
    pdf = signers.signed(drawn, at=at, serial=certificate.serial)
    key = archive.key_of(certificate.serial, pdf)
    archive.put(key, pdf)
    kept = (
        Certificate.objects.filter(pk=certificate.pk, pdf_key="")
        .issued()
        .update(
            pdf_key=key,
            pdf_sha256=hashlib.sha256(pdf).digest(),
            paper_made_at=at,
            paper_due_at=None,
            paper_failure="",
        )
    )
    return bool(kept)


def put_off(certificate: Certificate, trouble: Exception, *, at: dt.datetime) -> None:
    """Note why a paper could not be made. It is tried again, each time after twice as long, until the tries are used up."""
    attempts = certificate.paper_attempts + 1
    due = None if attempts >= ATTEMPTS else at + FIRST_WAIT * 2**attempts
    still = Q(pk=certificate.pk, pdf_key="", paper_due_at__isnull=False)
    Certificate.objects.filter(still).update(paper_due_at=due, paper_failure=_reason(trouble)[:500])


def _reason(trouble: Exception) -> str:
    """Words of unknown errors may hold a person's name, so only their kind is kept."""
    if isinstance(trouble, timestamps.Silent):
        return str(timestamps.NoStamp())
    if isinstance(trouble, (OSError, RuleBroken)):
        return f"{type(trouble).__name__}: {trouble}"
    return type(trouble).__name__
