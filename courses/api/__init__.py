from django.urls import path

from courses.api import desk, films, packages, providers, public, standards

urlpatterns = [
    *providers.urlpatterns,
    path("", public.courses, name="api-courses"),
    path("standards/", standards.standards, name="api-standards"),
    path("standards/<int:pk>/", standards.standard, name="api-standard"),
    path("shortfalls/", standards.shortfalls, name="api-shortfalls"),
    path("desk/", desk.desk, name="api-courses-desk"),
    path("desk/<str:code>/steps/", desk.steps, name="api-courses-steps"),
    path("<str:code>/check/", standards.course_check, name="api-course-check"),
    path("films/", films.begin, name="api-films"),
    path("films/<uuid:uid>/", films.send, name="api-film"),
    path("edit/<str:code>/<slug:key>/films/", films.of_lesson, name="api-lesson-films"),
    path("edit/<str:code>/<slug:key>/package/", packages.package, name="api-course-package"),
    path("<str:code>/", public.course, name="api-course"),
]
