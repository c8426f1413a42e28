"""Content and duration standards: what they may demand, how a province narrows them, what a course still lacks.

Pure: plain values in, findings out, without Django. Words for people are made in courses/selectors/standard_words.py.
"""

from courses.standards.body import StandardError, fingerprint, read_standard
from courses.standards.check import check, check_complete
from courses.standards.narrowing import Loosening, loosenings, narrow
from courses.standards.rules import MODULE, MODULES, RULES, Bound, Freedom, RuleType, Sense, Standard, Unit
from courses.standards.shapes import CourseShape, ExamShape, Finding, LessonShape, SectionShape

__all__ = [
    "MODULE",
    "MODULES",
    "RULES",
    "Bound",
    "CourseShape",
    "ExamShape",
    "Finding",
    "Freedom",
    "LessonShape",
    "Loosening",
    "RuleType",
    "SectionShape",
    "Sense",
    "Standard",
    "StandardError",
    "Unit",
    "check",
    "check_complete",
    "fingerprint",
    "loosenings",
    "narrow",
    "read_standard",
]
