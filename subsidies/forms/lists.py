"""What an organisation fills in to claim by a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation
from subsidies.models import Programme
from subsidies.workflow.claims import Channel

Choice = tuple[Channel, Organisation, Programme]


class ListForm(forms.Form):
    """A list of claims. In whose name and under which programme is asked only where there is more than one answer."""

    what = forms.ChoiceField(label=_("For whom, and under which programme"))
    file = forms.FileField(
        label=_("List of claims"),
        help_text=_(
            ".xlsx or .csv with at most 10,000 rows. It is read once and sealed; the file is kept nowhere."
        ),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, choices: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {
            f"{channel}-{body.pk}-{one.code}": (channel, body, one) for channel, body, one in choices
        }
        self.only = choices[0] if len(choices) == 1 else None
        if self.only:
            del self.fields["what"]
            return
        self.fields["what"].choices = [
            ("", _("Choose one")),
            *((key, f"{body.name} · {one.name}") for key, (_channel, body, one) in self.by_key.items()),
        ]

    def told(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        channel, body, programme = self.only or self.by_key[self.cleaned_data["what"]]
        return {"channel": channel, "organisation": body, "programme": programme.code}
