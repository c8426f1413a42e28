"""The page of one kind of paper: what is there, add another, take one away. One thing on it, for a phone's camera."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from courses.papers import MOST_BYTES
from portal import clock
from portal.numbers import whole
from portal.rules import RuleBroken
from subsidies.forms.claims import MaterialForm
from subsidies.models import Claim
from subsidies.policy import Policy
from subsidies.selectors import materials as asked
from subsidies.services import materials

__all__ = ["MOST_BYTES", "show"]
UNPROCESSABLE = 422


def show(
    request: HttpRequest,
    holder: asked.Holder | None,
    kind: str,
    *,
    policy: Policy | None,
    back: str,
    **more: object,
) -> HttpResponse:
    """`back` is the page from which it is reached; there may be no holder as long as nothing is added.

    404 for a kind that the policy does not ask for.
    """
    if kind not in asked.asked_by(policy):
        raise Http404
    form = MaterialForm()
    if request.method == "POST":
        if "remove" in request.POST:
            return _remove(request, holder)
        form = MaterialForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                materials.add_material(
                    holder,
                    kind=kind,
                    paper=form.cleaned_data["paper"],
                    policy=policy,
                    by=request.user,
                    at=clock.now(),
                )
            except RuleBroken as broken:
                form.add_error("paper", str(broken))
            else:
                messages.success(request, _("The paper is added."))
                return redirect(request.path)
    wanted = asked.wanted(policy, holder, user=request.user, at=clock.now())
    context = {
        "wanted": next(one for one in wanted if one.kind == kind),
        "form": form,
        "back": back,
        "removable": not isinstance(holder, Claim),
        "base": "base_public.html",
        **more,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "subsidies/paper.html", context, status=status)


def _remove(request: HttpRequest, holder: asked.Holder) -> HttpResponse:
    row = holder.materials.filter(pk=whole(request.POST["remove"]) or 0).first()
    if row is None:
        raise Http404
    try:
        materials.remove_material(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("The paper is removed."))
    return redirect(request.path)
