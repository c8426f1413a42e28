from django.urls import path

from courses.api import desk, packages, public

urlpatterns = [
    path("", public.courses, name="api-courses"),
    path("desk/", desk.desk, name="api-courses-desk"),
    path("desk/<str:code>/steps/", desk.steps, name="api-courses-steps"),
    path("edit/<str:code>/<slug:key>/package/", packages.package, name="api-course-package"),
    path("<str:code>/", public.course, name="api-course"),
]
