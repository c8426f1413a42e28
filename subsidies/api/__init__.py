"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import (
    batches,
    budgets,
    claims,
    debts,
    desk,
    eligibility,
    money,
    notices,
    packs,
    policies,
    proofs,
    recovery,
    reports,
)

urlpatterns = [
    *packs.urlpatterns,
    *reports.urlpatterns,
    *claims.urlpatterns,
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
