import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.functional import Promise, lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from courses import captions, drawing, media, text
from courses.ladder import AUDIO, RUNGS, Rung
from courses.models import CourseVersion, Lesson, PracticalTask, Question, Section, Video
from courses.models.catalogue import spoken
from courses.selectors.facts import Blueprint, Captions, LessonFacts, Outline, SectionFacts, VideoFacts
from portal.accounts.models import User


def _english() -> bool:
    return (get_language() or "").startswith("en")


def video_facts(video: Video) -> VideoFacts:
    captions = [Captions("zh-CN", video.captions_zh_key), Captions("en", video.captions_en_key)]
    kept = tuple(track for track in captions if track.key)
    own = video.captions_en_key if _english() else ""
    return VideoFacts(
        seconds=video.milliseconds // 1000,
        mp4_key=video.mp4_key,
        hls_key=video.hls_key or None,
        poster_key=video.poster_key,
        captions_key=own or video.captions_zh_key or None,
        captions=kept,
        chapters=tuple((row["seconds"], spoken(row["zh"], row.get("en", ""))) for row in video.chapters),
        width=video.width,
        height=video.height,
        bytes=video.bytes,
        angle=video.angle,
        audio_key=video.audio_key or None,
        smallest_bytes=_weight(video, RUNGS[0]) if video.hls_key else 0,
        audio_bytes=_weight(video, AUDIO) if video.audio_key else 0,
    )


def _weight(video: Video, rung: Rung) -> int:
    """Bytes of a rung: as it was made, or what it may weigh at most."""
    made = video.film.rungs.get(rung.name, {}) if video.film else {}
    return made.get("bytes") or video.milliseconds * (rung.video + rung.audio) // 8


def _lesson_facts(lesson: Lesson, question_ids: list[int]) -> LessonFacts:
    films = [video_facts(video) for video in lesson.videos.all()] if lesson.is_film else []
    return LessonFacts(
        id=lesson.pk,
        key=lesson.key,
        kind=lesson.kind,
        title=lesson.title,
        seconds=lesson.seconds,
        characters=lesson.characters,
        no_skip=lesson.no_skip,
        transcript=lesson.transcript,
        question_ids=tuple(question_ids),
        video=films[0] if films else None,
        angles=tuple(films[1:]),
        section_id=lesson.section_id,
        planned_seconds=lesson.planned_seconds,
        on_site=lesson.on_site,
        has_task=lesson.has_task,
    )


@dataclass(frozen=True)
class Content:
    lessons: tuple[LessonFacts, ...]
    sections: tuple[SectionFacts, ...]
    bank: tuple[drawing.Candidate, ...]


_FROZEN: dict[tuple[int, dt.datetime, str], Content] = {}
"""What frozen versions hold, by version, the moment it was frozen and language; PostgreSQL lets nobody change it."""
_MOST_FROZEN = 128
_OF_COURSE = ("course__code", "course__province_id", "course__organisation_id")
_OF_EXAM = tuple(
    f"blueprint__{name}" for name in ("questions", "pass_mark_percent", "minutes", "attempts", "parts")
)
_keeping = threading.Lock()


def outlines(version_ids: Iterable[int]) -> dict[int, Outline]:
    """Outlines by version id: one statement, and four more for all that this process does not know, however many there are."""
    versions = CourseVersion.objects.filter(pk__in=list(version_ids)).select_related("course", "blueprint")
    rows = list(versions.only("title_zh", "title_en", "hours_tenths", "frozen_at", *_OF_COURSE, *_OF_EXAM))
    language = get_language() or ""
    known = {row.pk: _FROZEN.get((row.pk, row.frozen_at, language)) for row in rows if row.frozen_at}
    unknown = [row.pk for row in rows if known.get(row.pk) is None]
    if unknown:
        known |= _contents(unknown)
        _keep(
            {
                (row.pk, row.frozen_at, language): known[row.pk]
                for row in rows
                if row.frozen_at and row.pk in unknown
            }
        )
    return {
        row.pk: Outline(
            version_id=row.pk,
            course_code=row.course.code,
            title=row.title,
            province_code=row.course.province_id,
            organisation_id=row.course.organisation_id,
            hours=row.hours,
            blueprint=blueprint_of(row),
            **vars(known[row.pk]),
        )
        for row in rows
    }


def _keep(contents: dict[tuple[int, dt.datetime, str], Content]) -> None:
    with _keeping:
        _FROZEN.update(contents)
        while len(_FROZEN) > _MOST_FROZEN:
            del _FROZEN[next(iter(_FROZEN))]


def forget_outlines() -> None:
    """For another database in the same process."""
    _FROZEN.clear()


def _contents(ids: list[int]) -> dict[int, Content]:
    asked: dict[int | None, list[int]] = defaultdict(list)
    banks: dict[int, list[drawing.Candidate]] = defaultdict(list)
    rows = Question.objects.filter(version_id__in=ids).order_by("position")
    for version_id, lesson_id, question_id, for_exam, *told in rows.values_list(
        "version_id", "lesson_id", "id", "for_exam", *DRAWN_BY
    ):
        asked[lesson_id].append(question_id)
        if for_exam:
            banks[version_id].append(candidate(question_id, *told))
    lessons: dict[int, list[LessonFacts]] = defaultdict(list)
    for lesson in (
        Lesson.objects.filter(version_id__in=ids)
        .prefetch_related(Prefetch("videos", Video.objects.select_related("film")))
        .annotate(has_task=Exists(PracticalTask.objects.filter(lesson=OuterRef("pk"))))
        .defer("body_zh", "body_en")
        .order_by("position")
    ):
        lessons[lesson.version_id].append(_lesson_facts(lesson, asked[lesson.pk]))
    sections: dict[int, list[SectionFacts]] = defaultdict(list)
    for section in Section.objects.filter(version_id__in=ids).order_by("position"):
        facts = SectionFacts(section.pk, section.key, section.title, section.module)
        sections[section.version_id].append(facts)
    return {pk: Content(tuple(lessons[pk]), tuple(sections[pk]), tuple(banks[pk])) for pk in ids}


DRAWN_BY = ("lesson__section__key", "topic", "kind", "difficulty")


def candidate(pk: int, section: str | None, topic: str, kind: str, difficulty: int) -> drawing.Candidate:
    """A question as the draw sees it, of its `DRAWN_BY`. The section is the lesson's, or the one named as topic."""
    return drawing.Candidate(pk, section or topic, kind, difficulty)


def blueprint_of(version: CourseVersion) -> Blueprint | None:
    row = getattr(version, "blueprint", None)
    if row is None:
        return None
    parts = tuple(drawing.Part(**part) for part in row.parts)
    return Blueprint(row.questions, row.pass_mark_percent, row.minutes, row.attempts, parts)


def outline(version_id: int) -> Outline:
    """Raises CourseVersion.DoesNotExist."""
    found = outlines([version_id]).get(version_id)
    if found is None:
        raise CourseVersion.DoesNotExist
    return found


_later = lazy(spoken, str)


def title(version_id: int) -> Promise:
    """The title of a version, spoken in the language in which it is read out."""
    return _later(*CourseVersion.objects.values_list("title_zh", "title_en").get(pk=version_id))


def lesson_title(lesson_id: int) -> Promise:
    """As `title`, of a lesson."""
    return _later(*Lesson.objects.values_list("title_zh", "title_en").get(pk=lesson_id))


def lesson_body(lesson_id: int) -> SafeString:
    """The text of a lesson that has one, in the reader's language, as sanitised HTML."""
    lesson = Lesson.objects.only("body_zh", "body_en").get(pk=lesson_id)
    return mark_safe(text.clean(spoken(lesson.body_zh, lesson.body_en)))  # noqa: S308 - just cleaned


def spoken_sentences(film: VideoFacts) -> list[captions.Cue]:
    """What is said in the film, sentence by sentence, from its captions in the reader's language; empty without any."""
    if not film.captions_key:
        return []
    try:
        with default_storage.open(film.captions_key, "rb") as file:
            words, _troubles = captions.decoded(file.read(captions.MOST_BYTES + 1))
    except FileNotFoundError:
        return []
    cues, _troubles = captions.read(words) if words else ([], [])
    return captions.sentences(cues)


def media_url(key: str, *, user: User | AnonymousUser | None, at: dt.datetime) -> str:
    """A short-lived address of a stored file for this reader alone; None or a visitor gets a public link.

    The caller has already made sure that the reader may see it.
    """
    return media.signed_url(key, user_id=user.pk if user else None, at=at)
