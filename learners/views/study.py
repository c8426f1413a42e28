"""Pages of somebody's course: enrol, the course itself, leave it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses import selectors as courses
from learners import terms
from learners.models import CountingEdition
from learners.selectors import classes
from learners.selectors.editions import edition_in_force
from learners.selectors.enrolment import completion_of, enrolment_visible_to, live_enrolment, standing_of
from learners.selectors.intake import learning_ends_on, terms_for
from learners.selectors.progress import exam_standing
from learners.selectors.time import hours_of
from learners.services import enrolment as services
from learners.views.conditions import conditions
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import signed_in
from portal.accounts.models import User
from portal.rules import RuleBroken


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    course = courses.course_visible_to(request.user, code)
    if course.current_version_id is None:
        raise Http404
    if course.is_sample:
        messages.info(request, services.NothingToLearn.message)
        return redirect("courses:course", course.code)
    if (held := live_enrolment(request.user, course.code)) is not None:
        return redirect("learners:course", held.pk)
    refused = None
    if request.method == "POST":
        try:
            told = {"yes": True, "no": False}.get(request.POST.get("counts", ""))
            made = services.enrol(request.user, course.code, at=clock.now(), told=told)
        except services.NotVerified as broken:
            messages.info(request, broken.message)
            return redirect(reverse("accounts:identity") + "?" + urlencode({"next": request.path}))
        except services.AlreadyEnrolled:
            return redirect(request.path)
        except RuleBroken as broken:
            refused = broken.message
        else:
            messages.success(request, _("You are enrolled. Begin whenever you like."))
            return redirect("learners:course", made.pk)
    return render(
        request,
        "learners/enrol.html",
        _terms(request.user, course) | {"refused": refused},
        status=409 if refused else 200,
    )


def _terms(user: User, course: object) -> dict[str, object]:
    """What somebody agrees to by enrolling, in numbers. `course` is one of courses.selectors."""
    version = courses.current_version(course)
    identity = people.identity_of(user)
    try:
        edition = edition_in_force(
            identity.province_code if identity else course.province_id, clock.today(clock.now())
        )
    except CountingEdition.DoesNotExist:
        edition = None
    outline = courses.outline(version.pk)
    return {
        "course": course,
        "outline": outline,
        "standing": courses.subsidy_standing(course, on=clock.today(clock.now())),
        "identity": identity,
        "terms": terms_for(user, course.code),
        "edition": edition,
        "hour_minutes": edition.class_hour_seconds // 60 if edition else 0,
        "blueprint": courses.exam_blueprint(outline),
        "promise": courses.promise_of(course.code),
        "required": outline.hours * terms.REQUIRED_PERCENT / 100,
        "renew_days": terms.ATTEMPTS_RENEW.days,
        "province": next(
            (p.name for p in people.provinces() if identity and p.pk == identity.province_code), ""
        ),
    }


@require_http_methods(["GET", "HEAD"])
@signed_in
def course(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    at = clock.now()
    standing = exam_standing(enrolment, at=at)
    hours = hours_of(enrolment, at=at, most=0)
    return render(
        request,
        "learners/course.html",
        {
            "enrolment": enrolment,
            "subsidy": standing_of(enrolment),
            "standing": standing,
            "conditions": conditions(standing),
            "progress": standing.progress,
            "hours": hours,
            "missing": max(0, standing.progress.required_hours - hours.counted_hours),
            "completion": completion_of(enrolment),
            "classes": classes.coming(enrolment, at=at),
            "learn_until": learning_ends_on(enrolment),
        },
    )


@require_POST
@signed_in
def withdraw(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    try:
        services.withdraw(enrolment, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect("learners:course", enrolment.pk)
    messages.success(request, _("You have left the course. Your hours stay on record; enrol again to go on."))
    return redirect("courses:course", enrolment.course_code)
