"""Reading tables that somebody sent, bad ones above all; and what is written for people."""

import io
import zipfile

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from courses.documents import CourseDocument, LessonDocument, SectionDocument
from courses.question_documents import QuestionDocument
from courses.sheets.columns import COURSES, TABLES
from courses.sheets.courses import entries
from courses.sheets.questions import rows as question_rows
from portal.sheets import cells, reading, writing
from portal.sheets.cells import BadCell, Formula
from portal.sheets.reading import BadFile, Line, format_of, lines
from portal.sheets.tables import Table, table
from tests.courses import files


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(file):
    return list(lines(file, format_of(file, file.name)))


def told(file):
    rows = iter(read(file))
    return list(entries(rows, table(next(rows), COURSES)))


def trouble(file):
    return [(row, t.column, t.rule) for e in told(file) for row, rows in e.troubles.items() for t in rows]


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    out.name = "file.xlsx"
    return out


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
BAD = {
    "file_empty": lambda: files.text(""),
    "file_broken": lambda: zipped(a="b"),
    "file_old_excel": lambda: files.text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", name="a.xls"),
    "file_macros": lambda: files.repacked(files.xlsx(files.COURSE), **{"xl__vbaProject.bin": b"x"}),
    "file_bomb": lambda: files.repacked(files.xlsx(files.COURSE), xl__media__a=b"0" * (30 * 1024 * 1024)),
    "file_doctype": lambda: files.repacked(
        files.xlsx(files.COURSE), **{"xl__worksheets__sheet1.xml": DOCTYPE}
    ),
    "file_too_large": lambda: files.text(b"a" * (reading.MOST_BYTES + 1)),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_refused_before_it_is_opened(code):
    with pytest.raises(BadFile) as refused:
        read(BAD[code]())
    assert refused.value.code == code
    assert str(refused.value)


def test_a_document_type_in_another_encoding_is_found_too():
    part = DOCTYPE.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")
    with pytest.raises(BadFile) as refused:
        read(files.repacked(files.xlsx(files.COURSE), **{"xl__worksheets__sheet1.xml": part}))
    assert refused.value.code == "file_doctype"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BadFile):
        read(files.text(bytes(range(256)) * 9))
    with pytest.raises(BadFile) as refused:
        read(files.text(b"a,b\n\xff\xff\xff,c\n"))
    assert refused.value.code == "file_encoding"


def test_a_cell_of_a_megabyte_is_refused_with_a_sentence():
    with pytest.raises(BadFile) as refused:
        read(files.table(files.course("W-1", **{"Title in Chinese": "焊" * 1_000_000})))
    assert (refused.value.code, "Row 2" in str(refused.value)) == ("file_csv", True)
    long = files.course("W-1", **{"Title in Chinese": "焊" * 40_000})
    assert (2, "title_zh", "cell_too_long") in trouble(files.table(long))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_texts_are_read_in_the_encodings_people_use(encoding):
    title = "𬭩工：阿依古丽·买买提"
    (entry,) = told(files.table(files.course("W-1", **{"Title in Chinese": title}), encoding=encoding))
    assert entry.title == title


def test_formulas_are_not_taken():
    assert trouble(files.xlsx(files.course("W-1", **{"Class hours": "=8*5"}))) == [
        (2, "hours_tenths", "formula")
    ]
    assert trouble(files.table(files.course("W-1", **{"Class hours": "=8*5"}))) == [
        (2, "hours_tenths", "formula")
    ]


def test_codes_that_became_numbers_are_refused_and_hours_are_read():
    def numbers(sheet):
        sheet["A2"], sheet["F2"], sheet["E2"] = 1001, 40.0, 5

    assert trouble(files.xlsx(files.COURSE, change=numbers)) == [(2, "partner_ref", "lost_digits")]

    def hours(sheet):
        sheet["F2"], sheet["E2"] = 40.5, 5.0

    (entry,) = told(files.xlsx(files.COURSE, change=hours))
    assert (entry.words["hours_tenths"], entry.words["level"]) == (405, "5")
    assert trouble(files.table(files.course("1.5E+12")))[0][1:] == ("partner_ref", "lost_digits")


def test_a_key_that_became_a_date_is_refused():
    import datetime as dt

    def date(sheet):
        sheet["I2"] = dt.datetime(2026, 1, 2, tzinfo=None)  # noqa: DTZ001 - as a workbook holds it

    assert trouble(files.xlsx(files.COURSE, change=date)) == [(2, "lesson_key", "made_a_date")]


def test_merged_cells_are_read_once():
    def merge(sheet):
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("H2:H3")

    (entry,) = told(files.xlsx(files.COURSE, files.LESSON, change=merge))
    assert [len(rows) for _section, rows in entry.sections] == [2]
    assert entry.rows == [2, 3]


def test_a_lesson_without_a_course_or_a_section_is_named():
    assert trouble(files.table(files.LESSON)) == [(2, "partner_ref", "lesson_without_course")]
    row = files.course("W-1", Section="")
    assert trouble(files.table(row)) == [(2, "section_title_zh", "lesson_without_section")]


@pytest.mark.parametrize(
    ("read_cell", "cell", "value"),
    [
        (cells.hours, "40", 400),
        (cells.hours, 40.0, 400),
        (cells.hours, 40.1, 401),
        (cells.fen, "¥1,920.50", 192050),
        (cells.fen, 19.9, 1990),
        (cells.minutes, "30", 1800),
        (cells.yes_no, "是", True),
        (cells.yes_no, False, False),
        (cells.words, "a，b; c", ("a", "b", "c")),
        (cells.text, 2024.0, "2024"),
        (cells.html, "一\n二 < 三", "<p>一</p><p>二 &lt; 三</p>"),
        (cells.html, "<b>一</b>", "<b>一</b>"),
    ],
)
def test_cells_are_read_as_meant(read_cell, cell, value):
    assert read_cell(cell) == value


@pytest.mark.parametrize(
    ("read_cell", "cell", "rule"),
    [
        (cells.hours, "40.05", "too_exact"),
        (cells.hours, "viel", "not_a_number"),
        (cells.hours, "1e400", "not_a_number"),
        (cells.hours, "NaN", "not_a_number"),
        (cells.hours, True, "not_a_number"),
        (cells.fen, 0.001, "too_exact"),
        (cells.yes_no, "maybe", "not_yes_or_no"),
        (cells.text, Formula("=1"), "formula"),
        (cells.text, cells.Broken("#REF!"), "broken"),
        (cells.code, 6.0, "lost_digits"),
        (cells.code, "6.18E+10", "lost_digits"),
    ],
)
def test_cells_that_would_have_to_be_guessed_are_refused(read_cell, cell, rule):
    with pytest.raises(BadCell) as bad:
        read_cell(cell)
    assert bad.value.rule == rule


@given(st.text(max_size=20))
def test_what_is_put_to_sleep_wakes_up_the_same(value):
    asleep = cells.asleep(value)
    assert not asleep or asleep[0] not in cells.INERT
    assert cells.awake(asleep) == value


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_template_can_be_read_back(kind, language):
    with translation.override(language):
        made = [
            files.text(writing.template_csv(TABLES[kind]), name="a.csv"),
            files.text(writing.template_xlsx(TABLES[kind]), name="a.xlsx"),
        ]
    for file in made:
        rows = iter(read(file))
        found = table(next(rows), TABLES[kind])
        assert set(found.places) == {column.name for column in TABLES[kind]}
        if kind == "courses":
            (entry,) = entries(rows, found)
            assert entry.troubles == {}
            said = entry.document()
            assert (said.title_zh, said.title_en) == (
                "焊工（五级）：平焊入门",
                "Welder, level 5: flat welds",
            )
            assert said.lessons[0].body_en == "<p>Switch off first, then check the earth.</p>"
        else:
            (asked,) = question_rows(rows, found)
            assert asked.troubles == []
            assert asked.document.options[0].en == "Switch off"


TEXTS = {
    "courses": {
        *(name for name in CourseDocument.__dataclass_fields__ if name.endswith(("_zh", "_en"))),
        *(
            f"section_{name}"
            for name in SectionDocument.__dataclass_fields__
            if name.endswith(("_zh", "_en"))
        ),
        *(f"lesson_{name}" for name in LessonDocument.__dataclass_fields__ if name.endswith(("_zh", "_en"))),
    },
    "questions": {
        *(
            name
            for name in QuestionDocument.__dataclass_fields__
            if name.endswith(("_zh", "_en")) and not name.startswith("picture")
        ),
        *(f"option_{key}{ending}" for key in "abcdefgh" for ending in ("", "_en")),
    },
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_text_of_a_document_has_its_columns_and_english_is_explained_and_optional(kind):
    columns = {column.name: column for column in TABLES[kind]}
    assert columns.keys() >= TEXTS[kind]
    english = [column for name, column in columns.items() if name.endswith("_en")]
    assert all(column.help and not column.needed for column in english)


def test_the_template_offers_choices_and_explains_its_columns():
    book = load_workbook(io.BytesIO(writing.template_xlsx(COURSES)))
    first, second = book.worksheets
    offered = [rule.formula1 for rule in first.data_validations.dataValidation]
    assert any("Reading" in told for told in offered)
    assert second.max_row == len(COURSES) + 1


def test_blank_rows_to_the_end_of_the_sheet_are_no_rows():
    def far(sheet):
        sheet["A60000"].number_format = "@"

    assert [line.number for line in read(files.xlsx(files.COURSE, change=far)) if not line.is_blank] == [1, 2]


def test_columns_beyond_the_table_are_not_looked_at():
    line = Line(1, ("Course reference",))
    found = Table(COURSES, {"partner_ref": 5}, line.cells, 1)
    assert found.cell(line, "partner_ref") is None
