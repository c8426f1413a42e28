"""Rows to type in, each of some cells. The table's own buttons add empty rows or take one away: nothing is saved by them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.numbers import whole

_MORE = 5


@dataclass(frozen=True)
class Column:
    """`kind` is text, long, number, or select with `choices`."""

    label: str | Promise
    kind: str = "text"
    most: int = 200
    needed: bool = False
    choices: tuple[tuple[str, str | Promise], ...] = ()


class RowsTable(forms.Widget):
    """`columns` are the cells of a row by name; `faults` say by its place what is wrong with a row."""

    template_name = "courses/_rows.html"
    use_fieldset = True
    columns: Mapping[str, object] = {}
    spare = 1

    def __init__(self, attrs: dict | None = None, *, columns: Mapping[str, Column] | None = None) -> None:
        super().__init__(attrs)
        self.columns = columns or self.columns
        self.faults: dict[int, str] = {}

    def __deepcopy__(self, memo: dict) -> "RowsTable":
        other = super().__deepcopy__(memo)
        other.faults = {}
        return other

    def _rows(self, data: QueryDict, name: str) -> list[tuple[str, ...]]:
        return list(zip(*(data.getlist(f"{name}-{column}") for column in self.columns), strict=False))

    @property
    def _empty(self) -> tuple[str, ...]:
        return ("",) * len(self.columns)

    def is_empty(self, row: tuple[str, ...]) -> bool:
        """A choice alone is no row: a select always says something."""
        cells = zip(self.columns.values(), row, strict=True)
        return not any(cell.strip() for column, cell in cells if getattr(column, "kind", "") != "select")

    def value_from_datadict(self, data: QueryDict, _files: object, name: str) -> list[tuple[str, ...]]:
        rows = self._rows(data, name)
        dropped = data.get(f"{name}-drop", "")
        if dropped in map(str, range(len(rows))):
            del rows[int(dropped)]
        spare = _MORE if f"{name}-more" in data else not rows
        return rows + [self._empty] * spare

    def value_omitted_from_data(self, data: QueryDict, _files: object, name: str) -> bool:
        return f"{name}-{next(iter(self.columns))}" not in data

    @staticmethod
    def reshapes(data: QueryDict, name: str) -> bool:
        """Whether one of the table's own buttons was pressed."""
        return f"{name}-more" in data or f"{name}-drop" in data

    def id_for_label(self, _id: str) -> str:
        return ""

    def stored_rows(self, value: object) -> list[tuple[str, ...]] | None:
        """The cells of what is stored; None where the value is what was typed."""
        if isinstance(value, Rows):
            return [tuple(str(row.get(name, "")) for name in self.columns) for row in value.rows]
        return None

    def get_context(self, name: str, value: object, attrs: dict | None) -> dict[str, object]:
        context = super().get_context(name, value, attrs)
        stored = self.stored_rows(value)
        if stored is not None:
            value = stored + [self._empty] * self.spare
        elif not value:
            value = [self._empty] * self.spare
        context["widget"]["rows"] = [
            (list(zip(self.columns, self.columns.values(), row, strict=True)), self.faults.get(n, ""))
            for n, row in enumerate(value)
        ]
        return context


@dataclass(frozen=True)
class Rows:
    """Cells by the names of the columns. As text a line each, for two editors to compare."""

    rows: tuple[dict[str, str], ...] = ()

    def __str__(self) -> str:
        return "\n".join(" | ".join(cell for cell in row.values() if cell) for row in self.rows)


class RowsField(forms.Field):
    """Cleans to `Rows`; rows left empty go. Every row that does not hold says so at its place."""

    def __init__(
        self, *, columns: Mapping[str, Column], most: int, one: bool = False, **kwargs: object
    ) -> None:
        super().__init__(
            template_name="courses/_chapters_field.html", widget=RowsTable(columns=columns), **kwargs
        )
        self.columns, self.most, self.one = columns, most, one

    def clean(self, value: list[tuple[str, ...]]) -> Rows:
        rows, faults = [], {}
        for n, typed in enumerate(value or []):
            cells = [cell.replace("\r\n", "\n").strip() for cell in typed]
            if self.widget.is_empty(tuple(cells)):
                continue
            try:
                rows.append(self._row(cells))
            except ValidationError as wrong:
                faults[n] = wrong.message
            if len(rows) > self.most:
                faults.setdefault(n, _("At most %(most)s rows.") % {"most": self.most})
        self.widget.faults = faults
        if faults:
            raise ValidationError(
                [_("Row %(n)s: %(fault)s") % {"n": n + 1, "fault": said} for n, said in faults.items()]
            )
        if self.one and not rows:
            raise ValidationError(_("Write at least one row."))
        return Rows(tuple(rows))

    def _row(self, cells: list[str]) -> dict[str, str]:
        """Raises ValidationError."""
        for column, cell in zip(self.columns.values(), cells, strict=True):
            told = {"label": column.label, "most": column.most}
            if column.needed and not cell:
                raise ValidationError(_("Fill in “%(label)s”.") % told)
            if "\x00" in cell:
                raise ValidationError(_("A character cannot be stored. Type it again."))
            if column.kind == "number" and cell and ((number := whole(cell)) is None or number > column.most):
                raise ValidationError(_("“%(label)s” is a whole number up to %(most)s.") % told)
            if column.kind == "select" and cell not in dict(column.choices):
                raise ValidationError(_("Choose “%(label)s”.") % told)
            if len(cell) > column.most and column.kind != "number":
                raise ValidationError(_("“%(label)s” has at most %(most)s characters.") % told)
        return dict(zip(self.columns, cells, strict=True))
