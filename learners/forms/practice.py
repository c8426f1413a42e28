"""A film of practical work, and who else is to assess it."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses


class PracticeFilmForm(forms.Form):
    """A whole film in an ordinary form, where there is no script to send it in parts."""

    film = forms.FileField(
        label=_("Film of your work"),
        widget=forms.FileInput(attrs={"accept": "video/*"}),
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": _("Choose a film.")},
    )

    def __init__(self, *args: object, task: courses.PracticalFacts, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["film"].help_text = _(
            "MP4, MOV or WebM, at most %(minutes)s minutes and %(size)s MB. Film with the phone held as you like."
        ) % {"minutes": task.film_most_minutes, "size": task.film_most_megabytes}

    def clean_film(self) -> UploadedFile:
        film = self.cleaned_data["film"]
        if film.size > settings.FILM_FORM_BYTES:
            raise forms.ValidationError(
                _(
                    "Without JavaScript a film may have up to %(most)s. Switch it on, and the film is sent in parts."
                )
                % {"most": filesizeformat(settings.FILM_FORM_BYTES)}
            )
        return film


class ReassignForm(forms.Form):
    reason = forms.CharField(
        label=_("Why somebody else is to assess it"),
        max_length=200,
        error_messages={"required": _("Say why somebody else is to assess it.")},
    )
