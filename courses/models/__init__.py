from courses.models.catalogue import Course, Listed, Occupation, ShortageListing
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.packages import Package, PackageFile
from courses.models.questions import ExamBlueprint, Question

__all__ = [
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "Lesson",
    "Listed",
    "Occupation",
    "Package",
    "PackageFile",
    "Question",
    "Section",
    "ShortageListing",
    "Video",
]
