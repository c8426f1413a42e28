"""Forms around live classes and workshop days."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.forms.sentences import sentence
from learners.models import Meeting

_MOMENT = {"type": "datetime-local", "autocomplete": "off"}
_MOMENT_FORMAT = "%Y-%m-%dT%H:%M"
DIGITS = 6
MOST_PLACES = 500
LONGEST_WINDOW = 60


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=[_MOMENT_FORMAT, "%Y-%m-%d %H:%M"],
        help_text=_("Beijing time."),
        widget=forms.DateTimeInput(attrs=_MOMENT, format=_MOMENT_FORMAT),
        error_messages={"required": _("Give a day and an hour."), "invalid": _("Give a day and an hour.")},
    )


def _address(*, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=_("Address of the stream"),
        required=required,
        max_length=500,
        help_text=_("For a live class. It begins with https://; learners see it while the class is on."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )


class MeetingForm(forms.Form):
    lesson = forms.ChoiceField(
        label=_("Lesson"),
        error_messages={"required": _("Choose a lesson."), "invalid_choice": _("Choose a lesson.")},
    )
    begins_at = _moment(_("Begins at"))
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=1_440,
        help_text=_("At most the lesson's planned time: more would not count."),
    )
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST_PLACES, initial=50)
    window = forms.IntegerField(
        label=_("Check-in, minutes before and after the beginning"),
        min_value=1,
        max_value=LONGEST_WINDOW,
        initial=15,
    )
    url = _address()
    place = forms.CharField(
        label=_("Place"), required=False, max_length=200, help_text=_("For practice on site: where to come.")
    )

    def __init__(self, lessons: list[tuple[int, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lesson"].choices = [("", _("Choose a lesson")), *lessons]

    @property
    def facts(self) -> dict[str, object]:
        said = self.cleaned_data
        return {
            "begins_at": said["begins_at"],
            "seconds": said["minutes"] * 60,
            "capacity": said["capacity"],
            "check_in": dt.timedelta(minutes=said["window"]),
            "url": said["url"],
            "place": said["place"],
        }


class MoveForm(forms.Form):
    begins_at = _moment(_("Begins at"))
    url = _address()
    reason = sentence(_("Reason"), _("Learners read it on their page."))


class CancelForm(forms.Form):
    reason = sentence(_("Reason"), _("Learners read it on their page."))


class SignForm(forms.Form):
    """One tick for each of those who came: ticked, they were not there."""

    absent = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("Was not there")
    )
    reason = sentence(
        _("Why somebody was not there"),
        _("Only if you ticked somebody. They read it, and may contest it."),
        required=False,
    )

    def __init__(self, rows: list[tuple[int, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].choices = rows

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("absent") and not said.get("reason"):
            self.add_error("reason", _("Say why, in at least five characters."))
        return said

    @property
    def struck(self) -> dict[int, str]:
        return {int(pk): self.cleaned_data["reason"] for pk in self.cleaned_data["absent"]}


class RecordingForm(forms.Form):
    film = forms.ChoiceField(
        label=_("Film"),
        help_text=_(
            "A film of a published version of this course. Send the recording as a film of the next version first."
        ),
        error_messages={"required": _("Choose a film."), "invalid_choice": _("Choose a film.")},
    )

    def __init__(self, meeting: Meeting, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        code = courses.outline(meeting.version_id).course_code
        films = [
            (
                video.pk,
                f"v{video.lesson.version.number} · {video.lesson.title} · {video.milliseconds // 60_000} min",
            )
            for video in courses.published_films(code)
        ]
        self.fields["film"].choices = [("", _("Choose a film")), *films]


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*[0-9]{6}\s*$",
        label=_("Code on the instructor's screen"),
        help_text=_("Six digits. They change every minute."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": DIGITS, "class": "input--code"}
        ),
        error_messages={"required": _("Type the six digits."), "invalid": _("Type the six digits.")},
    )
