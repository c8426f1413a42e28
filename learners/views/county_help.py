"""Help at a county desk: begin, prove presence, the few things a helper may do, and the banner on every page meanwhile."""

from contextlib import suppress

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from courses import selectors as courses
from learners.forms.intake import GroupForm, HelpCodeForm, HelpForm
from learners.models import HelpSession
from learners.selectors import county_help as selectors
from learners.selectors import rosters
from learners.selectors.enrolment import live_enrolment
from learners.services import county_help as services
from learners.workflow import HelpState
from portal import clock, numbers
from portal.accounts import selectors as people
from portal.accounts import sms
from portal.accounts.access import has_role, may, needs_role, signed_in
from portal.accounts.forms import IdentityForm
from portal.accounts.roles import Role
from portal.numbers import whole
from portal.rules import RuleBroken

KEY = "helping"
PER_PAGE = 30


def banner(request: HttpRequest) -> dict[str, object]:
    """Context processor: `helping`, while this browser acts for a learner. Costs nothing for everybody else."""
    session = getattr(request, "session", None)
    if session is None or KEY not in session or not request.user.is_authenticated:
        return {}
    found = selectors.own_help(request.user, at=clock.now())
    if found is None:
        del session[KEY]
    if found is None or found.state != HelpState.OPEN:
        return {}
    return {"helping": found, "helped_name": selectors.named(found)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*selectors.DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    at, helps = clock.now(), has_role(request.user, Role.COUNTY_DESK)
    form = HelpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not helps:
        raise Http404
    if form.is_bound and form.is_valid():
        try:
            made = _ask(request, form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            request.session[KEY] = True
            return redirect("learners:help", made.pk)
    page = Paginator(selectors.sessions_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "learners/help_desk.html",
        {
            "form": form if helps else None,
            "own": selectors.own_help(request.user, at=at),
            "to_confirm": selectors.to_confirm(request.user, at=at),
            "page": page,
            "rows": selectors.described(page.object_list, at=at),
        },
        status=422 if form.is_bound else 200,
    )


def _ask(request: HttpRequest, told: dict[str, str]) -> HelpSession:
    """Raises what the services raise, and sms.SmsFailed; then the help is ended again."""
    at = clock.now()
    if told["presence"] == HelpSession.Presence.OFFICIAL:
        return services.ask_with_card(told["who"], by=request.user, at=at)
    made, code = services.ask_with_phone(told["who"], by=request.user, at=at)
    place = numbers.county_name(made.place) if made.place else made.province.name
    with translation.override(made.learner.language):
        text = _(
            "A helper at a county desk (%(place)s) wants to act for you on Zhixun for 30 minutes. If you sit there,"
            " read out this code: %(code)s. If not, tell it to nobody."
        )
        said = text % {"place": place, "code": code}
    try:
        sms.send(made.learner.phone, said, at=at)
    except sms.SmsFailed:
        services.end_help(made, by=request.user, at=at)
        raise
    return made


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*selectors.CONFIRMERS)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Proof, then work: what the page shows follows from the state and from who looks."""
    row = selectors.help_visible_to(request.user, pk, at=clock.now())
    if row.helper_id != request.user.pk:
        return _confirm(request, row)
    return _work(request, row) if row.state == HelpState.OPEN else _prove(request, row)


def _confirm(request: HttpRequest, row: HelpSession) -> HttpResponse:
    """The second official's page."""
    if request.method == "POST":
        if request.POST.get("step") != "confirm":
            raise Http404
        try:
            done = services.confirm_presence(row, by=request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, str(broken))
        else:
            _tell_opened(done)
            messages.success(request, _("Confirmed. Your colleague can go on."))
        return redirect("learners:help-desk")
    return render(request, "learners/help_confirm.html", {"row": row, "name": selectors.named(row)})


def _tell_opened(row: HelpSession) -> None:
    """Whoever helps without a code is announced on the learner's phone, wherever it lies."""
    if not row.learner.phone:
        return
    with translation.override(row.learner.language):
        said = _(
            "A county desk now acts for you on Zhixun for 30 minutes; two officials have seen your card. If this is"
            " not so, sign in and end it."
        )
    with suppress(sms.SmsFailed):  # the help is on the learner's page all the same
        sms.send(row.learner.phone, said, at=clock.now())


def _prove(request: HttpRequest, row: HelpSession) -> HttpResponse:
    form = HelpCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.prove_presence(row, form.cleaned_data["code"], by=request.user, at=clock.now())
        except services.HelpOver as over:
            messages.error(request, str(over))
            return redirect("learners:help-desk")
        except RuleBroken as broken:
            form.add_error("code", str(broken))
        else:
            return redirect("learners:help", row.pk)
    page = {"row": row, "form": form, "by_phone": row.presence == HelpSession.Presence.PHONE}
    return render(request, "learners/help_prove.html", page, status=422 if form.is_bound else 200)


def _work(request: HttpRequest, row: HelpSession) -> HttpResponse:
    if KEY not in request.session:
        request.session[KEY] = True
    step = request.POST.get("step", "") if request.method == "POST" else ""
    page = _forms(request, row, step)
    if request.method == "POST":
        act = _STEPS.get(step)
        if act is None:
            raise Http404
        form = page["forms"].get(step)
        if form is None or form.is_valid():
            try:
                said = act(request, row, form)
            except RuleBroken as broken:
                messages.error(request, str(broken))
            else:
                messages.success(request, said)
                return redirect("learners:help", row.pk)
    return render(request, "learners/help.html", page, status=422 if request.method == "POST" else 200)


def _forms(request: HttpRequest, row: HelpSession, step: str) -> dict[str, object]:
    at, learner = clock.now(), row.learner
    identity = people.identity_of(learner)
    shown: dict[str, forms.Form] = {}
    if identity is None:
        shown["register"] = IdentityForm(
            request.POST if step == "register" else None, initial={"province": row.province_id}
        )
    else:
        counties = people.desk_counties(identity.province_code, on=clock.today(at))
        told = (request.POST, request.FILES) if step == "declare" else (None, None)
        shown["declare"] = GroupForm(*told, counties=counties, initial={"county": row.place})
    code = (request.POST.get("course") or request.GET.get("course") or "").strip().upper()[:24]
    course = courses.published_courses().filter(code=code).first() if code and "\x00" not in code else None
    return {
        "row": row,
        "name": selectors.named(row),
        "identity": identity,
        "forms": shown,
        "code": code,
        "course": course,
        "held": live_enrolment(learner, code) if course else None,
        "standing": courses.subsidy_standing(course, on=clock.today(at)) if course else None,
        "invitations": [it for it in rosters.invitations_described(learner) if it.is_open],
        "done": selectors.help_for(learner, at=at).done,
    }


def _told(request: HttpRequest) -> bool | None:
    return {"yes": True, "no": False}.get(request.POST.get("counts", ""))


def _enrol(request: HttpRequest, row: HelpSession, form: forms.Form | None) -> str:
    code = request.POST.get("course", "").strip().upper()[:24]
    services.enrol_for(row, code, by=request.user, at=clock.now(), told=_told(request))
    return _("Enrolled. The learner goes on alone, on their own device.")


def _declare(request: HttpRequest, row: HelpSession, form: forms.Form | None) -> str:
    services.declare_for(row, by=request.user, at=clock.now(), **form.cleaned_data)
    return _("Declared. It counts once an office has verified it.")


def _accept(request: HttpRequest, row: HelpSession, form: forms.Form | None) -> str:
    found = rosters.invitation_visible_to(row.learner, whole(request.POST.get("invitation", "")) or 0)
    services.accept_for(row, found, by=request.user, at=clock.now(), told=_told(request))
    return _("Accepted. The learner is enrolled; the employer sees how far they are.")


def _register(request: HttpRequest, row: HelpSession, form: forms.Form | None) -> str:
    if form is None:
        raise Http404
    services.register_for(row, by=request.user, at=clock.now(), **form.cleaned_data)
    return _("Registered. The learner can be enrolled now.")


_STEPS = {"enrol": _enrol, "declare": _declare, "accept": _accept, "register": _register}


@require_POST
@signed_in
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Both of them may end it at any moment; the helper as at any desk with the second factor."""
    row = selectors.helped_visible_to(request.user, pk)
    if row.helper_id == request.user.pk and not may(request, (Role.COUNTY_DESK,)):
        raise Http404
    services.end_help(row, by=request.user, at=clock.now())
    messages.success(request, _("The help is over."))
    if row.helper_id != request.user.pk:
        return redirect("my")
    request.session.pop(KEY, None)
    return redirect("learners:help-desk")
