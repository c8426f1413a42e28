"""The desk of those who answer: the inbox, one question, a published answer, and what courses promise."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses import selectors as courses
from courses import services as catalogue
from learners.forms.asking import AnswerForm, AskBackForm, EntryForm, InboxFilter, PointForm, PromiseForm
from learners.models import Enquiry, FaqEntry
from learners.selectors import inbox
from learners.selectors.asking import thread_of
from learners.services import answering
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.rules import RuleBroken

PAGE_SIZE = 50
UNPROCESSABLE = 422


@never_cache
@require_safe
@needs_role(*inbox.INBOX_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, the earliest due first."""
    form = InboxFilter(request.GET)
    rows = _narrowed(inbox.inbox_of(request.user), form, request.user)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    state = form.asked("state") or "waiting"
    context = {
        "page": page,
        "lines": inbox.described(page.object_list, at=clock.now()),
        "form": form,
        "tabs": [(code, name, code == state) for code, name in InboxFilter.STATES],
        "state": state,
    }
    return render(request, "learners/inbox.html", context)


desk.waiting = inbox.waiting_at


def _narrowed(rows: QuerySet[Enquiry], form: InboxFilter, user: User) -> QuerySet[Enquiry]:
    state = form.asked("state") or "waiting"
    if course := form.asked("course"):
        rows = rows.filter(course_code__iexact=course.strip())
    if lesson := form.asked("lesson"):
        rows = rows.filter(lesson_key=lesson.strip())
    if state == "late":
        rows = rows.waiting().late()
    elif state == "mine":
        rows = rows.waiting().filter(claimed_by=user, claimed_until_at__gt=clock.now())
    else:
        rows = rows.filter(state=state)
    return rows.order_by("due_at", "-id")


def _steps(found: Enquiry, request: HttpRequest) -> dict[str, tuple[object | None, Callable[..., object]]]:
    """Step → its form, filled with what was posted, and what it does."""
    data = request.POST
    return {
        "claim": (None, answering.claim),
        "release": (None, answering.release),
        "answer": (AnswerForm(data, auto_id="answer_%s"), answering.answer),
        "return": (AskBackForm(data, auto_id="return_%s"), answering.ask_back),
        "point": (PointForm(found, data, auto_id="point_%s"), answering.point_to),
        "publish": (EntryForm(data, auto_id="publish_%s"), answering.publish),
    }


DONE = {
    "claim": _("You are answering this question. For half an hour nobody else does."),
    "release": _("Others may answer it again."),
    "answer": _("Answered. The learner reads it now."),
    "return": _("Returned. The learner is asked to say more."),
    "point": _("The learner has the published answer now."),
    "publish": _("Published. All learners of this lesson read it now."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*inbox.INBOX_ROLES)
def enquiry(request: HttpRequest, enquiry_id: int) -> HttpResponse:
    """One question; posting takes one step with it."""
    found = inbox.enquiry_at_the_desk(request.user, enquiry_id)
    if request.method != "POST":
        return _enquiry(request, found)
    step = request.POST.get("step", "")
    form, act = _steps(found, request).get(step, (None, None))
    if act is None:
        return _enquiry(
            request, found, refused=_("Choose what to do with this question."), typed=request.POST.dict()
        )
    if form is not None and not form.is_valid():
        return _enquiry(request, found, **{f"{step}_form": form})
    told = form.cleaned_data if form is not None else {}
    try:
        act(found, by=request.user, at=clock.now(), **told)
    except RuleBroken as broken:
        if form is None:
            return _enquiry(request, found, refused=broken.message)
        form.add_error(None, broken.message)
        return _enquiry(request, found, **{f"{step}_form": form})
    messages.success(request, DONE[step])
    return redirect("learners:inbox-enquiry", found.pk)


def _enquiry(
    request: HttpRequest,
    found: Enquiry,
    *,
    refused: object = "",
    typed: Mapping[str, str] | None = None,
    **forms: object,
) -> HttpResponse:
    """`typed` stands in the forms again where nobody can say which of them was meant."""
    typed = typed or {}
    at = clock.now()
    found = inbox.enquiry_at_the_desk(request.user, found.pk)
    line = inbox.described([found], at=at)[0]
    thread = thread_of(found, user=request.user, at=at, learner=line.learner or _("Learner"))
    last = next((said.post for said in reversed(thread) if said.post.kind == "answer"), None)
    words = {
        "question_zh": line.text,
        "answer_zh": last.text if last else "",
        "answer_en": last.text_en if last else "",
    }
    page = {
        "line": line,
        "enquiry": found,
        "thread": thread,
        "entry": FaqEntry.objects.filter(enquiry=found).first(),
        "may_answer": inbox.may_answer(request.user, found),
        "is_mine": bool(line.claimed_by) and found.claimed_by_id == request.user.pk,
        "answer_form": AnswerForm(initial=typed, auto_id="answer_%s"),
        "return_form": AskBackForm(initial=typed, auto_id="return_%s"),
        "point_form": PointForm(found, initial=typed, auto_id="point_%s"),
        "publish_form": EntryForm(initial=words | typed, auto_id="publish_%s"),
        "refused": refused,
    }
    status = UNPROCESSABLE if refused or forms else 200
    return render(request, "learners/inbox_enquiry.html", page | forms, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*inbox.INBOX_ROLES)
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """A published answer: its words, and whether learners see it."""
    found = inbox.entry_at_the_desk(request.user, entry_id)
    names = ("question_zh", "answer_zh", "question_en", "answer_en")
    words = {name: getattr(found, name) for name in names}
    form = EntryForm(initial=words)
    refused = ""
    if request.method == "POST":
        at, step = clock.now(), request.POST.get("step", "")
        form = EntryForm(request.POST) if step == "change" else EntryForm(initial=words | request.POST.dict())
        try:
            if step in {"unpublish", "publish"}:
                act = answering.unpublish if step == "unpublish" else answering.publish_again
                act(found, by=request.user, at=at)
            elif form.is_bound and form.is_valid():
                answering.change_entry(found, by=request.user, at=at, **form.cleaned_data)
            elif not form.is_bound:
                refused = _("Choose what to do with this question.")
        except RuleBroken as broken:
            refused = broken.message
        if not refused and not form.errors:
            messages.success(request, _("Saved."))
            return redirect("learners:faq-entry", found.pk)
    context = {
        "entry": inbox.entry_at_the_desk(request.user, entry_id),
        "form": form,
        "refused": refused,
        "may_edit": inbox.may_edit_entry(request.user, found),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "learners/faq_entry.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.PROVIDER_MANAGER)
def promises(request: HttpRequest) -> HttpResponse:
    """Within how many working days each course of the organisation answers; posting sets one."""
    rows = courses.courses_that_promise(request.user)
    form = None
    if request.method == "POST":
        form = PromiseForm(request.POST)
        if form.is_valid():
            course = get_object_or_404(rows, code=form.cleaned_data["course"])
            days = form.cleaned_data["working_days"]
            catalogue.promise_answers(course, working_days=days, by=request.user, at=clock.now())
            messages.success(request, _("Saved. It holds for questions asked from now on."))
            return redirect("learners:promises")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    known = courses.promises_of(course.code for course in page.object_list)
    lines = [(course, known[course.code]) for course in page.object_list]
    refused = next(iter(form.errors.values()))[0] if form else ""
    context = {"page": page, "lines": lines, "form": form, "refused": refused}
    return render(request, "learners/promises.html", context, status=UNPROCESSABLE if form else 200)
