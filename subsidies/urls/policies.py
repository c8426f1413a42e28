"""Addresses of the office of policies; `subsidies.urls` mounts them under its own name."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import policies, policy_cases, policy_impacts, policy_pieces

ONE = "desk/policies/<subsidies_row:pk>/"

urlpatterns = [
    path("desk/policies/", policies.desk, name="policy-desk"),
    path("desk/policies/new/", policies.new, name="policy-new"),
    path(ONE, policies.one, name="policy-version"),
    path(f"{ONE}submit/", policies.submit, name="policy-submit"),
    path(f"{ONE}return/", policies.send_back, name="policy-return"),
    path(f"{ONE}publish/", policies.publish, name="policy-publish"),
    path(f"{ONE}end/", policies.end, name="policy-end"),
    path(f"{ONE}repeal/", policies.repeal, name="policy-repeal"),
    path(f"{ONE}document/", policies.document, name="policy-document"),
    path(f"{ONE}difference/", policies.compare, name="policy-difference"),
    path(f"{ONE}edit/", policy_pieces.contents, name="policy-edit"),
    path(f"{ONE}json/", policy_pieces.text, name="policy-json"),
    path(f"{ONE}edit/<slug:place>/", policy_pieces.piece, name="policy-piece"),
    path(f"{ONE}edit/<slug:place>/<slug:step>/", policy_pieces.move, name="policy-piece-move"),
    path(f"{ONE}cases/", policy_cases.cases, name="policy-cases"),
    path(f"{ONE}cases/from-decision/", policy_cases.from_decision, name="policy-case-from"),
    path(f"{ONE}cases/<subsidies_case:place>/", policy_cases.case, name="policy-case"),
    path(f"{ONE}cases/<subsidies_case:place>/delete/", policy_cases.drop, name="policy-case-drop"),
    path(f"{ONE}impact/", policy_impacts.runs, name="policy-impacts"),
    path("desk/policies/impact/<subsidies_row:pk>/", policy_impacts.run, name="policy-impact"),
    path(
        "desk/policies/impact/<subsidies_row:pk>/cancel/", policy_impacts.cancel, name="policy-impact-cancel"
    ),
    path("desk/policies/impact/<subsidies_row:pk>/xlsx/", policy_impacts.workbook, name="policy-impact-xlsx"),
]
