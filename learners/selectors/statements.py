"""A person's learning as xAPI statements, page by page: sessions, lessons done, quizzes, exams, completed courses."""

import base64
import datetime as dt
import json
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet, prefetch_related_objects
from django.utils.translation import get_language

from courses import selectors as courses
from learners import ranges, xapi
from learners.models import Attempt, Completion, Coverage, Enrolment, LedgerRow, PlaySession, QuizResult
from learners.selectors import time
from learners.selectors.beats import events_of, standing
from learners.selectors.editions import edition as edition_of
from learners.selectors.enrolment import enrolments_of
from learners.selectors.outlines import outline_of
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role

ROWS = 20
"""Rows of one page; a session makes several statements."""


class BadCursor(ValueError):  # noqa: N818 - says what it is
    """Somebody made it up."""


def enrolments_to_export(user: User, enrolment_id: int | None) -> QuerySet[Enrolment]:
    """One's own; and for an auditor the one that is asked for. Empty for what is not the reader's."""
    own = enrolments_of(user)
    if enrolment_id is None:
        return own
    if has_role(user, Role.AUDITOR):
        return Enrolment.objects.filter(pk=enrolment_id).select_related("edition")
    return own.filter(pk=enrolment_id)


class _Source:
    """The statements of a set of enrolments, whose facts are read once."""

    def __init__(self, enrolments: QuerySet[Enrolment]) -> None:
        self.rows = {row.pk: row for row in enrolments.select_related("user")}
        self.films: dict[tuple[int, int], xapi.Film] = {}
        self.language = "en" if (get_language() or "").startswith("en") else "zh-CN"
        self.stages: tuple[tuple[QuerySet, str, Callable[[Model], list[dict]]], ...] = (
            (self._of(PlaySession).exclude(reading=True), "opened_at", self._session),
            (self._of(Coverage), "id", self._lesson),
            (self._of(QuizResult), "id", self._quiz),
            (self._of(Attempt).graded(), "id", self._exam),
            (self._of(Completion), "id", self._completion),
        )

    def _of(self, model: type[Model]) -> QuerySet:
        return model.objects.filter(enrolment__in=list(self.rows))

    def frame(self, enrolment_id: int) -> xapi.Frame:
        row = self.rows[enrolment_id]
        who = xapi.Who(settings.SITE_URL, str(row.user.uid))
        return xapi.Frame(who, self._thing("course", row, ""), row.pk)

    def _thing(self, kind: str, row: Enrolment, path: str, name: str = "") -> xapi.Thing:
        outline = outline_of(row)
        return xapi.Thing(
            kind, f"/courses/{outline.course_code}/{path}", name or outline.title, self.language
        )

    def _facts(self, enrolment_id: int, lesson_id: int) -> courses.LessonFacts:
        return next(facts for facts in outline_of(self.rows[enrolment_id]).lessons if facts.id == lesson_id)

    def _film(self, enrolment_id: int, facts: courses.LessonFacts) -> xapi.Film:
        kept = self.films.get((enrolment_id, facts.id))
        if kept is None:
            kept = self.films[enrolment_id, facts.id] = self._read_film(enrolment_id, facts)
        return kept

    def _read_film(self, enrolment_id: int, facts: courses.LessonFacts) -> xapi.Film:
        rows = LedgerRow.objects.filter(
            enrolment_id=enrolment_id, lesson_id=facts.id, entry=LedgerRow.Entry.CREDIT
        ).order_by("place")
        credited = tuple(
            (row.at, ranges.from_json(row.media), row.ms) for row in rows.only("at", "media", "ms")
        )
        row = self.rows[enrolment_id]
        length = time.length_of(facts, edition_of(row.edition_id))
        thing = self._thing("video", row, f"lessons/{facts.key}/", facts.title)
        return xapi.Film(thing, length, credited)

    def _session(self, row: PlaySession) -> list[dict]:
        facts = self._facts(row.enrolment_id, row.lesson_id)
        if not facts.is_film:
            return []
        told, position = tuple(events_of(row)), standing(row).state.position
        session = xapi.Session(str(row.pk), row.opened_at, row.closed_at, position, told)
        return xapi.of_session(self.frame(row.enrolment_id), self._film(row.enrolment_id, facts), session)

    def _lesson(self, row: Coverage) -> list[dict]:
        facts = self._facts(row.enrolment_id, row.lesson_id)
        length = time.length_of(facts, edition_of(self.rows[row.enrolment_id].edition_id))
        if not time.is_done(row.covered_ms, length):
            return []
        frame, film = self.frame(row.enrolment_id), self._film(row.enrolment_id, facts)
        if not film.credits:
            return []
        if facts.is_film:
            return [xapi.of_film_done(frame, film)]
        page = self._thing("lesson", self.rows[row.enrolment_id], f"lessons/{facts.key}/", facts.title)
        return [xapi.of_completion(frame, xapi.made_up("lesson", row.pk), page, film.credits[-1][0])]

    def _quiz(self, row: QuizResult) -> list[dict]:
        facts = self._facts(row.enrolment_id, row.lesson_id)
        thing = self._thing("assessment", self.rows[row.enrolment_id], f"lessons/{facts.key}/", facts.title)
        percent = 100 * row.right // row.total
        told = {"passed": row.passed, "percent": percent}
        frame, pk = self.frame(row.enrolment_id), xapi.made_up("quiz", row.pk)
        return [xapi.of_result(frame, thing, pk, row.submitted_at, **told)]

    def _exam(self, row: Attempt) -> list[dict]:
        thing = self._thing("assessment", self.rows[row.enrolment_id], "exam/")
        told = {"passed": row.is_passed, "percent": row.score_percent}
        frame, pk = self.frame(row.enrolment_id), xapi.made_up("exam", row.pk)
        return [xapi.of_result(frame, thing, pk, row.graded_at, **told)]

    def _completion(self, row: Completion) -> list[dict]:
        frame, thing = self.frame(row.enrolment_id), self._thing("course", self.rows[row.enrolment_id], "")
        return [xapi.of_completion(frame, xapi.made_up("course", row.pk), thing, row.completed_at)]


def page(enrolments: QuerySet[Enrolment], cursor: str) -> tuple[list[dict], str]:
    """The statements of the next ROWS rows, and the cursor of those after them; empty at the end. Raises BadCursor."""
    source = _Source(enrolments)
    stage, last = _read(cursor, len(source.stages))
    said: list[dict] = []
    left = ROWS
    while left and stage < len(source.stages):
        rows, field, told = source.stages[stage]
        chunk = _chunk(rows, field, last, left)
        if field == "opened_at":
            prefetch_related_objects(chunk, "tapes")
        said += [statement for row in chunk for statement in told(row)]
        if len(chunk) < left:
            stage, last = stage + 1, None
        else:
            last = [_key(getattr(chunk[-1], field)), str(chunk[-1].pk)]
        left -= len(chunk)
    return said, _written(stage, last) if stage < len(source.stages) else ""


def _key(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _chunk(rows: QuerySet, field: str, last: list[str] | None, most: int) -> list[Model]:
    """The rows after `last` (value of the field, key), by an index and never by an offset."""
    if last is not None:
        value, pk = last
        same = Q(**{field: value}) & Q(pk__gt=pk)
        try:
            return list(rows.filter(Q(**{f"{field}__gt": value}) | same).order_by(field, "pk")[:most])
        except (ValueError, TypeError, ValidationError) as broken:
            raise BadCursor from broken
    return list(rows.order_by(field, "pk")[:most])


def _written(stage: int, last: list[str] | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([stage, last]).encode()).decode()


def _read(cursor: str, stages: int) -> tuple[int, list[str] | None]:
    if not cursor:
        return 0, None
    try:
        stage, last = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, TypeError) as broken:
        raise BadCursor from broken
    fits = isinstance(stage, int) and 0 <= stage < stages
    if not fits or not (last is None or (isinstance(last, list) and list(map(type, last)) == [str, str])):
        raise BadCursor
    return stage, last
