"""Rows to courses. A course begins in the row that names it and goes on in the rows below: one row for each lesson."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from courses.documents import BlueprintDocument, CourseDocument, LessonDocument, SectionDocument
from courses.problems import Problem
from courses.sheets.columns import COURSES
from courses.sheets.troubles import Trouble
from portal.sheets.cells import BadCell, is_blank
from portal.sheets.reading import Line
from portal.sheets.tables import Column, Table

OF_LESSON = tuple(column for column in COURSES if column.name.startswith("lesson_"))
OF_SECTION = tuple(column for column in COURSES if column.name.startswith("section_"))
OF_EXAM = tuple(column for column in COURSES if column.name.startswith("exam_"))
OF_COURSE = tuple(c for c in COURSES[1:] if c not in (*OF_LESSON, *OF_SECTION, *OF_EXAM))


@dataclass
class Entry:
    """A course of the file: its rows, what is wrong in each, and where each part of the document was told."""

    ref: str
    rows: list[int] = field(default_factory=list)
    troubles: dict[int, list[Trouble]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    words: dict[str, object] = field(default_factory=dict)
    plan: dict[str, object] = field(default_factory=dict)
    sections: list[tuple[dict[str, object], list[dict[str, object]]]] = field(default_factory=list)
    silent: frozenset[str] = frozenset()
    """Columns with English texts that the file does not have: it says nothing about them."""

    @property
    def title(self) -> str:
        return str(self.words.get("title_zh") or "")

    @property
    def refused(self) -> bool:
        return bool(self.troubles)

    def trouble(self, row: int, trouble: Trouble) -> None:
        self.troubles.setdefault(row, []).append(trouble)

    def place(self, problem: Problem) -> tuple[int, Trouble]:
        """Where in the file a problem of the document lies."""
        parts = problem.place.split(".")
        last = parts[-1] if not parts[-1].isdigit() else ""
        if parts[0] == "sections" and "lessons" in parts:
            prefix, column = ".".join(parts[:4]), f"lesson_{last}"
        elif parts[0] == "sections" and len(parts) > 1:
            prefix, column = ".".join(parts[:2]), f"section_{last}"
        elif parts[0] == "blueprint":
            prefix, column = "", f"exam_{last}"
        else:
            prefix, column = "", last
        return self.places.get(prefix, self.rows[0]), Trouble(column, problem.rule, problem.more)

    def document(self) -> CourseDocument:
        """Only of an entry that is not refused. Without a lesson in the file, those of the course stay."""
        words = {name: value for name, value in self.words.items() if value not in (None, "")}
        sections = tuple(
            SectionDocument(
                key=f"s{n}",
                title_zh=str(told["title_zh"]),
                title_en=None if "section_title_en" in self.silent else str(told.get("title_en") or ""),
                module=str(told.get("module") or ""),
                lessons=tuple(_lesson(row, self.silent) for row in rows),
            )
            for n, (told, rows) in enumerate(self.sections, 1)
        )
        level = words.pop("level", None)
        return CourseDocument(
            **(_DEFAULTS | dict.fromkeys(self.silent & {"title_en", "summary_en"}) | words),
            level=int(str(level)) if level else None,
            sections=sections or None,
            blueprint=BlueprintDocument(**self.plan) if self.plan else None,
        )


_DEFAULTS: dict[str, object] = {
    "title_zh": "",
    "delivery": "",
    "certificate_kind": "",
    "occupation": "",
    "hours_tenths": 0,
}


def _lesson(told: dict[str, object], silent: frozenset[str]) -> LessonDocument:
    words = {name: value for name, value in told.items() if value not in (None, "")}
    unsaid = [name for name in ("title_en", "body_en") if f"lesson_{name}" in silent]
    return LessonDocument(**({"key": "", "kind": "", "title_zh": ""} | dict.fromkeys(unsaid) | words))


def _values(
    entry: Entry, table: Table, line: Line, columns: Iterable[Column], prefix: str = ""
) -> dict[str, object]:
    """What a row says in these columns, under the names of the document; what cannot be read is noted."""
    told = {}
    for column in columns:
        cell = table.cell(line, column.name)
        if is_blank(cell):
            continue
        try:
            told[column.name.removeprefix(prefix)] = column.value(cell)
        except BadCell as bad:
            entry.trouble(line.number, Trouble(column.name, bad.rule, bad.more))
    return told


def _begin(entry: Entry, table: Table, line: Line) -> None:
    """The row that names the course says all about it."""
    entry.words = _values(entry, table, line, OF_COURSE)
    entry.words["partner_ref"] = entry.ref
    broken = {trouble.column for trouble in entry.troubles.get(line.number, ())}
    for column in OF_COURSE:
        if column.needed and column.name not in broken and entry.words.get(column.name) in (None, ""):
            entry.trouble(line.number, Trouble(column.name, "missing"))
    entry.plan = _values(entry, table, line, OF_EXAM, "exam_")
    if entry.plan:
        for column in OF_EXAM:
            if is_blank(table.cell(line, column.name)):
                entry.trouble(line.number, Trouble(column.name, "missing"))


def _go_on(entry: Entry, table: Table, line: Line) -> None:
    """Later rows of a course may say the same of it once more, and nothing else."""
    again = Entry(entry.ref)
    told = _values(again, table, line, OF_COURSE) | _values(again, table, line, OF_EXAM)
    known = entry.words | {f"exam_{name}": value for name, value in entry.plan.items()}
    for row, troubles in again.troubles.items():
        for trouble in troubles:
            entry.trouble(row, trouble)
    for name, value in told.items():
        if value != known.get(name):
            entry.trouble(line.number, Trouble(name, "words_differ", {"first": entry.rows[0]}))


def _study(entry: Entry, table: Table, line: Line) -> None:
    """The section and the lesson of a row, where it has them."""
    section = _values(entry, table, line, OF_SECTION, "section_")
    if section.get("title_zh") and (
        not entry.sections or entry.sections[-1][0]["title_zh"] != section["title_zh"]
    ):
        entry.places[f"sections.{len(entry.sections)}"] = line.number
        entry.sections.append((section, []))
    elif entry.sections:
        for name in {"module", "title_en"} & section.keys():
            if entry.sections[-1][0].setdefault(name, section[name]) != section[name]:
                more = {"first": entry.rows[0]}
                entry.trouble(line.number, Trouble(f"section_{name}", "words_differ", more))
    if all(is_blank(table.cell(line, column.name)) for column in OF_LESSON):
        return
    if not entry.sections:
        entry.trouble(line.number, Trouble("section_title_zh", "lesson_without_section"))
        return
    lessons = entry.sections[-1][1]
    entry.places[f"sections.{len(entry.sections) - 1}.lessons.{len(lessons)}"] = line.number
    lessons.append(_values(entry, table, line, OF_LESSON, "lesson_"))


def entries(rows: Iterable[Line], table: Table) -> Iterator[Entry]:
    """The courses of a file, one after the other."""
    silent = frozenset(column.name for column in COURSES if column.name.endswith("_en")) - table.places.keys()
    open_entry: Entry | None = None
    first: dict[str, int] = {}
    reference = COURSES[0]
    for line in rows:
        if line.is_blank or line.number <= table.row:
            continue
        ref, bad = "", None
        try:
            ref = str(reference.value(table.cell(line, "partner_ref")))
        except BadCell as problem:
            bad = Trouble("partner_ref", problem.rule, problem.more)
        if open_entry is not None and bad is None and ref in ("", open_entry.ref):
            open_entry.rows.append(line.number)
            _go_on(open_entry, table, line)
            _study(open_entry, table, line)
            continue
        if open_entry is not None:
            yield open_entry
            open_entry = None
        if bad is None and not ref:
            lost = Entry("", [line.number])
            lost.trouble(line.number, Trouble("partner_ref", "lesson_without_course"))
            yield lost
            continue
        open_entry = Entry(ref, [line.number], silent=silent)
        if bad is not None:
            open_entry.trouble(line.number, bad)
        elif ref in first:
            more = {"value": ref[:80], "first": first[ref]}
            open_entry.trouble(line.number, Trouble("partner_ref", "course_twice", more))
        first.setdefault(ref, line.number)
        _begin(open_entry, table, line)
        _study(open_entry, table, line)
    if open_entry is not None:
        yield open_entry
