"""What the editor shows around its form: the tree, the steps, the check with the place of every finding."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import models
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from courses.models import Course, CourseVersion, Lesson, Question
from courses.selectors.authoring import may_author
from courses.selectors.pages import Event, history
from courses.selectors.standards import Report, report_on
from courses.standards import Finding
from courses.workflow import EDITABLE, State, VersionState
from portal.accounts.models import User
from portal.audit.selectors import history_of


@dataclass(frozen=True)
class Leaf:
    """A lesson in the tree. `number` is 2.3 for the third of the second section."""

    lesson: Lesson
    number: str
    measure: str
    fails: bool


@dataclass(frozen=True)
class Branch:
    """A section in the tree; `hours` are class hours of film and plan."""

    id: int
    key: str
    title: str
    number: int
    hours: Fraction
    leaves: list[Leaf]
    fails: bool


def _measure(lesson: Lesson, questions: int) -> str:
    if lesson.kind == Lesson.Kind.QUIZ:
        return ngettext("%(n)s question", "%(n)s questions", questions) % {"n": questions}
    if lesson.kind == Lesson.Kind.READING:
        return _("%(n)s characters") % {"n": f"{lesson.characters:,}"}
    seconds = lesson.seconds or lesson.planned_seconds
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds else "–"


def tree(version: CourseVersion, report: Report) -> list[Branch]:
    """Sections with their lessons, in three statements however many there are."""
    hour = report.in_force.standard.value("class_hour_seconds")
    failing = {(finding.section, finding.lesson) for finding in report.failures}
    asked = Counter(
        dict(
            Question.objects.filter(version=version, lesson__isnull=False)
            .order_by()
            .values_list("lesson_id")
            .annotate(n=Count("id"))
        )
    )
    texts = ("body_zh", "body_en", "source_zh", "source_en", "transcript_zh", "transcript_en")
    lessons: dict[int, list[Lesson]] = {}
    for lesson in version.lessons.defer(*texts).order_by("position"):
        lessons.setdefault(lesson.section_id, []).append(lesson)
    branches = []
    for number, section in enumerate(version.sections.all(), 1):
        inside = lessons.get(section.pk, [])
        leaves = [
            Leaf(row, f"{number}.{place}", _measure(row, asked[row.pk]), (section.key, row.key) in failing)
            for place, row in enumerate(inside, 1)
        ]
        seconds = sum(row.seconds or row.planned_seconds for row in inside)
        branches.append(
            Branch(
                section.pk,
                section.key,
                section.title,
                number,
                Fraction(seconds, hour),
                leaves,
                (section.key, "") in failing or any(leaf.fails for leaf in leaves),
            )
        )
    return branches


_EXAM, _BANK = (
    ("edit-exam", "#form", gettext_lazy("the exam")),
    ("edit-exam", "#bank", gettext_lazy("the bank of questions")),
)
_HOURS = ("edit", "#id_hours", gettext_lazy("the course details"))
_SCOPE = ("edit", "#id_occupation", gettext_lazy("the course details"))
_LESSON, _SECTION = (
    ("edit-lessons", "#form", gettext_lazy("a new lesson")),
    ("edit-sections", "#form", gettext_lazy("a new section")),
)
PLACES: dict[str, tuple[str, str, str | Promise]] = {
    "has_lessons": _LESSON,
    "lesson_has_film": _LESSON,
    "lesson_has_text": _LESSON,
    "lesson_has_questions": _LESSON,
    "has_exam": _EXAM,
    "bank_holds_exam": _BANK,
    "standard_in_force": _SCOPE,
    "material_covers_hours": _LESSON,
    "min_hours": _HOURS,
    "max_hours": _HOURS,
    "theory_min": _LESSON,
    "practice_min": _LESSON,
    "online_max": _LESSON,
    "lesson_max_seconds": _LESSON,
    "workshop_captions": _LESSON,
    "bank_min": _BANK,
    "exam_questions": _EXAM,
    "exam_pass_mark": _EXAM,
    "exam_minutes": _EXAM,
    "exam_attempts": _EXAM,
    "module": _SECTION,
}
"""Where a rule is mended when its finding names no lesson and no section: page, place on it, and what it is called."""
_SHARES = {
    "theory_min": ("#id_teaching", lambda row: row.teaching != Lesson.Teaching.THEORY),
    "practice_min": ("#id_teaching", lambda row: row.teaching != Lesson.Teaching.PRACTICE),
    "online_max": ("#id_on_site", lambda row: row.kind in Lesson.SITED and not row.on_site),
}
"""Shares of the time are mended in the lesson that weighs most among those that count on the other side."""


def _weight(lesson: Lesson) -> tuple[int, int]:
    return lesson.seconds or lesson.planned_seconds, lesson.characters


def place_of(finding: Finding, course: Course, lessons: Iterable[Lesson]) -> tuple[str, str | Promise]:
    """Where a finding is mended: the address, and its name where the finding names no lesson or section."""
    told = {"code": course.code}
    if finding.lesson:
        return reverse("courses:edit-lesson", kwargs={**told, "key": finding.lesson}), ""
    if finding.section:
        return reverse("courses:edit-section", kwargs={**told, "key": finding.section}), ""
    if finding.rule in _SHARES:
        anchor, counts = _SHARES[finding.rule]
        heavy = max(filter(counts, lessons), key=_weight, default=None)
        if heavy:
            return reverse("courses:edit-lesson", kwargs={**told, "key": heavy.key}) + anchor, heavy.title
    page, anchor, name = PLACES[finding.rule]
    return reverse(f"courses:{page}", kwargs=told) + anchor, name


def checks(report: Report, course: Course, lessons: Sequence[Lesson]) -> list[dict[str, str]]:
    """All findings for `{% rules %}`; what is not met leads to the form that mends it."""
    rows = []
    for finding in report.findings:
        item = report.item(finding)
        if not finding.ok:
            address, name = place_of(finding, course, lessons)
            item |= {"href": address, "where": item["where"] or name}
        rows.append(item)
    return rows


def steps(version: CourseVersion, report: Report, lessons: int) -> list[tuple[str, str, str]]:
    """The way to publishing, as `{% steps %}` takes it."""
    written = ngettext("%(n)s lesson", "%(n)s lessons", lessons) % {"n": lessons}
    left = len(report.failures)
    passed = left == 0
    checked = (
        _("All met")
        if passed
        else ngettext("%(n)s thing to mend", "%(n)s things to mend", left) % {"n": left}
    )
    someone = _("Somebody else than the author decides")
    stay = _("Whoever is enrolled keeps their version")
    review, publish = _("Review by the province"), pgettext("step", "Published")
    state = version.state
    if state == VersionState.PUBLISHED:
        return [
            ("done", _("Write"), written),
            ("done", _("Standard check"), checked),
            ("done", review, ""),
            ("done", publish, stay),
        ]
    on_its_way = state in {VersionState.SUBMITTED, VersionState.UNDER_REVIEW}
    if on_its_way:
        third = ("now", review, version.get_state_display())
    elif state == VersionState.RETURNED:
        third = ("bad", review, version.get_state_display())
    else:
        third = ("now" if passed else "todo", review, _("Ready to be submitted") if passed else someone)
    return [
        ("done" if lessons else "now", _("Write"), written),
        ("done" if passed else "now" if lessons else "todo", _("Standard check"), checked),
        third,
        ("todo", publish, stay),
    ]


def editor_page(course: Course, version: CourseVersion, *, user: User) -> dict[str, object]:
    """Context of every page of the editor: about a dozen statements whatever the size of the course."""
    report = report_on(version)
    branches = tree(version, report)
    author = may_author(user, course)
    count = sum(len(branch.leaves) for branch in branches)
    on_its_way = version.frozen_at is None and version.state not in EDITABLE
    return {
        "course": course,
        "version": version,
        "tree": branches,
        "report": report,
        "checks": checks(report, course, [leaf.lesson for branch in branches for leaf in branch.leaves]),
        "steps": steps(version, report, count),
        "lesson_count": count,
        "is_author": author,
        "may_edit": author and version.is_editable,
        "may_submit": author and version.is_editable and report.passed,
        "may_recall": author and on_its_way,
        "may_start": author
        and version.frozen_at is not None
        and course.state in {State.PUBLISHED, State.SUSPENDED},
        "may_discard": author and version.is_editable and course.current_version_id is not None,
    }


def versions_page(course: Course) -> dict[str, object]:
    """Every version of a course, newest first, and who did what with it."""
    rows = course.versions.select_related("created_by", "submitted_by", "published_by").order_by("-number")
    return {"versions": list(rows), "history": history(course)}


def last_save(thing: models.Model) -> Event | None:
    """Who last saved a part of a draft, and when. None where the log has nothing of it."""
    entry = history_of(thing._meta.label_lower, thing.pk).order_by("-id").first()  # noqa: SLF001
    return Event(entry.at, entry.action, entry.by, entry.reason) if entry else None
