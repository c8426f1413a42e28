"""The authors' desk: one's courses, a new one, what a course says of itself, and its steps towards publishing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import services
from courses.forms import CourseForm, DeskFilter, NewCourseForm
from courses.forms.course import stored_words
from courses.forms.editing import EditForm
from courses.models import CourseVersion
from courses.selectors.authoring import AUTHORS, course_to_edit, courses_readable_by, working_version
from courses.selectors.editor import last_save
from courses.selectors.pages import heaps
from courses.views.editing import REFUSED, at_the_desk, attempt, authors, save, show
from courses.workflow import VersionState
from portal import clock
from portal.accounts.access import has_role
from portal.rules import RuleBroken

PER_PAGE = 50
STEPS = {
    "submit": services.submit,
    "recall": services.recall,
    "start": services.start_version,
    "discard": services.discard_version,
}


@authors
@require_safe
def authoring(request: HttpRequest) -> HttpResponse:
    form = DeskFilter(request.GET)
    rows = courses_readable_by(request.user)
    page = Paginator(form.narrow(rows).order_by("-created_at", "code"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    may_author = has_role(request.user, *AUTHORS)
    tabs = form.tabs(heaps(rows), under_review=VersionState.UNDER_REVIEW.label)
    context = {"form": form, "page": page, "tabs": tabs, "may_author": may_author}
    return render(request, "courses/authoring.html", context)


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def authoring_new(request: HttpRequest) -> HttpResponse:
    form = NewCourseForm(request.POST or None, user=request.user)
    made = []
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: made.append(services.create_course(**form.words(), by=request.user, at=clock.now())),
        )
    ):
        messages.success(request, _("The course is there, as a draft. Now write its sections and lessons."))
        return redirect("courses:edit", code=made[0].code)
    status = REFUSED if request.method == "POST" else 200
    may_author = has_role(request.user, *AUTHORS)
    return render(
        request, "courses/authoring_new.html", {"form": form, "may_author": may_author}, status=status
    )


def _course_form(version: CourseVersion, data: object = None) -> CourseForm:
    return CourseForm(data, stored=stored_words(version), revision=version.revision)


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    form, status = _course_form(version), 200
    if request.method == "POST":
        form = _course_form(version, request.POST)

        def act(words: dict[str, object], revision: int) -> CourseVersion:
            return services.change_words(
                course, words=words, revision=revision, by=request.user, at=clock.now()
            )

        def again() -> EditForm:
            version.refresh_from_db()
            return _course_form(version)

        answer = save(request, form, act, again)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    saved = last_save(version) if form.differences else None
    return show(request, "courses/edit_course.html", course, version, status=status, form=form, saved=saved)


@authors
@require_POST
def edit_step(request: HttpRequest, code: str) -> HttpResponse:
    course = course_to_edit(request.user, code)
    step = request.POST.get("step", "")
    said = {
        "submit": _("Submitted. The province decides now."),
        "recall": _("Taken back. You can go on writing."),
        "start": _("The next version is begun, as a copy of the published one."),
        "discard": _("The draft is given up. The published version stays as it is."),
    }
    if step in STEPS:
        try:
            STEPS[step](course, by=request.user, at=clock.now())
        except RuleBroken as broken:
            course = course_to_edit(request.user, code)
            version = working_version(course)
            return show(
                request,
                "courses/edit_course.html",
                course,
                version,
                status=REFUSED,
                form=_course_form(version),
                trouble=str(broken),
            )
        messages.success(request, said[step])
    return redirect("courses:edit", code=code)
