"""The desk's forms for standards. The fields of a standard are made from the types of its rules."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import ContentStandard, Listed, Occupation, Shortfall
from courses.models.catalogue import LEVEL_NAMES
from courses.selectors.occupations import EDITION, occupation_by_code
from courses.selectors.shortfalls import open_on, overdue_rows
from courses.selectors.standard_words import FREEDOMS, MODULE_NAMES
from courses.services.standards import StandardWords, change_standard, draft_standard
from courses.standards import MODULE, RULES, Freedom, Unit
from courses.standards.body import SCHEMA
from courses.standards.rules import type_of
from portal.accounts.models import Province, User
from portal.rules import RuleBroken

OWN_MODULES = 4
"""Rows for modules that an occupation has of its own."""
LABELS = {
    "class_hour_seconds": _("Length of a class hour, seconds"),
    "reading_pace": _("Reading: characters a minute"),
    "min_hours": _("Class hours, at least"),
    "max_hours": _("Class hours, at most"),
    "theory_min": _("Theory, at least percent"),
    "practice_min": _("Practice, at least percent"),
    "online_max": _("Online, at most percent"),
    "lesson_max_seconds": _("Length of a lesson, at most seconds"),
    "workshop_captions": _("Chinese captions on workshop films"),
    "bank_min": _("Questions in the bank, at least"),
    "exam_questions": _("Questions of the exam, at least"),
    "exam_pass_mark": _("Pass mark, at least percent"),
    "exam_minutes": _("Minutes of the exam, at least"),
    "exam_attempts": _("Attempts at the exam, at most"),
}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclass(frozen=True)
class Row:
    """One rule on the page: its value, what provinces may do, whether it only warns; for an own module its name."""

    label: object
    value: BoundField
    freedom: BoundField | None
    warns: BoundField | None
    names: tuple[BoundField, ...] = ()


class StandardForm(forms.Form):
    """`national` decides whether provinces' freedoms are asked. What cannot be read is re-shown with its sentence."""

    occupation = forms.CharField(
        label=_("Occupation code"), help_text=_("Of the 2022 edition, such as 6-18-02-04."), max_length=20
    )
    certificate = forms.ChoiceField(
        label=_("Certificate"),
        choices=[
            *((f"level-{level}", name) for level, name in LEVEL_NAMES.items()),
            *(
                (kind, kind.label)
                for kind in (Listed.CertificateKind.SPECIAL, Listed.CertificateKind.COMPLETION)
            ),
        ],
    )
    first_day = forms.DateField(label=_("First day"), widget=_DAY)
    last_day = forms.DateField(
        label=_("Last day"), help_text=_("Empty: until another takes its place."), required=False, widget=_DAY
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    doc_no = forms.CharField(label=_("Document number"), max_length=80)
    source = forms.CharField(
        label=_("Source document"),
        help_text=_("Where the text can be read: title, address, page."),
        max_length=500,
    )
    mend_days = forms.IntegerField(
        label=_("Days for published courses to follow"), min_value=0, max_value=730, initial=90
    )
    is_fictional = forms.BooleanField(label=_("Fictional: an example only"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    GENERAL = (
        "occupation", "certificate", "first_day", "last_day", "title_zh", "title_en", "doc_no", "source", "mend_days",
        "is_fictional",
    )  # fmt: skip

    def __init__(
        self, *args: Any, province: Province | None, standard: ContentStandard | None = None, **kwargs: Any
    ) -> None:
        self.province, self.standard = province, standard
        if standard is not None:
            kwargs.setdefault("initial", _initial(standard))
        super().__init__(*args, **kwargs)
        for key in RULES:
            self._add(key, key)
        for code in MODULE_NAMES:
            self._add(f"module_{code}", MODULE + code)
        for number in range(1, OWN_MODULES + 1):
            stem = f"own_{number}"
            self.fields[f"{stem}_code"] = forms.RegexField(
                r"^[a-z0-9][a-z0-9-]*$",
                label=_("Code of the module"),
                max_length=40,
                required=False,
                error_messages={"invalid": _("Small letters, digits and hyphens only.")},
            )
            self.fields[f"{stem}_zh"] = forms.CharField(
                label=_("Name in Chinese"), max_length=80, required=False
            )
            self.fields[f"{stem}_en"] = forms.CharField(
                label=_("Name in English"), max_length=120, required=False
            )
            self._add(stem, MODULE)

    def _add(self, stem: str, key: str) -> None:
        kind = type_of(key)
        label = LABELS.get(key) or MODULE_NAMES.get(key.removeprefix(MODULE)) or _("Class hours")
        if kind.unit == Unit.YES:
            choices = [
                ("", "—"),
                ("1", pgettext_lazy("demanded", "yes")),
                ("0", pgettext_lazy("demanded", "no")),
            ]
            self.fields[stem] = forms.ChoiceField(label=label, choices=choices, required=False)
        elif kind.unit == Unit.HOURS:
            low, high = Decimal(kind.low) / 10, Decimal(kind.high) / 10
            self.fields[stem] = forms.DecimalField(
                label=label, min_value=low, max_value=high, max_digits=5, decimal_places=1, required=False
            )
        else:
            self.fields[stem] = forms.IntegerField(
                label=label, min_value=kind.low, max_value=kind.high, required=False
            )
        if self.is_national:
            choices = [(freedom.value, FREEDOMS[freedom]) for freedom in kind.freedoms]
            self.fields[f"{stem}_province"] = forms.ChoiceField(
                label=_("Provinces"), choices=choices, required=False, initial=kind.freedoms[0].value
            )
        if key not in {"class_hour_seconds", "reading_pace"}:
            self.fields[f"{stem}_warns"] = forms.BooleanField(label=_("Only warns"), required=False)

    @property
    def is_national(self) -> bool:
        return self.province is None

    @property
    def general(self) -> list[BoundField]:
        return [self[name] for name in self.GENERAL]

    def _row(self, stem: str, names: tuple[str, ...] = ()) -> Row:
        return Row(
            self.fields[stem].label,
            self[stem],
            self[f"{stem}_province"] if f"{stem}_province" in self.fields else None,
            self[f"{stem}_warns"] if f"{stem}_warns" in self.fields else None,
            tuple(self[name] for name in names),
        )

    @property
    def rules(self) -> list[Row]:
        return [self._row(key) for key in RULES]

    @property
    def modules(self) -> list[Row]:
        known = [self._row(f"module_{code}") for code in MODULE_NAMES]
        stems = [f"own_{number}" for number in range(1, OWN_MODULES + 1)]
        return known + [self._row(stem, (f"{stem}_code", f"{stem}_zh", f"{stem}_en")) for stem in stems]

    def clean_occupation(self) -> Occupation:
        try:
            return occupation_by_code(self.cleaned_data["occupation"], EDITION)
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken)) from None

    def clean(self) -> dict[str, Any]:
        for number in range(1, OWN_MODULES + 1):
            stem = f"own_{number}"
            filled = [self.cleaned_data.get(f"{stem}_{part}") for part in ("code", "zh")]
            hours = self.cleaned_data.get(stem)
            if any(filled) and not (all(filled) and hours):
                self.add_error(stem, _("A module needs a code, a Chinese name and its class hours."))
        return self.cleaned_data

    def _said(self, stem: str, unit: Unit, name: str) -> dict[str, Any] | None:
        value = self.cleaned_data.get(stem)
        if value in (None, ""):
            return None
        said: dict[str, Any] = {name: value}
        if unit == Unit.HOURS:
            said[name] = f"{value.normalize():f}"
        elif unit == Unit.YES:
            said[name] = value == "1"
        if self.is_national:
            said["province"] = self.cleaned_data.get(f"{stem}_province") or Freedom.FIXED.value
        if self.cleaned_data.get(f"{stem}_warns"):
            said["warns"] = True
        return said

    def _modules(self) -> Iterator[dict[str, Any]]:
        for code in MODULE_NAMES:
            if said := self._said(f"module_{code}", Unit.HOURS, "hours"):
                yield {"code": code, **said}
        for number in range(1, OWN_MODULES + 1):
            stem = f"own_{number}"
            if self.cleaned_data.get(f"{stem}_code") and (said := self._said(stem, Unit.HOURS, "hours")):
                names = {name: self.cleaned_data[f"{stem}_{name}"] for name in ("zh", "en")}
                yield {"code": self.cleaned_data[f"{stem}_code"], **names, **said}

    @property
    def body(self) -> dict[str, Any]:
        rules = {key: said for key, kind in RULES.items() if (said := self._said(key, kind.unit, "value"))}
        return {"schema": SCHEMA, "rules": rules, "modules": list(self._modules())}

    def words(self) -> StandardWords:
        said = self.cleaned_data
        kind, _dash, level = said["certificate"].partition("-")
        names = (
            "occupation",
            "first_day",
            "last_day",
            "title_zh",
            "title_en",
            "doc_no",
            "source",
            "mend_days",
        )
        return StandardWords(
            province=self.province,
            certificate_kind=kind,
            level=int(level) if level else None,
            is_fictional=said["is_fictional"],
            body=self.body,
            **{name: said[name] for name in names},
        )

    def keep(self, *, by: User, at: dt.datetime) -> ContentStandard:
        """Raises what the services raise."""
        if self.standard is None:
            return draft_standard(self.words(), by=by, at=at)
        revision = self.cleaned_data.get("revision")
        return change_standard(self.standard, self.words(), by=by, at=at, revision=revision)


def _initial(standard: ContentStandard) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: getattr(standard, name)
        for name in ("first_day", "last_day", "title_zh", "title_en", "doc_no", "source", "mend_days", "is_fictional",
                     "revision")
    }  # fmt: skip
    said["occupation"] = standard.occupation.code
    kind, level = standard.certificate_kind, standard.level
    said["certificate"] = f"level-{level}" if level else kind
    own = 0
    for key, bound in standard.rules.bounds.items():
        unit, stem = type_of(key).unit, key
        code = key.removeprefix(MODULE)
        if code in MODULE_NAMES:
            stem = f"module_{code}"
        elif code != key:
            own += 1
            stem = f"own_{own}"
            zh, en = standard.rules.names[code]
            said |= {f"{stem}_code": code, f"{stem}_zh": zh, f"{stem}_en": en}
        said[stem] = f"{bound.value / 10:g}" if unit == Unit.HOURS else bound.value
        said |= {f"{stem}_province": bound.freedom.value, f"{stem}_warns": bound.warns}
    return said


class StandardFilter(forms.Form):
    q = forms.CharField(label=_("Occupation or document"), max_length=80, required=False)
    province = forms.ModelChoiceField(
        label=_("Issued by"), queryset=Province.objects.order_by("code"), required=False, empty_label=_("All")
    )

    def narrow(self, rows: QuerySet[ContentStandard]) -> QuerySet[ContentStandard]:
        """What cannot be read narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        if said.get("province"):
            rows = rows.filter(province=said["province"])
        if q := said.get("q"):
            named = Q(occupation__name_zh__icontains=q) | Q(occupation__name_en__icontains=q)
            titled = Q(title_zh__icontains=q) | Q(title_en__icontains=q) | Q(doc_no__icontains=q)
            rows = rows.filter(named | titled | Q(occupation__code__startswith=q))
        return rows


class ShortfallFilter(forms.Form):
    STATES = (("open", _("Open")), ("overdue", _("Overdue")), ("mended", _("Mended")), ("", _("All")))
    state = forms.ChoiceField(choices=STATES, required=False)
    standard = forms.IntegerField(required=False, min_value=1)
    q = forms.CharField(label=_("Title or code"), max_length=80, required=False)

    @property
    def state_asked(self) -> str:
        """Open ones where nothing sensible is asked."""
        self.is_valid()
        return self.cleaned_data.get("state", "open") if "state" in self.data else "open"

    def in_state(self, rows: QuerySet[Shortfall], state: str, on: dt.date) -> QuerySet[Shortfall]:
        if state == "mended":
            return rows.exclude(mended_at=None)
        if state == "overdue":
            return overdue_rows(rows, on)
        return open_on(rows, on) if state == "open" else rows

    def narrow(self, rows: QuerySet[Shortfall]) -> QuerySet[Shortfall]:
        self.is_valid()
        if standard := self.cleaned_data.get("standard"):
            rows = rows.filter(standard=standard)
        if q := self.cleaned_data.get("q"):
            rows = rows.filter(
                Q(course__title_zh__icontains=q)
                | Q(course__title_en__icontains=q)
                | Q(course__code__icontains=q)
            )
        return rows.order_by("due_on", "pk")

    def tabs(self, rows: QuerySet[Shortfall], on: dt.date) -> list[tuple[str, object, int, bool]]:
        """(state, name, count, current)."""
        now = self.state_asked
        return [(s, name, self.in_state(rows, s, on).count(), s == now) for s, name in self.STATES]
