from courses.services.catalogue import create_course, list_shortage
from courses.services.content import add_film, add_lesson, add_question, add_section, set_blueprint
from courses.services.demo import load_demo_course
from courses.services.finding import index_courses, learn_next_words
from courses.services.licences import admit, apply_next_due, call_off, decide, refresh_subsidised
from courses.services.notices import mark_read, tell, tell_of_course
from courses.services.packages import copy_package, upload_package
from courses.services.providers import add_agreement, add_contact, remove_contact, reveal_contact
from courses.services.sample_standards import load_sample_standards
from courses.services.samples import load_sample_courses, load_sample_organisations
from courses.services.steps import publish, recall, resume, send_back, submit, suspend, withdraw

__all__ = [
    "add_agreement",
    "add_contact",
    "add_film",
    "add_lesson",
    "add_question",
    "add_section",
    "admit",
    "apply_next_due",
    "call_off",
    "copy_package",
    "create_course",
    "decide",
    "index_courses",
    "learn_next_words",
    "list_shortage",
    "load_demo_course",
    "load_sample_courses",
    "load_sample_organisations",
    "load_sample_standards",
    "mark_read",
    "publish",
    "recall",
    "refresh_subsidised",
    "remove_contact",
    "resume",
    "reveal_contact",
    "send_back",
    "set_blueprint",
    "submit",
    "suspend",
    "tell",
    "tell_of_course",
    "upload_package",
    "withdraw",
]
