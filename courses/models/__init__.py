from courses.models.catalogue import Course, Listed, Occupation, ShortageListing
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.films import Film, FilmPart
from courses.models.questions import ExamBlueprint, Question

__all__ = [
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "Film",
    "FilmPart",
    "Lesson",
    "Listed",
    "Occupation",
    "Question",
    "Section",
    "ShortageListing",
    "Video",
]
