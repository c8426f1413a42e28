from courses.models.catalogue import Course, Listed, Occupation, ShortageListing
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.imports import ImportJob, ImportRow
from courses.models.questions import ExamBlueprint, Question

__all__ = [
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "ImportJob",
    "ImportRow",
    "Lesson",
    "Listed",
    "Occupation",
    "Question",
    "Section",
    "ShortageListing",
    "Video",
]
