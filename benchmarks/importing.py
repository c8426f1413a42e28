"""How long it takes to bring in courses with their lessons, and to bring them in again."""

import io
import multiprocessing
import time
from collections.abc import Iterator

import django
from openpyxl import Workbook

from benchmarks.growth import grown
from benchmarks.place import most_memory
from courses.documents import BlueprintDocument, CourseDocument, LessonDocument, SectionDocument
from courses.models import ImportJob, Occupation
from courses.question_documents import OptionDocument, QuestionDocument
from courses.services import import_work, imports
from courses.services.documents import apply_documents
from portal import clock
from portal.accounts.models import Organisation, User
from portal.garbage import collect_seldom

LESSONS = 4
TIMES = (1, 4)
_KINDS = ("video", "workshop", "reading", "practical")
_ASKED = QuestionDocument(
    kind="single",
    stem_zh="焊接前先做什么？",
    options=(OptionDocument("A", "检查接地"), OptionDocument("B", "直接起弧")),
    right=("A",),
)


def _lesson(n: int) -> LessonDocument:
    kind = _KINDS[n % len(_KINDS)]
    return LessonDocument(
        key=f"l{n}",
        kind=kind,
        title_zh=f"第{n + 1}课：平角焊的操作要领",
        body_zh="<p>先断电，再检查接地。</p>" * 8 if kind == "reading" else "",
        planned_seconds=1800 if kind == "practical" else 0,
        questions=(_ASKED,),
    )


def told(courses: int, series: str) -> Iterator[CourseDocument]:
    """So many courses of four lessons each, every lesson with a question, and a closing exam."""
    codes = list(
        Occupation.objects.filter(edition="2022").order_by("code").values_list("code", "name_zh")[:100]
    )
    for number in range(courses):
        code, name = codes[number % len(codes)]
        yield CourseDocument(
            partner_ref=f"{series}-{number}",
            title_zh=f"{name}（五级）：技能提升第{number + 1}期",
            title_en=f"Skills, series {number + 1}",
            summary_zh="面向在职职工的岗位技能提升课程，车间实拍，理论与实操结合。",
            hours_tenths=400,
            delivery="video",
            certificate_kind="level",
            level=5,
            occupation=code,
            sections=(
                SectionDocument("one", "理论", lessons=tuple(map(_lesson, range(2)))),
                SectionDocument("two", "操作", lessons=tuple(map(_lesson, range(2, LESSONS)))),
            ),
            bank=(_ASKED,),
            blueprint=BlueprintDocument(1, 60, 30, 3),
        )


def _applied(courses: int, series: str, organisation: Organisation, by: User) -> float:
    begin = time.perf_counter()
    apply_documents(organisation, organisation.province, told(courses, series), by=by, at=clock.now())
    return time.perf_counter() - begin


def import_courses(organisation: Organisation, by: User, most: int = 20_000) -> list[dict[str, object]]:
    """Wall seconds for a quarter and for all of `most` courses, new and once more unchanged, with their exponents."""
    sizes = [most * n // TIMES[-1] for n in TIMES]
    new = [_applied(size, f"bench{size}", organisation, by) for size in sizes]
    again = [_applied(size, f"bench{size}", organisation, by) for size in sizes]
    unit = {"unit": "wall s"}
    return [
        grown(f"import of {most:,} courses with lessons", sizes, new) | unit,
        grown("the same once more, unchanged", sizes, again) | unit,
    ]


# -- a file, as a worker reads and applies it

_HEADS = ("Course reference", "Title in Chinese", "Occupation code", "Certificate", "Level", "Class hours", "Delivery",
          "Section", "Lesson key", "Lesson title in Chinese", "Lesson kind", "Lesson text in Chinese")  # fmt: skip


def workbook(rows: int) -> io.BytesIO:
    """So many rows of courses, LESSONS rows each."""
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    sheet.append(_HEADS)
    for number in range(rows):
        course, lesson = divmod(number, LESSONS)
        named = (f"SHEET-{course}", f"焊工入门第{course}期", "6-18-02-04", "level", "5", "40", "video")
        own = named if not lesson else ("",) * len(named)
        sheet.append((*own, "安全", f"L{lesson}", f"第{lesson + 1}课", "reading", "先断电，再检查接地。" * 5))
    book.save(out)
    out.seek(0)
    return out


def work_on_sheet(rows: int, organisation: Organisation, by: User) -> dict[str, object]:
    """What a process that does nothing else needs for the preview and for applying it: wall seconds and memory."""
    with multiprocessing.get_context("spawn").Pool(1, initializer=django.setup) as pool:
        return pool.apply(_work_on_sheet, (rows, organisation.pk, by.pk))


def _work_on_sheet(rows: int, organisation_id: int, user_id: int) -> dict[str, object]:
    organisation = Organisation.objects.select_related("province").get(pk=organisation_id)
    by = User.objects.get(pk=user_id)
    collect_seldom()
    at = clock.now()
    job = imports.upload_import(
        workbook(rows), name="courses.xlsx", kind="courses", organisation=organisation, by=by, at=at
    )
    before = most_memory()
    begin = time.perf_counter()
    import_work.work(import_work.claim(job.pk, at=at), at=at)
    read = time.perf_counter()
    imports.apply_import(ImportJob.objects.get(pk=job.pk), by=by, at=at)
    import_work.work(import_work.claim(job.pk, at=at), at=at)
    return {
        "rows": rows,
        "preview_seconds": round(read - begin, 2),
        "apply_seconds": round(time.perf_counter() - read, 2),
        "kilobytes_before": before,
        "kilobytes": most_memory(),
        "state": ImportJob.objects.get(pk=job.pk).state,
    }
