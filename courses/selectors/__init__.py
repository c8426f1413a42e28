"""What others may ask the catalogue. What makes an answer right never leaves this app: only points for an answer do."""

from courses.grams import likeness
from courses.marking import Unclear, read_number
from courses.selectors.asking import AnswerSheet, answer_sheet
from courses.selectors.catalogue import (
    at_the_desk,
    certificate_facts,
    course_at_the_desk,
    course_to_decide,
    course_visible_to,
    current_version,
    is_short,
    keeps,
    published_courses,
    versions_of,
)
from courses.selectors.content import (
    lesson_body,
    media_url,
    outline,
    outlines,
)
from courses.selectors.facts import (
    Blueprint,
    CourseFacts,
    LessonFacts,
    Outline,
    QuestionFacts,
    VideoFacts,
)
from courses.selectors.meetable import (
    film_facts,
    lesson_to_meet,
    lessons_to_meet,
    planned_seconds,
    published_films,
)
from courses.selectors.packages import PackageFacts, package_address, package_of, package_policy
from courses.selectors.pages import course_page, desk_counts, desk_page
from courses.selectors.practice import (
    Criterion,
    FilmStanding,
    PracticalFacts,
    SafetyRule,
    films_of_same_bytes,
    practical_task,
    practice_film,
)
from courses.selectors.promises import Promise, courses_that_promise, promise_of, promises_of
from courses.selectors.providers import Standing, subsidy_standing
from courses.selectors.questions import (
    check_questions,
    draw,
    exam_blueprint,
    is_right,
    marking_guide,
    marks,
    questions,
    why,
)
from courses.selectors.search import Results, search

__all__ = [
    "AnswerSheet",
    "Blueprint",
    "CourseFacts",
    "Criterion",
    "FilmStanding",
    "LessonFacts",
    "Outline",
    "PackageFacts",
    "PracticalFacts",
    "Promise",
    "QuestionFacts",
    "Results",
    "SafetyRule",
    "Standing",
    "Unclear",
    "VideoFacts",
    "answer_sheet",
    "at_the_desk",
    "certificate_facts",
    "check_questions",
    "course_at_the_desk",
    "course_page",
    "course_to_decide",
    "course_visible_to",
    "courses_that_promise",
    "current_version",
    "desk_counts",
    "desk_page",
    "draw",
    "exam_blueprint",
    "film_facts",
    "films_of_same_bytes",
    "is_right",
    "is_short",
    "keeps",
    "lesson_body",
    "lesson_to_meet",
    "lessons_to_meet",
    "likeness",
    "marking_guide",
    "marks",
    "media_url",
    "outline",
    "outlines",
    "package_address",
    "package_of",
    "package_policy",
    "planned_seconds",
    "practical_task",
    "practice_film",
    "promise_of",
    "promises_of",
    "published_courses",
    "published_films",
    "questions",
    "read_number",
    "search",
    "subsidy_standing",
    "versions_of",
    "why",
]
