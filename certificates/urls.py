from django.urls import path

from certificates.views import consents, desk, holder, public

app_name = "certificates"
urlpatterns = [
    path("certificates/", holder.mine, name="mine"),
    path("certificates/check/", consents.check, name="check"),
    path("certificates/consents/", consents.consents, name="consents"),
    path("certificates/consents/<uuid:uid>/withdraw/", consents.withdraw, name="withdraw-consent"),
    path("certificates/desk/", desk.desk, name="desk"),
    path("certificates/desk/<slug:serial>/", desk.sheet, name="sheet"),
    path("certificates/desk/<slug:serial>/decide/", desk.decide, name="decide"),
    path("certificates/desk/<slug:serial>/retry/", desk.retry, name="retry"),
    path("certificates/<slug:serial>/", holder.certificate, name="certificate"),
    path("certificates/<slug:serial>/pdf/", holder.pdf, name="pdf"),
    path("verify/", public.verify, name="verify"),
    path("verify/file/", public.file, name="file"),
    path("verify/<str:code>/", public.verified, name="verified"),
]
