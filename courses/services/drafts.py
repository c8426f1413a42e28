"""What all changes of a draft share: one editor after the other, nothing beyond reason, nothing overwritten unseen."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.db import connection, models
from django.db.models import Max
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseVersion, Lesson, Question, Section
from courses.models.content import MOST_LESSONS
from courses.services.steps import draft_of, locked
from portal.rules import RuleBroken

Part = TypeVar("Part", Section, Lesson, Question)
MOST_SECTIONS, MOST_QUESTIONS, MOST_CHARACTERS = 100, 3_000, 60_000
_KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class NotHere(RuleBroken):
    code = "lesson_of_another_version"
    message = _("This lesson does not belong to the draft.")


class Gone(RuleBroken):
    code = "part_is_gone"
    message = _(
        "Somebody else has deleted this meanwhile. What you typed still stands here: copy it if you need it."
    )


class Conflict(RuleBroken):
    """Somebody else has saved the same thing since it was opened. Nothing was changed."""

    code = "changed_meanwhile"
    message = _("Somebody else saved this meanwhile. Nothing is lost: choose what is to stay, then save.")


class TooMuch(RuleBroken):
    code = "too_much"


class InUse(RuleBroken):
    code = "part_in_use"
    message = _("Something still hangs on this part, such as a film on its way. Finish or cancel that first.")


def too_many_lessons() -> TooMuch:
    return TooMuch(
        _("A course holds at most %(most)s lessons. Join short ones, or make two courses.")
        % {"most": MOST_LESSONS}
    )


def room_for_lessons(version: CourseVersion, more: int = 1) -> None:
    """Raises TooMuch."""
    if version.lessons.count() + more > MOST_LESSONS:
        raise too_many_lessons()


def room_for_sections(version: CourseVersion) -> None:
    """Raises TooMuch."""
    if version.sections.count() >= MOST_SECTIONS:
        raise TooMuch(_("A course holds at most %(most)s sections.") % {"most": MOST_SECTIONS})


def room_for_questions(version: CourseVersion, more: int = 1) -> None:
    """Raises TooMuch."""
    if version.questions.count() + more > MOST_QUESTIONS:
        raise TooMuch(_("A course holds at most %(most)s questions.") % {"most": MOST_QUESTIONS})


def of_a_length(*texts: str) -> None:
    """Raises TooMuch for a text that is too long to be one lesson's."""
    if any(len(text) > MOST_CHARACTERS for text in texts):
        raise TooMuch(
            _("A text has at most %(most)s characters. Divide it into several lessons.")
            % {"most": f"{MOST_CHARACTERS:,}"}
        )


def draft_with(part: Part) -> tuple[Course, CourseVersion, Part]:
    """The locked course, its draft and the part as it stands now. Raises IllegalMove, NotHere, Gone."""
    version = CourseVersion.objects.select_related("course").get(pk=part.version_id)
    course = locked(version.course)
    draft = draft_of(course)
    if draft.pk != part.version_id:
        raise NotHere
    now = type(part).objects.filter(pk=part.pk).first()
    if now is None:
        raise Gone
    return course, draft, now


def change(
    thing: models.Model, words: Mapping[str, object], *, revision: int, beside: bool = False
) -> list[str]:
    """Write `words` to a row that stands at `revision`, 0 before it is stored; gives what became different.

    `beside`: something that belongs to the row, and is guarded by its revision, changes with it.

    The same words twice are one change, so a save whose answer was lost may be sent again.
    Raises Conflict, django ValidationError.
    """
    names = [name for name, value in words.items() if getattr(thing, name) != value]
    if not names and not beside:
        return []
    if thing.revision != revision:
        raise Conflict
    for name in names:
        setattr(thing, name, words[name])
    thing.revision += 1
    fields = thing._meta.fields  # noqa: SLF001 - Django's documented list of fields
    thing.full_clean(exclude=[field.name for field in fields if field.null and not field.blank])
    thing.save(update_fields=[*names, "revision"] if thing.pk else None)
    return names


def next_position(rows: models.QuerySet) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def new_key(stem: str) -> str:
    """A key for addresses that no earlier part of any version had: comparing versions goes by keys."""
    return f"{stem}-{get_random_string(8, _KEY_LETTERS)}"


def put_in_order(model: type[models.Model], ids: Iterable[int]) -> None:
    """Number these rows from 1 in one statement, however many they are."""
    table = model._meta.db_table  # noqa: SLF001 - Django's documented name of a table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET position = place FROM unnest(%s::bigint[]) WITH ORDINALITY AS told(told_id, place)"  # noqa: S608
            f" WHERE {table}.id = told_id AND position <> place",
            [list(ids)],
        )


def renumber_lessons(version: CourseVersion) -> None:
    """Section after section; what stands at one place stays in the order in which it came."""
    rows = Lesson.objects.filter(version=version).order_by("section__position", "position", "pk")
    put_in_order(Lesson, rows.values_list("pk", flat=True))
