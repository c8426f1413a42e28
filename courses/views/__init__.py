from courses.views.authoring import authoring, authoring_new, edit, edit_step
from courses.views.corrections import correct
from courses.views.exam import edit_exam, edit_question, edit_question_new, edit_question_step
from courses.views.feeds import json_feed, rss
from courses.views.films import captions, film
from courses.views.imports import import_file, import_job, import_template, imports
from courses.views.media import media
from courses.views.packages import package, package_file
from courses.views.partners import (
    delivery,
    endpoint,
    endpoint_new,
    key,
    key_new,
    partner,
    partner_call,
    partner_calls,
    rotate,
)
from courses.views.parts import (
    edit_lesson,
    edit_lesson_step,
    edit_lessons,
    edit_section,
    edit_section_step,
    edit_sections,
)
from courses.views.practice import edit_practice
from courses.views.province import desk, desk_course
from courses.views.public import catalogue, course
from courses.views.versions import course_differences, edit_versions, preview, preview_of_lesson

__all__ = [
    "authoring",
    "authoring_new",
    "captions",
    "catalogue",
    "correct",
    "course",
    "course_differences",
    "delivery",
    "desk",
    "desk_course",
    "edit",
    "edit_exam",
    "edit_lesson",
    "edit_lesson_step",
    "edit_lessons",
    "edit_practice",
    "edit_question",
    "edit_question_new",
    "edit_question_step",
    "edit_section",
    "edit_section_step",
    "edit_sections",
    "edit_step",
    "edit_versions",
    "endpoint",
    "endpoint_new",
    "film",
    "import_file",
    "import_job",
    "import_template",
    "imports",
    "json_feed",
    "key",
    "key_new",
    "media",
    "package",
    "package_file",
    "partner",
    "partner_call",
    "partner_calls",
    "preview",
    "preview_of_lesson",
    "rotate",
    "rss",
]
