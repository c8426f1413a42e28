"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import (
    batches,
    budgets,
    claims,
    debts,
    desk,
    eligibility,
    lists,
    materials,
    money,
    notices,
    policies,
    proofs,
    recovery,
)

urlpatterns = [
    *claims.urlpatterns,
    *lists.urlpatterns,
    *materials.urlpatterns,
    *desk.urlpatterns,
    *eligibility.urlpatterns,
    *budgets.urlpatterns,
    *money.urlpatterns,
    *batches.urlpatterns,
    *notices.urlpatterns,
    *policies.urlpatterns,
    *recovery.urlpatterns,
    *debts.urlpatterns,
    *proofs.urlpatterns,
]
