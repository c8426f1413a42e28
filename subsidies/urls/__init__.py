from django.urls import path

from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.urls import contracts, fraud, ledger, lists, money, policies, recovery, reports
from subsidies.views import claimant, desk, eligibility, objections, preparing, public, queue, samples

app_name = "subsidies"
_PREPARED = "claims/start/<subsidies_paper:serial>/<subsidies_programme:programme>"
urlpatterns = [
    *recovery.urlpatterns,
    *fraud.urlpatterns,
    *reports.urlpatterns,
    path("claims/", claimant.mine, name="mine"),
    path("subsidies/eligibility/<str:code>/", eligibility.panel, name="eligibility"),
    path("claims/policies/", public.policies, name="policies"),
    path("claims/policies/<int:pk>/", public.policy, name="policy"),
    *lists.urlpatterns,
    path("claims/start/<subsidies_paper:serial>/", preparing.start, name="start"),
    path("claims/start/<subsidies_paper:serial>/mandate/", preparing.mandate, name="mandate"),
    path(f"{_PREPARED}/discard/", preparing.discard, name="discard"),
    path(f"{_PREPARED}/check/", preparing.check, name="check"),
    path(f"{_PREPARED}/papers/<slug:kind>/", preparing.paper, name="paper"),
    path(f"{_PREPARED}/<slug:step>/", preparing.answer, name="answer"),
    path("claims/<subsidies_paper:number>/", claimant.claim, name="claim"),
    path("claims/<subsidies_paper:number>/papers/<slug:kind>/", claimant.paper, name="claim_paper"),
    path("claims/<subsidies_paper:number>/mend/", claimant.mend, name="mend"),
    path("claims/<subsidies_paper:number>/withdraw/", claimant.withdraw, name="withdraw"),
    path("claims/<subsidies_paper:number>/appeal/", claimant.appeal, name="appeal"),
    path("desk/claims/", queue.queue, name="queue"),
    path("desk/claims/pass/", queue.pass_many, name="pass_many"),
    path("desk/claims/samples/", samples.samples, name="samples"),
    path("desk/claims/samples/<subsidies_row:pk>/", samples.sample, name="sample"),
    path("desk/claims/workload/", queue.workload, name="workload"),
    path("desk/claims/views/", queue.save_view, name="save_view"),
    path("desk/claims/views/<int:number>/remove/", queue.remove_view, name="remove_view"),
    path("desk/claims/<subsidies_paper:number>/", desk.review, name="review"),
    path("desk/claims/<subsidies_paper:number>/assign/", desk.assign, name="assign"),
    path("desk/claims/<subsidies_paper:number>/stay-out/", desk.stay_out, name="stay_out"),
    path("desk/claims/<subsidies_paper:number>/reveal/", desk.reveal, name="reveal"),
    path("desk/claims/<subsidies_paper:number>/<slug:step>/", desk.decide, name="decide"),
    *ledger.urlpatterns,
    path("notices/<subsidies_paper:number>/lines/<int:line_no>/object/", objections.raise_one, name="object"),
    path("objections/", objections.ask, name="objection_ask"),
    path("objections/<str:receipt>/", objections.objection, name="objection"),
    path("desk/objections/", objections.desk, name="objections"),
    path("desk/objections/<int:pk>/", objections.one, name="objection_desk"),
    path("desk/objections/<int:pk>/reveal/", objections.reveal, name="objection_reveal"),
    path("desk/objections/<int:pk>/<slug:step>/", objections.decide, name="objection_decide"),
    *money.urlpatterns,
    *policies.urlpatterns,
    *contracts.urlpatterns,
]
