from courses.views.imports import import_file, import_job, import_template, imports
from courses.views.media import media
from courses.views.province import desk, desk_course
from courses.views.public import catalogue, course

__all__ = [
    "catalogue",
    "course",
    "desk",
    "desk_course",
    "import_file",
    "import_job",
    "import_template",
    "imports",
    "media",
]
