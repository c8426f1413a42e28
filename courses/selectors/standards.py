"""What is still missing in a version, in words, each with the place where it can be mended."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.models import CourseVersion, ExamBlueprint, Question
from courses.selectors.films import in_the_making
from courses.standards import CourseShape, ExamShape, Finding, LessonShape, SectionShape, check_complete

SENTENCES: dict[str, str | Promise] = {
    "has_lessons": _("It has no lesson."),
    "lesson_has_film": _("Lesson %(lesson)s has no film."),
    "lesson_has_text": _("Lesson %(lesson)s has no text."),
    "lesson_has_questions": _("Lesson %(lesson)s has no questions."),
    "has_exam": _("It has no closing exam."),
    "bank_holds_exam": _("The exam asks %(needed)s questions, the bank holds only %(actual)s."),
}
"""What is said when a rule is not met."""


@dataclass(frozen=True)
class Report:
    """All findings of a version, failures first."""

    findings: tuple[Finding, ...]

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def passed(self) -> bool:
        return not self.failures


def sentence(finding: Finding) -> str:
    """Why a finding is not met, in the reader's language."""
    numbers = {"lesson": finding.lesson, "actual": finding.actual, "needed": finding.needed}
    return str(SENTENCES[finding.rule]) % (numbers | finding.more)


def shape_of(version: CourseVersion) -> CourseShape:
    """What the check looks at; a film being made counts as one. In seven statements whatever the size of the course."""
    asked = dict(
        Question.objects.filter(version=version, lesson__isnull=False)
        .order_by()
        .values_list("lesson_id")
        .annotate(n=Count("id"))
    )
    sections = list(version.sections.all())
    keys = {row.pk: row.key for row in sections}
    making = in_the_making(version)
    blueprint = ExamBlueprint.objects.filter(version=version).first()
    lessons = version.lessons.defer("body_zh", "body_en", "transcript_zh", "transcript_en").prefetch_related(
        "videos"
    )
    return CourseShape(
        hours_tenths=version.hours_tenths,
        for_subsidy=version.for_subsidy,
        sections=tuple(SectionShape(row.key, row.module) for row in sections),
        lessons=tuple(
            LessonShape(
                key=row.key,
                section=keys[row.section_id],
                kind=row.kind,
                seconds=row.seconds or row.planned_seconds,
                characters=row.characters,
                teaching=row.teaching,
                on_site=row.on_site,
                films=len(row.videos.all()) + making.get(row.key, 0),
                captioned=all(video.captions_zh_key for video in row.videos.all()),
                questions=asked.get(row.pk, 0),
            )
            for row in lessons
        ),
        exam=ExamShape(
            blueprint.questions, blueprint.pass_mark_percent, blueprint.minutes, blueprint.attempts
        )
        if blueprint
        else None,
        bank=Question.objects.filter(version=version, for_exam=True).count(),
    )


def _failures_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.ok, finding.warns)))


def report_on(version: CourseVersion) -> Report:
    return Report(_failures_first(check_complete(shape_of(version))))
