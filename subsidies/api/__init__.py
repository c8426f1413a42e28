"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import claims, eligibility, money, notices, policies

urlpatterns = [
    *claims.urlpatterns,
    *eligibility.urlpatterns,
    *money.urlpatterns,
    *notices.urlpatterns,
    *policies.urlpatterns,
]
