from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("media/<str:token>", views.media, name="media"),
    path("partner/", views.partner, name="partner"),
    path("partner/keys/new/", views.key_new, name="partner-key-new"),
    path("partner/keys/<str:public_id>/", views.key, name="partner-key"),
    path("partner/addresses/new/", views.endpoint_new, name="partner-endpoint-new"),
    path("partner/addresses/<uuid:uid>/", views.endpoint, name="partner-endpoint"),
    path("partner/addresses/<uuid:uid>/secret/", views.rotate, name="partner-rotate"),
    path("partner/messages/<uuid:uid>/", views.delivery, name="partner-delivery"),
    path("partner/calls/", views.partner_calls, name="partner-calls"),
    path("partner/calls/<uuid:uid>/", views.partner_call, name="partner-call"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("<str:code>/", views.course, name="course"),
]
