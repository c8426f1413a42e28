from courses.models.catalogue import (
    CatalogueRevision,
    Course,
    KnownWord,
    Listed,
    Occupation,
    ShortageListing,
)
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.questions import ExamBlueprint, Question

__all__ = [
    "CatalogueRevision",
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "KnownWord",
    "Lesson",
    "Listed",
    "Occupation",
    "Question",
    "Section",
    "ShortageListing",
    "Video",
]
