"""The inbox of those who answer: questions about courses of the own organisation, wherever they are learned."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from courses import selectors as courses
from learners.models import Enquiry, FaqEntry, Post
from learners.selectors.desks import on_the_desk
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.accounts.roles import Role

ANSWERERS = (Role.INSTRUCTOR, Role.PROVIDER_MANAGER)
INBOX_ROLES = (*ANSWERERS, Role.AUDITOR)


def inbox_of(user: User) -> QuerySet[Enquiry]:
    """All questions at the reader's desk, answered or not."""
    rows = Enquiry.objects.select_related("province", "claimed_by", "duplicate_of")
    return on_the_desk(rows, user, INBOX_ROLES)


def enquiry_at_the_desk(user: User, enquiry_id: int) -> Enquiry:
    """Raises Http404 for one of another provider's course."""
    row = inbox_of(user).prefetch_related("posts__author").filter(pk=enquiry_id).first()
    if row is None:
        raise Http404
    return row


def may_answer(user: User, enquiry: Enquiry) -> bool:
    """Nobody answers a question of their own."""
    rows = on_the_desk(Enquiry.objects.filter(pk=enquiry.pk), user, ANSWERERS)
    return enquiry.user_id != user.pk and rows.exists()


def entries_at_the_desk(user: User) -> QuerySet[FaqEntry]:
    rows = FaqEntry.objects.select_related("enquiry", "published_by", "province")
    return on_the_desk(rows, user, INBOX_ROLES)


def entry_at_the_desk(user: User, entry_id: int) -> FaqEntry:
    """Raises Http404."""
    row = entries_at_the_desk(user).filter(pk=entry_id).first()
    if row is None:
        raise Http404
    return row


def may_edit_entry(user: User, entry: FaqEntry) -> bool:
    return on_the_desk(FaqEntry.objects.filter(pk=entry.pk), user, ANSWERERS).exists()


def entries_to_point_to(enquiry: Enquiry) -> QuerySet[FaqEntry]:
    """The published answers of the course."""
    return FaqEntry.objects.published().filter(course_code=enquiry.course_code).exclude(enquiry=enquiry)


def waiting_at(user: User) -> QuerySet[Enquiry]:
    """Questions that wait at the reader's desk."""
    return on_the_desk(Enquiry.objects.waiting(), user, ANSWERERS)


@dataclass(frozen=True)
class Line:
    """A row of the inbox. `learner` is masked, empty for whoever has no real name; `claimed_by` is who answers it now."""

    enquiry: Enquiry
    learner: str
    course_title: str
    lesson_title: str
    text: str
    claimed_by: str

    @property
    def is_late(self) -> bool:
        return self.enquiry.late_at is not None


def described(rows: Iterable[Enquiry], *, at: dt.datetime) -> list[Line]:
    """In a fixed number of statements however many there are."""
    rows = list(rows)
    names = people.masked_names_of({row.user_id for row in rows})
    outlines = courses.outlines({row.version_id for row in rows}) if rows else {}
    asked = first_texts(rows)
    return [_line(row, names.get(row.user_id, ""), outlines[row.version_id], asked, at) for row in rows]


def first_texts(rows: Iterable[Enquiry]) -> dict[int, str]:
    """The question as it was asked, by enquiry id; one statement. What a moderator hid is empty."""
    found = Post.objects.filter(enquiry__in=list(rows), kind=Post.Kind.QUESTION)
    return {post.enquiry_id: "" if post.hidden_at else post.text for post in found}


def _line(
    row: Enquiry, learner: str, outline: courses.Outline, asked: dict[int, str], at: dt.datetime
) -> Line:
    lesson = outline.lesson(row.lesson_key)
    return Line(
        enquiry=row,
        learner=learner,
        course_title=outline.title,
        lesson_title=lesson.title if lesson else row.lesson_key,
        text=asked.get(row.pk, ""),
        claimed_by=claimed_by(row, at=at),
    )


def claimed_by(enquiry: Enquiry, *, at: dt.datetime) -> str:
    """Who is answering it just now; empty once the time is over."""
    if enquiry.claimed_by_id is None or enquiry.claimed_until_at <= at:
        return ""
    return str(enquiry.claimed_by)
