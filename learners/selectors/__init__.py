"""What other apps may ask about learners."""

from learners.selectors.completion import (
    LearningFacts,
    LearningRecord,
    completions,
    digests_in_ledgers,
    learning_facts,
    learning_facts_of,
    learning_record,
)
from learners.selectors.county_help import help_for
from learners.selectors.enrolment import (
    attempt_visible_to,
    completion_of,
    enrolment_visible_to,
    enrolments_of,
    enrolments_visible_to,
    live_enrolment,
    standing_of,
    status_counts_by_province,
)
from learners.selectors.intake import places_described
from learners.selectors.key_groups import key_groups_of, key_groups_on
from learners.selectors.mine import MyCourse, courses_of
from learners.selectors.progress import ExamStanding, Progress, exam_standing, progress
from learners.selectors.rosters import invitations_described, is_awaited, staff_links
from learners.selectors.time import (
    Hours,
    LessonProgress,
    counted_seconds,
    hours_of,
    lesson_progress,
    valid_hours,
)

__all__ = [
    "ExamStanding",
    "Hours",
    "LearningFacts",
    "LearningRecord",
    "LessonProgress",
    "MyCourse",
    "Progress",
    "attempt_visible_to",
    "completion_of",
    "completions",
    "counted_seconds",
    "courses_of",
    "digests_in_ledgers",
    "enrolment_visible_to",
    "enrolments_of",
    "enrolments_visible_to",
    "exam_standing",
    "help_for",
    "hours_of",
    "invitations_described",
    "is_awaited",
    "key_groups_of",
    "key_groups_on",
    "learning_facts",
    "learning_facts_of",
    "learning_record",
    "lesson_progress",
    "live_enrolment",
    "places_described",
    "progress",
    "staff_links",
    "standing_of",
    "status_counts_by_province",
    "valid_hours",
]
