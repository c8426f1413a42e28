"""How the closing exam is made: how many questions, and from where."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.documents import MOST_PARTS
from courses.forms.editing import EditForm
from courses.models import ExamBlueprint, Question, Section

PART = ("count", "section", "kind", "difficulty")
_SPARE = 3


class BlueprintForm(EditForm):
    """How the closing exam is made; an exam that is not there yet stands at revision 0.

    `rows` are its parts: how many questions of which section, kind and difficulty. Rows left empty are no parts.
    """

    questions = forms.IntegerField(label=_("Questions asked"), min_value=1, max_value=200)
    pass_mark_percent = forms.IntegerField(label=_("To pass, in percent"), min_value=1, max_value=100)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=300)
    attempts = forms.IntegerField(label=_("Attempts"), min_value=1, max_value=20)

    def __init__(
        self, data: object = None, *, blueprint: ExamBlueprint | None, sections: list[Section] = ()
    ) -> None:
        self.places = min(len(blueprint.parts if blueprint else []) + _SPARE, MOST_PARTS)
        super().__init__(data, stored=self.of(blueprint), revision=blueprint.revision if blueprint else 0)
        named = [(row.key, row.title) for row in sections]
        known = dict(named)
        choices = {
            "section": [("", _("Any section")), *named],
            "kind": [("", _("Any kind")), *Question.Kind.choices],
            "difficulty": [("", _("Any difficulty")), *Question.Difficulty.choices],
        }
        labels = {
            "section": pgettext_lazy("part of an exam", "Section"),
            "kind": _("Kind"),
            "difficulty": _("Difficulty"),
        }
        for place in range(self.places):
            self.fields[f"part_{place}_count"] = forms.IntegerField(
                label=pgettext_lazy("part of an exam", "Questions"),
                min_value=1,
                max_value=200,
                required=False,
            )
            gone = self.stored.get(f"part_{place}_section")
            for name, offered in choices.items():
                more = [(gone, gone)] if name == "section" and gone and gone not in known else []
                self.fields[f"part_{place}_{name}"] = forms.ChoiceField(
                    label=labels[name], choices=[*offered, *more], required=False
                )

    def of(self, blueprint: ExamBlueprint | None) -> dict[str, object]:
        names = ("questions", "pass_mark_percent", "minutes", "attempts")
        said = {name: getattr(blueprint, name, None) for name in names}
        parts = blueprint.parts if blueprint else []
        for place in range(self.places):
            part = parts[place] if place < len(parts) else {}
            said |= {f"part_{place}_{name}": part.get(name) or "" for name in PART}
        return said

    @property
    def main_fields(self) -> list[object]:
        return [self[name] for name in ("questions", "pass_mark_percent", "minutes", "attempts")]

    @property
    def rows(self) -> list[list[object]]:
        return [[self[f"part_{place}_{name}"] for name in PART] for place in range(self.places)]

    def clean(self) -> dict[str, object]:
        said = super().clean()
        total = 0
        for place in range(self.places):
            count = said.get(f"part_{place}_count")
            total += count or 0
            if not count and any(said.get(f"part_{place}_{name}") for name in PART[1:]):
                self.add_error(f"part_{place}_count", _("Say how many questions of this part."))
        if total > (said.get("questions") or total):
            self.add_error("questions", _("The parts below hold more questions than this."))
        return said

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        said = {name: value for name, value in typed.items() if not name.startswith("part_")}
        said["parts"] = [
            {
                "count": int(typed[f"part_{place}_count"]),
                "section": typed[f"part_{place}_section"],
                "kind": typed[f"part_{place}_kind"],
                "difficulty": int(typed[f"part_{place}_difficulty"] or 0),
            }
            for place in range(self.places)
            if typed[f"part_{place}_count"]
        ]
        return said
