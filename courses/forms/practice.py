"""The practical task of a lesson: its numbers, and its steps, tools, rules and criteria as rows."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from courses.forms.editing import EditForm
from courses.forms.rows import Column, Rows, RowsField, RowsTable
from courses.models import PracticalTask
from courses.models.practice import TOP_LEVEL

MOST_STEPS, MOST_TOOLS, MOST_RULES, MOST_CRITERIA = 30, 40, 20, 12
_ZH = Column(gettext_lazy("In Chinese"), "long", 300, needed=True)
_EN = Column(gettext_lazy("In English"), "long", 300)
_TWO = {"zh": _ZH, "en": _EN}
_RULES = {
    **_TWO,
    "fails": Column(
        gettext_lazy("A breach"),
        "select",
        choices=(
            ("yes", pgettext_lazy("safety rule", "fails the task")),
            ("no", pgettext_lazy("safety rule", "is noted only")),
        ),
    ),
}
_CRITERIA = {
    "step": Column(gettext_lazy("Of step (empty: of the whole work)"), "number", MOST_STEPS),
    "weight": Column(gettext_lazy("Weight"), "number", 100, needed=True),
    "zh": Column(gettext_lazy("Criterion in Chinese"), "text", 120, needed=True),
    "en": Column(gettext_lazy("Criterion in English"), "text", 200),
    **{
        f"level{n}_{language}": Column(label, "long", 200, needed=language == "zh")
        for n, labels in enumerate(
            (
                (gettext_lazy("Level 0 in Chinese"), gettext_lazy("Level 0 in English")),
                (gettext_lazy("Level 1 in Chinese"), gettext_lazy("Level 1 in English")),
                (gettext_lazy("Level 2 in Chinese"), gettext_lazy("Level 2 in English")),
                (gettext_lazy("Level 3 in Chinese"), gettext_lazy("Level 3 in English")),
            )
        )
        for language, label in zip(("zh", "en"), labels, strict=True)
    },
}
_NUMBERS = {
    "minutes_allowed": 30,
    "film_most_minutes": 10,
    "film_most_megabytes": 500,
    "attempts": 3,
    "cooling_off_hours": 24,
    "pass_mark_percent": 60,
}


def _number(label: object, least: int, most: int, **more: object) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **more)


class PracticeForm(EditForm):
    """A task that is not there yet stands at revision 0, with numbers that suit most."""

    minutes_allowed = _number(gettext_lazy("Minutes allowed for the work"), 1, 600)
    pass_mark_percent = _number(gettext_lazy("To pass, in percent"), 1, 100)
    film_most_minutes = _number(gettext_lazy("Longest film, in minutes"), 1, 120)
    film_most_megabytes = _number(gettext_lazy("Largest film, in MB"), 10, 2000)
    attempts = _number(gettext_lazy("How often it may be handed in"), 1, 10)
    cooling_off_hours = _number(gettext_lazy("Hours between two attempts"), 0, 720)
    shows_zh = forms.CharField(
        label=gettext_lazy("What the film must show, in Chinese"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    shows_en = forms.CharField(
        label=gettext_lazy("What the film must show, in English"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    steps = RowsField(
        label=gettext_lazy("Steps of the work, in order"), columns=_TWO, most=MOST_STEPS, one=True
    )
    tools = RowsField(
        label=gettext_lazy("Tools and materials"), columns=_TWO, most=MOST_TOOLS, required=False
    )
    rules = RowsField(label=gettext_lazy("Safety rules"), columns=_RULES, most=MOST_RULES, required=False)
    criteria = RowsField(
        label=gettext_lazy("Rubric"),
        help_text=gettext_lazy(
            "Each criterion counts by its weight. Level 0 is not shown or wrong, level 3 is as in the trade."
        ),
        columns=_CRITERIA,
        most=MOST_CRITERIA,
        one=True,
    )

    def __init__(self, data: object = None, *, task: PracticalTask | None) -> None:
        super().__init__(data, stored=self.of(task), revision=task.revision if task else 0)

    @staticmethod
    def of(task: PracticalTask | None) -> dict[str, object]:
        said: dict[str, object] = {name: getattr(task, name, usual) for name, usual in _NUMBERS.items()}
        said |= {name: getattr(task, name, "") for name in ("shows_zh", "shows_en")}
        said |= {name: Rows(tuple(getattr(task, name, ()))) for name in ("steps", "tools")}
        said["rules"] = Rows(
            tuple(row | {"fails": "yes" if row["fails"] else "no"} for row in getattr(task, "rules", ()))
        )
        said["criteria"] = Rows(tuple(_as_cells(row) for row in getattr(task, "criteria", ())))
        return said

    def clean(self) -> dict[str, object]:
        said = super().clean()
        steps, criteria = said.get("steps"), said.get("criteria")
        if steps and criteria:
            for n, row in enumerate(criteria.rows, 1):
                if int(row["step"] or 0) > len(steps.rows):
                    self.add_error(
                        "criteria", _("Row %(n)s: there is no step %(step)s.") % {"n": n, "step": row["step"]}
                    )
                if int(row["weight"]) < 1:
                    self.add_error("criteria", _("Row %(n)s: the weight is at least 1.") % {"n": n})
        return said

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        said = dict(typed)
        for name in ("steps", "tools"):
            said[name] = list(said[name].rows)
        said["rules"] = [row | {"fails": row["fails"] == "yes"} for row in said["rules"].rows]
        said["criteria"] = [_as_criterion(row) for row in said["criteria"].rows]
        return said

    @property
    def reshapes(self) -> bool:
        """Whether the button only asks for other rows of one of the tables."""
        tables = ("steps", "tools", "rules", "criteria")
        return self.is_bound and any(RowsTable.reshapes(self.data, name) for name in tables)

    def _spoken(self, name: str, value: object) -> str:
        return str(value) if isinstance(value, Rows) else super()._spoken(name, value)


def _as_cells(row: dict) -> dict[str, str]:
    cells = {"step": str(row["step"] or ""), "weight": str(row["weight"]), "zh": row["zh"], "en": row["en"]}
    for n, level in enumerate(row["levels"]):
        cells |= {f"level{n}_zh": level["zh"], f"level{n}_en": level["en"]}
    return cells


def _as_criterion(cells: dict[str, str]) -> dict[str, object]:
    return {
        "step": int(cells["step"] or 0),
        "weight": int(cells["weight"]),
        "zh": cells["zh"],
        "en": cells["en"],
        "levels": [{"zh": cells[f"level{n}_zh"], "en": cells[f"level{n}_en"]} for n in range(TOP_LEVEL + 1)],
    }
