from certificates import workflow
from certificates.models import Certificate
from portal import moves


def move(certificate: Certificate, step: str) -> Certificate:
    """The only place where the state of a certificate is written. Raises IllegalMove."""
    certificate.state = moves.check(workflow.MOVES, step, certificate.state)
    return certificate


def locked(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_for_update().get(pk=certificate.pk)
