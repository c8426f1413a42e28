"""An appeal, and the decision about it, as form fields. What the rules allow is checked by the services."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners.models import AppealMark
from learners.selectors.appeals import Paper, Stem
from learners.services.appeals import LONGEST_REASON, LONGEST_WORDS, SHORTEST_REASON, SHORTEST_WORDS

LONGEST_STEM = 40
"""Characters: enough to know a question again, and no more of the bank than that."""


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong, in your own words"),
        min_length=SHORTEST_WORDS,
        max_length=LONGEST_WORDS,
        help_text=_("What happened, or why your answer is right. No phone, ID or card numbers."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Say in your own words what is wrong, in at least ten characters."),
            "min_length": _("Say in your own words what is wrong, in at least ten characters."),
        },
    )
    questions = forms.TypedMultipleChoiceField(
        label=_("Questions you mean"),
        coerce=int,
        required=False,
        help_text=_("Tick none if you mean the whole exam."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, stems: Iterable[Stem], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = [
            (row.id, f"{row.number}. {row.stem[:LONGEST_STEM]}{'…' if len(row.stem) > LONGEST_STEM else ''}")
            for row in stems
        ]


class AppealDecisionForm(forms.Form):
    """`marks` of the cleaned data are rulings by question id."""

    UPHOLD, MARKS, SET_ASIDE = "uphold", "marks", "set_aside"

    decision = forms.ChoiceField(
        label=pgettext_lazy("appeal", "Your decision"),
        choices=[
            (UPHOLD, _("The result stands")),
            (MARKS, _("Some answers get more: as chosen at the questions")),
            (SET_ASIDE, _("The attempt does not count; another may be taken")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    reason = forms.CharField(
        label=pgettext_lazy("decision", "Why"),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        help_text=_("The learner reads it. It goes into the audit log; no personal numbers."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=dict.fromkeys(
            ("required", "min_length"), _("Say why, in at least five characters. The learner reads it.")
        ),
    )

    def __init__(self, papers: Iterable[Paper], *args: object, passed: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if passed:
            self.fields["decision"].choices = self.fields["decision"].choices[:2]
        self.papers = list(papers)
        for paper in self.papers:
            if paper.points_percent < 100:  # noqa: PLR2004 - full points
                self.fields[f"mark_{paper.id}"] = forms.ChoiceField(
                    label=_("Mark of question %(number)s") % {"number": paper.number},
                    required=False,
                    choices=[("", _("As it is")), *_rulings(paper)],
                )

    @property
    def rows(self) -> list[tuple[Paper, forms.BoundField | None]]:
        """Each question with the field of its mark; none where it has full points."""
        return [
            (paper, self[name] if (name := f"mark_{paper.id}") in self.fields else None)
            for paper in self.papers
        ]

    def clean(self) -> dict[str, object]:
        told = super().clean()
        told["marks"] = {
            paper.id: ruling for paper in self.papers if (ruling := told.get(f"mark_{paper.id}"))
        }
        if told["marks"] and told.get("decision") in {self.UPHOLD, self.SET_ASIDE}:
            self.add_error(
                "decision", _("You chose new marks. Choose that some answers get more, or take them back.")
            )
        return told


def _rulings(paper: Paper) -> list[tuple[str, str]]:
    return [
        (ruling, label)
        for ruling, label in AppealMark.Ruling.choices
        if AppealMark.PERCENT[ruling] > paper.points_percent
    ]
