from certificates.models.batches import IssuingBatch, IssuingTerms
from certificates.models.certificates import Certificate, SerialCounter
from certificates.models.consents import ConsentCode, ConsentUse
from certificates.models.external import ExternalCertificate, RegisterAnswer, Ruling
from certificates.models.inspections import InspectedCertificate, Inspection
from certificates.models.proposals import Proposal
from certificates.models.tallies import MonthTally, TalliedDay
from certificates.models.templates import PaperTemplate

__all__ = [
    "Certificate",
    "ConsentCode",
    "ConsentUse",
    "ExternalCertificate",
    "InspectedCertificate",
    "Inspection",
    "IssuingBatch",
    "IssuingTerms",
    "MonthTally",
    "PaperTemplate",
    "Proposal",
    "RegisterAnswer",
    "Ruling",
    "SerialCounter",
    "TalliedDay",
]
