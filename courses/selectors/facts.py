"""What the selectors hand out: plain values in the reader's language."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from courses.drawing import Candidate, Part


@dataclass(frozen=True)
class Captions:
    language: str
    key: str


@dataclass(frozen=True)
class VideoFacts:
    """Keys in the storage; ask `media_url` for an address. `captions_key` is the track in the reader's language.

    `angle` names the camera's place where a lesson has several. `smallest_bytes` and `audio_bytes` are what the whole
    film weighs with the smallest picture and with sound alone, 0 where it has none.
    """

    seconds: int
    mp4_key: str
    hls_key: str | None
    poster_key: str
    captions_key: str | None
    captions: tuple[Captions, ...]
    chapters: tuple[tuple[int, str], ...]
    width: int
    height: int
    bytes: int
    angle: str = ""
    audio_key: str | None = None
    smallest_bytes: int = 0
    audio_bytes: int = 0


@dataclass(frozen=True)
class LessonFacts:
    """`seconds` of media for a film, 0 otherwise; `characters` of a reading page, 0 otherwise.

    `video` is the film that is counted; `angles` show the same work from other places.
    """

    id: int
    key: str
    kind: str
    title: str
    seconds: int
    characters: int
    no_skip: bool
    transcript: str
    question_ids: tuple[int, ...]
    video: VideoFacts | None
    angles: tuple[VideoFacts, ...] = ()
    section_id: int = 0
    planned_seconds: int = 0
    on_site: bool = False
    has_task: bool = False
    """A practical lesson with a task is done here, with a film; one without it takes place elsewhere."""

    @property
    def is_film(self) -> bool:
        return self.kind in {"video", "workshop"}

    @property
    def is_counted(self) -> bool:
        """Whether studying it earns time, or a passed quiz, and the exam waits for it."""
        return self.is_film or self.kind in {"reading", "quiz"}

    @property
    def is_timed_package(self) -> bool:
        """An imported package that earns time, up to what is planned for it; no exam waits for it."""
        return self.kind == "package" and self.planned_seconds > 0


@dataclass(frozen=True)
class SectionFacts:
    id: int
    key: str
    title: str
    module: str


@dataclass(frozen=True)
class Outline:
    """A version in order. `hours` are class hours (学时) as published."""

    version_id: int
    course_code: str
    title: str
    province_code: str
    organisation_id: int
    hours: Fraction
    lessons: tuple[LessonFacts, ...]
    sections: tuple[SectionFacts, ...] = ()
    blueprint: "Blueprint | None" = None
    """Of the closing exam, if there is one."""
    bank: tuple[Candidate, ...] = ()
    """What the exam is drawn from."""

    def lesson(self, key: str) -> LessonFacts | None:
        return next((lesson for lesson in self.lessons if lesson.key == key), None)


@dataclass(frozen=True)
class QuestionFacts:
    """A question as shown: `options` are (key, text), of an ordering in an order that says nothing.

    `spots` are (key, x, y, width, height) in hundredths of the picture, `picture_text` says what it shows.
    `moment` is the second of the film at which it is asked.
    """

    id: int
    kind: str
    stem: str
    options: tuple[tuple[str, str], ...]
    moment: int | None = None
    several: bool = False
    unit: str = ""
    picture_key: str = ""
    picture_text: str = ""
    spots: tuple[tuple[str, int, int, int, int], ...] = ()

    @property
    def is_written(self) -> bool:
        return self.kind in {"numeric", "short_text"}

    @property
    def is_chosen(self) -> bool:
        """Whether options are ticked, with or without a picture."""
        return not self.is_written and self.kind != "ordering"

    @property
    def marks(self) -> list[dict[str, object]]:
        """The spots as a picture of 100 by 100 draws them, each with its number."""
        rows = []
        for number, (key, x, y, width, height) in enumerate(self.spots, 1):
            rows.append({"key": key, "number": number, "x": x, "y": y, "width": width, "height": height,
                         "label": dict(self.options)[key]})  # fmt: skip
        return rows


@dataclass(frozen=True)
class Blueprint:
    """`parts` are drawn first, the rest of the `questions` from the whole bank."""

    questions: int
    pass_mark_percent: int
    minutes: int
    attempts: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class CourseFacts:
    """What a certificate says of the course. `title` is Chinese; `hours` are class hours (学时)."""

    title: str
    title_en: str
    occupation_code: str
    occupation_name: str
    occupation_name_en: str
    edition: str
    level: int | None
    certificate_kind: str
    hours: Fraction
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    province_code: str
    course_code: str
    shortage: bool
    number: int
    standards: tuple["StandardMet", ...]


@dataclass(frozen=True)
class StandardMet:
    """A content and duration standard that a version met on the day it was published. `sha256` is of its body, in hex."""

    title: str
    doc_no: str
    valid_from: dt.date
    sha256: str
