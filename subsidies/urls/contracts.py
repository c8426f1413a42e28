"""Addresses of the desk of project contracts; `subsidies.urls` mounts them under its own name."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.views import contracts

ONE = "desk/contracts/<subsidies_row:pk>/"

urlpatterns = [
    path("desk/contracts/", contracts.desk, name="contracts"),
    path("desk/contracts/new/", contracts.new, name="contract_new"),
    path(ONE, contracts.one, name="contract"),
    path(f"{ONE}edit/", contracts.edit, name="contract_edit"),
    path(f"{ONE}enforce/", contracts.enforce, name="contract_enforce"),
    path(f"{ONE}end/", contracts.end, name="contract_end"),
    path(f"{ONE}drop/", contracts.drop, name="contract_drop"),
]
