"""Two versions of a course side by side: what was added, taken away, moved, and what reads differently.

Lessons and sections are the same by their keys, which a new version takes over. Right answers are compared only for
whom the caller allows to see them; others are not even told that one has changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import text
from courses.models import CourseVersion, ExamBlueprint, Lesson, PracticalTask, Question, Section, Video
from courses.models.catalogue import spoken
from courses.selectors.practice import facts_of
from courses.selectors.questions import right_answer
from portal.money import yuan

_CONTEXT = 2
_ALIKE = 0.5


@dataclass(frozen=True)
class Line:
    """A line of a text: `kind` is same, added, removed or gap (left out, nothing changed there)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One thing that reads differently; long texts have `lines` instead of before and after."""

    label: str
    before: str = ""
    after: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Part:
    """A section, lesson, question or film: `kind` is added, removed, moved or changed."""

    kind: str
    title: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Differences:
    words: tuple[Change, ...]
    sections: tuple[Part, ...]
    lessons: tuple[Part, ...]
    questions: tuple[Part, ...]
    films: tuple[Part, ...]
    practice: tuple[Part, ...]
    exam: tuple[Change, ...]

    @property
    def none(self) -> bool:
        told = (self.words, self.sections, self.lessons, self.questions, self.films, self.practice, self.exam)
        return not any(told)


WORDS: dict[str, str | Promise] = {
    "title_zh": gettext_lazy("Title in Chinese"),
    "title_en": gettext_lazy("Title in English"),
    "summary_zh": gettext_lazy("Summary in Chinese"),
    "summary_en": gettext_lazy("Summary in English"),
    "occupation": gettext_lazy("Occupation"),
    "level_name": gettext_lazy("Level"),
    "hours": gettext_lazy("Class hours"),
    "delivery": gettext_lazy("Teaching"),
    "for_subsidy": gettext_lazy("Offered for the subsidy"),
    "price": gettext_lazy("Price in yuan"),
    "key_groups": gettext_lazy("Made for"),
}
LESSON: dict[str, str | Promise] = {
    "title_zh": gettext_lazy("Title in Chinese"),
    "title_en": gettext_lazy("Title in English"),
    "kind": gettext_lazy("Kind"),
    "teaching": gettext_lazy("Teaches"),
    "planned_minutes": gettext_lazy("Planned minutes"),
    "on_site": gettext_lazy("Takes place on site"),
    "no_skip": gettext_lazy("Skipping ahead is off"),
}
TEXTS: dict[str, str | Promise] = {
    "body_zh": gettext_lazy("Text in Chinese"),
    "body_en": gettext_lazy("Text in English"),
    "transcript_zh": gettext_lazy("What is said, in Chinese"),
    "transcript_en": gettext_lazy("What is said, in English"),
}
EXAM: dict[str, str | Promise] = {
    "questions": gettext_lazy("Questions asked"),
    "pass_mark_percent": gettext_lazy("To pass, in percent"),
    "minutes": gettext_lazy("Minutes"),
    "attempts": gettext_lazy("Attempts"),
    "parts": gettext_lazy("Parts of the exam"),
}


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _words_of(version: CourseVersion) -> dict[str, str]:
    occupation = version.occupation
    return {
        "title_zh": version.title_zh,
        "title_en": version.title_en,
        "summary_zh": version.summary_zh,
        "summary_en": version.summary_en,
        "occupation": f"{occupation.name} {occupation.code} ({occupation.edition})",
        "level_name": version.level_name,
        "hours": f"{version.hours_tenths / 10:g}",
        "delivery": version.get_delivery_display(),
        "for_subsidy": _yes(version.for_subsidy),
        "price": yuan(version.price_fen),
        "key_groups": ", ".join(version.key_groups),
    }


def _lesson_of(lesson: Lesson) -> dict[str, str]:
    return {
        "title_zh": lesson.title_zh,
        "title_en": lesson.title_en,
        "kind": lesson.get_kind_display(),
        "teaching": lesson.get_teaching_display(),
        "planned_minutes": str(lesson.planned_seconds // 60),
        "on_site": _yes(lesson.on_site),
        "no_skip": _yes(lesson.no_skip),
    }


def _changes(
    old: dict[str, str], new: dict[str, str], labels: dict[str, str | Promise]
) -> tuple[Change, ...]:
    return tuple(
        Change(str(label), old[name], new[name]) for name, label in labels.items() if old[name] != new[name]
    )


def line_by_line(old: list[str], new: list[str]) -> tuple[Line, ...]:
    """What a reader needs to see the change: changed lines, two lines around them, and where something is left out."""
    lines: list[Line] = []
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT))
    for number, group in enumerate(groups):
        if number or group[0][1] > 0:
            lines.append(Line("gap", "…"))
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [Line("same", row) for row in old[a:b]]
                continue
            lines += [Line("removed", row) for row in old[a:b]]
            lines += [Line("added", row) for row in new[c:d]]
    if groups and groups[-1][-1][2] < len(old):
        lines.append(Line("gap", "…"))
    return tuple(lines)


def _text_changes(old: Lesson, new: Lesson) -> tuple[Change, ...]:
    rows = []
    for name, label in TEXTS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            split = text.lines_of if name.startswith("body") else str.splitlines
            if lines := line_by_line(split(before), split(after)):
                rows.append(Change(str(label), lines=lines))
    return tuple(rows)


def _moved(old_keys: list[object], new_keys: list[object]) -> set[object]:
    """Which of the parts that stayed stand in another order: all but the longest run that kept its order."""
    new_kept = [key for key in new_keys if key in set(old_keys)]
    old_kept = [key for key in old_keys if key in set(new_keys)]
    blocks = SequenceMatcher(None, old_kept, new_kept, autojunk=False).get_matching_blocks()
    still = {key for block in blocks for key in old_kept[block.a : block.a + block.size]}
    return set(old_kept) - still


def _sections(old: list[Section], new: list[Section]) -> tuple[Part, ...]:
    before, after = {row.key: row for row in old}, {row.key: row for row in new}
    moved = _moved(list(before), list(after))
    parts = [Part("removed", row.title) for key, row in before.items() if key not in after]
    labels = {
        "title_zh": _("Title in Chinese"),
        "title_en": _("Title in English"),
        "module": _("Module of the standard"),
    }
    for key, row in after.items():
        if key not in before:
            parts.append(Part("added", row.title))
            continue
        one = {name: getattr(before[key], name) for name in labels}
        two = {name: getattr(row, name) for name in labels}
        if changes := _changes(one, two, labels):
            parts.append(Part("changed", row.title, changes))
        if key in moved:
            parts.append(Part("moved", row.title))
    return tuple(parts)


def _lessons(old: list[Lesson], new: list[Lesson]) -> tuple[Part, ...]:
    before, after = {row.key: row for row in old}, {row.key: row for row in new}
    moved = _moved(list(before), list(after))
    parts = [Part("removed", row.title) for key, row in before.items() if key not in after]
    for key, row in after.items():
        if key not in before:
            parts.append(Part("added", row.title))
            continue
        was = before[key]
        changes = _changes(_lesson_of(was), _lesson_of(row), LESSON) + _text_changes(was, row)
        if changes:
            parts.append(Part("changed", row.title, changes))
        if was.section.key != row.section.key:
            parts.append(
                Part("moved", row.title, (Change(_("Section"), was.section.title, row.section.title),))
            )
        elif key in moved:
            parts.append(Part("moved", row.title))
    return tuple(parts)


def _question_of(row: Question, *, answers: bool) -> dict[str, str]:
    told = {
        "kind": row.get_kind_display(),
        "stem": row.stem,
        "options": "\n".join(
            " ".join(
                [option["key"], spoken(option["zh"], option.get("en", "")), *map(str, option.get("area", []))]
            )
            for option in row.options
        ),
        "for_exam": _yes(row.for_exam),
        "moment": "" if row.moment is None else f"{row.moment // 60}:{row.moment % 60:02d}",
        "difficulty": str(row.get_difficulty_display()),
        "topic": row.topic,
        "unit": row.unit,
        "picture": "\n".join(
            filter(None, (row.picture_key.rpartition("/")[2], row.picture_zh, row.picture_en))
        ),
    }
    return told | ({"right": right_answer(row), "why": row.why} if answers else {})


def _questions(old: list[Question], new: list[Question], *, answers: bool) -> tuple[Part, ...]:
    """Questions of one lesson, or of the bank alone, are the same by their key or text, or else by the one most like it."""
    labels = {
        "stem": _("Question"),
        "kind": _("Kind"),
        "options": _("Options"),
        "for_exam": _("In the exam's bank"),
        "moment": _("Moment of the film"),
        "difficulty": _("Difficulty"),
        "topic": _("Section"),
        "unit": _("Unit"),
        "picture": _("Picture"),
    } | ({"right": _("Right"), "why": _("Why")} if answers else {})
    parts: list[Part] = []
    kept: dict[int, Question] = {}
    left: dict[str, list[Question]] = {}
    for row in old:
        left.setdefault(row.lesson.key if row.lesson else "", []).append(row)
    fresh = []
    for row in new:
        bench = left.get(row.lesson.key if row.lesson else "", [])
        same = next((was for was in bench if was.key == row.key), None) or next(
            (was for was in bench if was.stem_zh == row.stem_zh), None
        )
        if same is None:
            fresh.append((row, bench))
            continue
        bench.remove(same)
        kept[row.pk] = same
        parts += _question_parts(same, row, labels, answers=answers)
    for row, bench in fresh:
        close = get_close_matches(row.stem_zh, [was.stem_zh for was in bench], 1, _ALIKE)
        was = next((one for one in bench if close and one.stem_zh == close[0]), None)
        if was is None:
            parts.append(Part("added", row.stem))
            continue
        bench.remove(was)
        kept[row.pk] = was
        parts += _question_parts(was, row, labels, answers=answers)
    parts += _questions_moved(old, new, kept)
    return tuple(parts + [Part("removed", row.stem) for bench in left.values() for row in bench])


def _questions_moved(old: list[Question], new: list[Question], kept: dict[int, Question]) -> list[Part]:
    """Within one lesson, or within what is in the bank alone; `kept` are the earlier questions by the later ones' ids."""
    before: dict[int | None, list[object]] = {}
    after: dict[int | None, list[object]] = {}
    for row in old:
        before.setdefault(row.lesson_id, []).append(row.pk)
    for row in new:
        if row.pk in kept:
            after.setdefault(kept[row.pk].lesson_id, []).append(kept[row.pk].pk)
    moved = {pk for place, keys in after.items() for pk in _moved(before[place], keys)}
    return [Part("moved", row.stem) for row in new if row.pk in kept and kept[row.pk].pk in moved]


def _question_parts(old: Question, new: Question, labels: dict[str, str], *, answers: bool) -> Iterable[Part]:
    changes = _changes(_question_of(old, answers=answers), _question_of(new, answers=answers), labels)
    return [Part("changed", new.stem, changes)] if changes else []


def _film_of(film: Video) -> dict[str, str]:
    return {
        "file": film.mp4_key.rpartition("/")[2],
        "length": f"{film.milliseconds // 60_000}:{film.milliseconds // 1000 % 60:02d}",
        "angle": film.angle,
        "captions": ", ".join(
            name for name, key in (("中文", film.captions_zh_key), ("English", film.captions_en_key)) if key
        ),
        "chapters": "\n".join(
            f"{int(row['seconds']) // 60:02d}:{int(row['seconds']) % 60:02d} {spoken(row['zh'], row.get('en', ''))}"
            for row in film.chapters
        ),
    }


def _films(old: list[Video], new: list[Video]) -> tuple[Part, ...]:
    labels = {
        "file": _("File"),
        "length": _("Length"),
        "angle": _("Camera angle"),
        "captions": _("Captions"),
        "chapters": _("Steps of the film"),
    }
    before = {(row.lesson.key, row.position): row for row in old}
    after = {(row.lesson.key, row.position): row for row in new}
    parts = [Part("removed", row.lesson.title) for key, row in before.items() if key not in after]
    for key, row in after.items():
        if key not in before:
            parts.append(Part("added", row.lesson.title))
        elif (changes := _changes(_film_of(before[key]), _film_of(row), labels)) or (
            before[key].mp4_key != row.mp4_key
        ):
            parts.append(Part("changed", row.lesson.title, changes))
    return tuple(parts)


def _part(count: int, section: str, kind: str, difficulty: int) -> str:
    told = [section, str(Question.Kind(kind).label) if kind else ""]
    told.append(str(Question.Difficulty(difficulty).label) if difficulty else "")
    return f"{count} × {' · '.join(filter(None, told)) or '–'}"


def _task_of(task: PracticalTask) -> dict[str, str]:
    said = facts_of(task)
    return {
        "numbers": f"{said.minutes_allowed} / {said.pass_mark_percent}%",
        "film": f"{said.film_most_minutes} / {said.film_most_megabytes} MB",
        "attempts": f"{said.attempts} / {said.cooling_off_hours}",
        "shows": said.shows,
        "steps": "\n".join(said.steps),
        "tools": "\n".join(said.tools),
        "rules": "\n".join(("! " if rule.fails else "") + rule.text for rule in said.rules),
        "rubric": "\n".join(f"{row.title} × {row.weight}: {' / '.join(row.levels)}" for row in said.criteria),
    }


def _practice(old: list[PracticalTask], new: list[PracticalTask]) -> tuple[Part, ...]:
    labels = {
        "numbers": _("Minutes allowed, and percent to pass"),
        "film": _("Most minutes and size of the film"),
        "attempts": _("Attempts, and hours between them"),
        "shows": _("What the film must show"),
        "steps": _("Steps of the work"),
        "tools": _("Tools and materials"),
        "rules": _("Safety rules"),
        "rubric": _("Rubric"),
    }
    before, after = {row.lesson.key: row for row in old}, {row.lesson.key: row for row in new}
    parts = [Part("removed", row.lesson.title) for key, row in before.items() if key not in after]
    for key, row in after.items():
        if key not in before:
            parts.append(Part("added", row.lesson.title))
        elif changes := _changes(_task_of(before[key]), _task_of(row), labels):
            parts.append(Part("changed", row.lesson.title, changes))
    return tuple(parts)


def _exam(old: ExamBlueprint | None, new: ExamBlueprint | None) -> tuple[Change, ...]:
    def told(row: ExamBlueprint | None) -> dict[str, str]:
        if row is None:
            return dict.fromkeys(EXAM, "")
        told = {name: str(getattr(row, name)) for name in EXAM if name != "parts"}
        return told | {"parts": "\n".join(_part(**part) for part in row.parts)}

    return _changes(told(old), told(new), EXAM)


def differences(old: CourseVersion, new: CourseVersion, *, answers: bool) -> Differences:
    """From `old` to `new`, in six statements whatever their size."""
    both = [old.pk, new.pk]

    def split(rows: Iterable, version: str = "version_id") -> tuple[list, list]:
        found = list(rows)
        return [r for r in found if _id(r, version) == old.pk], [
            r for r in found if _id(r, version) == new.pk
        ]

    def _id(row: object, path: str) -> int:
        for name in path.split("."):
            row = getattr(row, name)
        return row

    sections = split(Section.objects.filter(version_id__in=both).order_by("position"))
    lessons = split(Lesson.objects.filter(version_id__in=both).select_related("section").order_by("position"))
    questions = split(
        Question.objects.filter(version_id__in=both).select_related("lesson").order_by("position")
    )
    films = split(
        Video.objects.filter(lesson__version_id__in=both)
        .select_related("lesson")
        .order_by("lesson__position", "position"),
        "lesson.version_id",
    )
    tasks = split(
        PracticalTask.objects.filter(lesson__version_id__in=both)
        .select_related("lesson")
        .order_by("lesson__position"),
        "lesson.version_id",
    )
    exams = {row.version_id: row for row in ExamBlueprint.objects.filter(version_id__in=both)}
    return Differences(
        words=_changes(_words_of(old), _words_of(new), WORDS),
        sections=_sections(*sections),
        lessons=_lessons(*lessons),
        questions=_questions(*questions, answers=answers),
        films=_films(*films),
        practice=_practice(*tasks),
        exam=_exam(exams.get(old.pk), exams.get(new.pk)),
    )
