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

__all__ = [
    "add_film",
    "add_lesson",
    "add_question",
    "create_course",
    "index_courses",
    "list_shortage",
    "publish",
    "resume",
    "send_back",
    "set_blueprint",
    "submit",
    "suspend",
]
