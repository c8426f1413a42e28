"""What others may ask the catalogue. Answers to questions never leave this app: only `is_right` does."""

from courses.selectors.authoring import course_to_read, courses_with_terms
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
    takes_learners,
    taking_learners,
    titles_of,
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
from courses.selectors.packages import PackageFacts, package_address, package_of, package_policy
from courses.selectors.pages import course_page, desk_counts, desk_page
from courses.selectors.providers import Standing, subsidy_standing
from courses.selectors.questions import check_questions, draw, exam_blueprint, is_right, questions, why
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
    "course_to_read",
    "course_visible_to",
    "courses_with_terms",
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
    "published_courses",
    "questions",
    "search",
    "subsidy_standing",
    "takes_learners",
    "taking_learners",
    "titles_of",
    "versions_of",
    "why",
]
