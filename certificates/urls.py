from django.urls import path

from certificates.views import credentials, desk, holder, public

app_name = "certificates"
urlpatterns = [
    path("certificates/", holder.mine, name="mine"),
    path("certificates/desk/", desk.desk, name="desk"),
    path("certificates/desk/<slug:serial>/", desk.sheet, name="sheet"),
    path("certificates/desk/<slug:serial>/decide/", desk.decide, name="decide"),
    path("certificates/desk/<slug:serial>/retry/", desk.retry, name="retry"),
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
