from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("media/<str:token>", views.media, name="media"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:code>/", views.desk_course, name="desk-course"),
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
