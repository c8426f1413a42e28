"""A section and a lesson."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.chapters import Chapters, ChaptersField, ChaptersTable
from courses.forms.editing import EditForm
from courses.models import CourseVersion, Lesson, Section
from courses.selectors.standards import modules_for
from courses.services.drafts import MOST_CHARACTERS

_ROWS = {"rows": 10}
_WRITTEN = {Lesson.Kind.READING, Lesson.Kind.PRACTICAL, Lesson.Kind.LIVE}
_BODY = {"body_format", "written_zh", "written_en"}
_LOST = _("Somebody took the film away meanwhile, and its steps with it. You typed: %(steps)s")


def _long_text(label: object, **more: object) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs=_ROWS),
        **more,
    )


class SectionForm(EditForm):
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    module = forms.ChoiceField(
        label=_("Module of the standard"),
        help_text=_("Which required module this section teaches."),
        required=False,
    )

    def __init__(self, *args: object, version: CourseVersion, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        modules = modules_for(version)
        own = self.stored.get("module", "")
        others = [(own, own)] if own and own not in modules else []
        self.fields["module"].choices = [("", _("None of the standard")), *modules.items(), *others]

    @staticmethod
    def of(section: Section) -> dict[str, object]:
        return {"title_zh": section.title_zh, "title_en": section.title_en, "module": section.module}


class NewSectionForm(SectionForm):
    def __init__(self, data: object = None, *, version: CourseVersion) -> None:
        super().__init__(data, version=version, stored={}, revision=0)


class NewLessonForm(forms.Form):
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Lesson.Kind.choices)
    section = forms.ChoiceField(label=_("Section"))

    def __init__(self, data: object = None, *, version: CourseVersion, chosen: str = "") -> None:
        super().__init__(data, initial={"section": chosen})
        self.sections = {row.key: row for row in version.sections.all()}
        self.fields["section"].choices = [(key, row.title) for key, row in self.sections.items()]
        self.fields["section"].required = bool(self.sections)

    def words(self) -> dict[str, object]:
        said = dict(self.cleaned_data)
        said["section"] = self.sections.get(said["section"])
        return said


class LessonForm(EditForm):
    """Only the fields that a lesson of its kind has: what is not shown is not changed.

    A text that was typed is kept even where another editor made the lesson one without text meanwhile.
    """

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Lesson.Kind.choices)
    section = forms.ChoiceField(label=_("Section"))
    teaching = forms.ChoiceField(label=_("Teaches"), choices=Lesson.Teaching.choices)
    planned_minutes = forms.IntegerField(
        label=_("Planned minutes"), min_value=0, max_value=1_000, required=False
    )
    on_site = forms.BooleanField(label=_("Takes place on site"), required=False)
    no_skip = forms.BooleanField(
        label=_("The first time through, learners cannot skip ahead"), required=False
    )
    body_format = forms.ChoiceField(
        label=_("Written in"), choices=Lesson.BodyFormat.choices, widget=forms.RadioSelect
    )
    written_zh = _long_text(
        _("Text in Chinese"),
        help_text=_("Headings with ##, lists with -, bold with **. Characters are counted as they are read."),
    )
    written_en = _long_text(_("Text in English"))
    chapters = ChaptersField(
        label=_("Steps of the film"),
        help_text=_(
            "A moment as minutes and seconds, such as 0:42. A row left empty goes; rows are sorted by time."
        ),
        required=False,
    )
    transcript_zh = _long_text(_("What is said, in Chinese"))
    transcript_en = _long_text(_("What is said, in English"))

    def __init__(self, data: object = None, *, lesson: Lesson, sections: list[Section]) -> None:
        sent = {name for name in self.texts_of(lesson) if data and name in data}
        if sent & _BODY:
            sent |= _BODY
        typed = {name: value for name, value in self.texts_of(lesson).items() if name in sent}
        super().__init__(data, stored=typed | self.of(lesson), revision=lesson.revision)
        self.lesson = lesson
        self.sections = {str(row.pk): row for row in sections}
        self.fields["section"].choices = [(pk, row.title) for pk, row in self.sections.items()]
        for name in list(self.fields):
            if name not in {*self.stored, "revision", "base"}:
                del self.fields[name]
        self._fit_chapters(lesson)

    def _fit_chapters(self, lesson: Lesson) -> None:
        """They are there where the lesson has a film, and where the page that was sent had them."""
        shown = self.fields.get("chapters")
        if shown and self.is_bound and shown.widget.value_omitted_from_data(self.data, {}, "chapters"):
            del self.fields["chapters"]
        elif shown:
            shown.milliseconds = lesson.videos.all()[0].milliseconds

    @staticmethod
    def of(lesson: Lesson) -> dict[str, object]:
        """The lesson as the fields of its kind say it."""
        said = {
            "title_zh": lesson.title_zh,
            "title_en": lesson.title_en,
            "kind": lesson.kind,
            "section": str(lesson.section_id),
            "teaching": lesson.teaching,
        }
        if lesson.kind in Lesson.UNMEASURED:
            said["planned_minutes"] = lesson.planned_seconds // 60
        if lesson.kind in Lesson.SITED:
            said["on_site"] = lesson.on_site
        texts = LessonForm.texts_of(lesson)
        if lesson.kind in _WRITTEN:
            said |= {name: texts[name] for name in _BODY}
        if lesson.is_film:
            film = next(iter(lesson.videos.all()), None)
            said |= {"no_skip": lesson.no_skip}
            if film:
                said["chapters"] = Chapters(tuple(film.chapters))
            said |= {name: texts[name] for name in ("transcript_zh", "transcript_en")}
        return said

    @staticmethod
    def texts_of(lesson: Lesson) -> dict[str, str]:
        return {
            "body_format": lesson.body_format if lesson.written_zh else Lesson.BodyFormat.MARKDOWN,
            "written_zh": lesson.written_zh,
            "written_en": lesson.written_en,
            "transcript_zh": lesson.transcript_zh,
            "transcript_en": lesson.transcript_en,
        }

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if not self.lesson.videos.all() and (typed := ChaptersTable.typed(self.data, "chapters")):
            lost = " / ".join(" ".join(cells).strip() for cells in typed)
            self.add_error(None, str(_LOST) % {"steps": lost})
        return said

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        said = dict(typed)
        said["section"] = self.sections[said["section"]]
        if "planned_minutes" in said:
            said["planned_seconds"] = (said.pop("planned_minutes") or 0) * 60
        if "chapters" in said:
            said["chapters"] = list(said["chapters"].rows)
        return said

    @property
    def reshapes(self) -> bool:
        """Whether the button only asks for other rows of the table of chapters."""
        return self.is_bound and "chapters" in self.fields and ChaptersTable.reshapes(self.data, "chapters")

    def _spoken(self, name: str, value: object) -> str:
        if name == "chapters" and not isinstance(value, Chapters):
            return "\n".join(" ".join(row) for row in value).strip()
        return super()._spoken(name, value)
