"""What every page of the editor does with a form: show it, save it, or lay two texts side by side."""

import json
from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from courses.forms import EditForm
from courses.models import Course, CourseVersion
from courses.selectors import editor
from courses.selectors.authoring import READERS, course_to_edit, course_to_read, working_version
from courses.services.drafts import Conflict, Gone
from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken

CONFLICT, GONE, REFUSED = 409, 410, 422
Part = TypeVar("Part")
_UNTYPED = {"csrfmiddlewaretoken", "revision", "base"}
authors = needs_role(*READERS)
"""Auditors open the pages; what is changed is asked of `course_to_edit`, which knows authors only."""


def at_the_desk(request: HttpRequest, code: str) -> tuple[Course, CourseVersion]:
    """The course and the version at the authors' desk. Raises Http404."""
    find = course_to_edit if request.method == "POST" else course_to_read
    course = find(request.user, code)
    return course, working_version(course)


def show(
    request: HttpRequest,
    template: str,
    course: Course,
    version: CourseVersion,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    page = editor.editor_page(course, version, user=request.user)
    return render(request, template, {**page, **more}, status=status)


def part_of(
    request: HttpRequest,
    course: Course,
    version: CourseVersion,
    find: Callable[[], Part],
    form: type[EditForm],
) -> Part | HttpResponse:
    """The part, or a page that keeps what was typed for one that somebody deleted meanwhile. Raises Http404."""
    try:
        return find()
    except Http404:
        if request.method != "POST" or "revision" not in request.POST or wants_json(request):
            raise
    labels = {name: field.label for name, field in form.base_fields.items()}
    kept = [
        (labels.get(name, ""), text)
        for name, texts in request.POST.lists()
        for text in texts
        if text.strip() and name not in _UNTYPED and "\x00" not in text
    ]
    return show(
        request, "courses/edit_gone.html", course, version, status=GONE, kept=kept, sorry=Gone.message
    )


def wants_json(request: HttpRequest) -> bool:
    """The page's own script saves while one types, and asks for the answer as data."""
    return request.headers.get("Accept", "").startswith("application/json")


def attempt(form: EditForm, act: Callable[[], object]) -> bool:
    """Whether the rules let it pass; what they say is laid on the form. Raises Conflict."""
    try:
        act()
    except Conflict:
        raise
    except RuleBroken as broken:
        form.add_error(None, str(broken))
    except ValidationError as broken:
        form.add_error(None, broken.messages)
    else:
        return True
    return False


def take(
    request: HttpRequest, steps: dict[str, Callable[[], object]]
) -> tuple[object | None, RuleBroken | None]:
    """Take the step that the button names: what it gives, or the rule that forbids it. An unknown step does nothing."""
    act = steps.get(request.POST.get("step", ""))
    if act is None:
        return None, None
    try:
        return act(), None
    except RuleBroken as broken:
        return None, broken


def save(
    request: HttpRequest,
    form: EditForm,
    act: Callable[[dict[str, object], int], object],
    again: Callable[[], EditForm],
) -> HttpResponse | int:
    """Save a valid form. Gives the answer, or the status with which to show the form again.

    `act(words, revision)` saves and gives the thing. `again()` makes the same form from what is stored now.
    """
    if not form.is_valid():
        form.keep_choices()
        return _refused(form) if wants_json(request) else REFUSED
    try:
        passed = attempt(form, lambda: _act(form, act))
    except Conflict as conflict:
        if wants_json(request):
            return JsonResponse({"code": conflict.code, "detail": str(conflict)}, status=CONFLICT)
        now = again()
        form.show_conflict(now.stored, now.stored_revision)
        form.told = str(conflict)
        return CONFLICT
    if not passed:
        form.keep_choices()
        return _refused(form) if wants_json(request) else REFUSED
    if wants_json(request):
        now = again()
        return JsonResponse(
            {
                "revision": now.stored_revision,
                "base": json.loads(now.digests(now.stored)),
                "saved_at": clock.now().isoformat(),
            }
        )
    messages.success(request, _("Saved."))
    return redirect(request.path)


def _act(form: EditForm, act: Callable[[dict[str, object], int], object]) -> None:
    act(form.words(), form.cleaned_data["revision"])


def _refused(form: EditForm) -> JsonResponse:
    errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    first = next((texts[0] for texts in errors.values() if texts), "")
    return JsonResponse({"code": "invalid", "detail": first, "errors": errors}, status=REFUSED)
