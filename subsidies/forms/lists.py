"""What an organisation fills in to claim by a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation
from subsidies.models import Programme, ProjectContract
from subsidies.workflow.claims import Channel

Choice = tuple[Channel, Organisation, Programme, ProjectContract | None]
"""Who claims for whom, under which programme, and by which contract where it pays by contracts."""


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
        self.by_key = {_key(*choice): choice for choice in choices}
        self.only = choices[0] if len(choices) == 1 else None
        if self.only:
            del self.fields["what"]
            return
        self.fields["what"].choices = [
            ("", _("Choose one")),
            *((key, _name(*choice)) for key, choice in self.by_key.items()),
        ]

    def told(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        channel, body, programme, contract = self.only or self.by_key[self.cleaned_data["what"]]
        told = {"channel": channel, "organisation": body, "programme": programme.code}
        return told | {"contract": contract}


def _key(channel: Channel, body: Organisation, one: Programme, contract: ProjectContract | None) -> str:
    return "-".join(map(str, (channel, body.pk, one.code, *([contract.pk] if contract else []))))


def _name(_channel: Channel, body: Organisation, one: Programme, contract: ProjectContract | None) -> str:
    return " · ".join((body.name, one.name, *([contract.number, contract.title] if contract else [])))
