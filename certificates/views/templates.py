"""The desk of templates: what certificates say, drafted with a preview, published by a second person."""

import base64

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.forms import TemplateForm
from certificates.models import PaperTemplate
from certificates.paper.checking import MEANINGS, shown
from certificates.selectors import templates as asked
from certificates.services import templates as services
from portal import clock
from portal.accounts.access import has_role, needs_role, provinces_of
from portal.accounts.models import Province
from portal.accounts.roles import Role
from portal.accounts.selectors import provinces
from portal.audit.selectors import history_of
from portal.audit.words import of_action
from portal.numbers import whole
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*asked.READERS)
def desk(request: HttpRequest) -> HttpResponse:
    today = clock.today(clock.now())
    page = Paginator(asked.templates_visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    in_force = asked.in_force_ids(today)
    rows = [(row, asked.phase_of(row, today, in_force)) for row in page]
    return render(
        request, "certificates/templates.html", {"page": page, "rows": rows, "scopes": _scopes(request)}
    )


def _scopes(request: HttpRequest) -> list[tuple[str, str]]:
    """(code, name) of whom the user may write a template for; "" is the nation."""
    nation = (
        [("", pgettext("issuer", "The nation"))] if has_role(request.user, Role.MINISTRY_REVIEWER) else []
    )
    kept = provinces_of(request.user, Role.PROVINCE_CATALOGUE)
    return nation + [(row.code, row.name) for row in provinces() if row.code in kept]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.EDITORS, Role.AUDITOR)
def new(request: HttpRequest) -> HttpResponse:
    """`for` says whose: a province's code, or nothing for the nation; `kind` which. It begins from what is in force."""
    scopes = dict(_scopes(request))
    code = request.GET.get("for", next(iter(scopes), ""))
    kind = request.GET.get("kind", PaperTemplate.Kind.LEVEL)
    if code not in (scopes or {""}) or kind not in PaperTemplate.Kind.values:
        raise Http404
    province = Province.objects.get(pk=code) if code else None
    like = asked.before(PaperTemplate(province=province, kind=kind, valid_from=clock.today(clock.now())))
    form = TemplateForm(request.POST or None, kind=kind, province=province, like=like)
    return _edited(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.EDITORS, Role.AUDITOR)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    if not found.is_draft or not (
        asked.may_edit(request.user, found) or has_role(request.user, Role.AUDITOR)
    ):
        raise Http404
    form = TemplateForm(request.POST or None, kind=found.kind, province=found.province, template=found)
    return _edited(request, form)


def _edited(request: HttpRequest, form: TemplateForm) -> HttpResponse:
    """`look` among what is sent: shown as typed, nothing is kept."""
    picture = ""
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            picture = _inline(form) if form.can_be_shown() else ""
        elif kept := _kept(request, form):
            messages.success(request, _("The draft is kept. Somebody else publishes it."))
            return redirect("certificates:template", pk=kept.pk)
    context = {
        "form": form,
        "template": form.template,
        "province": form.province,
        "kinds": PaperTemplate.Kind.choices,
        "meanings": MEANINGS.items(),
        "picture": picture,
    }
    status = 422 if request.method == "POST" and not picture else 200
    return render(request, "certificates/template_form.html", context, status=status)


def _kept(request: HttpRequest, form: TemplateForm) -> PaperTemplate | None:
    try:
        return form.keep(by=request.user, at=clock.now())
    except services.BadTemplate as broken:
        form.add_problems(broken.problems)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
    return None


def _inline(form: TemplateForm) -> str:
    drawn = shown(form.wording(), form.kind, form="svg", **_names(form.province))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


def _names(province: Province | None) -> dict[str, str]:
    return {"province": province.full_name_zh, "province_en": province.name_en} if province else {}


def _visible(request: HttpRequest, pk: int) -> PaperTemplate:
    return get_object_or_404(asked.templates_visible_to(request.user), pk=pk)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _visible(request, pk))


@never_cache
@require_POST
@needs_role(*asked.PUBLISHERS)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    if not asked.may_publish(request.user, found):
        raise Http404
    read = whole(request.POST.get("revision", ""))
    try:
        services.publish(found, by=request.user, at=clock.now(), revision=read)
    except RuleBroken as broken:
        return _shown(request, found, refused=str(broken))
    messages.success(request, _("Published. Certificates issued from its first day on are printed by it."))
    return redirect("certificates:template", pk=pk)


def _shown(request: HttpRequest, found: PaperTemplate, *, refused: str = "") -> HttpResponse:
    today = clock.today(clock.now())
    before = asked.before(found)
    history = history_of("certificates.papertemplate", found.pk)
    context = {
        "template": found,
        "phase": asked.phase_of(found, today, asked.in_force_ids(today)),
        "before": before,
        "texts": asked.texts_of(found.wording, before.wording if before else None),
        "may_edit": asked.may_edit(request.user, found),
        "may_publish": asked.may_publish(request.user, found),
        "is_own": found.edited_by_id == request.user.pk,
        "history": [(entry, of_action(entry.action)) for entry in history],
        "refused": refused,
    }
    return render(request, "certificates/template.html", context, status=422 if refused else 200)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(_drawn(request, pk, "svg"), content_type="image/svg+xml")


@never_cache
@require_safe
@needs_role(*asked.READERS)
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(
        _drawn(request, pk, "pdf"),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="template-{pk}-sample.pdf"'},
    )


def _drawn(request: HttpRequest, pk: int, form: str) -> bytes:
    """With invented facts; `facts=long`: the longest."""
    found = _visible(request, pk)
    long = request.GET.get("facts") == "long"
    return shown(found.wording, found.kind, form=form, long=long, **_names(found.province))
