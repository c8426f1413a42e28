from courses.services.catalogue import create_course, list_shortage
from courses.services.content import add_film
from courses.services.demo import demo_work, load_demo_bench, load_demo_course, make_waiting_films
from courses.services.finding import index_courses, index_renamed, learn_next_words
from courses.services.lessons import (
    add_lesson,
    delete_lesson,
    duplicate_lesson,
    place_lesson,
    save_lesson,
    shift_lesson,
)
from courses.services.licences import admit, apply_next_due, call_off, decide, refresh_subsidised
from courses.services.notices import mark_read, tell, tell_of_course, tell_of_late_question
from courses.services.packages import copy_package, upload_package
from courses.services.practice import begin_practice_film, remove_practice_film, set_task
from courses.services.promises import note_answers, promise_answers
from courses.services.providers import add_agreement, add_contact, remove_contact, reveal_contact
from courses.services.questions import (
    add_question,
    delete_question,
    place_question,
    save_question,
    set_blueprint,
    shift_question,
)
from courses.services.sample_standards import load_sample_standards
from courses.services.samples import load_sample_courses, load_sample_organisations
from courses.services.sections import (
    add_section,
    delete_section,
    duplicate_section,
    place_section,
    save_section,
    shift_section,
)
from courses.services.sending import receive, receive_next
from courses.services.steps import publish, recall, resume, send_back, submit, suspend, withdraw
from courses.services.versions import change_words, discard_version, start_version

__all__ = [
    "add_agreement",
    "add_contact",
    "add_film",
    "add_lesson",
    "add_question",
    "add_section",
    "admit",
    "apply_next_due",
    "begin_practice_film",
    "call_off",
    "change_words",
    "copy_package",
    "create_course",
    "decide",
    "delete_lesson",
    "delete_question",
    "delete_section",
    "demo_work",
    "discard_version",
    "duplicate_lesson",
    "duplicate_section",
    "index_courses",
    "index_renamed",
    "learn_next_words",
    "list_shortage",
    "load_demo_bench",
    "load_demo_course",
    "load_sample_courses",
    "load_sample_organisations",
    "load_sample_standards",
    "make_waiting_films",
    "mark_read",
    "note_answers",
    "place_lesson",
    "place_question",
    "place_section",
    "promise_answers",
    "publish",
    "recall",
    "receive",
    "receive_next",
    "refresh_subsidised",
    "remove_contact",
    "remove_practice_film",
    "resume",
    "reveal_contact",
    "save_lesson",
    "save_question",
    "save_section",
    "send_back",
    "set_blueprint",
    "set_task",
    "shift_lesson",
    "shift_question",
    "shift_section",
    "start_version",
    "submit",
    "suspend",
    "tell",
    "tell_of_course",
    "tell_of_late_question",
    "upload_package",
    "withdraw",
]
