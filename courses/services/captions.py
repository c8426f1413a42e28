"""Captions of a draft's film, one stored file per language and change, so that a frozen version keeps its own."""

import datetime as dt
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import captions
from courses.models import Lesson, Video
from courses.services.films import NotInDraft, forget
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

LANGUAGES = ("zh", "en")


class ChangedMeanwhile(RuleBroken):
    code = "captions_changed"
    message = _(
        "Somebody else has changed these captions meanwhile. Open the page again beside this one and bring both together."
    )


@transaction.atomic
def set_captions(
    video: Video,
    *,
    language: str,
    cues: list[captions.Cue],
    known: str,
    by: User,
    at: dt.datetime,
    as_transcript: bool = False,
) -> Video:
    """Store the captions in `zh` or `en`; `known` is the key that the editor had before him.

    Raises ChangedMeanwhile, NotInDraft, IllegalMove.
    """
    lesson = Lesson.objects.select_related("version__course").get(pk=video.lesson_id)
    course = lesson.version.course
    if draft_of(locked(course)).pk != lesson.version_id:
        raise NotInDraft
    row = Video.objects.select_for_update().get(pk=video.pk)
    field = f"captions_{language}_key"
    former = getattr(row, field)
    if former != known:
        raise ChangedMeanwhile
    name = f"courses/{course.code}/captions/{uuid.uuid4().hex}.{language}.vtt"
    setattr(row, field, default_storage.save(name, ContentFile(captions.written(cues).encode())))
    row.save(update_fields=[field])
    if as_transcript:
        setattr(lesson, f"transcript_{language}", captions.transcript(cues))
        lesson.save(update_fields=[f"transcript_{language}"])
    record(
        by=by,
        action="captions.set",
        thing=row,
        at=at,
        province=course.province_id,
        detail={"language": language, "cues": len(cues)},
    )
    if former and not Video.objects.filter(**{field: former}).exists():
        transaction.on_commit(lambda: forget([former]))
    return row
