from courses.views.feeds import json_feed, rss
from courses.views.media import media
from courses.views.province import desk, desk_course
from courses.views.public import catalogue, course

__all__ = ["catalogue", "course", "desk", "desk_course", "json_feed", "media", "rss"]
