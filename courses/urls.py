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
    path("edit/<str:code>/lessons/<slug:key>/package/", views.package, name="package"),
    path("desk/", views.desk, name="desk"),
    path("desk/standards/", standards.desk, name="standards-desk"),
    path("desk/standards/new/", standards.new, name="standard-new"),
    path("desk/standards/<int:pk>/", standards.one, name="standard-desk"),
    path("desk/standards/<int:pk>/edit/", standards.edit, name="standard-edit"),
    path("desk/standards/<int:pk>/publish/", standards.publish, name="standard-publish"),
    path("desk/shortfalls/", standards.shortfalls, name="shortfalls"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
    path("edit/<str:code>/lessons/<slug:key>/film/", views.film, name="film"),
    path(
        "edit/<str:code>/lessons/<slug:key>/film/<int:position>/captions/<slug:language>/",
        views.captions,
        name="captions",
    ),
    path("edit/", views.authoring, name="authoring"),
    path("edit/new/", views.authoring_new, name="authoring-new"),
    path("edit/<str:code>/", views.edit, name="edit"),
    path("edit/<str:code>/steps/", views.edit_step, name="edit-step"),
    path("edit/<str:code>/sections/", views.edit_sections, name="edit-sections"),
    path("edit/<str:code>/sections/<slug:key>/", views.edit_section, name="edit-section"),
    path("edit/<str:code>/sections/<slug:key>/steps/", views.edit_section_step, name="edit-section-step"),
    path("edit/<str:code>/lessons/", views.edit_lessons, name="edit-lessons"),
    path("edit/<str:code>/lessons/<slug:key>/", views.edit_lesson, name="edit-lesson"),
    path("edit/<str:code>/lessons/<slug:key>/steps/", views.edit_lesson_step, name="edit-lesson-step"),
    path("edit/<str:code>/exam/", views.edit_exam, name="edit-exam"),
    path("edit/<str:code>/questions/new/", views.edit_question_new, name="edit-question-new"),
    path("edit/<str:code>/questions/<int:pk>/", views.edit_question, name="edit-question"),
    path("edit/<str:code>/questions/<int:pk>/steps/", views.edit_question_step, name="edit-question-step"),
    path("edit/<str:code>/versions/", views.edit_versions, name="edit-versions"),
    path("edit/<str:code>/differences/", views.course_differences, name="differences"),
    path("edit/<str:code>/preview/", views.preview, name="preview"),
    path("edit/<str:code>/preview/<slug:key>/", views.preview_of_lesson, name="preview-lesson"),
    path("<str:code>/", views.course, name="course"),
]
