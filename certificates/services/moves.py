from certificates import workflow
from certificates.models import Certificate, ExternalCertificate
from portal import moves


def move(certificate: Certificate, step: str) -> Certificate:
    """The only place where the state of a certificate is written. Raises IllegalMove."""
    certificate.state = moves.check(workflow.MOVES, step, certificate.state)
    return certificate


def locked(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_for_update().get(pk=certificate.pk)


def move_external(external: ExternalCertificate, step: str) -> ExternalCertificate:
    """The only place where the state of one issued elsewhere is written. Raises IllegalMove."""
    external.state = moves.check(workflow.EXTERNAL_MOVES, step, external.state)
    return external


def locked_external(external: ExternalCertificate) -> ExternalCertificate:
    return ExternalCertificate.objects.select_for_update().get(pk=external.pk)
