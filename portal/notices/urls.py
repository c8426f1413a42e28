from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="list"),
    path("choices/", views.choices, name="choices"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/remove/", views.remove_mailbox, name="remove"),
    path("mailbox/<str:token>/", views.confirm, name="confirm"),
    path("<int:notice_id>/", views.open_notice, name="open"),
]
