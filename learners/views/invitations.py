"""The page on which somebody answers an employer's invitation."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses import selectors as courses
from learners.models import Invitation
from learners.selectors import rosters as selectors
from learners.selectors.enrolment import live_enrolment
from learners.selectors.intake import terms_for
from learners.services import invitations as services
from portal import clock
from portal.accounts.access import signed_in
from portal.accounts.models import User
from portal.rules import RuleBroken


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    row, refused = selectors.invitation_visible_to(request.user, pk), None
    if request.method == "POST":
        try:
            return _answer(request, row)
        except RuleBroken as broken:
            refused = str(broken)
    page = invited(request.user, row)
    return render(
        request, "learners/invitation.html", page | {"refused": refused}, status=409 if refused else 200
    )


def invited(user: User, row: Invitation) -> dict[str, object]:
    """What somebody reads before they answer: whose invitation, to what, what will be seen, whether it counts."""
    course = courses.published_courses().filter(code=row.course_code).first()
    return {
        "it": selectors.asked([row])[0],
        "course": course,
        "held": live_enrolment(user, row.course_code),
        "standing": courses.subsidy_standing(course, on=clock.today(clock.now())) if course else None,
        "terms": terms_for(user, row.course_code),
        "steps": selectors.steps_for(row),
    }


def _answer(request: HttpRequest, row: Invitation) -> HttpResponse:
    """Raises Http404 for an unknown step, and what the services raise."""
    step, at, user = request.POST.get("step", ""), clock.now(), request.user
    if step == "accept":
        told = {"yes": True, "no": False}.get(request.POST.get("counts", ""))
        done = services.accept_invitation(row, user, at=at, told=told)
        messages.success(request, _("Accepted. You are enrolled; your employer sees how far you are."))
        return redirect("learners:course", done.enrolment_id)
    if step == "decline":
        services.decline_invitation(row, user, at=at)
        messages.success(request, _("Declined. Your employer is not told."))
    elif step == "end":
        services.end_invitation(row, by=user, at=at)
        messages.success(request, _("Ended. Your employer sees nothing more; your course goes on."))
    else:
        raise Http404
    return redirect("my")
