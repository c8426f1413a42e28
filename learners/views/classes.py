"""A live class or a workshop day as its learner sees it. The page asks again by itself; no script is needed."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from learners import workflow
from learners.forms.classes import CodeForm
from learners.models import Attendance, Enrolment, Meeting
from learners.selectors import classes as selectors
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.services import rolls
from portal import clock
from portal.accounts.access import signed_in
from portal.rules import RuleBroken

LOOK_AGAIN = 20
"""Seconds; well below the time that a call waits."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def meeting(request: HttpRequest, enrolment_id: int, meeting_id: int) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    found = selectors.meeting_of(enrolment, meeting_id)
    form = CodeForm(request.POST if request.POST.get("verdict") == "door" else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            said = _act(request, found, enrolment, form)
        except RuleBroken as broken:
            if not form.is_bound:
                messages.error(request, broken.message)
                return redirect("learners:class", enrolment.pk, found.pk)
            form.add_error("code", broken.message)
        else:
            messages.success(request, said)
            return redirect("learners:class", enrolment.pk, found.pk)
    row = selectors.attendance_of(enrolment, found)
    context = _context(enrolment, found, row, at=clock.now()) | {"form": form}
    return render(request, "learners/class.html", context, status=422 if form.is_bound else 200)


def _act(request: HttpRequest, found: Meeting, enrolment: Enrolment, form: CodeForm) -> str:
    at, by = clock.now(), request.user
    if form.is_bound:
        row = rolls.pass_door(found, enrolment, by=by, at=at, code=form.cleaned_data["code"])
        return _("You are in.") if row.presses.count() % 2 else _("You are out. This stay is noted.")
    row = selectors.attendance_of(enrolment, found)
    if request.POST.get("verdict") == "here" and row is not None:
        rolls.press(row, by=by, at=at)
        return _("Thank you: noted.")
    rolls.check_in(found, enrolment, by=by, at=at)
    return _("You are checked in. Leave this page open: it calls you now and then.")


def _context(
    enrolment: Enrolment, found: Meeting, row: Attendance | None, *, at: dt.datetime
) -> dict[str, object]:
    now = clock.milliseconds(at)
    live = found.kind == Meeting.Kind.LIVE
    over = at > selectors.planned_end(found) or found.state != workflow.PLANNED
    roll = selectors.rolled(row) if row and live else None
    calling = bool(roll and roll.is_open(now) and not row.left_at)
    late = bool(roll and roll.is_late(now) and not row.left_at and not over)
    running = bool(row and live and roll.call and (not over or now <= roll.call.until) and not row.left_at)
    return {
        "enrolment": enrolment,
        "meeting": found,
        "lesson": next((x for x in outline_of(enrolment).lessons if x.id == found.lesson_id), None),
        "course": outline_of(enrolment).title,
        "ends_at": selectors.planned_end(found),
        "attendance": row,
        "door_open": selectors.door_open(found, at),
        "opens_at": found.begins_at - dt.timedelta(seconds=found.check_in_seconds),
        "full": found.attendances.count() >= found.capacity and row is None,
        "over": over,
        "roll": roll,
        "confirmed_seconds": sum(b - a for a, b in roll.confirmed) // 1000 if roll else 0,
        "missed": len(roll.missed) if roll else 0,
        "calling": calling,
        "calling_seconds": (roll.call.until - now) // 1000 if calling else 0,
        "late": late,
        "inside": bool(row and not live and row.presses.count() % 2),
        "presses": list(row.presses.all()) if row and not live else [],
        # while the learner is called the page stands still; else it looks again, never telling when the call comes
        "refresh": ((roll.call.until - now) // 1000 + 1 if calling else LOOK_AGAIN) if running else 0,
        "credited_seconds": row.credited_ms // 1000 if row and row.credited_ms is not None else None,
    }
