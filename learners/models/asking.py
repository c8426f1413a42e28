"""Learners' questions at a lesson, and what was said about them. The FAQ and moderation stand in models/faq.py."""

import datetime as dt

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import asking
from learners.workflow import ANSWERED, CLOSED_BY_MODERATOR, RETURNED, WAITING
from portal import clock

STATE_NAMES = [
    (WAITING, pgettext_lazy("question", "Waiting")),
    (RETURNED, pgettext_lazy("question", "Please say more")),
    (ANSWERED, pgettext_lazy("question", "Answered")),
    (CLOSED_BY_MODERATOR, pgettext_lazy("question", "Hidden")),
]


class Place(models.Model):
    """Where in a course something is asked: a lesson by its key, which is the same in every version, and a place in it.

    `second` is of the film, `heading` of the page; without both it is the whole lesson. `version` is the asker's.
    """

    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24)
    lesson_key = models.SlugField(max_length=40)
    second = models.PositiveIntegerField(null=True, blank=True)
    heading = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(second__isnull=True) | Q(heading=""), name="%(class)s_one_place"
            ),
        ]


class Enquiries(QuerySet["Enquiry"]):
    def waiting(self) -> "Enquiries":
        return self.filter(state=WAITING)

    def late(self) -> "Enquiries":
        return self.filter(late_at__isnull=False)


class Enquiry(Place):
    """A question of a learner, and where it stands. What was said is in its posts.

    While it waits, `waiting_since_at` and `due_at` are there; `late_at` says that the promise was missed and the
    provider's manager told. `claimed_by` is answering it until `claimed_until_at`. `reopened_at`: the asker was not
    satisfied, which counts once. `duplicate_of` is the published answer the asker was pointed to.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("learners.Enrolment", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATE_NAMES, default=WAITING)
    asked_at = models.DateTimeField()
    waiting_since_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_until_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    satisfied_at = models.DateTimeField(null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "learners.FaqEntry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = Enquiries.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            *Place.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _name in STATE_NAMES]), name="enquiry_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=WAITING, waiting_since_at__isnull=False, due_at__isnull=False)
                | (
                    ~Q(state=WAITING)
                    & Q(
                        waiting_since_at__isnull=True,
                        due_at__isnull=True,
                        late_at__isnull=True,
                        claimed_by__isnull=True,
                    )
                ),
                name="enquiry_waits_with_its_times",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("waiting_since_at"))
                & (Q(late_at__isnull=True) | Q(late_at__gte=F("due_at"))),
                name="enquiry_due_then_late",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_until_at__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until_at__isnull=False),
                name="enquiry_claimed_by_with_end",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | ~Q(claimed_by=F("user")),
                name="enquiry_claimed_by_another",
                violation_error_message=_("Nobody answers a question of their own."),
            ),
            models.CheckConstraint(
                condition=Q(satisfied_at__isnull=True) | Q(state__in=[ANSWERED, CLOSED_BY_MODERATOR]),
                name="enquiry_satisfied_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | Q(state__in=[ANSWERED, CLOSED_BY_MODERATOR]),
                name="enquiry_pointed_to_an_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False, late_at__isnull=True), name="enquiry_due"
            ),
            models.Index(fields=["course_code", "lesson_key", "user"], name="enquiry_of_lesson"),
            models.Index(fields=["version", "state", "due_at"], name="enquiry_of_version"),
            models.Index(fields=["province", "state"], name="enquiry_by_province"),
        ]

    @property
    def due_on(self) -> dt.date | None:
        """The promised day, the last on which an answer is in time."""
        return clock.today(self.due_at - dt.timedelta(seconds=1)) if self.due_at else None


class Posts(QuerySet["Post"]):
    def by_learners(self) -> "Posts":
        return self.filter(kind__in=[Post.Kind.QUESTION, Post.Kind.FOLLOW_UP])

    def answers(self) -> "Posts":
        return self.filter(kind=Post.Kind.ANSWER)


class Post(models.Model):
    """What somebody said in an enquiry. A trigger keeps it as it was; only `hidden_…` is ever set.

    A learner's text is plain; an instructor's is Markdown, `text_en` its English. An answer keeps since when it was
    waited for and when it was due. `document_…` is the picture of a question, looked at by the virus scan like a paper.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", pgettext_lazy("post", "Question")
        FOLLOW_UP = "follow_up", pgettext_lazy("post", "Follow-up")
        RETURN = "return", pgettext_lazy("post", "Asked back")
        ANSWER = "answer", pgettext_lazy("post", "Answer")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="posts")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    text_en = models.TextField(blank=True)
    at = models.DateTimeField()
    waiting_since_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    document_key = models.CharField(max_length=200, blank=True)
    document_name = models.CharField(max_length=160, blank=True)
    document_bytes = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hidden_reason = models.CharField(max_length=500, blank=True)

    objects = Posts.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["question", "follow_up", "return", "answer"]),
                name="post_kind_is_known",
            ),
            models.UniqueConstraint(
                fields=["enquiry"], condition=Q(kind="question"), name="post_one_question"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="post_has_text"),
            models.CheckConstraint(
                condition=Q(kind__in=["return", "answer"])
                | (Q(text_en="") & Q(LessThanOrEqual(Length("text"), 2_000))),
                name="post_of_a_learner_is_short",
            ),
            models.CheckConstraint(
                condition=Q(kind="answer", waiting_since_at__isnull=False, due_at__isnull=False)
                | (~Q(kind="answer") & Q(waiting_since_at__isnull=True, due_at__isnull=True)),
                name="post_answer_has_its_times",
            ),
            models.CheckConstraint(
                condition=Q(document_key="", document_name="", document_bytes=0, document_sha256="")
                | (
                    ~Q(document_key="")
                    & ~Q(document_name="")
                    & Q(kind="question", document_bytes__gt=0, document_sha256__regex="^[0-9a-f]{64}$")
                ),
                name="post_picture_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")),
                name="post_hidden_with_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "at"], name="post_by_author"),
            models.Index(fields=["enquiry", "at"], condition=Q(kind="answer"), name="post_answer_of_enquiry"),
        ]

    @property
    def html(self) -> SafeString:
        """Of an answer, or of what was asked back."""
        return asking.html_of(self.text, self.text_en)
