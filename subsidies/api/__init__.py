"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import claims, desk, eligibility, money, notices

urlpatterns = [
    *claims.urlpatterns,
    *desk.urlpatterns,
    *eligibility.urlpatterns,
    *money.urlpatterns,
    *notices.urlpatterns,
]
