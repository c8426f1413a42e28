from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("media/<str:token>", views.media, name="media"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("edit/<str:code>/<slug:key>/film/", views.film, name="film"),
    path(
        "edit/<str:code>/<slug:key>/film/<int:position>/captions/<slug:language>/",
        views.captions,
        name="captions",
    ),
    path("<str:code>/", views.course, name="course"),
]
