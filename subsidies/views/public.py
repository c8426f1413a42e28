from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from subsidies.policy import read_policy
from subsidies.selectors import policy_versions
from subsidies.views import shown


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """All published versions, newest first. Public."""
    province = request.GET.get("province", "")
    rows = policy_versions(province if province.isascii() and province.isdigit() else None)
    return render(request, "subsidies/policies.html", {"versions": rows})


@require_GET
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(policy_versions(), pk=pk)
    said = shown.speech()
    rules = [(rule.id, getattr(rule.title, said), rule.ref) for rule in read_policy(row.body).rules]
    context = {
        "version": row,
        "rules": rules,
        "lines": shown.policy_lines(row.body),
        "uplifts": shown.policy_uplifts(row.body),
    }
    return render(request, "subsidies/policy.html", context)
