from certificates.forms.consents import CheckForm, ConsentForm
from certificates.forms.desk import (
    DecideForm,
    DeskForm,
    ExternalDeskForm,
    ExternalForm,
    FindingForm,
    PaperForm,
    ProposeForm,
    RulingForm,
    SampleForm,
    StartBatchForm,
    TemplateForm,
    TermsForm,
)
from certificates.forms.public import FileForm, VerifyForm

__all__ = [
    "CheckForm",
    "ConsentForm",
    "DecideForm",
    "DeskForm",
    "ExternalDeskForm",
    "ExternalForm",
    "FileForm",
    "FindingForm",
    "PaperForm",
    "ProposeForm",
    "RulingForm",
    "SampleForm",
    "StartBatchForm",
    "TemplateForm",
    "TermsForm",
    "VerifyForm",
]
