"""The chapters of a film, typed in a table: a row has a moment, a title in Chinese and one in English."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from courses.forms.rows import RowsTable

MOST_CHAPTERS, LONGEST = 100, 80
_COLUMNS = {
    "moment": pgettext_lazy("chapter", "Moment"),
    "zh": gettext_lazy("Title in Chinese"),
    "en": gettext_lazy("Title in English"),
}
_MOMENT = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)", re.ASCII)


def moment(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Chapters:
    """`rows` are `{"seconds", "zh", "en"}` in order of time. As text a line each: 0:42 劳保穿戴检查 | Protective wear."""

    rows: tuple[dict[str, object], ...] = ()

    def __str__(self) -> str:
        return "\n".join(
            f"{moment(int(row['seconds']))} {row['zh']}" + (f" | {row['en']}" if row.get("en") else "")
            for row in self.rows
        )


class ChaptersTable(RowsTable):
    template_name = "courses/_chapters.html"
    columns = _COLUMNS
    spare = 3

    @classmethod
    def typed(cls, data: QueryDict, name: str) -> list[tuple[str, ...]]:
        """The rows that are not empty."""
        rows = zip(*(data.getlist(f"{name}-{column}") for column in cls.columns), strict=False)
        return [row for row in rows if any(cell.strip() for cell in row)]

    def stored_rows(self, value: object) -> list[tuple[str, ...]] | None:
        if isinstance(value, Chapters):
            return [(moment(int(row["seconds"])), row["zh"], row.get("en", "")) for row in value.rows]
        return None


class ChaptersField(forms.Field):
    """Cleans to `Chapters` in order of time; rows left empty go. Raises ValidationError for each row that does not hold."""

    widget = ChaptersTable
    milliseconds: int | None = None
    """Of the film, where it is known: a chapter lies inside it."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(template_name="courses/_chapters_field.html", **kwargs)

    def clean(self, value: list[tuple[str, str, str]]) -> Chapters:
        rows: dict[int, dict[str, object]] = {}
        faults: dict[int, str] = {}
        for n, typed in enumerate(value):
            cells = [cell.strip() for cell in typed]
            if not any(cells):
                continue
            try:
                seconds = self._seconds(cells[0], taken=rows)
                rows[seconds] = {"seconds": seconds, **self._titles(*cells[1:])}
            except ValidationError as wrong:
                faults[n] = wrong.message
            if len(rows) > MOST_CHAPTERS:
                faults.setdefault(n, _("A film has at most %(most)s chapters.") % {"most": MOST_CHAPTERS})
        self.widget.faults = faults
        if faults:
            raise ValidationError(
                [_("Row %(n)s: %(fault)s") % {"n": n + 1, "fault": said} for n, said in faults.items()]
            )
        return Chapters(tuple(rows[seconds] for seconds in sorted(rows)))

    def _seconds(self, typed: str, *, taken: Container[int]) -> int:
        """Digits and colons of a Chinese keyboard count as plain ones. Raises ValidationError."""
        found = _MOMENT.fullmatch(unicodedata.normalize("NFKC", typed))
        if found is None:
            raise ValidationError(_("Write the moment as minutes and seconds, such as 0:42."))
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        at = (hours * 60 + minutes) * 60 + seconds
        if self.milliseconds is not None and at * 1000 >= self.milliseconds:
            raise ValidationError(
                _("The film ends at %(end)s, before this moment.")
                % {"end": moment(self.milliseconds // 1000)}
            )
        if at in taken:
            raise ValidationError(_("Another row has this moment already."))
        return at

    @staticmethod
    def _titles(zh: str, en: str) -> dict[str, str]:
        """Raises ValidationError."""
        if not zh:
            raise ValidationError(_("Write a title in Chinese."))
        if max(len(zh), len(en)) > LONGEST:
            raise ValidationError(_("A title has at most %(most)s characters.") % {"most": LONGEST})
        if "\x00" in zh + en:
            raise ValidationError(_("A title has a character that cannot be stored. Type it again."))
        return {"zh": zh, "en": en}
