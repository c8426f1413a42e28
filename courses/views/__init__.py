from courses.views.feeds import json_feed, rss
from courses.views.films import captions, film
from courses.views.media import media
from courses.views.packages import package, package_file
from courses.views.province import desk, desk_course
from courses.views.public import catalogue, course

__all__ = [
    "captions",
    "catalogue",
    "course",
    "desk",
    "desk_course",
    "film",
    "json_feed",
    "media",
    "package",
    "package_file",
    "rss",
]
