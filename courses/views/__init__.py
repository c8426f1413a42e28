from courses.views.media import media
from courses.views.partners import (
    delivery,
    endpoint,
    endpoint_new,
    key,
    key_new,
    partner,
    partner_call,
    partner_calls,
    rotate,
)
from courses.views.province import desk, desk_course
from courses.views.public import catalogue, course

__all__ = [
    "catalogue",
    "course",
    "delivery",
    "desk",
    "desk_course",
    "endpoint",
    "endpoint_new",
    "key",
    "key_new",
    "media",
    "partner",
    "partner_call",
    "partner_calls",
    "rotate",
]
