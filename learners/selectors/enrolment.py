"""Who studies what. A person asks for what is theirs; everything else is a 404."""

from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from courses import selectors as courses
from learners.models import Answer, Attempt, Completion, Enrolment
from portal.accounts.models import User


def enrolments_of(user: User) -> QuerySet[Enrolment]:
    """Active and completed ones, the newest first."""
    return Enrolment.objects.standing().filter(user_id=user.pk).select_related("edition")


def enrolments_visible_to(user: User) -> QuerySet[Enrolment]:
    return enrolments_of(user)


def enrolment_visible_to(user: User, enrolment_id: int) -> Enrolment:
    """Raises Http404 for what is not the reader's own, or was withdrawn from."""
    row = enrolments_visible_to(user).filter(pk=enrolment_id).first()
    if row is None:
        raise Http404
    row.user = user
    return row


def live_enrolment(user: User, course_code: str) -> Enrolment | None:
    """The enrolment somebody is learning under; else the newest completed one; else None."""
    rows = [row for row in enrolments_of(user) if row.course_code == course_code]
    return next((row for row in rows if row.state == "active"), rows[0] if rows else None)


def standing_of(enrolment: Enrolment) -> courses.Standing:
    """Whether it counts for the subsidy and why (not), as settled on its first day."""
    return courses.Standing(
        enrolment.counts_for_subsidy, (enrolment.subsidy_reason,) if enrolment.subsidy_reason else ()
    )


def status_counts_by_province() -> dict[str, dict[str, int]]:
    """Per province code: `learners` (people ever enrolled), `learning`, `in_exam`, `completed` (enrolments)."""
    counts: dict[str, dict[str, int]] = defaultdict(
        lambda: {"learners": 0, "learning": 0, "in_exam": 0, "completed": 0}
    )
    rows = Enrolment.objects.order_by().values("province_id")
    for row in rows.annotate(
        learners=Count("user_id", distinct=True),
        learning=Count("id", filter=Q(state="active")),
        completed=Count("id", filter=Q(state="completed")),
    ):
        counts[row["province_id"]].update(
            learners=row["learners"], learning=row["learning"], completed=row["completed"]
        )
    running = Attempt.objects.running().order_by().values("province_id").annotate(n=Count("id"))
    for row in running:
        counts[row["province_id"]]["in_exam"] = row["n"]
    return dict(counts)


def attempts_visible_to(user: User) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment__in=enrolments_visible_to(user)).select_related("enrolment")


def attempt_visible_to(user: User, attempt_id: int) -> Attempt:
    """Raises Http404 for somebody else's."""
    row = attempts_visible_to(user).filter(pk=attempt_id).first()
    if row is None:
        raise Http404
    row.enrolment.user = user
    return row


def saved_answers(attempt_id: int) -> dict[int, Answer]:
    """What holds now, by question id: of each question the row saved last."""
    later = Answer.objects.filter(
        attempt_id=attempt_id, question_id=OuterRef("question_id"), seq__gt=OuterRef("seq")
    )
    rows = Answer.objects.filter(attempt_id=attempt_id).filter(~Exists(later))
    return {row.question_id: row for row in rows}


def completion_of(enrolment: Enrolment) -> Completion | None:
    return Completion.objects.filter(enrolment_id=enrolment.pk).first()
