from django.urls import path

from courses.api import partner

urlpatterns = [
    path("courses/", partner.courses, name="api-partner-courses"),
    path("courses/<str:partner_ref>/", partner.course, name="api-partner-course"),
    path("courses/<str:partner_ref>/submit/", partner.submit, name="api-partner-submit"),
    path("calls/", partner.calls, name="api-partner-calls"),
    path("calls/<uuid:uid>/", partner.call, name="api-partner-call"),
]
