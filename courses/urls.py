from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("feed.xml", views.rss, name="rss"),
    path("feed.json", views.json_feed, name="json-feed"),
    path("media/<str:token>", views.media, name="media"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("<str:code>/", views.course, name="course"),
]
