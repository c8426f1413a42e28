"""The numbers by which learning time is counted, as dated data: one national default, and one per province that differs.

An enrolment keeps the edition that was in force when it began. A published edition never changes (trigger). Editions
are drafted by one person and published by another; those that ship with the product have neither.
"""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import workflow
from portal.models import CheckedTogether


class CountingEditions(QuerySet["CountingEdition"]):
    def published(self) -> "CountingEditions":
        return self.filter(published_at__isnull=False)


class CountingEdition(CheckedTogether):
    """Times are milliseconds (`_ms`) or whole seconds (`_seconds`); see learners/counting.py for what each does."""

    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    source = models.TextField(blank=True)
    fictional = models.BooleanField(default=False)
    valid_from = models.DateField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=1)

    class_hour_seconds = models.PositiveIntegerField(default=2_700)
    beat_ms = models.PositiveIntegerField(default=15_000)
    min_gap_ms = models.PositiveIntegerField(default=7_500)
    max_gap_ms = models.PositiveIntegerField(default=120_000)
    seek_slack_ms = models.PositiveIntegerField(default=2_000)
    check_min_ms = models.PositiveIntegerField(default=480_000)
    check_max_ms = models.PositiveIntegerField(default=900_000)
    check_answer_seconds = models.PositiveIntegerField(default=60)
    check_failures = models.PositiveSmallIntegerField(default=3)
    silent_after_seconds = models.PositiveIntegerField(default=900)
    confirm_within_hours = models.PositiveIntegerField(default=24)
    daily_cap_hours = models.PositiveSmallIntegerField(default=7)
    reading_characters_per_minute = models.PositiveIntegerField(default=300)
    quiz_share_percent = models.PositiveSmallIntegerField(default=10)

    objects = CountingEditions.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(class_hour_seconds__gt=0, beat_ms__gt=0, reading_characters_per_minute__gt=0),
                name="counting_edition_numbers_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(min_gap_ms__lt=F("beat_ms")) & Q(max_gap_ms__gt=F("beat_ms")),
                name="counting_edition_gap_around_the_beat",
                violation_error_message=_("The smallest gap lies below the beat, the largest above it."),
            ),
            models.CheckConstraint(
                condition=Q(check_min_ms__gt=0, check_max_ms__gte=F("check_min_ms")),
                name="counting_edition_checks_in_order",
                violation_error_message=_("The latest check must not come before the earliest."),
            ),
            models.CheckConstraint(
                condition=Q(check_answer_seconds__gte=60),
                name="counting_edition_a_minute_to_answer",
                violation_error_message=_("A check leaves at least 60 seconds to answer."),
            ),
            models.CheckConstraint(
                condition=Q(quiz_share_percent__lte=100), name="counting_edition_quiz_share_is_a_share"
            ),
            models.UniqueConstraint(
                fields=["province", "valid_from"],
                condition=Q(published_at__isnull=False),
                nulls_distinct=False,
                name="counting_edition_one_per_province_and_day",
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True, edited_by__isnull=True)
                | Q(edited_at__isnull=False, edited_by__isnull=False),
                name="counting_edition_edited_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False) | Q(edited_by__isnull=False),
                name="counting_edition_draft_has_its_editor",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, edited_by__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, edited_by__isnull=False, published_by__isnull=False)
                & ~Q(published_by=F("edited_by")),
                name="counting_edition_published_by_a_second_person",
                violation_error_message=_("Who edited a counting rule cannot publish it."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        return workflow.PUBLISHED if self.published_at else workflow.DRAFT

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def issuer(self) -> str:
        return self.province.name if self.province else str(pgettext_lazy("issuer", "The nation"))
