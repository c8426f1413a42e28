from courses.services.catalogue import create_course, list_shortage
from courses.services.content import add_film, add_lesson, add_question, add_section, set_blueprint
from courses.services.demo import load_demo_course
from courses.services.finding import index_courses, learn_next_words
from courses.services.samples import load_sample_courses, load_sample_organisations
from courses.services.steps import publish, recall, resume, send_back, submit, suspend, withdraw

__all__ = [
    "add_film",
    "add_lesson",
    "add_question",
    "add_section",
    "create_course",
    "index_courses",
    "learn_next_words",
    "list_shortage",
    "load_demo_course",
    "load_sample_courses",
    "load_sample_organisations",
    "publish",
    "recall",
    "resume",
    "send_back",
    "set_blueprint",
    "submit",
    "suspend",
    "withdraw",
]
