from django.urls import path

from portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("identity/", views.identity, name="identity"),
    path("identity/name/", views.name, name="name"),
    path("bank/", views.bank, name="bank"),
    path("organisation-bank/", views.organisation_bank, name="organisation_bank"),
    path("security/", views.security, name="security"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("reading/", views.reading, name="reading"),
]
