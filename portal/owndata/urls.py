from django.urls import path

from portal.owndata import views

app_name = "owndata"
urlpatterns = [
    path("", views.copy, name="copy"),
    path("delete/", views.delete, name="delete"),
    path("<uuid:uid>.zip", views.fetch, name="fetch"),
]
