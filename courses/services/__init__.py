from courses.services.catalogue import (
    create_course,
    index_courses,
    list_shortage,
    publish,
    resume,
    send_back,
    submit,
    suspend,
)
from courses.services.content import add_film, add_lesson, add_question, set_blueprint
from courses.services.demo import load_demo_course
from courses.services.samples import load_sample_courses, load_sample_organisations

__all__ = [
    "add_film",
    "add_lesson",
    "add_question",
    "create_course",
    "index_courses",
    "list_shortage",
    "load_demo_course",
    "load_sample_courses",
    "load_sample_organisations",
    "publish",
    "resume",
    "send_back",
    "set_blueprint",
    "submit",
    "suspend",
]
