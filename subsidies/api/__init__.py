"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import (
    batches,
    budgets,
    claims,
    debts,
    desk,
    eligibility,
    fraud,
    impacts,
    money,
    notices,
    objections,
    policies,
    proofs,
    recovery,
    samples,
)

urlpatterns = [
    *claims.urlpatterns,
    *desk.urlpatterns,
    *eligibility.urlpatterns,
    *budgets.urlpatterns,
    *money.urlpatterns,
    *batches.urlpatterns,
    *notices.urlpatterns,
    *policies.urlpatterns,
    *impacts.urlpatterns,
    *objections.urlpatterns,
    *recovery.urlpatterns,
    *debts.urlpatterns,
    *proofs.urlpatterns,
    *fraud.urlpatterns,
    *samples.urlpatterns,
]
