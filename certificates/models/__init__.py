from certificates.models.batches import IssuingBatch, IssuingTerms
from certificates.models.certificates import Certificate, SerialCounter
from certificates.models.proposals import Proposal

__all__ = ["Certificate", "IssuingBatch", "IssuingTerms", "Proposal", "SerialCounter"]
