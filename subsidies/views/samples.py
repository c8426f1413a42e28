"""The samples of reviews, month by month, with every draw made again from its seed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal import clock
from portal.accounts.access import needs_role
from subsidies.models import Decision
from subsidies.selectors import samples as asked
from subsidies.selectors.desks import READERS

PER_PAGE = 24
DRAWS_PER_PAGE = 50


@never_cache
@require_GET
@needs_role(*READERS)
def samples(request: HttpRequest) -> HttpResponse:
    page = Paginator(asked.samples_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "subsidies/samples.html", {"page": page, "rows": asked.shown(page, at=clock.now())}
    )


@never_cache
@require_GET
@needs_role(*READERS)
def sample(request: HttpRequest, pk: str) -> HttpResponse:
    row = get_object_or_404(asked.samples_visible_to(request.user), pk=pk)
    (shown,) = asked.shown([row], at=clock.now())
    decisions = asked.decisions_of(row) if shown.is_open else Decision.objects.none()
    page = Paginator(decisions, DRAWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"it": shown, "page": page, "draws": asked.draws_of(row, page)}
    return render(request, "subsidies/sample.html", context)
