"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import budgets, claims, eligibility, money, notices

urlpatterns = [
    *claims.urlpatterns,
    *eligibility.urlpatterns,
    *budgets.urlpatterns,
    *money.urlpatterns,
    *notices.urlpatterns,
]
