"""The papers of an assessor: what waits, and one film with its rubric. Nobody sees what the other assessor gave."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses import selectors as courses
from learners.models import Assessment
from learners.selectors.practice import open_papers, paper_of, papers_of, papers_shown, sheet_in, twins
from learners.selectors.practice_desk import described
from learners.services import assessing
from learners.sheets import Sheet, typed_sheet
from learners.views.practice import film_shown
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken

PAGE_SIZE = 50
REFUSED, CONFLICT = 422, 409


@never_cache
@require_safe
@needs_role(Role.INSTRUCTOR)
def papers(request: HttpRequest) -> HttpResponse:
    """What is due first comes first; what is handed in comes after, the newest first."""
    rows = papers_of(request.user)
    waiting = described(rows.open().order_by("due_at", "pk"), at=clock.now())
    page = Paginator(rows.handed_in().order_by("-handed_in_at"), PAGE_SIZE).get_page(request.GET.get("page"))
    done = described(page.object_list, at=clock.now())
    return render(request, "learners/papers.html", {"waiting": waiting, "done": done, "page": page})


papers.waiting = open_papers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.INSTRUCTOR)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = paper_of(request.user, pk)
    task = courses.practical_task(assessment.submission.lesson_id)
    sheet, bad, trouble, status = sheet_in(assessment, task), set(), "", 200
    if request.method == "POST":
        film = courses.practice_film(assessment.submission.film_id)
        sheet, bad = typed_sheet(
            request.POST,
            criteria=task.weights,
            rules=[rule.number for rule in task.rules],
            most_seconds=film.seconds + 1,
        )
        trouble = _written(request, assessment, sheet, bad)
        if request.headers.get("Accept", "").startswith("application/json"):
            return _answer(sheet, trouble)
        if not trouble:
            return redirect("learners:papers" if request.POST.get("step") == "hand_in" else request.path)
        status = REFUSED
    return render(
        request,
        "learners/paper.html",
        _page(request, assessment, task, sheet) | {"bad": bad, "trouble": trouble},
        status=status,
    )


def _written(request: HttpRequest, assessment: Assessment, sheet: Sheet, bad: set[str]) -> str:
    """Save what was typed, and hand it in where the button says so; the sentence of what forbids it."""
    told = {"by": request.user, "at": clock.now()}
    handing = request.POST.get("step") == "hand_in"
    try:
        if assessment.is_open:
            assessing.save_sheet(assessment, sheet, **told)
        if bad:
            return ngettext(
                "%(n)s moment cannot be read or lies outside the film. Write it like 1:05.",
                "%(n)s moments cannot be read or lie outside the film. Write them like 1:05.",
                len(bad),
            ) % {"n": len(bad)}
        if handing:
            assessing.hand_in_paper(assessment, **told)
            messages.success(request, _("Handed in. Thank you."))
        elif not assessment.is_open:
            return str(assessing.PaperClosed.message)
    except RuleBroken as broken:
        return str(broken)
    return ""


def _answer(sheet: Sheet, trouble: str) -> JsonResponse:
    told = {"missing": sheet.missing, "saved_at": clock.now().isoformat(), "detail": trouble}
    return JsonResponse(told, status=CONFLICT if trouble else 200)


def _page(
    request: HttpRequest, assessment: Assessment, task: courses.PracticalFacts, sheet: Sheet
) -> dict[str, object]:
    submission = assessment.submission
    return {
        "assessment": assessment,
        "submission": submission,
        "about": described([assessment], at=clock.now())[0],
        "task": task,
        "sheet": sheet,
        "marks": [(row, sheet.marks[row.number]) for row in task.criteria],
        "rulings": [(rule, sheet.rules[rule.number]) for rule in task.rules],
        "whole": len(task.criteria) + len(task.rules),
        "others": papers_shown(submission, task) if assessment.is_third and assessment.is_open else [],
        "twins": twins(submission),
        **film_shown(submission, user=request.user, at=clock.now()),
    }
