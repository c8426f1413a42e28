"""Addresses of letters, exports, evidence packs and reports; `subsidies.urls` mounts them under its own name."""

from django.urls import path, re_path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import letters, packs, reports

urlpatterns = [
    path("claims/<subsidies_paper:number>/letters/<subsidies_row:pk>/", letters.own, name="letter"),
    path(
        "desk/claims/<subsidies_paper:number>/letters/<subsidies_row:pk>/",
        letters.at_desk,
        name="desk_letter",
    ),
    re_path(
        r"^desk/claims/(?P<number>[A-Za-z0-9-]{1,40})/decisions/(?P<pk>[0-9]{1,18})\.(?P<form>json|xlsx)$",
        letters.record,
        name="decision_record",
    ),
    path("desk/claims/<subsidies_paper:number>/packs/", packs.of_claim, name="packs"),
    path("desk/packs/<uuid:uid>.zip", packs.fetch, name="pack_file"),
    path("desk/packs/<uuid:uid>/delete/", packs.delete, name="pack_delete"),
    path("desk/reports/", reports.first, name="reports"),
    path("desk/reports/<slug:view>/", reports.report, name="report"),
    re_path(
        r"^desk/reports/(?P<view>[a-z]{1,16})\.(?P<form>csv|xlsx)$", reports.report_file, name="report_file"
    ),
]
