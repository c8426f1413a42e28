from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from courses.selectors.papers import papers_of
from portal import clock
from subsidies.policy import read_policy
from subsidies.policy.text import difference, sections
from subsidies.selectors import earlier_version, policy_versions
from subsidies.views import shown


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """All published versions, newest first. Public."""
    province = request.GET.get("province", "")
    rows = policy_versions(province if province.isascii() and province.isdigit() else None)
    return render(request, "subsidies/policies.html", {"versions": rows})


@require_GET
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One version from its first to its last sentence, and what changed since the one before it."""
    row = get_object_or_404(policy_versions(), pk=pk)
    read, before = read_policy(row.body), earlier_version(row)
    context = {
        "version": row,
        "paper": papers_of([row], user=None, at=clock.now())[0],
        "sections": shown.sections_of(sections(read)),
        "before": before,
        "changes": shown.changes_of(difference(read_policy(before.body), read)) if before else [],
    }
    return render(request, "subsidies/policy.html", context)
