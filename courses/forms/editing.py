"""Forms that two people may have open at once: they know what stood in them when they were opened."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

_HIDDEN = {"revision", "base"}
TAKE = "take-"


@dataclass(frozen=True)
class Difference:
    """One field that two editors left differently, as text. `by` is who changed it: both, mine, theirs, or not known."""

    name: str
    label: str
    mine: str
    theirs: str
    take: str
    by: str


def plain(value: object) -> str:
    """A value as one text, alike for what is stored, what a form cleaned and what a page shows."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list | tuple | set):
        return "\n".join(sorted(map(str, value)))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).replace("\r\n", "\n").strip()


def digest(value: object) -> str:
    return hashlib.sha256(plain(value).encode()).hexdigest()[:12]


class EditForm(forms.Form):
    """`stored` is what stands in the database, by the names of the fields; `revision` is its number there.

    The page carries the number and a digest per field, so that a late save can tell what each of two editors changed.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(
        self, data: Mapping | None = None, *, stored: dict[str, object], revision: int, **kwargs: object
    ) -> None:
        self.stored, self.stored_revision = stored, revision
        self.differences: list[Difference] = []
        self.unsaved = False
        initial = stored | {"revision": revision, "base": self.digests(stored)}
        super().__init__(data, initial=initial, **kwargs)

    @staticmethod
    def digests(stored: dict[str, object]) -> str:
        return json.dumps({name: digest(value) for name, value in stored.items()})

    def words(self) -> dict[str, object]:
        """What was typed, and for fields the editor gave up, what the other one saved."""
        taken = {
            name: self.stored[name] for name in self.stored if self.data.get(f"{TAKE}{name}") == "theirs"
        }
        typed = {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
            if name not in _HIDDEN
        }
        return self.as_columns(typed | taken)

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        return typed

    def show_conflict(self, stored: dict[str, object], revision: int) -> None:
        """Lay both texts side by side and go on from the other editor's revision. What was typed stays typed."""
        try:
            base = json.loads(self.cleaned_data.get("base") or "{}")
        except ValueError:
            base = {}
        base = base if isinstance(base, dict) else {}
        for name in self.fields:
            if name in _HIDDEN or name not in stored:
                continue
            mine, theirs = self.cleaned_data.get(name), stored[name]
            if plain(mine) == plain(theirs):
                continue
            by_me, by_them = digest(mine) != base.get(name), digest(theirs) != base.get(name)
            self.differences.append(
                Difference(
                    name,
                    str(self.fields[name].label),
                    self._spoken(name, mine),
                    self._spoken(name, theirs),
                    take="mine" if by_me else "theirs",
                    by="both" if by_me and by_them else "mine" if by_me else "theirs",
                )
            )
        self.stored, self.stored_revision = stored, revision
        data = self.data.copy()
        data["revision"], data["base"] = str(revision), self.digests(stored)
        self.data = data

    def keep_choices(self) -> None:
        """Lay the texts of a merge that does not hold yet side by side again, as they were chosen."""
        for name in self.stored:
            take = self.data.get(f"{TAKE}{name}")
            if take and name in self.fields:
                mine = self.cleaned_data.get(name, self[name].value())
                told = self._spoken(name, mine), self._spoken(name, self.stored[name])
                label = str(self.fields[name].label)
                self.differences.append(Difference(name, label, *told, take=take, by=""))

    def goes_on_from(self, typed: "EditForm") -> "EditForm":
        """Show what stands in another form, as it was typed, without a word about its faults."""
        typed.is_valid()
        typed.keep_choices()
        self.differences = typed.differences
        self.initial |= {name: typed[name].value() for name in self.fields}
        self.unsaved = True
        return self

    def _spoken(self, name: str, value: object) -> str:
        """As a reader sees it: the label of a choice, yes or no for a tick."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("yes") if value else _("no")
        if isinstance(field, forms.MultipleChoiceField):
            names = dict(field.choices)
            return ", ".join(str(names.get(key, key)) for key in value or [])
        if isinstance(field, forms.ChoiceField):
            flat = {}
            for key, label in field.choices:
                flat |= dict(label) if isinstance(label, list | tuple) else {key: label}
            return str({str(k): v for k, v in flat.items()}.get(plain(value), plain(value)))
        return plain(value)
