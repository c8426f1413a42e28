"""What an author says of a film: where it was filmed, which angle, and the captions."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import captions
from courses.models import Course, Film, Lesson, Video
from courses.services.sending import Provenance

_CELLS = 300
"""Most captions that are edited in a table; above, the text is edited."""
_SPARE_ROWS = 3


class FilmForm(forms.Form):
    """With `sent_apart` the file comes by itself, in parts, and only what is said of it is looked at."""

    file = forms.FileField(
        label=_("Film"),
        widget=forms.FileInput(attrs={"accept": "video/*"}),
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": _("Choose a film.")},
    )
    angle_zh = forms.CharField(label=_("Angle, in Chinese"), max_length=40, required=False)
    angle_en = forms.CharField(label=_("Angle, in English"), max_length=60, required=False)
    machine = forms.CharField(
        label=_("Machine"), help_text=_("Type and maker, as on its plate."), max_length=80, required=False
    )
    workshop = forms.CharField(
        label=pgettext_lazy("footage", "Workshop"),
        help_text=_("Enterprise and hall."),
        max_length=120,
        required=False,
    )
    filmed_on = forms.DateField(
        label=_("Filmed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    consent = forms.ChoiceField(
        label=pgettext_lazy("film", "People shown"),
        choices=[("", _("Choose")), *Film.Consent.choices],
        required=False,
    )
    position = forms.TypedChoiceField(
        label=pgettext_lazy("footage", "Place"), coerce=int, empty_value=0, required=False, choices=[]
    )

    def __init__(
        self, *args: object, course: Course, lesson: Lesson, sent_apart: bool = False, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not sent_apart
        self.fields["file"].help_text = _(
            "MP4, MOV, MKV, AVI or WMV, up to %(most)s. It may come straight from the camera of a phone."
        ) % {"most": filesizeformat(settings.FILM_MOST_BYTES)}
        self.asks_provenance = course.organisation.kind == "enterprise" or lesson.kind == Lesson.Kind.WORKSHOP
        kept = list(lesson.videos.order_by("position"))
        places = [("0", _("A new film, behind the others") if kept else _("The film of the lesson"))]
        places += [
            (
                str(row.position),
                _("In place of film %(n)s: %(angle)s") % {"n": row.position, "angle": row.angle or "–"},
            )
            for row in kept
        ]
        self.fields["position"].choices = places
        if not kept:
            self.fields["position"].widget = forms.HiddenInput()
        for name in ("machine", "workshop", "filmed_on", "consent"):
            if self.asks_provenance:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("Footage from a workshop needs this.")
            else:
                del self.fields[name]

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if file is not None and file.size > settings.FILM_FORM_BYTES:
            most = filesizeformat(settings.FILM_FORM_BYTES)
            raise forms.ValidationError(
                _(
                    "Without JavaScript a film may have up to %(most)s. Switch it on, and the film is sent in parts."
                )
                % {"most": most}
            )
        return file

    @property
    def provenance(self) -> Provenance:
        said = self.cleaned_data
        return Provenance(
            machine=said.get("machine", ""),
            workshop=said.get("workshop", ""),
            filmed_on=said.get("filmed_on"),
            consent=said.get("consent", ""),
        )

    @property
    def words(self) -> dict[str, object]:
        """For `begin_film`."""
        said = self.cleaned_data
        return {
            "angle_zh": said["angle_zh"],
            "angle_en": said["angle_en"],
            "position": said["position"] or 0,
            "provenance": self.provenance,
        }


class CaptionsForm(forms.Form):
    """One language's captions of one film: from a file, as text, or row by row; the first of the three that is given.

    `known` is the key under which the page showed them, so that of two editors the second is told.
    """

    file = forms.FileField(
        label=_("WebVTT file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
        max_length=200,
    )
    text = forms.CharField(
        label=_("Captions as text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    transcript = forms.BooleanField(
        label=_("Also take them as the text of the film, to be read instead of watching"), required=False
    )
    known = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, video: Video, stored: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.video = video
        self.stored, self.problems = (
            captions.read(stored, milliseconds=video.milliseconds) if stored else ([], [])
        )
        self.cues: list[captions.Cue] = []

    @property
    def rows(self) -> list[dict[str, str]]:
        """The table: as typed where it was sent, else as stored; empty where there are too many."""
        if self.is_bound and self.data.get("by") == "rows":
            typed = zip(*(self.data.getlist(name) for name in ("from", "to", "said")), strict=False)
            return [{"from": start, "to": end, "said": said} for start, end, said in typed]
        if len(self.stored) > _CELLS:
            return []
        kept = [{"from": cue.starts, "to": cue.ends, "said": cue.text} for cue in self.stored]
        return kept + [{"from": "", "to": "", "said": ""}] * _SPARE_ROWS

    def clean(self) -> dict[str, object]:
        said = super().clean()
        text = self._text(said)
        if text is not None:
            self.cues, problems = captions.read(text, milliseconds=self.video.milliseconds)
            for problem in problems[:20]:
                self.add_error(None, problem.sentence)
        return said

    def _text(self, said: dict[str, object]) -> str | None:
        if file := said.get("file"):
            text, problems = captions.decoded(file.read(captions.MOST_BYTES + 1))
            for problem in problems:
                self.add_error("file", problem.sentence)
            return None if problems else text
        return self._typed() if self.data.get("by") == "rows" else said.get("text") or ""

    def _typed(self) -> str | None:
        """The rows of the table as WebVTT, in the order of their times; a row that is empty is left out."""
        cues = []
        for number, row in enumerate(self.rows, 1):
            if not any(value.strip() for value in row.values()):
                continue
            try:
                start, end = captions.moment(row["from"]), captions.moment(row["to"])
            except ValueError:
                self.add_error(None, _("Row %(n)s: write the times like 00:01:05.500.") % {"n": number})
                return None
            words = "\n".join(line for line in row["said"].splitlines() if line.strip())
            cues.append(captions.Cue(start, end, words.replace("-->", "→")))
        return captions.written(sorted(cues, key=lambda cue: cue.start))
