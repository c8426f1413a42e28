"""A draft edited piece by piece, without a line of JavaScript, or as JSON by those who know it."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.numbers import whole
from portal.rules import RuleBroken
from subsidies.forms.policies import PieceForm, TextForm, worded
from subsidies.models import PolicyVersion
from subsidies.policy import places, read_policy, words
from subsidies.policy.places import LISTS, TERMS, TYPES, NoSuchPlace, Spot
from subsidies.policy.text import Entry, outline
from subsidies.selectors import policies as asked
from subsidies.services import policies as services
from subsidies.views.policies import CONFLICT, UNPROCESSABLE, found, is_auditor
from subsidies.views.shown import entry_of

OPEN = (*asked.EDITORS, Role.AUDITOR)
STEPS = {"up": -1, "down": 1}


def _draft(request: HttpRequest, pk: str) -> PolicyVersion:
    """A draft that the reader writes in; auditors look on."""
    row = found(request, pk)
    if not row.is_draft or not (asked.may_edit(request.user, row.province_id) or is_auditor(request)):
        raise Http404
    return row


@never_cache
@require_safe
@needs_role(*OPEN)
def contents(request: HttpRequest, pk: str) -> HttpResponse:
    return _contents(request, _draft(request, pk))


def _contents(
    request: HttpRequest, row: PolicyVersion, *, broken: RuleBroken | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "version": row,
        "parts": _parts(row),
        "terms": [(name, worded(title)) for name, (_shape, title) in TERMS.items()],
        "may_edit": asked.may_edit(request.user, row.province_id),
        "broken": broken,
    }
    return render(request, "subsidies/policies/edit.html", context, status=status)


def _parts(row: PolicyVersion) -> list[dict[str, Any]]:
    text = places.opened(row.body)
    lists = outline(read_policy(row.body), len(text["eligibility"]))
    return [
        {
            "name": name,
            "title": worded(title),
            "types": [(kind, worded(label)) for kind, label in TYPES.get(name, {}).items()],
            "pieces": _pieces(name, lists[name], lists),
            "addable": name != "uplifts" or bool(text["amount"]["lines"]),
        }
        for name, title in LISTS.items()
        if name != "choices"
    ]


def _pieces(name: str, entries: list[Entry], lists: dict[str, list[Entry]]) -> list[dict[str, Any]]:
    last = len(entries) - 1
    return [
        {
            "place": f"{name}-{number}",
            "entry": entry_of(entry),
            "first": number == 0,
            "last": number == last,
            "choices": _pieces(f"choices-{number}", lists[f"choices-{number}"], {})
            if name == "uplifts"
            else [],
            "more": f"choices-{number}-{places.NEW}" if name == "uplifts" else "",
        }
        for number, entry in enumerate(entries)
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*OPEN)
def piece(request: HttpRequest, pk: str, place: str) -> HttpResponse:
    """The form of one piece; `type` says which rule or line a new one is."""
    row = _draft(request, pk)
    try:
        spot = places.spot(row.body, place, kind=request.GET.get("type", ""))
    except NoSuchPlace:
        raise Http404 from None
    items = list(dict.fromkeys(line["item"] for line in places.opened(row.body)["amount"]["lines"]))
    form = PieceForm(request.POST or None, spot=spot, revision=row.revision, items=items)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _kept(request, row, form):
            messages.success(request, _("Kept."))
            return redirect("subsidies:policy-edit", pk=pk)
    context = {
        "version": row,
        "form": form,
        "spot": spot,
        "title": worded(spot.title),
        "help": _help(spot),
        "facts": sorted(words.FACTS),
    }
    return render(request, "subsidies/policies/piece.html", context, status=status)


def _help(spot: Spot) -> str:
    """What such a piece is for; of a line, how its sum is reckoned."""
    return next((worded(shape.about) for shape in spot.shapes if shape.about), "")


def _kept(request: HttpRequest, row: PolicyVersion, form: PieceForm) -> bool:
    body = places.put(row.body, form.spot.place, form.piece())
    try:
        services.change_policy(
            row, body, by=request.user, at=clock.now(), revision=form.cleaned_data["revision"]
        )
    except services.BadPolicy as broken:
        form.refuse(broken)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
    else:
        return True
    return False


@never_cache
@require_POST
@needs_role(*asked.EDITORS)
def move(request: HttpRequest, pk: str, place: str, step: str) -> HttpResponse:
    """Up, down, or out of the text."""
    row = found(request, pk)
    if not asked.may_edit(request.user, row.province_id) or step not in {*STEPS, "delete"}:
        raise Http404
    try:
        body = (
            places.without(row.body, place)
            if step == "delete"
            else places.moved(row.body, place, STEPS[step])
        )
    except NoSuchPlace:
        raise Http404 from None
    read = whole(request.POST.get("revision", ""))
    try:
        services.change_policy(row, body, by=request.user, at=clock.now(), revision=read)
    except services.NotADraft:
        raise Http404 from None
    except RuleBroken as broken:
        row.refresh_from_db()
        return _contents(request, row, broken=broken, status=CONFLICT)
    return redirect("subsidies:policy-edit", pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*OPEN)
def text(request: HttpRequest, pk: str) -> HttpResponse:
    """The whole text as JSON."""
    row = _draft(request, pk)
    told = {"text": json.dumps(row.body, ensure_ascii=False, indent=2), "revision": row.revision}
    form = TextForm(request.POST or None, initial=told)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                services.change_policy(
                    row, form.body, by=request.user, at=clock.now(), revision=form.cleaned_data["revision"]
                )
            except RuleBroken as broken:
                form.add_error("text", str(broken))
            else:
                messages.success(request, _("Kept."))
                return redirect("subsidies:policy-edit", pk=pk)
    return render(request, "subsidies/policies/json.html", {"version": row, "form": form}, status=status)
