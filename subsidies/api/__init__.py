"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import batches, claims, eligibility, money, notices

urlpatterns = [
    *claims.urlpatterns,
    *eligibility.urlpatterns,
    *money.urlpatterns,
    *batches.urlpatterns,
    *notices.urlpatterns,
]
