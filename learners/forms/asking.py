"""Questions, answers, reports and decisions as form fields. What may stand in a text is checked by the services."""

import re

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import selectors as courses
from learners import asking
from learners.models import Enquiry, FaqEntry, Report
from learners.selectors.asking import headings_of
from learners.selectors.inbox import entries_to_point_to
from portal.templatetags.zhixun import clockface

_MOMENT = re.compile(r"(?:(\d{1,2})[:：])?(\d{1,3})[:：](\d{1,2})")


def words_field(
    label: str | Promise,
    *,
    rows: int = 4,
    longest: int = asking.LONGEST,
    hint: str | Promise = "",
    required: bool = True,
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Write something first.")},
    )


class AskForm(forms.Form):
    """`second` and `heading` of the cleaned data say where. `seen` is set once alike questions were shown."""

    text = words_field(
        _("Your question"),
        hint=_("What you want to know, and what you have tried. No phone, ID or card numbers."),
    )
    moment = forms.CharField(
        label=_("Moment in the film"),
        max_length=9,
        required=False,
        help_text=_("Minutes and seconds, such as 12:34. Empty: the whole lesson."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 9}),
    )
    heading = forms.ChoiceField(label=_("About which part"), required=False)
    picture = forms.FileField(
        label=_("A picture that shows it"),
        required=False,
        max_length=200,
        help_text=_("PNG or JPEG, at most 10 MB. Only those who answer see it."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    seen = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)

    def __init__(self, lesson: courses.LessonFacts, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.lesson = lesson
        headings = headings_of(lesson)
        if headings:
            whole = ("", _("The whole page"))
            self.fields["heading"].choices = [whole, *((one, one) for one in headings)]
        else:
            del self.fields["heading"]
        if not lesson.is_film:
            del self.fields["moment"]

    def clean_moment(self) -> int | None:
        typed = self.cleaned_data["moment"].strip()
        if not typed:
            return None
        found = _MOMENT.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(_("Type minutes and seconds, such as 12:34."))
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        second = hours * 3600 + minutes * 60 + seconds
        if second > self.lesson.seconds:
            raise forms.ValidationError(
                _("The film ends at %(end)s.") % {"end": clockface(self.lesson.seconds)}
            )
        return second

    @property
    def told(self) -> dict[str, object]:
        """What the service asks for."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "second": data.get("moment"),
            "heading": data.get("heading", ""),
            "picture": data["picture"] or None,
        }


class FollowUpForm(forms.Form):
    text = words_field(_("What you want to add"))


class AnswerForm(forms.Form):
    text = words_field(
        _("Answer"),
        rows=8,
        longest=asking.LONGEST_ANSWER,
        hint=_("Markdown: **bold**, lists with -, links. Only the asker reads it until you publish it."),
    )
    text_en = words_field(_("Answer in English"), rows=4, longest=asking.LONGEST_ANSWER, required=False)


class AskBackForm(forms.Form):
    text = words_field(_("What the learner should say more about"), rows=3)


class PointForm(forms.Form):
    entry = forms.ModelChoiceField(
        FaqEntry.objects.none(),
        label=_("Published question"),
        empty_label=_("Choose one"),
        error_messages={
            "required": _("Choose a published question of this course."),
            "invalid_choice": _("Choose a published question of this course."),
        },
    )

    def __init__(self, enquiry: Enquiry, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = entries_to_point_to(enquiry)
        self.fields["entry"].label_from_instance = lambda row: row.question[:80]


class EntryForm(forms.Form):
    """A published question and its answer."""

    question_zh = words_field(
        _("Question in Chinese"), rows=3, hint=_("As everybody may read it: no names, no personal numbers.")
    )
    answer_zh = words_field(
        _("Answer in Chinese"), rows=6, longest=asking.LONGEST_ANSWER, hint=_("Markdown.")
    )
    question_en = words_field(_("Question in English"), rows=3, required=False)
    answer_en = words_field(_("Answer in English"), rows=4, longest=asking.LONGEST_ANSWER, required=False)


class InboxFilter(forms.Form):
    """What cannot be read narrows nothing."""

    STATES = (
        ("waiting", pgettext_lazy("question", "Waiting")),
        ("late", pgettext_lazy("question", "Late")),
        ("mine", _("I am answering")),
        ("returned", pgettext_lazy("question", "Asked back")),
        ("answered", pgettext_lazy("question", "Answered")),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    course = forms.CharField(label=_("Course code"), max_length=24, required=False)
    lesson = forms.CharField(label=_("Lesson key"), max_length=40, required=False)

    def asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name) or ""


class ReportForm(forms.Form):
    why = forms.ChoiceField(
        label=_("What is wrong with it"),
        choices=Report.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    words = words_field(_("In your own words"), rows=3, longest=asking.LONGEST_REASON, required=False)


class DecideForm(forms.Form):
    PAUSES = (
        (0, _("No pause")),
        (3, _("3 days")),
        (7, _("7 days")),
        (14, _("14 days")),
        (30, _("30 days")),
    )
    reason = forms.CharField(
        label=_("Reason"),
        min_length=asking.SHORTEST_REASON,
        max_length=asking.LONGEST_REASON,
        help_text=_("The author reads it, and it is kept in the audit. No personal numbers."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say why, in at least five characters. The author reads it."),
            "min_length": _("Say why, in at least five characters. The author reads it."),
        },
    )
    pause_days = forms.TypedChoiceField(
        label=_("The learner may not ask for"),
        choices=PAUSES,
        coerce=int,
        empty_value=0,
        required=False,
        help_text=_("Only with hiding, and only for repeated abuse."),
    )
    step = forms.ChoiceField(choices=[("hide", "hide"), ("keep", "keep")], widget=forms.HiddenInput)

    def __init__(self, *args: object, may_pause: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not may_pause:
            del self.fields["pause_days"]


class PromiseForm(forms.Form):
    working_days = forms.IntegerField(
        label=_("Working days"),
        min_value=1,
        max_value=10,
        error_messages={
            "required": _("A promise is one to ten working days."),
            "invalid": _("A promise is one to ten working days."),
            "min_value": _("A promise is one to ten working days."),
            "max_value": _("A promise is one to ten working days."),
        },
    )
    course = forms.CharField(max_length=24, widget=forms.HiddenInput)
