from django.urls import path

from courses import views
from courses.provider_urls import urlpatterns as provider_urls

app_name = "courses"
urlpatterns = [
    *provider_urls,
    path("", views.catalogue, name="catalogue"),
    path("media/<str:token>", views.media, name="media"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("<str:code>/", views.course, name="course"),
]
