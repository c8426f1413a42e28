from django.urls import path

from certificates.views import credentials, desk, external, external_desk, holder, public, templates

app_name = "certificates"
urlpatterns = [
    path("certificates/", holder.mine, name="mine"),
    path("certificates/desk/", desk.desk, name="desk"),
    path("certificates/desk/external/", external_desk.desk, name="external-desk"),
    path("certificates/desk/external/<slug:serial>/", external_desk.sheet, name="external-sheet"),
    path("certificates/desk/external/<slug:serial>/decide/", external_desk.decide, name="external-decide"),
    path("certificates/desk/external/<slug:serial>/ask/", external_desk.ask, name="external-ask"),
    path("certificates/desk/<slug:serial>/", desk.sheet, name="sheet"),
    path("certificates/desk/<slug:serial>/decide/", desk.decide, name="decide"),
    path("certificates/desk/<slug:serial>/retry/", desk.retry, name="retry"),
    path("certificates/external/new/", external.report, name="external-new"),
    path("certificates/external/<slug:serial>/", external.external, name="external"),
    path("certificates/external/<slug:serial>/take-back/", external.take_back, name="external-take-back"),
    path("certificates/external/<slug:serial>/link/", external.link, name="external-link"),
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
