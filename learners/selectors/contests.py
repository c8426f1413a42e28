"""What waits for an answer about counted time: contests of learners, and proposals to take time back."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise

from courses import selectors as courses
from learners import reasons
from learners.models import Contest, Correction, Enrolment, LedgerRow
from learners.models.time import Mine
from learners.selectors.desks import DESK_ROLES, on_the_desk
from learners.workflow import PROPOSED, WAITING
from portal.accounts import selectors as people
from portal.accounts.models import User


def refused_row(user: User, enrolment: Enrolment, row_id: int) -> LedgerRow:
    """A refused row of the reader's own. Raises Http404."""
    rows = LedgerRow.objects.filter(enrolment=enrolment, user_id=user.pk, entry=LedgerRow.Entry.REFUSED)
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def contests_visible_to(user: User) -> QuerySet[Contest]:
    rows = on_the_desk(Contest.objects.all(), user, DESK_ROLES, version="enrolment__version")
    return rows.select_related("row__edition", "enrolment__edition", "province", "answered_by")


def waiting_contests(user: User) -> QuerySet[Contest]:
    """Of the reader's desk, whoever has waited longest first."""
    return contests_visible_to(user).filter(state=WAITING).order_by("asked_at", "pk")


def corrections_visible_to(user: User) -> QuerySet[Correction]:
    rows = on_the_desk(Correction.objects.all(), user, DESK_ROLES, version="enrolment__version")
    return rows.select_related("row", "enrolment", "province", "proposed_by", "decided_by")


def proposed_corrections(user: User) -> QuerySet[Correction]:
    return corrections_visible_to(user).filter(state=PROPOSED).order_by("proposed_at", "pk")


def enrolment_on_desk(user: User, enrolment_id: int) -> Enrolment:
    """Whose ledger the reader's desk holds. Raises Http404."""
    rows = LedgerRow.objects.filter(enrolment_id=enrolment_id)
    seen = on_the_desk(rows, user, DESK_ROLES, version="enrolment__version").exists()
    if not seen:
        raise Http404
    return Enrolment.objects.select_related("province", "edition").get(pk=enrolment_id)


@dataclass(frozen=True)
class Line:
    """A contest or a correction with whom and what it is about. The learner's name is masked."""

    thing: Contest | Correction
    learner: str
    course: str
    course_title: str
    lesson_title: str
    sentence: str | Promise
    """Why the time did not count; empty for a correction."""

    @property
    def seconds(self) -> int:
        ms = self.thing.ms if isinstance(self.thing, Correction) else self.thing.row.ms
        return -(-ms // 1000)

    @property
    def began(self) -> dt.datetime:
        return self.thing.row.wall.lower

    @property
    def ended(self) -> dt.datetime:
        return self.thing.row.wall.upper

    @property
    def media(self) -> tuple[tuple[int, int], ...]:
        """In whole seconds of the lesson."""
        return tuple((a // 1000, -(-b // 1000)) for a, b in self.thing.row.media)


def described(rows: Iterable[Contest] | Iterable[Correction]) -> list[Line]:
    """In seven statements however many there are."""
    rows = list(rows)
    names = people.masked_names_of({row.user_id for row in rows})
    outlines = courses.outlines({row.enrolment.version_id for row in rows})
    return [
        _line(row, names.get(row.user_id, ""), outlines[row.enrolment.version_id], row.row.reason)
        for row in rows
    ]


def _line(row: Mine, learner: str, outline: courses.Outline, reason: str) -> Line:
    lesson = next((facts for facts in outline.lessons if facts.id == row.lesson_id), None)
    return Line(
        thing=row,
        learner=learner,
        course=outline.course_code,
        course_title=outline.title,
        lesson_title=lesson.title if lesson else "",
        sentence=reasons.of(reason).sentence if reason else "",
    )


@dataclass(frozen=True)
class Entry:
    """A row of a learner's ledger as an office reads it; `left_seconds` of a credit were not taken back."""

    row: LedgerRow
    lesson_title: str
    sentence: str | Promise
    left_seconds: int

    @property
    def seconds(self) -> int:
        return -(-self.row.ms // 1000)


def ledger_of(enrolment: Enrolment) -> QuerySet[LedgerRow]:
    """The newest first, each credit with what was taken back of it."""
    rows = LedgerRow.objects.filter(enrolment=enrolment).select_related("by", "second")
    return rows.annotate(gone=Sum("answers__ms")).order_by("-id")


def entries(rows: Iterable[LedgerRow], outline: courses.Outline) -> list[Entry]:
    titles = {lesson.id: lesson.title for lesson in outline.lessons}
    return [
        Entry(
            row=row,
            lesson_title=titles.get(row.lesson_id, ""),
            sentence=reasons.of(row.reason).sentence if row.reason else "",
            left_seconds=-(-(row.ms - (row.gone or 0)) // 1000) if row.entry == LedgerRow.Entry.CREDIT else 0,
        )
        for row in rows
    ]
