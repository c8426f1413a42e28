from certificates.models.batches import IssuingBatch, IssuingTerms
from certificates.models.certificates import Certificate, SerialCounter
from certificates.models.consents import ConsentCode, ConsentUse
from certificates.models.proposals import Proposal

__all__ = [
    "Certificate",
    "ConsentCode",
    "ConsentUse",
    "IssuingBatch",
    "IssuingTerms",
    "Proposal",
    "SerialCounter",
]
