"""Questions of a learner at a lesson: read them, ask, add, say whether it helped, report."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from courses import selectors as courses
from learners import asking
from learners.forms.asking import AskForm, FollowUpForm, ReportForm
from learners.models import Enquiry, Enrolment, FaqEntry, Post
from learners.selectors import asking as selectors
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.services import asking as services
from portal import clock
from portal.accounts.access import signed_in
from portal.numbers import whole
from portal.rules import RuleBroken
from portal.templatetags.zhixun import clockface

UNPROCESSABLE = 422


def moment(request: HttpRequest, lesson: courses.LessonFacts, name: str = "at") -> int | None:
    """The second that `?at=` names, or another name; None where it names none of this film."""
    asked = whole(request.GET.get(name, ""))
    return asked if asked is not None and lesson.is_film and asked <= lesson.seconds else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def questions(request: HttpRequest, enrolment_id: int, key: str) -> HttpResponse:
    """All questions of a lesson, and the form to ask another."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    lesson = outline_of(enrolment).lesson(key)
    if lesson is None:
        raise Http404
    if request.method != "POST":
        start = moment(request, lesson)
        form = AskForm(lesson, initial={"moment": clockface(start) if start is not None else ""})
        return _questions(request, enrolment, lesson, form)
    form = AskForm(lesson, request.POST, request.FILES)
    if not form.is_valid():
        return _questions(request, enrolment, lesson, form)
    if not form.cleaned_data["seen"]:
        alike = selectors.alike(enrolment.course_code, asking.plain(form.cleaned_data["text"]), request.user)
        if alike:
            return _questions(request, enrolment, lesson, form, alike=alike)
    try:
        made = services.ask(enrolment, lesson, by=request.user, at=clock.now(), **form.told)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return _questions(request, enrolment, lesson, form)
    messages.success(request, _("Your question is on its way. You read the answer here."))
    return redirect("learners:enquiry", made.pk)


def _questions(
    request: HttpRequest,
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    form: AskForm,
    *,
    alike: list[FaqEntry] | None = None,
) -> HttpResponse:
    outline, at = outline_of(enrolment), clock.now()
    if alike:
        form.data = form.data.copy()
        form.data["seen"] = "1"
    context = {
        "enrolment": enrolment,
        "lesson": lesson,
        "course_title": outline.title,
        "asked": selectors.panel(enrolment, lesson, few=False),
        "form": form,
        "alike": alike,
        "pause": selectors.pause_of(request.user, organisation_id=outline.organisation_id, at=at),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "learners/questions.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def enquiry(request: HttpRequest, enquiry_id: int) -> HttpResponse:
    """One of the reader's own: what was said; posting adds to it, or says that the answer helped."""
    found = selectors.enquiry_visible_to(request.user, enquiry_id)
    if request.method != "POST":
        return _enquiry(request, found, FollowUpForm())
    at, helped = clock.now(), request.POST.get("step") == "satisfied"
    form = FollowUpForm(None if helped else request.POST)
    if not helped and not form.is_valid():
        return _enquiry(request, found, form)
    try:
        if helped:
            services.satisfied(found, by=request.user, at=at)
        else:
            services.follow_up(found, text=form.cleaned_data["text"], by=request.user, at=at)
    except RuleBroken as broken:
        if helped:
            messages.error(request, broken.message)
            return redirect("learners:enquiry", found.pk)
        form.add_error(None, broken.message)
        return _enquiry(request, found, form)
    messages.success(
        request, _("Thank you. That is noted.") if helped else _("Sent. You read the answer here.")
    )
    return redirect("learners:enquiry", found.pk)


def _enquiry(request: HttpRequest, found: Enquiry, form: FollowUpForm) -> HttpResponse:
    enrolment = selectors.enrolment_for(request.user, found.course_code)
    outline = outline_of(enrolment or found.enrolment)
    context = {
        "enquiry": found,
        "enrolment": enrolment,
        "lesson": outline.lesson(found.lesson_key),
        "course_title": outline.title,
        "thread": selectors.thread_of(found, user=request.user, at=clock.now(), learner=_("You")),
        "form": form,
    }
    return render(request, "learners/enquiry.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
@signed_in
def have_too(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = selectors.entry_visible_to(request.user, entry_id)
    enrolment = selectors.enrolment_for(request.user, entry.course_code)
    services.have_too(entry, enrolment=enrolment, at=clock.now())
    messages.success(request, _("Noted: you have this question, too."))
    return redirect(_lesson_questions(enrolment, entry))


def _lesson_questions(enrolment: Enrolment, place: Enquiry | FaqEntry) -> str:
    """Where the questions of its lesson stand; the course, where the reader's version has no such lesson."""
    if outline_of(enrolment).lesson(place.lesson_key) is None:
        return reverse("learners:course", args=[enrolment.pk])
    return reverse("learners:questions", args=[enrolment.pk, place.lesson_key])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = selectors.entry_visible_to(request.user, entry_id)
    enrolment = selectors.enrolment_for(request.user, entry.course_code)
    return _report(request, entry, back=_lesson_questions(enrolment, entry), text=entry.question)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report_post(request: HttpRequest, post_id: int) -> HttpResponse:
    post = selectors.post_to_report(request.user, post_id)
    return _report(request, post, back=reverse("learners:enquiry", args=[post.enquiry_id]), text=post.text)


def _report(request: HttpRequest, thing: Post | FaqEntry, *, back: str, text: str) -> HttpResponse:
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.report(thing, by=request.user, at=clock.now(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Reported. A moderator looks at it and decides."))
            return redirect(back)
    context = {"form": form, "back": back, "text": text}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "learners/report_form.html", context, status=status)
