"""A section, a lesson, and the chapters of its film."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.forms.editing import EditForm
from courses.models import CourseVersion, Lesson, Section
from courses.selectors.standards import modules_for
from courses.services.drafts import MOST_CHARACTERS

MOST_CHAPTERS, _LONGEST = 100, 80
_CHAPTER = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)\s+(.+)", re.ASCII)
_ROWS = {"rows": 10}
_WRITTEN = {Lesson.Kind.READING, Lesson.Kind.PRACTICAL, Lesson.Kind.LIVE}
_BODY = {"body_format", "written_zh", "written_en"}
_SITED = {Lesson.Kind.PRACTICAL, Lesson.Kind.LIVE, Lesson.Kind.EXAM}


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


def clock(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def chapters_as_text(chapters: list[dict[str, object]]) -> str:
    """A line per chapter: 00:42 劳保穿戴检查 | Check of protective wear."""
    return "\n".join(
        f"{clock(int(row['seconds']))} {row['zh']}" + (f" | {row['en']}" if row.get("en") else "")
        for row in chapters
    )


class ChaptersField(forms.CharField):
    """Chapters typed line by line. Cleans to `{"seconds", "zh", "en"}` rows. Raises ValidationError naming the line."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def clean(self, value: object) -> str:
        typed = super().clean(value)
        self.rows_of(typed)
        return typed

    @staticmethod
    def rows_of(typed: str) -> list[dict[str, object]]:
        rows = []
        for number, line in enumerate(typed.splitlines(), 1):
            if not line.strip():
                continue
            found = _CHAPTER.fullmatch(line.strip())
            if found is None:
                raise ValidationError(
                    _("Line %(n)s: write the time, then the title, such as 00:42 安全检查 | Safety check."),
                    params={"n": number},
                )
            hours, minutes, seconds, title = found.groups()
            zh, _bar, en = title.partition("|")
            if not zh.strip() or max(len(zh), len(en)) > _LONGEST:
                raise ValidationError(
                    _("Line %(n)s: a title has 1 to %(most)s characters."),
                    params={"n": number, "most": _LONGEST},
                )
            moment = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
            rows.append({"seconds": moment, "zh": zh.strip(), "en": en.strip()})
        if len(rows) > MOST_CHAPTERS:
            raise ValidationError(_("A film has at most %(most)s chapters."), params={"most": MOST_CHAPTERS})
        return rows


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
        help_text=_("One a line: time, title in Chinese, and after | in English."),
        required=False,
        max_length=20_000,
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
        if lesson.kind in _SITED:
            said["on_site"] = lesson.on_site
        texts = LessonForm.texts_of(lesson)
        if lesson.kind in _WRITTEN:
            said |= {name: texts[name] for name in _BODY}
        if lesson.is_film:
            film = next(iter(lesson.videos.all()), None)
            said |= {"no_skip": lesson.no_skip}
            if film:
                said["chapters"] = chapters_as_text(film.chapters)
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

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        said = dict(typed)
        said["section"] = self.sections[said["section"]]
        if "planned_minutes" in said:
            said["planned_seconds"] = (said.pop("planned_minutes") or 0) * 60
        if "chapters" in said:
            said["chapters"] = ChaptersField.rows_of(str(said["chapters"]))
        return said
