"""Forms of the office of policies. The fields of a piece follow from its shape: there is no list of them here."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from subsidies.models.policies import in_english
from subsidies.policy import APPROVE, NEEDS_EVIDENCE, REJECT, PaperError, kinds, read_json, typed
from subsidies.policy.facts import EARLIEST, LATEST
from subsidies.policy.kinds import Kind, Typed
from subsidies.policy.places import Spot
from subsidies.policy.shape import Key
from subsidies.policy.typed import Mistyped
from subsidies.policy.words import Words
from subsidies.services.policies.broken import BadPolicy
from subsidies.services.policies.cases import LONGEST_NAME
from subsidies.services.policies.publishing import LONGEST_REASON

LISTED: Final = {Typed.CODES, Typed.CLOSED_CODES, Typed.LEVELS}
MORE: Final = "_more"
LONGEST_TEXT: Final = 200_000
"""Characters of a whole policy as JSON."""
_NOTES: Final = (
    ("ref", kinds.REF, _("Paragraph of the document"), ""),
    (
        "message_zh",
        kinds.WORD,
        _("Own heading, in Chinese"),
        _("In place of the one that follows from the values."),
    ),
    ("message_en", kinds.WORD, _("Own heading, in English"), ""),
    ("note", kinds.WORD, _("Note"), _("For those who work on the text. It decides nothing.")),
)


def worded(words: Words) -> str:
    return words.en if in_english() else words.zh


def labelled(words: Words) -> str:
    text = worded(words)
    return text[:1].upper() + text[1:]


class DayField(forms.DateField):
    """A day such as a policy may name."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value <= LATEST:
            raise ValidationError(_("Enter a day between 1900 and 2999."))


def field_for(kind: Kind, label: str, *, required: bool, value: Any = None, hint: str = "") -> forms.Field:
    """The box for a kind of value. Whatever is typed is read by `subsidies.policy.typed` afterwards."""
    told = {"label": label, "required": required, "help_text": hint}
    known = [(str(code), worded(name)) for code, name in kind.known.items()]
    if kind.typed in LISTED:
        here = [str(code) for code in typed.shown(kind, value)]
        strange = [(code, code) for code in here if code not in dict(known)]
        mine = [(code, dict(known).get(code, code)) for code in here]
        choices = [*mine, *(one for one in [*known, *strange] if one[0] not in here)]
        return forms.MultipleChoiceField(
            **told | {"required": False}, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if kind.typed in {Typed.CHOICE, Typed.FLAG}:
        shown = [(typed.shown(kind, code), worded(name)) for code, name in kind.known.items()]
        return forms.ChoiceField(**told, choices=[("", _("not stated")), *shown] if not required else shown)
    if kind.typed in typed.ROWS and kind.typed is not Typed.AGES:
        return forms.CharField(**told, widget=forms.Textarea(attrs={"rows": 4}), max_length=typed.LONGEST)
    if kind.typed is Typed.AGES:
        return forms.CharField(**told, widget=forms.Textarea(attrs={"rows": 2}), max_length=200)
    attrs = {"inputmode": "decimal"} if kind.typed in {Typed.NUMBER, Typed.MONEY, Typed.DECIMAL} else {}
    if kind.typed is Typed.FACT:
        attrs = {"list": "facts", "autocapitalize": "none", "autocomplete": "off"}
    return forms.CharField(**told, max_length=300, widget=forms.TextInput(attrs=attrs))


def _hint(kind: Kind) -> str:
    return worded(typed.HINTS[kind.typed]) if kind.typed in typed.HINTS else ""


class PieceForm(forms.Form):
    """One piece of the text. `piece()` is what was typed, as JSON; keys that the form does not ask for stay as they are."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, spot: Spot, revision: int, items: list[str], **kwargs: Any) -> None:
        self.spot = spot
        self.keys: dict[str, Kind] = {}
        kwargs["initial"] = {"revision": revision}
        super().__init__(*args, **kwargs)
        if spot.is_named:
            self._ask("id", kinds.WORD, str(_("Code of the rule")), required=True)
        if spot.place == "scope":
            self._days()
        for key in spot.keys:
            self._key(key, items)
        if spot.part not in {"scope", "rounding", "review", "notice", "choices", "uplifts"}:
            for name, kind, label, hint in _NOTES:
                if spot.is_named or not name.startswith("message"):
                    self._ask(name, kind, str(label), required=False, hint=str(hint))

    def _days(self) -> None:
        first, last = self.spot.piece.get("valid") or [None, None]
        self.fields["first_day"] = DayField(label=_("First day"), required=False)
        self.fields["last_day"] = DayField(
            label=_("Last day"), required=False, help_text=_("Leave it open until another version follows.")
        )
        self.initial |= {"first_day": first, "last_day": last}

    def _key(self, key: Key, items: list[str]) -> None:
        if key.kind.typed is Typed.TITLE:
            titles = self.spot.piece.get(key.name) or {}
            for speech, label in (("zh", _("%(label)s, in Chinese")), ("en", _("%(label)s, in English"))):
                name = f"{key.name}_{speech}"
                told = {"label": label % {"label": labelled(key.label)}, "required": False}
                self.fields[name] = forms.CharField(**told, max_length=300)
                self.initial[name] = titles.get(speech, "")
            self.keys[key.name] = key.kind
            return
        usual = worded(key.kind.words(key.usual)) if key.usual not in (None, "", (), frozenset()) else ""
        self._ask(key.name, key.kind, labelled(key.label), required=key.required, usual=usual)
        if key.name == "of" and self.spot.part == "uplifts":
            self.fields["of"] = forms.ChoiceField(
                label=labelled(key.label), choices=[(item, item) for item in items]
            )

    def _ask(
        self, name: str, kind: Kind, label: str, *, required: bool, hint: str = "", usual: str = ""
    ) -> None:
        value = self.spot.piece.get(name)
        self.keys[name] = kind
        hint = hint or _hint(kind)
        if usual:
            told = _("Where nothing is stated: %(usual)s.") % {"usual": usual}
            hint = f"{hint} {told}".strip()
        self.fields[name] = field_for(kind, label, required=required, value=value, hint=hint)
        self.initial[name] = typed.shown(kind, value)
        if kind.typed is Typed.CODES:
            self.fields[f"{name}{MORE}"] = forms.CharField(
                label=_("%(label)s: other codes") % {"label": label},
                help_text=_("Codes that have no name here, with commas between them."),
                required=False,
                max_length=2_000,
            )
            if required and not value:
                self.fields[f"{name}{MORE}"].widget.is_required = False

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        self.read: dict[str, Any] = {}
        for name, kind in self.keys.items():
            if kind.typed is Typed.TITLE:
                titles = {speech: told.get(f"{name}_{speech}", "").strip() for speech in ("zh", "en")}
                self.read[name] = {speech: text for speech, text in titles.items() if text} or None
            elif name in told:
                self._read(name, kind, told)
        return told

    def _read(self, name: str, kind: Kind, told: dict[str, Any]) -> None:
        try:
            value = typed.read(kind, told[name])
            if kind.typed is Typed.CODES:
                more = typed.more_codes(told.get(f"{name}{MORE}", ""))
                value = list(dict.fromkeys([*(value or []), *more])) or None
        except Mistyped as broken:
            self.add_error(name, worded(broken.said))
            return
        self.read[name] = value

    def piece(self) -> dict[str, Any]:
        """What was typed over what stands there."""
        found = {name: value for name, value in self.spot.piece.items() if name not in self.read}
        found |= {name: value for name, value in self.read.items() if value is not None}
        if self.spot.place == "scope":
            days = [self.cleaned_data.get(name) for name in ("first_day", "last_day")]
            found["valid"] = [day.isoformat() if day else None for day in days]
        return found

    def refuse(self, broken: BadPolicy) -> None:
        """The engine's sentence at the field that it is about, else on top."""
        place = broken.place
        name = place.removeprefix(f"{self.spot.engine}.").partition("[")[0].partition(".")[0]
        if name == "valid":
            name = "last_day"
        inside = place.startswith(f"{self.spot.engine}.")
        if inside and name in self.fields:
            self.add_error(name, str(broken.reason))
        else:
            self.add_error(None, str(broken.reason if place.startswith(self.spot.engine) else broken))


class TextForm(forms.Form):
    """A whole text as JSON, for those who know it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Text as JSON"),
        widget=forms.Textarea(attrs={"rows": 24, "class": "mono", "spellcheck": "false"}),
        max_length=LONGEST_TEXT,
        strip=False,
    )

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        self.body = _json(text)
        if not isinstance(self.body, dict):
            raise ValidationError(_("One version is one JSON object."))
        return text


def _json(text: str) -> Any:
    try:
        return read_json(text, "The text")
    except PaperError as problem:
        raise ValidationError(str(problem)) from None


class CaseForm(forms.Form):
    """A worked case. What must come of it is stated, not reckoned."""

    name = forms.CharField(label=_("Name of the case"), max_length=LONGEST_NAME)
    outcome = forms.ChoiceField(
        label=_("What must come of it"),
        choices=[
            (APPROVE, _("Approved")),
            (REJECT, _("Refused")),
            (NEEDS_EVIDENCE, _("More evidence is needed")),
        ],
        widget=forms.RadioSelect,
    )
    amount = forms.CharField(
        label=_("Amount"), help_text=_("In yuan. Only an approval pays."), required=False, max_length=20
    )
    because = forms.CharField(
        label=_("Because of these rules"),
        help_text=_("Codes of the rules that must be the reason, with commas. Empty: any."),
        required=False,
        max_length=500,
    )
    facts = forms.CharField(
        label=_("Facts"),
        help_text=_("As JSON, of nobody in particular: no name and no number."),
        widget=forms.Textarea(attrs={"rows": 18, "class": "mono", "spellcheck": "false"}),
        max_length=LONGEST_TEXT,
        strip=False,
    )

    def clean_amount(self) -> int:
        text = self.cleaned_data["amount"].strip()
        try:
            return typed.fen(text) if text else 0
        except Mistyped as broken:
            raise ValidationError(worded(broken.said)) from None

    def clean_because(self) -> tuple[str, ...]:
        try:
            return tuple(typed.more_codes(self.cleaned_data["because"]))
        except Mistyped as broken:
            raise ValidationError(worded(broken.said)) from None

    def clean_facts(self) -> Mapping[str, Any]:
        found = _json(self.cleaned_data["facts"])
        if not isinstance(found, dict):
            raise ValidationError(_("The facts are not an object with named facts."))
        return found


class NewForm(forms.Form):
    """Where a new version begins: blank, or from another one. `scopes` are (code, name) of whom one may write for."""

    place = forms.ChoiceField(label=_("For"))
    city = forms.CharField(
        label=_("City"),
        help_text=_("Six digits, where the version is a city's. Claims are not decided by it yet."),
        required=False,
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    programme = forms.ChoiceField(label=_("Programme"))
    like = forms.ChoiceField(label=_("Begin from"), required=False)

    def __init__(
        self,
        *args: Any,
        scopes: list[tuple[str, str]],
        programmes: list[tuple[str, str]],
        like: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = scopes
        self.fields["programme"].choices = programmes
        self.fields["like"].choices = [("", _("a blank text")), *like]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What is to be changed"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_REASON
    )


class EndForm(forms.Form):
    last_day = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("By which document"), max_length=LONGEST_REASON)


class RepealForm(forms.Form):
    reason = forms.CharField(label=_("By which document"), max_length=LONGEST_REASON)


class DocumentForm(forms.Form):
    paper = forms.FileField(
        label=_("Document as PDF"),
        help_text=_(
            "Or a scan (PNG, JPEG), 10 MB at most. It is checked for viruses before anybody can read it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class FromDecisionForm(forms.Form):
    """A claim's number, of whose newest decision a case is made."""

    number = forms.CharField(label=_("Number of the claim"), max_length=40)
    name = forms.CharField(label=_("Name of the case"), max_length=LONGEST_NAME)


class RunForm(forms.Form):
    decided_from = DayField(label=_("Decided from"), required=False)
    decided_to = DayField(label=_("Decided up to"), required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        first, last = told.get("decided_from"), told.get("decided_to")
        if first and last and last < first:
            self.add_error("decided_to", _("The last day lies before the first."))
        return told
