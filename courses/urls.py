from django.urls import path

from courses import views
from courses.provider_urls import urlpatterns as provider_urls
from courses.views import standards

app_name = "courses"
urlpatterns = [
    *provider_urls,
    path("", views.catalogue, name="catalogue"),
    path("feed.xml", views.rss, name="rss"),
    path("feed.json", views.json_feed, name="json-feed"),
    path("media/<str:token>", views.media, name="media"),
    path("standards/", standards.standards, name="standards"),
    path("standards/<int:pk>/", standards.standard, name="standard"),
    path("package/<str:token>/<path:path>", views.package_file, name="package-file"),
    path("edit/<str:code>/<slug:key>/package/", views.package, name="package"),
    path("desk/", views.desk, name="desk"),
    path("desk/standards/", standards.desk, name="standards-desk"),
    path("desk/standards/new/", standards.new, name="standard-new"),
    path("desk/standards/<int:pk>/", standards.one, name="standard-desk"),
    path("desk/standards/<int:pk>/edit/", standards.edit, name="standard-edit"),
    path("desk/standards/<int:pk>/publish/", standards.publish, name="standard-publish"),
    path("desk/shortfalls/", standards.shortfalls, name="shortfalls"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("edit/<str:code>/<slug:key>/film/", views.film, name="film"),
    path(
        "edit/<str:code>/<slug:key>/film/<int:position>/captions/<slug:language>/",
        views.captions,
        name="captions",
    ),
    path("<str:code>/", views.course, name="course"),
]
