from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("media/<str:token>", views.media, name="media"),
    path("package/<str:token>/<path:path>", views.package_file, name="package-file"),
    path("edit/<str:code>/<slug:key>/package/", views.package, name="package"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("<str:code>/", views.course, name="course"),
]
