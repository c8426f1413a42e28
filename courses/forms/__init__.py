from courses.forms.desk import STEPS, DeskFilter, StepForm
from courses.forms.partners import (
    CallFilter,
    EndpointForm,
    EndpointStepForm,
    KeyForm,
    RevokeForm,
)

__all__ = [
    "STEPS",
    "CallFilter",
    "DeskFilter",
    "EndpointForm",
    "EndpointStepForm",
    "KeyForm",
    "RevokeForm",
    "StepForm",
]
