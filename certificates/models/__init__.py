from certificates.models.batches import IssuingBatch, IssuingTerms
from certificates.models.certificates import Certificate, SerialCounter
from certificates.models.inspections import InspectedCertificate, Inspection
from certificates.models.proposals import Proposal

__all__ = [
    "Certificate",
    "InspectedCertificate",
    "Inspection",
    "IssuingBatch",
    "IssuingTerms",
    "Proposal",
    "SerialCounter",
]
