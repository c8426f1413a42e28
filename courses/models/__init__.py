from courses.models.catalogue import Course, Listed, Occupation, ShortageListing
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.films import Film, FilmPart
from courses.models.occupations import OccupationCrosswalk
from courses.models.providers import Agreement, Contact, Licence, Notice
from courses.models.questions import ExamBlueprint, Question
from courses.models.standards import ContentStandard, Recheck, Shortfall, StandardCheck

__all__ = [
    "Agreement",
    "Contact",
    "ContentStandard",
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "Film",
    "FilmPart",
    "Lesson",
    "Licence",
    "Listed",
    "Notice",
    "Occupation",
    "OccupationCrosswalk",
    "Question",
    "Recheck",
    "Section",
    "ShortageListing",
    "Shortfall",
    "StandardCheck",
    "Video",
]
