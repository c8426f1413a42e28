from django.urls import path

from courses.api import desk, editing, films, packages, providers, public, standards

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
    path("edit/<str:code>/lessons/<slug:key>/films/", films.of_lesson, name="api-lesson-films"),
    path("edit/<str:code>/lessons/<slug:key>/package/", packages.package, name="api-course-package"),
    path("edit/", editing.courses, name="api-drafts"),
    path("edit/<str:code>/", editing.draft, name="api-draft"),
    path("edit/<str:code>/steps/", editing.step, name="api-draft-step"),
    path("edit/<str:code>/sections/", editing.sections, name="api-draft-sections"),
    path("edit/<str:code>/sections/<slug:key>/", editing.section, name="api-draft-section"),
    path("edit/<str:code>/sections/<slug:key>/steps/", editing.section_step, name="api-draft-section-step"),
    path("edit/<str:code>/lessons/", editing.lessons, name="api-draft-lessons"),
    path("edit/<str:code>/lessons/<slug:key>/", editing.lesson, name="api-draft-lesson"),
    path("edit/<str:code>/lessons/<slug:key>/steps/", editing.lesson_step, name="api-draft-lesson-step"),
    path("edit/<str:code>/questions/", editing.questions, name="api-draft-questions"),
    path("edit/<str:code>/questions/<int:pk>/", editing.question, name="api-draft-question"),
    path("edit/<str:code>/questions/<int:pk>/steps/", editing.question_step, name="api-draft-question-step"),
    path("edit/<str:code>/exam/", editing.exam, name="api-draft-exam"),
    path("edit/<str:code>/differences/", editing.compare, name="api-draft-differences"),
    path("<str:code>/", public.course, name="api-course"),
]
