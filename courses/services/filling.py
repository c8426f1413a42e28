"""Writing the sections, lessons, questions and exam plans of many versions at once from their documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from courses.documents import CourseDocument, LessonDocument, QuestionDocument, SectionDocument
from courses.models import CourseVersion, ExamBlueprint, Lesson, Question, Section, Video
from courses.selectors.documents import Found
from courses.services.content import characters_in

CARRIED = (Video,)
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


@dataclass(frozen=True)
class Filling:
    """A version, what it shall hold, and what was found: in itself, or in the version before it."""

    version: CourseVersion
    document: CourseDocument
    found: Found | None = None


def _lesson(said: LessonDocument, **known: object) -> Lesson:
    return Lesson(
        key=said.key,
        characters=characters_in(said.body_zh) if said.kind == Lesson.Kind.READING else 0,
        **{word: getattr(said, word) for word in _LESSON_WORDS},
        **known,
    )


def _question(
    asked: QuestionDocument, position: int, version: CourseVersion, lesson: Lesson | None
) -> Question:
    return Question(
        version=version,
        lesson=lesson,
        position=position,
        for_exam=asked.for_exam,
        kind=asked.kind,
        stem_zh=asked.stem_zh,
        stem_en=asked.stem_en,
        options=[{"key": o.key, "zh": o.zh, "en": o.en} for o in asked.options],
        right_keys=list(asked.right),
        why_zh=asked.why_zh,
        why_en=asked.why_en,
    )


def _questions(filling: Filling, lessons: dict[str, Lesson]) -> Iterator[Question]:
    position = 0
    for said in filling.document.lessons:
        for asked in said.questions or ():
            position += 1
            yield _question(asked, position, filling.version, lessons[said.key])
    for asked in filling.document.bank or ():
        position += 1
        yield _question(asked, position, filling.version, None)


def _placed(document: CourseDocument) -> Iterator[tuple[int, SectionDocument, int, LessonDocument]]:
    """Lessons with their section; positions run from one, those of lessons through the whole version."""
    position = 0
    for place, section in enumerate(document.sections or (), 1):
        for lesson in section.lessons:
            position += 1
            yield place, section, position, lesson


def _kept_from(row: Lesson, kind: str) -> dict[str, object]:
    kept = {name: getattr(row, name) for name in _KEPT}
    if kind not in Lesson.FILMS:
        kept["seconds"] = 0
    return kept


def fill_new(fillings: list[Filling]) -> None:
    """Fill versions that hold nothing yet; films come along from the version found."""
    sections = Section.objects.bulk_create(
        [
            Section(
                version=filling.version,
                key=said.key,
                position=n,
                **{word: getattr(said, word) for word in _SECTION_WORDS},
            )
            for filling in fillings
            for n, said in enumerate(filling.document.sections or (), 1)
        ],
        batch_size=_BATCH,
    )
    of_key = {(row.version_id, row.key): row for row in sections}
    rows, before = [], {}
    for filling in fillings:
        earlier = filling.found.lessons if filling.found else {}
        for _place, section, position, said in _placed(filling.document):
            old = earlier.get(said.key)
            row = _lesson(
                said,
                version=filling.version,
                section=of_key[filling.version.pk, section.key],
                position=position,
                **(_kept_from(old, said.kind) if old else {}),
            )
            rows.append(row)
            if old is not None and (old.kind == said.kind or {old.kind, said.kind} <= Lesson.FILMS):
                before[old.pk] = row
    Lesson.objects.bulk_create(rows, batch_size=_BATCH)
    _carry(before)
    _ask_all(fillings, rows)
    _plan_all(fillings)


def _carry(before: dict[int, Lesson]) -> None:
    """Rows of the old lessons (by id) once more, for the new ones."""
    for model in CARRIED if before else ():
        rows = list(model.objects.filter(lesson__in=before))
        for row in rows:
            row.lesson, row.pk = before[row.lesson_id], None
        model.objects.bulk_create(rows, batch_size=_BATCH)


def _ask_all(fillings: Iterable[Filling], lessons: Iterable[Lesson]) -> None:
    of_version: dict[int, dict[str, Lesson]] = {}
    for row in lessons:
        of_version.setdefault(row.version_id, {})[row.key] = row
    Question.objects.bulk_create(
        [row for filling in fillings for row in _questions(filling, of_version.get(filling.version.pk, {}))],
        batch_size=_BATCH,
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
            )
            for filling in fillings
            if (plan := filling.document.blueprint)
        ],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["questions", "pass_mark_percent", "minutes", "attempts"],
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
    _save(Lesson, lessons, (*_LESSON_WORDS, "section", "characters", "seconds"))
    _remove(Section, fillings, [row.pk for row in sections])
    _ask_all([f for f in fillings if _asks_anew(f)], lessons)
    _plan_all(f for f in fillings if f.document.blueprint != f.found.document.blueprint)


def _remove(model: type, fillings: list[Filling], staying: list[int]) -> None:
    rows = model.objects.filter(version__in=[filling.version.pk for filling in fillings])
    rows.exclude(pk__in=[pk for pk in staying if pk]).delete()


def _asks_anew(filling: Filling) -> bool:
    """Whether any question changes its words or its place; then all are written again."""
    now, then = filling.document, filling.found.document
    return now.bank != then.bank or [(lesson.key, lesson.questions) for lesson in now.lessons] != [
        (lesson.key, lesson.questions) for lesson in then.lessons
    ]
