"""What a provider manager says about keys, addresses for messages, and calls."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.models import PartnerCall, PartnerKey, WebhookEndpoint
from courses.services import partner_keys, webhooks
from courses.workflow import ENDPOINT_MOVES, EVENTS
from portal import moves
from portal.accounts.models import Organisation, User
from portal.rules import RuleBroken

LIVES = {"": _("Until it is revoked"), "90": _("90 days"), "365": _("One year")}
PER_PAGE = 50


class _ForOrganisation(forms.Form):
    """Asks for which organisation, where somebody manages several."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )

    def __init__(self, *args: object, organisations: list[Organisation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.known = {one.pk: one for one in organisations}
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=self.known)
        if len(self.known) == 1:
            del self.fields["organisation"]

    @property
    def whose(self) -> Organisation:
        return self.cleaned_data.get("organisation") or next(iter(self.known.values()))

    def fail(self, trouble: RuleBroken | ValidationError) -> None:
        self.add_error(None, trouble.messages if isinstance(trouble, ValidationError) else str(trouble))


class KeyForm(_ForOrganisation):
    name = forms.CharField(
        label=_("Name of the key"), max_length=80, help_text=_("What it is for, such as “Nightly sync”.")
    )
    lives = forms.ChoiceField(label=_("Valid"), choices=list(LIVES.items()), required=False)

    def make(self, *, by: User, at: dt.datetime) -> tuple[PartnerKey, str] | None:
        days = self.cleaned_data["lives"]
        ends = at + dt.timedelta(days=int(days)) if days else None
        try:
            return partner_keys.make_key(
                self.whose, name=self.cleaned_data["name"], by=by, at=at, expires_at=ends
            )
        except (RuleBroken, ValidationError) as trouble:
            self.fail(trouble)
            return None


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Both the provider and the province read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EndpointForm(_ForOrganisation):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("An https:// address of your own that takes POST."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=list(EVENTS.items()),
        initial=list(EVENTS),
        widget=forms.CheckboxSelectMultiple,
    )

    def add(self, *, by: User, at: dt.datetime) -> tuple[WebhookEndpoint, str] | None:
        said = self.cleaned_data
        try:
            return webhooks.add_endpoint(self.whose, url=said["url"], events=said["events"], by=by, at=at)
        except webhooks.BadAddress as bad:
            self.add_error("url", str(bad))
        except (RuleBroken, ValidationError) as trouble:
            self.fail(trouble)
        return None


class EndpointStepForm(forms.Form):
    """What is done with an address: its events, a test, a pause, its end."""

    STEPS = {
        "events": _("Save events"),
        "ping": _("Send a test message"),
        "pause": _("Pause"),
        "resume": _("Resume"),
        "remove": _("Remove"),
    }
    step = forms.ChoiceField(choices=list(STEPS.items()), widget=forms.HiddenInput)
    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=list(EVENTS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: object, endpoint: WebhookEndpoint, **kwargs: object) -> None:
        super().__init__(*args, initial={"events": endpoint.events}, **kwargs)
        self.endpoint = endpoint

    @property
    def possible(self) -> list[tuple[str, str]]:
        steps = moves.steps_from(ENDPOINT_MOVES, self.endpoint.state)
        return [(step, str(self.STEPS[step])) for step in steps]

    def take(self, *, by: User, at: dt.datetime) -> str:
        """What was done, in a sentence. Raises RuleBroken."""
        step = self.cleaned_data["step"]
        if step == "events":
            webhooks.set_events(self.endpoint, events=self.cleaned_data["events"], by=by, at=at)
            return _("The events are saved.")
        if step == "ping":
            webhooks.ping(self.endpoint, by=by, at=at)
            return _("A test message is on its way.")
        act = {"pause": webhooks.pause, "resume": webhooks.unpause, "remove": webhooks.remove}[step]
        self.endpoint = act(self.endpoint, by=by, at=at)
        return _("Done. The address is now: %(state)s.") % {"state": self.endpoint.get_state_display()}


class CallFilter(forms.Form):
    """Narrows the log; what cannot be read narrows nothing. Pages go on from the last row shown, without counting."""

    fate = forms.ChoiceField(
        label=_("What became of it"), choices=[("", _("All")), *PartnerCall.Fate.choices], required=False
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def page(self, rows: QuerySet[PartnerCall]) -> tuple[list[PartnerCall], int | None]:
        """The rows, and after which one the next page begins."""
        self.is_valid()
        if fate := self.cleaned_data.get("fate"):
            rows = rows.filter(fate=fate)
        if before := self.cleaned_data.get("before"):
            rows = rows.filter(pk__lt=before)
        found = list(rows.order_by("-pk")[: PER_PAGE + 1])
        return found[:PER_PAGE], found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
