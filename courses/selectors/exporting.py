"""What a file of a version's questions would hold, and what each format would leave behind."""

from dataclasses import dataclass

from courses.models import CourseVersion, Question
from courses.selectors.documents import question_document
from courses.sheets.exporting import FORMS, Entry, Remark, remarks

NAMES = {"gift": "GIFT", "moodle": "Moodle XML", "xlsx": "Excel", "csv": "CSV"}


@dataclass(frozen=True)
class Form:
    """A format with how many questions it takes, and what it says of the others."""

    code: str
    name: str
    taken: int
    remarks: tuple[Remark, ...]


def entries_of(version: CourseVersion) -> list[Entry]:
    """Every question in order, lesson by lesson, the bank last."""
    rows = Question.objects.filter(version=version).select_related("lesson").order_by("position", "pk")
    return [Entry(question_document(row), row.lesson.key if row.lesson else "") for row in rows]


def forms_of(version: CourseVersion) -> list[Form]:
    entries = entries_of(version)
    found = []
    for code in FORMS:
        told = remarks(entries, code)
        taken = len(entries) - sum(remark.left_out for remark in told)
        found.append(Form(code, NAMES[code], taken, tuple(told)))
    return found
