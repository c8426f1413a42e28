import datetime as dt

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import services
from courses.models import Agreement, Contact, Licence
from courses.workflow import LICENCE_MOVES, LICENCE_STEP_NAMES, LicenceState
from portal import moves, numbers
from portal.accounts.models import Organisation, Province, User

NO_LICENCE = LicenceState.NONE.value


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _paper_input() -> forms.FileField:
    return forms.FileField(
        label=pgettext_lazy("paper", "Document"),
        help_text=_("PDF or a picture (PNG, JPEG), up to 10 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class ProviderFilter(forms.Form):
    """What cannot be read narrows nothing."""

    q = forms.CharField(label=_("Name or social credit code"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("Any kind")), *Organisation.Kind.choices], required=False
    )
    state = forms.ChoiceField(
        choices=[("", _("All")), *LicenceState.choices], required=False, widget=forms.HiddenInput
    )

    def _asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "").replace("\x00", "")

    def narrow(self, rows: QuerySet[Organisation], *, by_state: bool = True) -> QuerySet[Organisation]:
        if (state := self._asked("state")) and by_state:
            rows = rows.filter(licence_state=None if state == NO_LICENCE else state)
        if kind := self._asked("kind"):
            rows = rows.filter(kind=kind)
        if q := self._asked("q"):
            code = numbers.plain(q)
            named = Q(name_zh__icontains=q) | Q(name_en__icontains=q)
            rows = rows.filter(named | Q(uscc__startswith=code) if code else named)
        return rows.order_by("name_zh", "pk")

    def tabs(self, counts: dict[str, int]) -> list[tuple[str, str, int, bool]]:
        """(state, name, count, current), all first."""
        now = self._asked("state")
        heaps = [("", _("All")), *LicenceState.choices]
        return [(heap, str(name), counts.get(heap, 0), heap == now) for heap, name in heaps]


class LicenceForm(forms.Form):
    """A step of the licence, from a day on. `province` and `states` are those of who decides and of the provider there."""

    step = forms.ChoiceField(label=pgettext_lazy("licence", "Decision"), widget=forms.RadioSelect)
    effective_on = forms.DateField(
        label=_("Takes effect on"),
        help_text=_("Today or later. Enrolments made before that day stay as they are."),
        widget=_day_input(),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The provider reads it, and it is kept in the audit."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = _paper_input()

    def __init__(self, *args: object, states: set[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        possible = {step for state in states for step in moves.steps_from(LICENCE_MOVES, state)}
        self.fields["step"].choices = [
            (step, name) for step, name in LICENCE_STEP_NAMES.items() if step in possible
        ]

    def decide(self, organisation: Organisation, province: Province, *, by: User, at: dt.datetime) -> Licence:
        """Raises what the service raises."""
        said = dict(self.cleaned_data)
        return services.decide(organisation, province, said.pop("step"), by=by, at=at, **said)


class ProviderForm(LicenceForm):
    """A provider that is new to the province, with its first licence."""

    uscc = forms.CharField(
        label=_("Unified social credit code"),
        help_text=_("18 characters, as on the business licence. One registered elsewhere keeps its names."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[choice for choice in Organisation.Kind.choices if choice[0] != Organisation.Kind.OFFICE],
        widget=forms.RadioSelect,
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    field_order = ["uscc", "kind", "name_zh", "name_en", "step", "effective_on", "reason"]
    document = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, states={NO_LICENCE}, **kwargs)

    def admit(self, province: Province, *, by: User, at: dt.datetime) -> Licence:
        """Raises what the service raises."""
        return services.admit(province=province, by=by, at=at, **self.cleaned_data)


class ContactForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    function = forms.CharField(label=_("Function"), max_length=80)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "off"}),
    )

    def add(self, organisation: Organisation, *, by: User, at: dt.datetime) -> Contact:
        """Raises what the service raises."""
        return services.add_contact(organisation, by=by, at=at, **self.cleaned_data)


class AgreementForm(forms.Form):
    number = forms.CharField(label=_("Number of the agreement"), max_length=80)
    title = forms.CharField(label=pgettext_lazy("paper", "Title"), max_length=160)
    signed_on = forms.DateField(label=_("Signed on"), widget=_day_input())
    valid_from = forms.DateField(label=_("Valid from"), widget=_day_input())
    valid_to = forms.DateField(
        label=_("Valid until"), help_text=_("The last day."), required=False, widget=_day_input()
    )
    document = _paper_input()

    def add(self, organisation: Organisation, province: Province, *, by: User, at: dt.datetime) -> Agreement:
        """Raises what the service raises."""
        return services.add_agreement(organisation, province, by=by, at=at, **self.cleaned_data)


class ContactReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the full number?"),
        help_text=_("The reason is kept in the audit."),
        max_length=200,
    )


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), help_text=_("The provider reads it, and it is kept in the audit."), max_length=500
    )
