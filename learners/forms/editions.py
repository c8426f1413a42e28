"""The numbers of a counting edition."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import CountingEdition
from learners.selectors.edition_words import NUMBERS
from learners.selectors.editions import numbers_of
from learners.services import editions
from portal.accounts.models import Province, User


class EditionForm(forms.Form):
    """A counting edition as a person writes it: times in seconds; what each number does beside it."""

    name = forms.CharField(label=_("Name of the rule"), max_length=120)
    source = forms.CharField(
        label=_("Source document"),
        help_text=_("Where the numbers come from: title, document number, page."),
        max_length=500,
    )
    valid_from = forms.DateField(
        label=_("First day"),
        help_text=_(
            "For enrolments from this day on. Whoever is enrolled keeps the rule of their first day."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    fictional = forms.BooleanField(label=_("Fictional: an example only"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    ABOUT = ("name", "source", "valid_from", "fictional")
    GROUPS = (
        (
            _("Hours"),
            ("class_hour_seconds", "daily_cap_hours", "quiz_share_percent", "reading_characters_per_minute"),
        ),
        (
            _("Reports of the player"),
            ("beat_ms", "min_gap_ms", "max_gap_ms", "seek_slack_ms", "silent_after_seconds"),
        ),
        (
            _("Presence checks"),
            (
                "check_min_ms",
                "check_max_ms",
                "check_answer_seconds",
                "check_failures",
                "confirm_within_hours",
            ),
        ),
    )

    def __init__(
        self,
        *args: Any,
        province: Province | None,
        edition: CountingEdition | None = None,
        like: CountingEdition | None = None,
        **kwargs: Any,
    ) -> None:
        """`edition`: the draft to change; `like`: what a new one begins from."""
        self.province, self.edition = province, edition
        begin = edition or like
        if begin is not None:
            kwargs.setdefault("initial", _initial(begin, draft=edition is not None))
        super().__init__(*args, **kwargs)
        for name, number in NUMBERS.items():
            self.fields[name] = number.field()

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ABOUT]

    @property
    def groups(self) -> list[tuple[object, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def keep(self, *, by: User, at: dt.datetime) -> CountingEdition:
        """Draft it or change the draft. Raises RuleBroken."""
        told = dict(self.cleaned_data)
        revision = told.pop("revision")
        told |= {name: round(told[name] * number.unit) for name, number in NUMBERS.items()}
        if self.edition is None:
            return editions.draft_edition(province=self.province, by=by, at=at, **told)
        return editions.change_edition(self.edition, by=by, at=at, revision=revision, **told)


def _initial(edition: CountingEdition, *, draft: bool) -> dict[str, object]:
    shown = {name: NUMBERS[name].shown(value) for name, value in numbers_of(edition).items()}
    if not draft:
        return shown
    return {**shown, **{name: getattr(edition, name) for name in (*EditionForm.ABOUT, "revision")}}
