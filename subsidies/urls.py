from django.urls import path

from subsidies import (
    addresses,  # noqa: F401 - registers the converter
    money_urls,
    policy_urls,
)
from subsidies.views import claimant, desk, eligibility, public

app_name = "subsidies"
urlpatterns = [
    path("claims/", claimant.mine, name="mine"),
    path("subsidies/eligibility/<str:code>/", eligibility.panel, name="eligibility"),
    path("claims/policies/", public.policies, name="policies"),
    path("claims/policies/<int:pk>/", public.policy, name="policy"),
    path("claims/start/<subsidies_paper:serial>/", claimant.start, name="start"),
    path("claims/start/<subsidies_paper:serial>/check/", claimant.check, name="check"),
    path("claims/start/<subsidies_paper:serial>/<slug:step>/", claimant.answer, name="answer"),
    path("claims/<subsidies_paper:number>/", claimant.claim, name="claim"),
    path("claims/<subsidies_paper:number>/mend/", claimant.mend, name="mend"),
    path("claims/<subsidies_paper:number>/withdraw/", claimant.withdraw, name="withdraw"),
    path("desk/claims/", desk.queue, name="queue"),
    path("desk/claims/<subsidies_paper:number>/", desk.review, name="review"),
    path("desk/claims/<subsidies_paper:number>/reveal/", desk.reveal, name="reveal"),
    path("desk/claims/<subsidies_paper:number>/<slug:step>/", desk.decide, name="decide"),
    *money_urls.urlpatterns,
    *policy_urls.urlpatterns,
]
