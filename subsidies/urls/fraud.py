"""Addresses of findings, of what is told the auditor, and of groups; `subsidies.urls` mounts them under its own name."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import fraud

urlpatterns = [
    path("desk/findings/", fraud.findings, name="findings"),
    path("desk/findings/report/", fraud.report, name="fraud_report"),
    path("desk/findings/report/numbers/", fraud.set_number, name="set_fraud_number"),
    path("desk/findings/groups/", fraud.groups, name="fraud_groups"),
    path("desk/findings/groups/<subsidies_paper:number>/", fraud.group, name="fraud_group"),
    path("desk/findings/<subsidies_row:pk>/", fraud.finding, name="finding"),
    path("desk/findings/<subsidies_row:pk>/<slug:step>/", fraud.decide, name="decide_finding"),
]
