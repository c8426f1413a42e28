"""What officers fill in at their desks."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts import selectors as accounts
from portal.accounts.models import User
from subsidies import reasons
from subsidies.selectors.queue import VIEWS
from subsidies.services.reviews import LONGEST_REASON
from subsidies.workflow.claims import Act, Desk


class ConfirmForm(forms.Form):
    confirmed = forms.BooleanField(
        required=False, label=_("I compared what the claimant stated with the records.")
    )


class ReasonForm(forms.Form):
    """A reason in words, and what it rests on: the rules of the record that are not met, and standard reasons."""

    codes = forms.MultipleChoiceField(
        label=_("What it rests on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The claimant reads this sentence. Say what is missing or which rule is not met."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason. The claimant will read it.")},
    )

    def __init__(
        self, *args: Any, acts: Iterable[Act] = (), record: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        ruled = reasons.of_rules(record)
        super().__init__(*args, initial={"codes": [one["code"] for one in ruled]}, **kwargs)
        said = "en" if (get_language() or "").startswith("en") else "zh"
        choices = {one["code"]: one[said] for one in ruled}
        for act in acts:
            choices |= {code: getattr(one.said, said) for code, one in reasons.standard_for(act).items()}
        self.fields["codes"].choices = list(choices.items())
        if not choices:
            del self.fields["codes"]

    def told(self) -> dict[str, Any]:
        """Keyword arguments for the services."""
        return {"reason": self.cleaned_data["reason"], "codes": self.cleaned_data.get("codes", [])}


class WordsForm(forms.Form):
    """A reason in words alone."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason.")},
    )


class AssignForm(forms.Form):
    to = forms.ChoiceField(label=_("Give to"), required=False)

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.uid): one for one in people}
        self.fields["to"].choices = [
            ("", _("Nobody: lay it back")),
            *((uid, str(one)) for uid, one in self.people.items()),
        ]

    @property
    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the full number?"),
        help_text=_("The reason is kept in the audit."),
        max_length=200,
    )


class QueueForm(forms.Form):
    """Filters of the queue. What cannot be read filters nothing; an office of one province does not choose among all."""

    q = forms.CharField(required=False, max_length=80)
    desk = forms.ChoiceField(choices=[("", _("Desk")), *Desk.choices], required=False)
    province = forms.TypedChoiceField(required=False, empty_value=None)

    def __init__(self, *args: Any, provinces: Collection[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {row.pk: row for row in accounts.provinces() if provinces is None or row.pk in provinces}
        province = self.fields["province"]
        province.choices = [("", _("Province")), *((code, row.name) for code, row in known.items())]
        province.coerce = known.get
        if len(known) == 1:
            province.widget = forms.HiddenInput()

    def values(self) -> dict[str, str]:
        """What the selector filters by; of a form that was not filled in correctly, nothing."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        province = cleaned.get("province")
        text = (cleaned.get("q") or "").replace("\x00", "").strip()
        return {
            "text": text,
            "province": province.pk if province else "",
            "desk": cleaned.get("desk") or "",
        }


class SaveViewForm(QueueForm):
    """What is on the screen, under a name."""

    view = forms.ChoiceField(choices=[*VIEWS.items()], widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name of the view"),
        max_length=30,
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Give the view a name.")},
    )
