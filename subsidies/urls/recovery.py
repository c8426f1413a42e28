"""Addresses of the recovery desk, of the payee's pages and of the proofs; `subsidies.urls` mounts them."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converters
from subsidies.views import debts, proofs, recovery

urlpatterns = [
    path("claims/recovery/", debts.debts, name="debts"),
    path("claims/recovery/<subsidies_paper:number>/", debts.debt, name="debt"),
    path("desk/recovery/", recovery.desk, name="recoveries"),
    path("desk/recovery/propose/", recovery.propose, name="propose_recovery"),
    path("desk/recovery/<subsidies_paper:number>/", recovery.order, name="recovery"),
    path("desk/recovery/<subsidies_paper:number>/<slug:step>/", recovery.step, name="recovery_step"),
    path(
        "desk/recovery/<subsidies_paper:number>/settlements/<subsidies_row:pk>/confirm/",
        recovery.confirm,
        name="confirm_settlement",
    ),
    path(
        "desk/recovery/<subsidies_paper:number>/settlements/<subsidies_row:pk>/refuse/",
        recovery.refuse,
        name="refuse_settlement",
    ),
    path("desk/sanctions/<subsidies_row:pk>/lift/", recovery.lift, name="lift_sanction"),
    path("desk/proofs/", proofs.proofs, name="proofs"),
    path("desk/proofs/<subsidies_row:pk>/", proofs.proof, name="proof"),
]
