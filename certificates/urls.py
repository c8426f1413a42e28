from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("certificates/", views.mine, name="mine"),
    path("certificates/desk/", views.desk, name="desk"),
    path("certificates/desk/<slug:serial>/", views.sheet, name="sheet"),
    path("certificates/desk/<slug:serial>/retry/", views.retry, name="retry"),
    path("certificates/<slug:serial>/", views.certificate, name="certificate"),
    path("certificates/<slug:serial>/pdf/", views.pdf, name="pdf"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
]
