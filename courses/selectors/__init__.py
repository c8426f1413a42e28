"""What others may ask the catalogue. Answers to questions never leave this app: only `is_right` does."""

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
    spoken_sentences,
)
from courses.selectors.facts import (
    Blueprint,
    CourseFacts,
    LessonFacts,
    Outline,
    QuestionFacts,
    VideoFacts,
)
from courses.selectors.packages import PackageFacts, package_address, package_of, package_policy
from courses.selectors.pages import course_page, desk_counts, desk_page
from courses.selectors.providers import Standing, subsidy_standing
from courses.selectors.questions import (
    check_questions,
    draw,
    exam_blueprint,
    is_right,
    pinned_questions,
    presence_questions,
    questions,
    why,
)
from courses.selectors.search import Results, search

__all__ = [
    "Blueprint",
    "CourseFacts",
    "LessonFacts",
    "Outline",
    "PackageFacts",
    "QuestionFacts",
    "Results",
    "Standing",
    "VideoFacts",
    "at_the_desk",
    "certificate_facts",
    "check_questions",
    "course_at_the_desk",
    "course_page",
    "course_to_decide",
    "course_visible_to",
    "current_version",
    "desk_counts",
    "desk_page",
    "draw",
    "exam_blueprint",
    "is_right",
    "is_short",
    "keeps",
    "lesson_body",
    "media_url",
    "outline",
    "outlines",
    "package_address",
    "package_of",
    "package_policy",
    "pinned_questions",
    "presence_questions",
    "published_courses",
    "questions",
    "search",
    "spoken_sentences",
    "subsidy_standing",
    "versions_of",
    "why",
]
