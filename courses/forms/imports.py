"""Bringing a file, by page and by API."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course, ImportJob
from courses.selectors.imports import courses_to_import_into, organisations_to_import_for
from courses.services.imports import apply_import, cancel_import, upload_import
from portal.accounts.models import User

STEPS = {"apply": apply_import, "cancel": cancel_import}


class ImportForm(forms.Form):
    """Which organisation is asked only of whom it is not plain."""

    kind = forms.ChoiceField(
        label=_("What is in the file"),
        choices=ImportJob.Kind.choices,
        initial=ImportJob.Kind.COURSES,
        widget=forms.RadioSelect,
    )
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=None, required=False)
    course = forms.CharField(
        label=_("Code of the course"),
        help_text=_("Only for questions: they go into the draft of this course."),
        max_length=24,
        required=False,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Courses: .xlsx or .csv. Questions: also Moodle XML or GIFT. At most 20 MB and 20,000 rows."
        ),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        own = organisations_to_import_for(user)
        self.fields["organisation"].queryset = own
        self.only = own.first() if own.count() == 1 else None
        if self.only:
            del self.fields["organisation"]

    def clean_course(self) -> Course | None:
        code = self.cleaned_data["course"].strip().upper()
        if not code:
            return None
        found = courses_to_import_into(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("No course of yours with a draft has this code."), code="unknown_course"
            )
        return found

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if told.get("kind") == ImportJob.Kind.QUESTIONS:
            if not told.get("course") and "course" not in self.errors:
                self.add_error("course", _("Say which course the questions are for."))
        elif not (self.only or told.get("organisation")) and "organisation" not in self.errors:
            self.add_error("organisation", _("Say whose courses these are."))
        return told

    def upload(self, *, by: User, at: dt.datetime) -> ImportJob:
        """Raises BadFile, NoDraft."""
        told = self.cleaned_data
        questions = told["kind"] == ImportJob.Kind.QUESTIONS
        course = told["course"] if questions else None
        organisation = course.organisation if course else (self.only or told["organisation"])
        file = told["file"]
        return upload_import(
            file, name=file.name, kind=told["kind"], organisation=organisation, course=course, by=by, at=at
        )
