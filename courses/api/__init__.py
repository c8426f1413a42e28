from django.urls import path

from courses.api import desk, providers, public

urlpatterns = [
    *providers.urlpatterns,
    path("", public.courses, name="api-courses"),
    path("desk/", desk.desk, name="api-courses-desk"),
    path("desk/<str:code>/steps/", desk.steps, name="api-courses-steps"),
    path("<str:code>/", public.course, name="api-course"),
]
