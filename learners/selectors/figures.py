"""Figures of a course's questions for those who teach it, by the question's lasting key."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import selectors as courses
from learners import figures
from learners.models import ExamFigures, QuestionFigures
from portal.accounts.access import organisations_of
from portal.accounts.models import User
from portal.accounts.roles import Role

FIGURES_ROLES = (Role.INSTRUCTOR, Role.PROVIDER_MANAGER)
SORTS = {
    "hints": pgettext_lazy("sort", "Most in need of a look first"),
    "hard": pgettext_lazy("sort", "Hardest first"),
    "easy": pgettext_lazy("sort", "Easiest first"),
    "flat": pgettext_lazy("sort", "Tells least apart first"),
    "seen": pgettext_lazy("sort", "Most often drawn first"),
}
SHOWN = {
    "": _("All questions"),
    "hinted": _("Only those with a hint"),
}


def figures_visible_to(user: User) -> QuerySet[ExamFigures]:
    own = courses.versions_of(organisations_of(user, *FIGURES_ROLES))
    return ExamFigures.objects.filter(version__in=own)


@dataclass(frozen=True)
class CourseLine:
    code: str
    title: str
    attempts: int


def exam_figures_at_the_desk(user: User, course_code: str) -> list[ExamFigures]:
    """Raises Http404 for a course without a graded exam, or not the reader's own."""
    rows = figures_visible_to(user).filter(course_code=course_code) if "\x00" not in course_code else []
    if not (found := list(rows)):
        raise Http404
    return found


def courses_with_figures(user: User) -> list[CourseLine]:
    rows = (
        figures_visible_to(user)
        .values("course_code")
        .annotate(attempts=Sum("attempts"), newest=Max("version_id"))
        .order_by("course_code")
    )
    outlines = courses.outlines(row["newest"] for row in rows)
    return [CourseLine(row["course_code"], outlines[row["newest"]].title, row["attempts"]) for row in rows]


@dataclass(frozen=True)
class Option:
    """One of what could be ticked. `share` of those who answered, from 0 to 1."""

    key: str
    text: str
    share: float
    is_right: bool


@dataclass(frozen=True)
class QuestionLine:
    """`difficulty`, `exposure` and shares are from 0 to 1, `discrimination` from -1 to 1; None where nothing follows."""

    key: str
    question_id: int
    kind: str
    stem: str
    right: str
    drawn: int
    difficulty: float | None
    discrimination: float | None
    exposure: float | None
    blank: float
    options: tuple[Option, ...]
    hints: tuple[str, ...]

    @property
    def hints_in_words(self) -> list[str | Promise]:
        return [figures.HINTS[hint] for hint in self.hints]

    @property
    def needs_a_look(self) -> bool:
        return bool(set(self.hints) - {"few"})


def question_lines(
    course_code: str, *, sort: str = "hints", kind: str = "", shown: str = ""
) -> list[QuestionLine]:
    """In four statements however many questions there are."""
    rows = list(QuestionFigures.objects.filter(course_code=course_code).order_by("version_id", "question_id"))
    by_key: dict[str, list[QuestionFigures]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    guide = courses.marking_guide(of_key[-1].question_id for of_key in by_key.values())
    attempts = dict(ExamFigures.objects.filter(course_code=course_code).values_list("version_id", "attempts"))
    holding = courses.versions_holding(by_key, versions=attempts)
    lines = [
        _line(of_key, guide[of_key[-1].question_id], sum(attempts[version] for version in holding[key]))
        for key, of_key in by_key.items()
    ]
    lines = [
        line for line in lines if (not kind or line.kind == kind) and (shown != "hinted" or line.needs_a_look)
    ]
    return sorted(lines, key=_ORDER.get(sort, _ORDER["hints"]))


def _line(rows: list[QuestionFigures], guide: courses.Guide, attempts: int) -> QuestionLine:
    sums = sum((row.sums for row in rows), figures.Sums())
    question = guide.question
    chosen: dict[str, float] = {}
    if question.is_chosen:
        chosen = figures.shares(_together(rows), [key for key, _text in question.options])
    return QuestionLine(
        key=rows[-1].key,
        question_id=question.id,
        kind=question.kind,
        stem=question.stem,
        right=guide.right,
        drawn=sums.drawn,
        difficulty=figures.difficulty(sums),
        discrimination=figures.discrimination(sums),
        exposure=min(1.0, sums.drawn / attempts) if attempts else None,
        blank=sums.blank / sums.drawn if sums.drawn else 0.0,
        options=tuple(
            Option(key, text, chosen[key], key in guide.right_keys)
            for key, text in question.options
            if key in chosen
        ),
        hints=tuple(figures.hints(sums, chosen, guide.right_keys)),
    )


def _together(rows: Iterable[QuestionFigures]) -> dict[str, int]:
    told: dict[str, int] = defaultdict(int)
    for row in rows:
        for answer, n in row.answers.items():
            told[answer] += n
    return told


def _worst(line: QuestionLine) -> tuple[int, float]:
    order = list(figures.HINTS)
    found = [order.index(hint) for hint in line.hints if hint != "few"]
    return (min(found, default=len(order)), line.difficulty or 0.0)


_ORDER = {
    "hints": _worst,
    "hard": lambda line: line.difficulty if line.difficulty is not None else 2.0,
    "easy": lambda line: -(line.difficulty if line.difficulty is not None else -1.0),
    "flat": lambda line: line.discrimination if line.discrimination is not None else 2.0,
    "seen": lambda line: -line.drawn,
}
