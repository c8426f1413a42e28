from courses.models.catalogue import Course, Listed, Occupation, ShortageListing
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.providers import Agreement, Contact, Licence, Notice
from courses.models.questions import ExamBlueprint, Question

__all__ = [
    "Agreement",
    "Contact",
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "Lesson",
    "Licence",
    "Listed",
    "Notice",
    "Occupation",
    "Question",
    "Section",
    "ShortageListing",
    "Video",
]
