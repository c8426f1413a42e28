import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from courses import services
from courses.models import Lesson, Package
from portal.accounts.models import User


class PackageForm(forms.Form):
    """The zip file of a SCORM package for one lesson."""

    file = forms.FileField(
        label=_("SCORM package (.zip)"),
        help_text=_("SCORM 1.2 or SCORM 2004, at most 200 MB. It is checked before anybody can open it."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={
            "required": _("Choose the zip file of the package."),
            "empty": _("Choose the zip file of the package."),
        },
    )

    def take(self, lesson: Lesson, *, by: User, at: dt.datetime) -> Package:
        """Raises what `upload_package` raises."""
        return services.upload_package(lesson, file=self.cleaned_data["file"], by=by, at=at)
