"""What a learner sees of questions: their own, and the published ones of the lesson, whoever asked them."""

import datetime as dt
import re
from dataclasses import dataclass
from html import unescape

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.html import strip_tags

from courses import selectors as courses
from courses.selectors.papers import Paper, papers_of
from learners import asking
from learners.models import AskingPause, Enquiry, Enrolment, FaqEntry, MeToo, Post
from learners.selectors.enrolment import enrolments_of
from portal.accounts.models import User

FEW = 3
MOST_COMPARED = 500
_HEADING = re.compile(r"<h[2-4][^>]*>(.*?)</h[2-4]>", re.DOTALL)
LONGEST_HEADING = 120


def enquiries_of(user: User) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(user_id=user.pk).select_related("duplicate_of").prefetch_related("posts")


def enquiry_visible_to(user: User, enquiry_id: int) -> Enquiry:
    """One of the reader's own. Raises Http404."""
    return _one(enquiries_of(user), enquiry_id)


def _one(rows: QuerySet, pk: int) -> object:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def faq_of(course_code: str, user: User, *, lesson_key: str = "") -> QuerySet[FaqEntry]:
    """Published entries of a course, or of one lesson; each knows `others` (who have it, too) and `is_mine` (I have it)."""
    rows = FaqEntry.objects.published().filter(course_code=course_code)
    if lesson_key:
        rows = rows.filter(lesson_key=lesson_key)
    mine = MeToo.objects.filter(entry=OuterRef("pk"), user_id=user.pk)
    return rows.annotate(others=Count("me_too"), is_mine=Exists(mine)).order_by(
        F("second").asc(nulls_last=True), "-others", "id"
    )


def entry_visible_to(user: User, entry_id: int) -> FaqEntry:
    """A published entry of a course the reader is enrolled in. Raises Http404."""
    own = enrolments_of(user).values("course_code")
    return _one(FaqEntry.objects.published().filter(course_code__in=own), entry_id)


def post_to_report(user: User, post_id: int) -> Post:
    """What somebody else said in a question of the reader's own. Raises Http404."""
    rows = Post.objects.filter(enquiry__user_id=user.pk, hidden_at=None).exclude(author_id=user.pk)
    return _one(rows.select_related("enquiry"), post_id)


def enrolment_for(user: User, course_code: str) -> Enrolment | None:
    """The enrolment under which the reader sees a course's lessons now."""
    return enrolments_of(user).filter(course_code=course_code).order_by("-enrolled_at").first()


def alike(course_code: str, text: str, user: User) -> list[FaqEntry]:
    """At most FEW published entries of the course that may answer the text, the likeliest first."""
    rows = list(faq_of(course_code, user).order_by("-id")[:MOST_COMPARED])
    scored = [(max(courses.likeness(text, one) for one in _words(row)), row) for row in rows]
    found = [(score, row) for score, row in scored if score >= asking.ALIKE]
    return [row for _score, row in sorted(found, key=lambda pair: (-pair[0], pair[1].pk))[:FEW]]


def _words(row: FaqEntry) -> list[str]:
    return [text for text in (row.question_zh, row.question_en) if text]


def pause_of(user: User, *, organisation_id: int, at: dt.datetime) -> AskingPause | None:
    """The pause that keeps somebody from asking in a course of this organisation; the longest of several."""
    rows = AskingPause.objects.filter(user_id=user.pk, begun_at__lte=at, ends_at__gt=at)
    here = rows.filter(Q(organisation=None) | Q(organisation_id=organisation_id))
    return here.order_by("-ends_at").first()


def headings_of(lesson: courses.LessonFacts) -> list[str]:
    """The headings of a page in the reader's language, in order; empty for other lessons."""
    if lesson.kind != "reading":
        return []
    found = _HEADING.findall(courses.lesson_body(lesson.id))
    named = (" ".join(unescape(strip_tags(one)).split())[:LONGEST_HEADING] for one in found)
    return list(dict.fromkeys(one for one in named if one))


@dataclass(frozen=True)
class Said:
    """One post as it is shown. `picture` is empty where there is none; `trouble` is the moderator's reason of a hidden one."""

    post: Post
    author: str
    picture: Paper

    @property
    def is_learners(self) -> bool:
        return self.post.kind in {Post.Kind.QUESTION, Post.Kind.FOLLOW_UP}


def thread_of(enquiry: Enquiry, *, user: User, at: dt.datetime, learner: str = "") -> list[Said]:
    """What was said, in order, for the asker and for those who answer. `learner` stands for the asker's name."""
    posts = list(enquiry.posts.select_related("author", "hidden_by"))
    pictures = papers_of(posts, user=user, at=at)
    return [
        Said(post, learner if post.author_id == enquiry.user_id else str(post.author), picture)
        for post, picture in zip(posts, pictures, strict=True)
    ]


@dataclass(frozen=True)
class Asked:
    """A question of the reader's own in a list: how it begins, and where it stands."""

    enquiry: Enquiry
    text: str


def _asked(enquiry: Enquiry) -> Asked:
    """Of an enquiry whose posts were fetched."""
    first = next(iter(enquiry.posts.all()))
    return Asked(enquiry, first.text)


@dataclass(frozen=True)
class Panel:
    """Questions at a lesson, for its page and for the page of their own. `more`: how many are left out."""

    own: list[Asked]
    faq: list[FaqEntry]
    more: int
    promise: courses.Promise


def panel(enrolment: Enrolment, lesson: courses.LessonFacts, *, few: bool) -> Panel:
    """The reader's own newest first, the published ones in order of the film. `few`: at most FEW of each."""
    code = enrolment.course_code
    own = list(enquiries_of(enrolment.user).filter(course_code=code, lesson_key=lesson.key))
    faq = list(faq_of(code, enrolment.user, lesson_key=lesson.key))
    most = FEW if few else None
    shown = len(own[:most]) + len(faq[:most])
    return Panel(
        [_asked(row) for row in own[:most]], faq[:most], len(own) + len(faq) - shown, courses.promise_of(code)
    )
