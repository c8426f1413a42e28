"""Courses as documents, for the tests of imports."""

from dataclasses import replace

from courses.documents import BlueprintDocument, CourseDocument, LessonDocument, SectionDocument
from courses.question_documents import OptionDocument, QuestionDocument

QUESTION = QuestionDocument(
    kind="single",
    stem_zh="先做什么？",
    options=(OptionDocument("A", "关闭电源"), OptionDocument("B", "继续焊接")),
    right=("A",),
)
READING = LessonDocument(
    key="read", kind="reading", title_zh="阅读", body_zh="<p>先断电。</p>", questions=(QUESTION,)
)
FILM = LessonDocument(key="film", kind="video", title_zh="看一遍")
TASK = LessonDocument(
    key="task", kind="practical", title_zh="做一遍", planned_seconds=1800, teaching="practice"
)
DOCUMENT = CourseDocument(
    partner_ref="W-1",
    title_zh="焊工（五级）：安全与平焊入门",
    hours_tenths=400,
    delivery="video",
    certificate_kind="level",
    occupation="6-18-02-04",
    level=5,
    sections=(
        SectionDocument("safety", "安全", module="safety", lessons=(READING, FILM)),
        SectionDocument("work", "操作", lessons=(TASK,)),
    ),
    bank=(replace(QUESTION, stem_zh="再做什么？"),),
    blueprint=BlueprintDocument(1, 60, 30, 3),
)


def with_lessons(*lessons, **words):
    return replace(DOCUMENT, sections=(SectionDocument("safety", "安全", lessons=lessons),), **words)
