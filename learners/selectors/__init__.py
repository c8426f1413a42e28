"""What other apps may ask about learners."""

from learners.selectors.completion import LearningFacts, completions, learning_facts
from learners.selectors.enrolment import (
    attempt_visible_to,
    completion_of,
    enrolment_visible_to,
    enrolments_of,
    enrolments_visible_to,
    key_groups_of,
    live_enrolment,
    status_counts_by_province,
    statuses_of,
)
from learners.selectors.progress import ExamStanding, Progress, exam_standing, progress

__all__ = [
    "ExamStanding",
    "LearningFacts",
    "Progress",
    "attempt_visible_to",
    "completion_of",
    "completions",
    "enrolment_visible_to",
    "enrolments_of",
    "enrolments_visible_to",
    "exam_standing",
    "key_groups_of",
    "learning_facts",
    "live_enrolment",
    "progress",
    "status_counts_by_province",
    "statuses_of",
]
