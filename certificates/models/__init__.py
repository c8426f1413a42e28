from certificates.models.batches import IssuingBatch, IssuingTerms
from certificates.models.certificates import Certificate, SerialCounter
from certificates.models.external import ExternalCertificate, RegisterAnswer, Ruling
from certificates.models.proposals import Proposal

__all__ = [
    "Certificate",
    "ExternalCertificate",
    "IssuingBatch",
    "IssuingTerms",
    "Proposal",
    "RegisterAnswer",
    "Ruling",
    "SerialCounter",
]
