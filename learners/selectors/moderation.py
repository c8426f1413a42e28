"""Reports of questions and answers: who may know of them, who decides, and what the desk shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from courses import selectors as courses
from learners.models import Post, Report
from learners.selectors.desks import on_the_desk
from portal.accounts import selectors as people
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role

MODERATORS = (Role.PROVIDER_MANAGER, Role.PROVINCE_CATALOGUE)
REPORT_ROLES = (*MODERATORS, Role.AUDITOR)


def reports_visible_to(user: User) -> QuerySet[Report]:
    """The province of a report is the learner's; of a published answer it is the course's."""
    return on_the_desk(Report.objects.all(), user, REPORT_ROLES).select_related(
        "post__enquiry", "post__author", "entry__published_by", "province", "decided_by"
    )


def report_at_the_desk(user: User, report_id: int) -> Report:
    """Raises Http404."""
    row = reports_visible_to(user).filter(pk=report_id).first()
    if row is None:
        raise Http404
    return row


def may_decide(user: User, report: Report) -> bool:
    """Nobody decides about what they reported or said themselves."""
    said_by = report.post.author_id if report.post_id else report.entry.published_by_id
    return (
        user.pk not in {report.user_id, said_by}
        and on_the_desk(Report.objects.all(), user, MODERATORS).filter(pk=report.pk).exists()
    )


def pauses_everywhere(user: User, report: Report) -> bool:
    """A province's administrator pauses its learners in all courses; a manager in the courses of the organisation."""
    return has_role(user, Role.PROVINCE_CATALOGUE, province=report.province_id)


def open_reports(user: User) -> QuerySet[Report]:
    """Those that wait for a decision at the reader's desk."""
    return on_the_desk(Report.objects.all(), user, MODERATORS).filter(state="open")


@dataclass(frozen=True)
class Reported:
    """A row of the desk. `author` is masked for a learner, the name shown for staff; `hidden_before` counts a learner's."""

    report: Report
    text: str
    author: str
    is_learner: bool
    course_title: str
    lesson_title: str
    hidden_before: int = 0


def described(rows: Iterable[Report]) -> list[Reported]:
    """In a fixed number of statements however many there are."""
    rows = list(rows)
    learners = {row.post.author_id for row in rows if row.post_id and _is_learners(row.post)}
    names = people.masked_names_of(learners)
    outlines = courses.outlines({row.version_id for row in rows}) if rows else {}
    hidden: dict[int, int] = {}
    found = Post.objects.by_learners().filter(author_id__in=learners, hidden_at__isnull=False)
    for author_id in found.values_list("author_id", flat=True):
        hidden[author_id] = hidden.get(author_id, 0) + 1
    return [_described(row, names, outlines[row.version_id], hidden) for row in rows]


def _is_learners(post: Post) -> bool:
    return post.kind in {Post.Kind.QUESTION, Post.Kind.FOLLOW_UP}


def _described(
    row: Report, names: dict[int, str], outline: courses.Outline, hidden: dict[int, int]
) -> Reported:
    place = row.post.enquiry if row.post_id else row.entry
    lesson = outline.lesson(place.lesson_key)
    by_learner = bool(row.post_id) and _is_learners(row.post)
    if row.entry_id:
        text, author = f"{row.entry.question_zh}\n\n{row.entry.answer_zh}", str(row.entry.published_by)
    else:
        text = row.post.text
        author = names.get(row.post.author_id, "") if by_learner else str(row.post.author)
    return Reported(
        report=row,
        text=text,
        author=author,
        is_learner=by_learner,
        course_title=outline.title,
        lesson_title=lesson.title if lesson else place.lesson_key,
        hidden_before=hidden.get(row.post.author_id, 0) if by_learner else 0,
    )
