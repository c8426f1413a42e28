from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.audit import words
from portal.audit.selectors import entries_visible_to

PAGE_SIZE = 50


@require_GET
@needs_role(Role.AUDITOR, Role.OPERATOR)
def entries(request: HttpRequest) -> HttpResponse:
    rows = entries_visible_to(request.user)
    if action := request.GET.get("action", "").replace("\x00", "").strip()[:60]:
        rows = rows.filter(action__startswith=action)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    said = [(entry, words.of_action(entry.action), words.of_thing(entry.thing_type)) for entry in page]
    return render(request, "audit/entries.html", {"page": page, "rows": said, "action": action})
