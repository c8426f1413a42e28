"""Figures of questions for those who teach: which are too hard, too easy, or wrong in their key."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses import selectors as courses
from learners.selectors.figures import (
    FIGURES_ROLES,
    SHOWN,
    SORTS,
    QuestionLine,
    courses_with_figures,
    exam_figures_at_the_desk,
    question_lines,
)
from portal.accounts.access import needs_role


@never_cache
@require_safe
@needs_role(*FIGURES_ROLES)
def figures(request: HttpRequest) -> HttpResponse:
    return render(request, "learners/figures.html", {"courses": courses_with_figures(request.user)})


@never_cache
@require_safe
@needs_role(*FIGURES_ROLES)
def course_figures(request: HttpRequest, code: str) -> HttpResponse:
    """With `?as=csv` the same rows as a table."""
    exams = exam_figures_at_the_desk(request.user, code)
    asked = {name: request.GET.get(name, "") for name in ("sort", "kind", "shown")}
    lines = question_lines(code, **asked)
    if request.GET.get("as") == "csv":
        return _table(code, lines)
    outline = courses.outline(max(exam.version_id for exam in exams))
    context = {
        "outline": outline,
        "lines": lines,
        "attempts": sum(exam.attempts for exam in exams),
        "figured_at": max(exam.figured_at for exam in exams),
        "asked": asked,
        "sorts": SORTS.items(),
        "shown": SHOWN.items(),
        "kinds": courses.question_kinds(),
    }
    return render(request, "learners/figures_course.html", context)


def _table(code: str, lines: list[QuestionLine]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-questions.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            pgettext("question", "Key"),
            _("Kind"),
            _("Question"),
            _("Drawn"),
            _("Share right"),
            _("Tells apart"),
            _("Share of exams"),
            _("Left blank"),
            _("Options"),
            _("Hints"),
        ]
    )
    kinds = dict(courses.question_kinds())
    for line in lines:
        writer.writerow(
            [
                line.key,
                kinds[line.kind],
                _plain(line.stem),
                line.drawn,
                *(_figure(one) for one in (line.difficulty, line.discrimination, line.exposure, line.blank)),
                _plain(
                    "; ".join(
                        f"{one.key}{'*' if one.is_right else ''} {one.share:.3f}" for one in line.options
                    )
                ),
                _plain(" ".join(str(hint) for hint in line.hints_in_words)),
            ]
        )
    return response


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _plain(text: str) -> str:
    """No program that opens the table shall take a text for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
