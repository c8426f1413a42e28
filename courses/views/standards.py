"""Content and duration standards: the public list, the desk that keeps them, the courses that fall short."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.forms.standards import ShortfallFilter, StandardFilter, StandardForm
from courses.models import ContentStandard
from courses.selectors import shortfalls as short
from courses.selectors import standard_lists as asked
from courses.services import standards as services
from portal import clock
from portal.accounts.access import has_role, needs_role, provinces_of
from portal.accounts.models import Province
from portal.accounts.roles import Role
from portal.accounts.selectors import provinces
from portal.numbers import whole
from portal.rules import RuleBroken

PER_PAGE = 50
READERS = (*asked.KEEPERS, Role.AUDITOR)


@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """Every published standard. Public."""
    form = StandardFilter(request.GET)
    rows = form.narrow(asked.published_standards())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/standards.html", {"form": form, "page": page, "rows": _with_phase(page)})


@require_safe
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """One published standard in words. Public."""
    found = asked.published_standard(pk)
    page = asked.standard_page(found, on=clock.today(clock.now()))
    return render(request, "courses/standard.html", {"page": page, "standard": found})


@needs_role(*READERS)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    form = StandardFilter(request.GET)
    rows = form.narrow(asked.standards_at_the_desk(request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": _with_phase(page), "scopes": _scopes(request)}
    return render(request, "courses/standards_desk.html", context)


@needs_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`for` says whose: a province's code, or nothing for the nation."""
    scopes = dict(_scopes(request))
    province = _scope_asked(request, scopes)
    form = StandardForm(request.POST or None, province=province)
    return _edited(request, form, _("The draft is kept. Somebody else publishes it."), keeps=bool(scopes))


@needs_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = asked.standard_at_the_desk(request.user, pk)
    if not found.is_draft:
        raise Http404
    form = StandardForm(request.POST or None, province=found.province, standard=found)
    keeps = asked.keeps_standard(request.user, found)
    return _edited(request, form, _("The draft is changed. Somebody else publishes it."), keeps=keeps)


def _edited(request: HttpRequest, form: StandardForm, said: str, *, keeps: bool) -> HttpResponse:
    if request.method == "POST" and not keeps:
        form.is_valid()
        form.add_error(None, _("You may look at this standard, but not change it."))
    elif request.method == "POST" and form.is_valid():
        try:
            kept = form.keep(by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, said)
            return redirect("courses:standard-desk", pk=kept.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "standard": form.standard, "province": form.province, "keeps": keeps}
    return render(request, "courses/standard_form.html", context, status=status)


@needs_role(*READERS)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    found = asked.standard_at_the_desk(request.user, pk)
    return _shown(request, found)


@needs_role(*asked.KEEPERS)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    found = asked.standard_to_keep(request.user, pk)
    revision = request.POST.get("revision", "")
    try:
        services.publish_standard(found, by=request.user, at=clock.now(), revision=whole(revision))
    except RuleBroken as broken:
        return _shown(request, found, refused=str(broken))
    messages.success(request, _("Published. Courses are being checked against it."))
    return redirect("courses:standard-desk", pk=pk)


def _shown(request: HttpRequest, found: ContentStandard, *, refused: str = "") -> HttpResponse:
    at = clock.now()
    keeps = asked.keeps_standard(request.user, found)
    context = {
        "page": asked.standard_page(found, on=clock.today(at)),
        "standard": found,
        "keeps": keeps,
        "is_own": found.edited_by_id == request.user.pk,
        "impact": short.impact_of(found, at=at) if found.is_draft and keeps else None,
        "recheck": asked.recheck_of(found),
        "history": asked.history(found),
        "refused": refused,
    }
    return render(request, "courses/standard_desk.html", context, status=422 if refused else 200)


@needs_role(*short.READERS, *short.SUPPLIERS)
@require_safe
def shortfalls(request: HttpRequest) -> HttpResponse:
    """Published courses that fall short of a newer standard: the province's, or the supplier's own."""
    form = ShortfallFilter(request.GET)
    today = clock.today(clock.now())
    rows = form.narrow(short.shortfalls_visible_to(request.user))
    page = Paginator(form.in_state(rows, form.state_asked, today), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, short.reasons(row), row.due_on < today) for row in page],
        "tabs": form.tabs(rows, today),
    }
    return render(request, "courses/shortfalls.html", context)


def _with_phase(page: object) -> list[tuple[ContentStandard, str]]:
    today = clock.today(clock.now())
    return [(row, row.phase(today)) for row in page]


def _scopes(request: HttpRequest) -> list[tuple[str, str]]:
    """(code, name) of whom the user may write a standard for; "" is the nation."""
    nation = (
        [("", pgettext("issuer", "The nation"))] if has_role(request.user, Role.MINISTRY_REVIEWER) else []
    )
    kept = provinces_of(request.user, Role.PROVINCE_CATALOGUE)
    return nation + [(row.code, row.name) for row in provinces() if row.code in kept]


def _scope_asked(request: HttpRequest, scopes: dict[str, str]) -> Province | None:
    """Raises Http404 for a scope that the user does not keep; who only reads sees the nation's form."""
    scopes = scopes or {"": ""}
    code = request.GET.get("for", next(iter(scopes), ""))
    if code not in scopes:
        raise Http404
    return Province.objects.get(pk=code) if code else None
