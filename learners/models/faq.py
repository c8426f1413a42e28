"""Answers for everybody at a lesson; what people report, and what moderators decide."""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import asking
from learners.models.asking import Enquiry, Place, Post
from learners.workflow import HIDDEN, KEPT, OPEN, PUBLISHED, UNPUBLISHED

FAQ_STATE_NAMES = [
    (PUBLISHED, pgettext_lazy("faq", "Published")),
    (UNPUBLISHED, pgettext_lazy("faq", "Taken back")),
    (HIDDEN, pgettext_lazy("faq", "Hidden")),
]
REPORT_STATE_NAMES = [
    (OPEN, pgettext_lazy("report", "To decide")),
    (HIDDEN, pgettext_lazy("report", "Hidden")),
    (KEPT, pgettext_lazy("report", "Kept")),
]


class FaqEntries(QuerySet["FaqEntry"]):
    def published(self) -> "FaqEntries":
        return self.filter(state=PUBLISHED)


class FaqEntry(Place):
    """A question and its answer in the words of its publisher; nothing in it says who asked. `province` is the course's."""

    enquiry = models.OneToOneField(Enquiry, on_delete=models.PROTECT, related_name="faq")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    question_zh = models.CharField(max_length=2_000)
    question_en = models.CharField(max_length=2_000, blank=True)
    answer_zh = models.TextField()
    answer_en = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=FAQ_STATE_NAMES, default=PUBLISHED)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    unpublished_at = models.DateTimeField(null=True, blank=True)
    unpublished_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    hidden_reason = models.CharField(max_length=500, blank=True)

    objects = FaqEntries.as_manager()

    class Meta:
        ordering = ["second", "id"]
        constraints = [
            *Place.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(question_zh="") & ~Q(answer_zh=""),
                name="faq_has_words",
                violation_error_message=_("A question and an answer in Chinese are needed."),
            ),
            models.CheckConstraint(
                condition=Q(state=PUBLISHED, unpublished_at__isnull=True, unpublished_by__isnull=True)
                | Q(state=UNPUBLISHED, unpublished_at__isnull=False, unpublished_by__isnull=False)
                | Q(state=HIDDEN),
                name="faq_taken_back_with_its_moment",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=HIDDEN, hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")
                )
                | (
                    Q(state__in=[PUBLISHED, UNPUBLISHED])
                    & Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                ),
                name="faq_hidden_with_its_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["course_code", "lesson_key"],
                condition=Q(state=PUBLISHED),
                name="faq_published_of_lesson",
            ),
        ]

    @property
    def question(self) -> str:
        return asking.spoken(self.question_zh, self.question_en)

    @property
    def answer(self) -> SafeString:
        return asking.html_of(self.answer_zh, self.answer_en)


class MeToo(models.Model):
    """Somebody has a published question, too: once each."""

    entry = models.ForeignKey(FaqEntry, on_delete=models.PROTECT, related_name="me_too")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="me_too_once")]


class Report(models.Model):
    """Somebody says that a post or a published answer should not stand there. `province` is whose moderators decide."""

    class Why(models.TextChoices):
        ABUSE = "abuse", _("It insults or threatens somebody")
        PERSONAL = "personal", _("It shows somebody's personal data")
        WRONG = "wrong", _("It is wrong or dangerous")
        ADVERT = "advert", _("It is an advertisement")
        OTHER = "other", _("Something else")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.ForeignKey(FaqEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why.choices)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=REPORT_STATE_NAMES, default=OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=True, entry__isnull=False)
                | Q(post__isnull=False, entry__isnull=True),
                name="report_of_one_thing",
            ),
            models.UniqueConstraint(fields=["post", "user"], name="report_of_a_post_once"),
            models.UniqueConstraint(fields=["entry", "user"], name="report_of_an_answer_once"),
            models.CheckConstraint(
                condition=Q(state=OPEN, decided_at__isnull=True, decided_by__isnull=True, decided_reason="")
                | (
                    Q(state__in=[HIDDEN, KEPT], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_reason="")
                ),
                name="report_decided_with_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")),
                name="report_decided_by_another",
                violation_error_message=_("Nobody decides about a report of their own."),
            ),
        ]
        indexes = [
            models.Index(fields=["province"], condition=Q(state=OPEN), name="report_open_by_province"),
        ]


class AskingPause(models.Model):
    """Somebody may not ask for some days: in the courses of `organisation`, or, where that is empty, in any."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begun_at")), name="asking_pause_ends"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="asking_pause_has_reason",
                violation_error_message=_("Say why; the learner reads it."),
            ),
            models.CheckConstraint(condition=~Q(begun_by=F("user")), name="asking_pause_by_another"),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="asking_pause_of_user")]
