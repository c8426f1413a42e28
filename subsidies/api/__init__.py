"""`/api/subsidies/`: the pages of this app in JSON, by the same selectors and services."""

from subsidies.api import claims, money, notices

urlpatterns = [*claims.urlpatterns, *money.urlpatterns, *notices.urlpatterns]
