"""How long it takes to bring in courses with their lessons, and to bring them in again."""

import resource
import time
from collections.abc import Iterator

from benchmarks.growth import grown
from courses.documents import (
    BlueprintDocument,
    CourseDocument,
    LessonDocument,
    OptionDocument,
    QuestionDocument,
    SectionDocument,
)
from courses.models import Occupation
from courses.services.documents import apply_documents
from portal import clock
from portal.accounts.models import Organisation, User

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
    """Wall seconds for a quarter and for all of `most` courses, new and once more unchanged, with their exponents.

    `kilobytes` is the most memory that this process has had.
    """
    sizes = [most * n // TIMES[-1] for n in TIMES]
    new = [_applied(size, f"bench{size}", organisation, by) for size in sizes]
    again = [_applied(size, f"bench{size}", organisation, by) for size in sizes]
    memory = {"unit": "wall s", "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    return [
        grown(f"import of {most:,} courses with lessons", sizes, new) | memory,
        grown("the same once more, unchanged", sizes, again) | memory,
    ]
