"""`/api/certificates/`: my certificates and consents, the public check, employers' checks, and what the desk proposes and decides."""

from django.urls import path

from certificates.api import consents, desk, holder, public

urlpatterns = [
    path("", holder.mine, name="api-certificates"),
    path("check/", consents.check, name="api-check"),
    path("consents/", consents.consents, name="api-consents"),
    path("consents/<uuid:uid>/withdraw/", consents.withdraw, name="api-consent-withdraw"),
    path("verify/file/", public.check_file, name="api-verify-file"),
    path("verify/<str:code>/", public.check, name="api-verify"),
    path("<slug:serial>/propose/", desk.propose, name="api-certificate-propose"),
    path("proposals/<uuid:uid>/approve/", desk.approve, name="api-proposal-approve"),
    path("proposals/<uuid:uid>/refuse/", desk.refuse, name="api-proposal-refuse"),
    path("proposals/<uuid:uid>/withdraw/", desk.withdraw, name="api-proposal-withdraw"),
]
