"""Addresses of the pages on which an organisation claims by lists; `subsidies.urls` mounts them."""

from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.views import list_claims, lists

urlpatterns = [
    path("claims/lists/", lists.lists, name="lists"),
    path("claims/lists/template/<slug:form>/", lists.template, name="list_template"),
    path("claims/lists/<subsidies_row:pk>/", lists.one, name="list"),
    path("claims/lists/<subsidies_row:pk>/check/", lists.check, name="list_check"),
    path("claims/lists/<subsidies_row:pk>/wrong-rows/", lists.wrong_rows, name="list_wrong_rows"),
    path("claims/lists/<subsidies_row:pk>/papers/<slug:kind>/", lists.paper, name="list_paper"),
    path("claims/lists/claims/<subsidies_paper:number>/", list_claims.claim, name="list_claim"),
    path("claims/lists/claims/<subsidies_paper:number>/mend/", list_claims.mend, name="list_mend"),
    path("claims/lists/claims/<subsidies_paper:number>/appeal/", list_claims.appeal, name="list_appeal"),
    path(
        "claims/lists/claims/<subsidies_paper:number>/withdraw/", list_claims.withdraw, name="list_withdraw"
    ),
    path(
        "claims/lists/claims/<subsidies_paper:number>/papers/<slug:kind>/",
        list_claims.paper,
        name="list_claim_paper",
    ),
]
