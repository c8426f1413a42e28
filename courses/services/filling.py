"""Writing the sections, lessons, questions and exam plans of many versions at once from their documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import F

from courses.documents import CourseDocument, LessonDocument, SectionDocument
from courses.models import CourseVersion, ExamBlueprint, Lesson, PracticalTask, Question, Section, Video
from courses.models.questions import fresh_key
from courses.question_documents import QuestionDocument
from courses.selectors.documents import Found
from courses.services.copying import copy_in, new_ids, text_array
from courses.services.packages import copy_package
from courses.sheets.questions import same
from courses.text import characters_in

CARRIED = (Video, PracticalTask)
"""Models with a foreign key `lesson`, whose rows a next version takes along by the lesson's key."""
_BATCH = 1_000
_LESSON_WORDS = (
    "kind",
    "teaching",
    "on_site",
    "title_zh",
    "title_en",
    "planned_seconds",
    "body_zh",
    "body_en",
)
_SECTION_WORDS = ("title_zh", "title_en", "module")
_KEPT = ("seconds", "no_skip", "transcript_zh", "transcript_en")
"""What belongs to a film and no document tells."""
_WRITTEN = {"body_format": Lesson.BodyFormat.HTML, "source_zh": "", "source_en": ""}
"""What a document tells is HTML; what an author had typed as Markdown gives way to it."""
SECTION_COLUMNS = ("id", "version_id", "key", "position", "revision", *_SECTION_WORDS)
LESSON_COLUMNS = (
    *("id", "version_id", "section_id", "key", "position", "revision", "characters"),
    *_LESSON_WORDS,
    *_KEPT,
    *_WRITTEN,
)
QUESTION_COLUMNS = (
    *("version_id", "lesson_id", "position", "for_exam", "kind", "stem_zh", "stem_en"),
    *("options", "right_keys", "why_zh", "why_en", "revision", "key", "topic", "difficulty"),
    *("number", "tolerance", "tolerance_in_percent", "unit", "accepted"),
    *("picture_key", "picture_zh", "picture_en", "moment"),
)


@dataclass(frozen=True)
class Filling:
    """A version, what it shall hold, and what was found: in itself, or in the version before it."""

    version: CourseVersion
    document: CourseDocument
    found: Found | None = None


def _lesson(said: LessonDocument, **known: object) -> Lesson:
    return Lesson(
        key=said.key,
        characters=_characters(said),
        **{word: getattr(said, word) for word in _LESSON_WORDS},
        **known,
    )


def question_row(
    asked: QuestionDocument, position: int, version_id: int, lesson_id: int | None, *, for_exam: bool
) -> tuple[object, ...]:
    """In the order of QUESTION_COLUMNS."""
    return (
        version_id,
        lesson_id,
        position,
        for_exam,
        asked.kind,
        asked.stem_zh,
        asked.stem_en,
        stored_options(asked),
        text_array(asked.right),
        asked.why_zh,
        asked.why_en,
        1,
        asked.key or fresh_key(),
        asked.topic,
        asked.difficulty,
        asked.number,
        asked.tolerance,
        asked.tolerance_in_percent,
        asked.unit,
        text_array(asked.accepted),
        asked.picture_key,
        asked.picture_zh,
        asked.picture_en,
        asked.moment,
    )


def stored_options(asked: QuestionDocument) -> list[dict[str, object]]:
    return [
        {"key": o.key, "zh": o.zh, "en": o.en} | ({"area": list(o.area)} if o.area else {})
        for o in asked.options
    ]


def _question_rows(filling: Filling, lessons: dict[str, int]) -> Iterator[tuple[object, ...]]:
    """`lessons` are ids by key."""
    known = _known(filling)
    for position, (said, row) in enumerate(_all_asked(filling.document), 1):
        free = [] if row.key else known.get(same(row), [])
        told = _as_before(said, row, *free.pop(0)) if free else row
        lesson = lessons[said.key] if said else None
        yield question_row(told, position, filling.version.pk, lesson, for_exam=row.for_exam)


_Asked = tuple[LessonDocument | None, QuestionDocument]


def _known(filling: Filling) -> dict[tuple[object, ...], list[_Asked]]:
    """What was found and is told anew, without keys, by what makes two questions the same."""
    if filling.found is None:
        return {}
    told = {row.key for _lesson, row in _all_asked(filling.document)}
    known: dict[tuple[object, ...], list[_Asked]] = {}
    for said, row in _all_asked(filling.found.document):
        if row.key not in told:
            known.setdefault(same(row), []).append((said, row))
    return known


def _as_before(
    said: LessonDocument | None, row: QuestionDocument, then: LessonDocument | None, there: QuestionDocument
) -> QuestionDocument:
    """With the lasting key, and at the moment of the film where it still may stand."""
    stays = said and then and said.key == then.key and said.kind in Lesson.FILMS
    stays = stays and row.kind in Question.CHOSEN and not row.for_exam
    return replace(row, key=there.key, moment=there.moment if stays else None)


def _all_asked(document: CourseDocument) -> Iterator[_Asked]:
    """Each question with its lesson; without one, of the exam's bank."""
    for lesson in document.lessons:
        yield from ((lesson, row) for row in lesson.questions or ())
    yield from ((None, row) for row in document.bank or ())


def _placed(document: CourseDocument) -> Iterator[tuple[int, SectionDocument, int, LessonDocument]]:
    """Lessons with their section; positions run from one, those of lessons through the whole version."""
    position = 0
    for place, section in enumerate(document.sections or (), 1):
        for lesson in section.lessons:
            position += 1
            yield place, section, position, lesson


def _kept_from(old: Lesson | None, kind: str) -> tuple[object, ...]:
    """In the order of _KEPT."""
    if old is None:
        return (0, True, "", "")
    return (
        old.seconds if kind in Lesson.FILMS else 0,
        old.no_skip,
        old.transcript_zh,
        old.transcript_en,
    )


def _characters(said: LessonDocument) -> int:
    return characters_in(said.body_zh) if said.kind == Lesson.Kind.READING else 0


def fill_new(fillings: list[Filling]) -> None:
    """Fill versions that hold nothing yet; films come along from the version found."""
    section_ids = new_ids(Section, sum(len(f.document.sections or ()) for f in fillings))
    lesson_ids = new_ids(Lesson, sum(len(f.document.lessons) for f in fillings))
    sections, lessons, carried = [], [], {}
    of_version: dict[int, dict[str, int]] = {}
    for filling in fillings:
        version, position = filling.version.pk, 0
        earlier = filling.found.lessons if filling.found else {}
        ids = of_version[version] = {}
        for n, section in enumerate(filling.document.sections or (), 1):
            section_id = next(section_ids)
            words = (getattr(section, word) for word in _SECTION_WORDS)
            sections.append((section_id, version, section.key, n, 1, *words))
            for said in section.lessons:
                position += 1
                ids[said.key] = lesson_id = next(lesson_ids)
                old = earlier.get(said.key)
                words = (getattr(said, word) for word in _LESSON_WORDS)
                known = (lesson_id, version, section_id, said.key, position, 1, _characters(said))
                lessons.append((*known, *words, *_kept_from(old, said.kind), *_WRITTEN.values()))
                if old is not None and (old.kind == said.kind or {old.kind, said.kind} <= Lesson.FILMS):
                    carried[old.pk] = lesson_id
    copy_in(Section, SECTION_COLUMNS, sections)
    copy_in(Lesson, LESSON_COLUMNS, lessons)
    _carry(carried)
    _ask_all(fillings, of_version)
    _plan_all(fillings)


def _carry(carried: dict[int, int]) -> None:
    """Rows of the old lessons once more, for the new ones (ids by ids)."""
    for model in CARRIED if carried else ():
        rows = list(model.objects.filter(lesson__in=carried))
        for row in rows:
            row.lesson_id, row.pk = carried[row.lesson_id], None
        model.objects.bulk_create(rows, batch_size=_BATCH)
    packaged = Lesson.objects.filter(pk__in=carried, kind=Lesson.Kind.PACKAGE)
    for old in packaged:
        copy_package(old, Lesson(pk=carried[old.pk]))


def _ask_all(fillings: Iterable[Filling], lessons: dict[int, dict[str, int]]) -> None:
    """`lessons` are their ids by key, by version id."""
    copy_in(
        Question,
        QUESTION_COLUMNS,
        (row for f in fillings for row in _question_rows(f, lessons.get(f.version.pk, {}))),
    )


def _plan_all(fillings: Iterable[Filling]) -> None:
    ExamBlueprint.objects.bulk_create(
        [
            ExamBlueprint(
                version=filling.version,
                questions=plan.questions,
                pass_mark_percent=plan.pass_mark_percent,
                minutes=plan.minutes,
                attempts=plan.attempts,
                parts=[vars(part) for part in plan.parts],
            )
            for filling in fillings
            if (plan := filling.document.blueprint)
        ],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["questions", "pass_mark_percent", "minutes", "attempts", "parts"],
    )


def _section_rows(filling: Filling) -> Iterator[Section]:
    """Every section as it shall be; those that stay keep their row, and count a revision when they change."""
    for n, said in enumerate(filling.document.sections or (), 1):
        row = filling.found.sections.get(said.key) or Section(version=filling.version, key=said.key)
        words = {word: getattr(said, word) for word in _SECTION_WORDS}
        changed = row.position != n or any(getattr(row, word) != value for word, value in words.items())
        row.revision += bool(row.pk and changed)
        row.position = n
        for word, value in words.items():
            setattr(row, word, value)
        yield row


def _lesson_rows(filling: Filling, sections: dict[str, Section]) -> Iterator[Lesson]:
    for _place, section, position, said in _placed(filling.document):
        row = filling.found.lessons.get(said.key)
        told = _lesson(said, version=filling.version, section=sections[section.key], position=position)
        if row is None:
            yield told
            continue
        names = (*_LESSON_WORDS, "section_id", "position", "characters")
        row.revision += any(getattr(row, name) != getattr(told, name) for name in names)
        if (row.body_zh, row.body_en) != (told.body_zh, told.body_en):
            names += tuple(_WRITTEN)
        for name in names:
            setattr(row, name, getattr(told, name))
        if not row.is_film:
            row.seconds = 0
        yield row


def _save(model: type, rows: list, names: tuple[str, ...]) -> None:
    """New rows are inserted, the others updated, in one statement each. Positions are looked at when all is done."""
    model.objects.bulk_create([row for row in rows if row.pk is None], batch_size=_BATCH)
    model.objects.bulk_create(
        [row for row in rows if row.pk is not None],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*names, "position", "revision"],
    )


def bring_in_place(fillings: list[Filling]) -> None:
    """Bring open versions to their documents. Lessons keep their rows by key, and so their films."""
    sections, lessons = [], []
    for filling in fillings:
        sections += _section_rows(filling)
    _save(Section, sections, _SECTION_WORDS)
    of_key: dict[int, dict[str, Section]] = {}
    for row in sections:
        of_key.setdefault(row.version_id, {})[row.key] = row
    for filling in fillings:
        lessons += _lesson_rows(filling, of_key.get(filling.version.pk, {}))
    Question.objects.filter(version__in=[f.version.pk for f in fillings if _asks_anew(f)]).delete()
    _remove(Lesson, fillings, [row.pk for row in lessons])
    _save(Lesson, lessons, (*_LESSON_WORDS, *_WRITTEN, "section", "characters", "seconds"))
    _remove(Section, fillings, [row.pk for row in sections])
    ids: dict[int, dict[str, int]] = {}
    for row in lessons:
        ids.setdefault(row.version_id, {})[row.key] = row.pk
    _ask_all([f for f in fillings if _asks_anew(f)], ids)
    planned = [f for f in fillings if f.document.blueprint != f.found.document.blueprint]
    there = ExamBlueprint.objects.filter(version__in=[filling.version.pk for filling in planned])
    there.update(revision=F("revision") + 1)
    _plan_all(planned)


def _remove(model: type, fillings: list[Filling], staying: list[int]) -> None:
    rows = model.objects.filter(version__in=[filling.version.pk for filling in fillings])
    rows.exclude(pk__in=[pk for pk in staying if pk]).delete()


def _asks_anew(filling: Filling) -> bool:
    """Whether any question changes its words or its place; then all are written again."""
    now, then = filling.document, filling.found.document
    return now.bank != then.bank or [(lesson.key, lesson.questions) for lesson in now.lessons] != [
        (lesson.key, lesson.questions) for lesson in then.lessons
    ]
