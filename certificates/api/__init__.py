"""`/api/certificates/`: my certificates and consents, the public check, employers' checks, and what the desk proposes and decides, templates."""

from django.urls import path

from certificates.api import batches, consents, desk, external, holder, public, templates

urlpatterns = [
    path("", holder.mine, name="api-certificates"),
    path("<slug:serial>/credential/", holder.credential, name="api-credential"),
    path("batches/", batches.batches, name="api-certificate-batches"),
    path("batches/terms/", batches.terms, name="api-certificate-terms"),
    path("batches/<uuid:uid>/", batches.batch, name="api-certificate-batch"),
    path("batches/<uuid:uid>/results/", batches.results, name="api-certificate-batch-results"),
    path("check/", consents.check, name="api-check"),
    path("consents/", consents.consents, name="api-consents"),
    path("consents/<uuid:uid>/withdraw/", consents.withdraw, name="api-consent-withdraw"),
    path("desk/", desk.certificates, name="api-certificates-desk"),
    path("desk/statistics/", desk.statistics, name="api-certificates-statistics"),
    path("verify/file/", public.check_file, name="api-verify-file"),
    path("verify/<str:code>/", public.check, name="api-verify"),
    *external.urlpatterns,
    path("templates/", templates.templates, name="api-certificate-templates"),
    path("templates/<int:pk>/", templates.template, name="api-certificate-template"),
    path("<slug:serial>/propose/", desk.propose, name="api-certificate-propose"),
    path("proposals/<uuid:uid>/approve/", desk.approve, name="api-proposal-approve"),
    path("proposals/<uuid:uid>/refuse/", desk.refuse, name="api-proposal-refuse"),
    path("proposals/<uuid:uid>/withdraw/", desk.withdraw, name="api-proposal-withdraw"),
]
