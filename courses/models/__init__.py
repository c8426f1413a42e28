from courses.models.catalogue import Course, Listed, Occupation, ShortageListing
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.partners import PartnerCall, PartnerKey
from courses.models.questions import ExamBlueprint, Question
from courses.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookSecret

__all__ = [
    "Course",
    "CourseVersion",
    "ExamBlueprint",
    "Lesson",
    "Listed",
    "Occupation",
    "PartnerCall",
    "PartnerKey",
    "Question",
    "Section",
    "ShortageListing",
    "Video",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
]
