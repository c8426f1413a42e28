from django.urls import path

from courses.api import desk, films, public

urlpatterns = [
    path("", public.courses, name="api-courses"),
    path("desk/", desk.desk, name="api-courses-desk"),
    path("desk/<str:code>/steps/", desk.steps, name="api-courses-steps"),
    path("films/", films.begin, name="api-films"),
    path("films/<uuid:uid>/", films.send, name="api-film"),
    path("edit/<str:code>/<slug:key>/films/", films.of_lesson, name="api-lesson-films"),
    path("<str:code>/", public.course, name="api-course"),
]
