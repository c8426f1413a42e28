from django.urls import path

from certificates.views import (
    batches,
    credentials,
    desk,
    holder,
    inspections,
    public,
    statistics,
    templates,
)

app_name = "certificates"
urlpatterns = [
    path("certificates/", holder.mine, name="mine"),
    path("certificates/batches/", batches.batches, name="batches"),
    path("certificates/batches/terms/", batches.terms, name="terms"),
    path("certificates/batches/<uuid:uid>/", batches.batch, name="batch"),
    path("certificates/batches/<uuid:uid>/papers/", batches.papers, name="batch-papers"),
    path("certificates/batches/<uuid:uid>/results/", batches.results, name="batch-results"),
    path("certificates/inspections/", inspections.inspections, name="inspections"),
    path("certificates/inspections/new/", inspections.new, name="inspection-new"),
    path("certificates/inspections/<uuid:uid>/", inspections.inspection, name="inspection"),
    path("certificates/inspections/<uuid:uid>/<int:place>/", inspections.inspected, name="inspected"),
    path("certificates/desk/", desk.desk, name="desk"),
    path("certificates/desk/export/", desk.export, name="desk-export"),
    path("certificates/desk/statistics/", statistics.statistics, name="statistics"),
    path("certificates/desk/<slug:serial>/", desk.sheet, name="sheet"),
    path("certificates/desk/<slug:serial>/decide/", desk.decide, name="decide"),
    path("certificates/desk/<slug:serial>/retry/", desk.retry, name="retry"),
    path("certificates/templates/", templates.desk, name="templates"),
    path("certificates/templates/new/", templates.new, name="template-new"),
    path("certificates/templates/<int:pk>/", templates.one, name="template"),
    path("certificates/templates/<int:pk>/edit/", templates.edit, name="template-edit"),
    path("certificates/templates/<int:pk>/publish/", templates.publish, name="template-publish"),
    path("certificates/templates/<int:pk>/picture/", templates.picture, name="template-picture"),
    path("certificates/templates/<int:pk>/pdf/", templates.pdf, name="template-pdf"),
    path("certificates/<slug:serial>/", holder.certificate, name="certificate"),
    path("certificates/<slug:serial>/pdf/", holder.pdf, name="pdf"),
    path("certificates/<slug:serial>/credential/", credentials.page, name="credential"),
    path("certificates/<slug:serial>/credential.jwt", credentials.file, name="credential-file"),
    path("issuers/<str:province>/did.json", credentials.issuer, name="issuer"),
    path(
        "issuers/<str:province>/status/<int:year>/<int:number>", credentials.status_list, name="status-list"
    ),
    path("verify/", public.verify, name="verify"),
    path("verify/<str:code>/", public.verified, name="verified"),
]
