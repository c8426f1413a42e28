from courses.models.catalogue import (
    CatalogueRevision,
    Course,
    KnownWord,
    Listed,
    Occupation,
    ShortageListing,
)
from courses.models.content import CourseVersion, Lesson, Section, Video
from courses.models.corrections import Correction
from courses.models.films import Film, FilmPart
from courses.models.imports import ImportJob, ImportRow
from courses.models.occupations import OccupationCrosswalk
from courses.models.packages import Package, PackageFile
from courses.models.partners import PartnerCall, PartnerKey
from courses.models.practice import PracticalTask
from courses.models.promises import AnswerPromise
from courses.models.providers import Agreement, Contact, Document, Licence, Notice, PaperCheck
from courses.models.questions import ExamBlueprint, Question
from courses.models.standards import ContentStandard, Recheck, Shortfall, StandardCheck
from courses.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookSecret

__all__ = [
    "Agreement",
    "AnswerPromise",
    "CatalogueRevision",
    "Contact",
    "ContentStandard",
    "Correction",
    "Course",
    "CourseVersion",
    "Document",
    "ExamBlueprint",
    "Film",
    "FilmPart",
    "ImportJob",
    "ImportRow",
    "KnownWord",
    "Lesson",
    "Licence",
    "Listed",
    "Notice",
    "Occupation",
    "OccupationCrosswalk",
    "Package",
    "PackageFile",
    "PaperCheck",
    "PartnerCall",
    "PartnerKey",
    "PracticalTask",
    "Question",
    "Recheck",
    "Section",
    "ShortageListing",
    "Shortfall",
    "StandardCheck",
    "Video",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
]
