"""Sample data of the component page: one of everything, so that a change of a sheet can be judged at one glance."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.templatetags.zhixun import symbols

MATERIALS = (
    ("indigo-fill", _("Indigo"), _("links, buttons, what is selected")),
    ("bamboo-fill", _("Bamboo"), _("counted, passed, valid")),
    ("rattan-fill", _("Rattan"), _("under way, look here")),
    ("plum-fill", _("Plum"), _("wrong, refused, revoked")),
    ("seal", _("Vermilion"), _("seals only")),
    ("mast", _("Night indigo"), _("masthead, bulk bar")),
    ("indigo-tint", _("Indigo tint"), _("hint, selection")),
    ("bamboo-tint", _("Bamboo tint"), _("passed")),
    ("rattan-tint", _("Rattan tint"), _("under way")),
    ("plum-tint", _("Plum tint"), _("wrong")),
    ("ground", _("Ground"), _("the page")),
    ("sunken", _("Sunken"), _("table heads, footer")),
)
WEAVES = (
    ("make", "welder", _("Plain weave: making")),
    ("care", "eldercare", _("Hexagon: care")),
    ("build", "mason", _("Chevron: building")),
    ("move", "forklift", _("Twill: transport")),
    ("trade", "ecommerce", _("Twine: commerce")),
)
STAGES = (
    ("done", _("Submitted"), "04-28"),
    ("now", _("In review"), _("about 3 days")),
    ("bad", _("Returned"), _("the bank card is missing")),
    ("todo", _("Paid"), ""),
)
RULES = (
    {"state": "ok", "title": _("At least 92 hours"), "value": "99.2", "reason": "", "code": ""},
    {
        "state": "bad",
        "title": _("Quality and defects, at least 12 hours"),
        "value": "11.2",
        "reason": _("36 minutes of video are missing in chapter 6."),
        "code": "HOURS_PART",
    },
    {
        "state": "wait",
        "title": _("Ties to this province"),
        "value": _("to be shown"),
        "reason": _("Upload a record of social insurance or the page of the household register."),
        "code": "",
    },
    {
        "state": "off",
        "title": _("Shortage occupation"),
        "value": _("does not apply"),
        "reason": "",
        "code": "",
    },
)
SPANS = ((0, 420, "counted"), (420, 540, "fast"), (540, 1122, "counted"), (1400, 1460, "counted"))
BUDGET = (("paid", 420), ("commit", 180), ("this", 120))
TREND = (3, 4, 4.5, 4, 6, 7, 6.5, 9)
DAYS = ((_("Mon"), 2), (_("Tue"), 3), (_("Wed"), 0), (_("Thu"), 4), (_("Fri"), 2.5))


class SampleForm(forms.Form):
    """Shown with answers of which two are wrong, so that the summary and the errors can be seen."""

    phone = forms.CharField(
        label=_("Mobile phone number"),
        help_text=_("For messages about the exam and the payment"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    card = forms.CharField(
        label=_("Bank card number"), min_length=16, help_text=_("Your own card, in your own name")
    )
    province = forms.ChoiceField(label=_("Province"), choices=[("52", _("Guizhou")), ("51", _("Sichuan"))])
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    way = forms.ChoiceField(
        label=_("How do you want to be told?"),
        choices=[("sms", _("Text message")), ("site", _("On this site"))],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=_("I agree to the rules of counted time"))


def sample_form() -> SampleForm:
    return SampleForm({"phone": "138 0000 0000", "card": "6217 0000", "province": "52", "way": "sms"})


def samples() -> dict[str, object]:
    return {
        "materials": MATERIALS,
        "weaves": WEAVES,
        "stages": STAGES,
        "decisions": RULES,
        "spans": SPANS,
        "budget": BUDGET,
        "trend": TREND,
        "days": DAYS,
        "form": sample_form(),
        "icons": symbols("i"),
        "pictograms": symbols("p"),
    }


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every component once. Not a page for the public, so production has none."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "portal/design.html", samples())
