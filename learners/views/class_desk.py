"""The desk of live classes and workshop days: planned, held, closed and signed by instructors of the provider."""

import csv
import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import selectors as courses
from learners import workflow
from learners.forms.classes import CancelForm, MeetingForm, MoveForm, RecordingForm, SignForm
from learners.models import Meeting
from learners.selectors import classes as selectors
from learners.selectors.classes import CLASS_ROLES, HOSTS
from learners.services import classes, rolls
from portal import clock, moves
from portal.accounts.access import needs_role, organisations_of
from portal.rules import RuleBroken

PAGE_SIZE = 50
_DONE = {
    "move": gettext_lazy("Moved. Learners read it on their page."),
    "cancel": gettext_lazy("Cancelled. Learners read it on their page."),
    "close": gettext_lazy("Closed. Now look at the list and sign it."),
    "sign": gettext_lazy("Signed. The time counts."),
    "record": gettext_lazy("Those who missed the class can watch the film now."),
}


@never_cache
@require_safe
@needs_role(*CLASS_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    page = Paginator(selectors.on_desk(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "learners/classes.html",
        {"page": page, "now": clock.now(), "may_plan": bool(organisations_of(request.user, *HOSTS))},
    )


def _lessons(request: HttpRequest) -> list[tuple[int, str]]:
    rows = courses.lessons_to_meet(organisations_of(request.user, *HOSTS))
    return [
        (row.pk, f"{row.version.title} v{row.version.number} · {row.title} · {row.planned_seconds // 60} min")
        for row in rows
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*CLASS_ROLES)
def plan(request: HttpRequest) -> HttpResponse:
    lessons = _lessons(request)
    form = MeetingForm(lessons, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = classes.plan_meeting(
                int(form.cleaned_data["lesson"]), by=request.user, at=clock.now(), **form.facts
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Planned. Learners of this version see it on their page."))
            return redirect("learners:class-desk", made.pk)
    return render(
        request,
        "learners/class_plan.html",
        {"form": form, "lessons": lessons},
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_safe
@needs_role(*CLASS_ROLES)
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    found = get_object_or_404(selectors.meetings_visible_to(request.user), pk=meeting_id)
    return _show(request, found)


def _show(request: HttpRequest, found: Meeting, **forms: object) -> HttpResponse:
    rows = selectors.attendees(found)
    may = selectors.may_host(request.user, found.organisation_id)
    steps = moves.steps_from(workflow.MEETING_MOVES, found.state) if may else []
    begun = clock.now() > found.begins_at
    context = {
        "meeting": found,
        "lesson": found.lesson,
        "ends_at": selectors.planned_end(found),
        "attendees": rows,
        "may_host": may,
        "steps": [s for s in steps if not (s == "move" and begun) and not (s == "close" and not begun)],
        "move_form": MoveForm(),
        "cancel_form": CancelForm(),
        "sign_form": SignForm([(line.row.pk, line.name) for line in rows]),
        "record_form": RecordingForm(found) if may and found.kind == Meeting.Kind.LIVE else None,
    } | forms
    return render(request, "learners/class_desk.html", context, status=422 if forms else 200)


@require_POST
@needs_role(*HOSTS)
def step(request: HttpRequest, meeting_id: int, verdict: str) -> HttpResponse:
    """Move, cancel, close, sign, or attach the recording."""
    found = get_object_or_404(selectors.meetings_visible_to(request.user), pk=meeting_id)
    name, form = _form(request, found, verdict)
    if form is None or form.is_valid():
        try:
            _act(request, found, verdict, form)
        except RuleBroken as broken:
            if form is None:
                messages.error(request, broken.message)
                return redirect("learners:class-desk", found.pk)
            form.add_error(None, broken.message)
        else:
            messages.success(request, _DONE[verdict])
            return redirect("learners:class-desk", found.pk)
    return _show(request, found, **{name: form})


def _form(request: HttpRequest, found: Meeting, verdict: str) -> tuple[str, object]:
    if verdict == "move":
        return "move_form", MoveForm(request.POST)
    if verdict == "cancel":
        return "cancel_form", CancelForm(request.POST)
    if verdict == "sign":
        rows = [(line.row.pk, line.name) for line in selectors.attendees(found)]
        return "sign_form", SignForm(rows, request.POST)
    if verdict == "record":
        return "record_form", RecordingForm(found, request.POST)
    return "", None


def _act(request: HttpRequest, found: Meeting, verdict: str, form: object) -> None:
    told = {"by": request.user, "at": clock.now()}
    said = form.cleaned_data if form else {}
    if verdict == "move":
        classes.move_meeting(found, begins_at=said["begins_at"], note=said["reason"], url=said["url"], **told)
    elif verdict == "cancel":
        classes.cancel_meeting(found, note=said["reason"], **told)
    elif verdict == "sign":
        rolls.sign(found, struck=form.struck, **told)
    elif verdict == "record":
        classes.attach_recording(found, int(said["film"]), **told)
    else:
        classes.close_meeting(found, **told)


@never_cache
@require_safe
@needs_role(*CLASS_ROLES)
def code(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The code of this minute in large digits, for the wall of the workshop. It asks again by itself."""
    found = get_object_or_404(
        selectors.meetings_visible_to(request.user).filter(kind=Meeting.Kind.WORKSHOP), pk=meeting_id
    )
    at = clock.now()
    left = 60 - int(at.timestamp()) % 60
    context = {
        "meeting": found,
        "lesson": found.lesson,
        "code": rolls.code_of(found, at) if selectors.door_open(found, at) else "",
        "opens_at": found.begins_at - dt.timedelta(seconds=found.check_in_seconds),
        "refresh": left + 1,
        "left": left,
    }
    return render(request, "learners/class_code.html", context)


@never_cache
@require_safe
@needs_role(*CLASS_ROLES)
def attendance_csv(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The list as a file that spreadsheet programs open with the right letters. Names are masked."""
    found = get_object_or_404(selectors.meetings_visible_to(request.user), pk=meeting_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="class-{found.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(
        [
            "enrolment",
            "name",
            "province",
            "checked_in_at",
            "confirmed_seconds",
            "missed",
            "struck",
            "credited_seconds",
        ]
    )
    for line in selectors.attendees(found):
        row = line.row
        writer.writerow(
            [
                row.enrolment_id,
                line.name,
                row.province_id,
                row.checked_in_at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
                line.confirmed_seconds,
                line.missed,
                bool(row.struck),
                "" if row.credited_ms is None else row.credited_ms // 1000,
            ]
        )
    return response
