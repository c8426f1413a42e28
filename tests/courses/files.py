"""Files of courses and questions, as people would bring them."""

import csv
import io
import zipfile

from openpyxl import Workbook

COURSE_HEADS = (
    *("Course reference", "Title in Chinese", "Occupation code", "Certificate", "Level", "Class hours"),
    *(
        "Delivery",
        "Section",
        "Lesson key",
        "Lesson title in Chinese",
        "Lesson kind",
        "Lesson text in Chinese",
    ),
)
COURSE = (
    "W-1",
    "焊工入门",
    "6-18-02-04",
    "level",
    "5",
    "40",
    "video",
    "安全",
    "L1",
    "断电",
    "reading",
    "先断电。",
)
LESSON = ("", "", "", "", "", "", "", "", "L2", "平焊", "video", "")
QUESTION_HEADS = ("Question", "Option A", "Option B", "Option C", "Right answer", "Explanation", "Lesson key")
QUESTION = ("先做什么？", "关闭电源", "继续焊接", "", "A", "断电后才检查。", "")


def course(ref, **words):
    return tuple({**dict(zip(COURSE_HEADS, COURSE, strict=True)), "Course reference": ref, **words}.values())


def xlsx(*rows, heads=COURSE_HEADS, change=lambda sheet: None):
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    out.name = "file.xlsx"
    out.seek(0)
    return out


def text(said, name="file.csv", encoding="utf-8"):
    out = io.BytesIO(said if isinstance(said, bytes) else said.encode(encoding))
    out.name = name
    return out


def table(*rows, heads=COURSE_HEADS, encoding="utf-8-sig"):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return text(out.getvalue(), encoding=encoding)


def repacked(book, **parts):
    """The workbook with these parts (names with dots for slashes) replaced or added."""
    out = io.BytesIO()
    told = {name.replace("__", "/"): content for name, content in parts.items()}
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in told:
                new.writestr(info, old.read(info))
        for name, content in told.items():
            new.writestr(name, content)
    out.name = "file.xlsx"
    out.seek(0)
    return out
