from django.urls import path

from courses.api import desk, imports, public

urlpatterns = [
    path("", public.courses, name="api-courses"),
    path("desk/", desk.desk, name="api-courses-desk"),
    path("desk/<str:code>/steps/", desk.steps, name="api-courses-steps"),
    path("imports/", imports.imports, name="api-imports"),
    path("imports/<int:pk>/", imports.import_job, name="api-import"),
    path("imports/<int:pk>/rows/", imports.import_rows, name="api-import-rows"),
    path("imports/<int:pk>/steps/", imports.import_steps, name="api-import-steps"),
    path("<str:code>/", public.course, name="api-course"),
]
