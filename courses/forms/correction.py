"""What is right in a published question after all."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.question import NumberText
from courses.models import Question
from courses.models.catalogue import spoken

Kind = Question.Kind
VOID, OTHER = "void", "other"


class CorrectionForm(forms.Form):
    """`question` is as it is now, with its corrections laid over it. An order can only be made void."""

    what = forms.ChoiceField(
        label=_("What holds after all"),
        choices=[
            (OTHER, _("Another answer is right")),
            (VOID, _("No answer is right: the question is void")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why it is corrected"),
        min_length=5,
        max_length=500,
        help_text=_("Auditors read it. Learners see that their exam was graded anew."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object = None, *, question: Question) -> None:
        super().__init__(data)
        self.question = question
        if question.kind == Kind.ORDERING:
            self.fields["what"].choices = self.fields["what"].choices[1:]
            self.fields["what"].initial = VOID
        elif question.kind == Kind.NUMERIC:
            self.fields["number"] = NumberText(
                label=_("Right number"), max_length=24, required=False, initial=question.number
            )
            self.fields["tolerance"] = NumberText(
                label=_("May be off by"), max_length=24, required=False, initial=question.tolerance
            )
            self.fields["tolerance_in_percent"] = forms.BooleanField(
                label=_("This is percent of the right number"),
                required=False,
                initial=question.tolerance_in_percent,
            )
        elif question.kind == Kind.SHORT_TEXT:
            self.fields["accepted"] = forms.CharField(
                label=_("Accepted answers"),
                required=False,
                max_length=4_000,
                initial="\n".join(question.accepted),
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        else:
            texts = [
                (row["key"], f"{row['key']}  {spoken(row['zh'], row.get('en', ''))}")
                for row in question.options
            ]
            self.fields["right_keys"] = forms.MultipleChoiceField(
                label=_("Right"),
                required=False,
                choices=texts,
                initial=question.right_keys,
                widget=forms.CheckboxSelectMultiple,
            )
        self.order_fields(
            ["what", "right_keys", "number", "tolerance", "tolerance_in_percent", "accepted", "reason"]
        )

    @property
    def words(self) -> dict[str, object]:
        """The columns that say what is right."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in {"what", "reason"}}
        if "accepted" in said:
            said["accepted"] = [line.strip() for line in said["accepted"].splitlines() if line.strip()]
        if "tolerance" in said:
            said["tolerance"] = said["tolerance"] or 0
        return said

    @property
    def is_void(self) -> bool:
        return self.cleaned_data["what"] == VOID
