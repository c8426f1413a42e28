from django.urls import path

from subsidies.views import claimant, desk, public

app_name = "subsidies"
urlpatterns = [
    path("claims/", claimant.mine, name="mine"),
    path("claims/policies/", public.policies, name="policies"),
    path("claims/policies/<int:pk>/", public.policy, name="policy"),
    path("claims/start/<str:serial>/", claimant.start, name="start"),
    path("claims/start/<str:serial>/check/", claimant.check, name="check"),
    path("claims/start/<str:serial>/<slug:step>/", claimant.answer, name="answer"),
    path("claims/<str:number>/", claimant.claim, name="claim"),
    path("claims/<str:number>/mend/", claimant.mend, name="mend"),
    path("claims/<str:number>/withdraw/", claimant.withdraw, name="withdraw"),
    path("desk/claims/", desk.queue, name="queue"),
    path("desk/claims/<str:number>/", desk.review, name="review"),
    path("desk/claims/<str:number>/reveal/", desk.reveal, name="reveal"),
    path("desk/claims/<str:number>/<slug:step>/", desk.decide, name="decide"),
]
