from django.urls import path

from certificates.views import batches, desk, holder, inspections, public, statistics

app_name = "certificates"
urlpatterns = [
    path("certificates/", holder.mine, name="mine"),
    path("certificates/batches/", batches.batches, name="batches"),
    path("certificates/batches/terms/", batches.terms, name="terms"),
    path("certificates/batches/<uuid:uid>/", batches.batch, name="batch"),
    path("certificates/batches/<uuid:uid>/papers/", batches.papers, name="batch-papers"),
    path("certificates/batches/<uuid:uid>/results/", batches.results, name="batch-results"),
    path("certificates/desk/", desk.desk, name="desk"),
    path("certificates/desk/export/", desk.export, name="desk-export"),
    path("certificates/desk/statistics/", statistics.statistics, name="statistics"),
    path("certificates/desk/<slug:serial>/", desk.sheet, name="sheet"),
    path("certificates/desk/<slug:serial>/decide/", desk.decide, name="decide"),
    path("certificates/desk/<slug:serial>/retry/", desk.retry, name="retry"),
    path("certificates/inspections/", inspections.inspections, name="inspections"),
    path("certificates/inspections/new/", inspections.new, name="inspection-new"),
    path("certificates/inspections/<uuid:uid>/", inspections.inspection, name="inspection"),
    path("certificates/inspections/<uuid:uid>/<int:place>/", inspections.inspected, name="inspected"),
    path("certificates/<slug:serial>/", holder.certificate, name="certificate"),
    path("certificates/<slug:serial>/pdf/", holder.pdf, name="pdf"),
    path("verify/", public.verify, name="verify"),
    path("verify/<str:code>/", public.verified, name="verified"),
]
