"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import budgets, claims, debts, eligibility, money, notices, proofs, recovery

urlpatterns = [
    *claims.urlpatterns,
    *eligibility.urlpatterns,
    *budgets.urlpatterns,
    *money.urlpatterns,
    *notices.urlpatterns,
    *recovery.urlpatterns,
    *debts.urlpatterns,
    *proofs.urlpatterns,
]
