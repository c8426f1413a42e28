from django import forms

from learners.services.words import LONGEST, SHORTEST, WordsMissing


def sentence(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
    """A reason of five to five hundred characters."""
    return forms.CharField(
        label=label,
        required=required,
        min_length=SHORTEST,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": WordsMissing.message, "min_length": WordsMissing.message},
    )
