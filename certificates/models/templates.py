"""What a paper says, as dated editions: the nation's for each kind of certificate, and a province's in its place.

A certificate names the edition by which it was printed and is drawn again by it, so a published one never changes and
never goes (trigger). One person drafts, another publishes; the nation's number 1 ships with the product and has neither.
"""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from certificates import workflow
from certificates.paper.wording import Wording, digest_of
from portal.models import CheckedTogether


class PaperTemplates(QuerySet["PaperTemplate"]):
    def published(self) -> "PaperTemplates":
        return self.filter(published_at__isnull=False)

    def of(self, province_code: str | None, kind: str) -> "PaperTemplates":
        return self.filter(province=province_code, kind=kind)


class PaperTemplate(CheckedTogether):
    """`body` is a `Wording` as JSON. `number` counts the editions of a province and kind as they are published."""

    class Kind(models.TextChoices):
        LEVEL = "level", pgettext_lazy("paper", "Skill level")
        SPECIAL = "special", pgettext_lazy("paper", "Special ability")
        COMPLETION = "completion", pgettext_lazy("paper", "Completion")

    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    source = models.CharField(max_length=200, blank=True)
    body = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PaperTemplates.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["level", "special", "completion"]), name="paper_template_kind_known"
            ),
            models.UniqueConstraint(
                fields=["province", "kind", "valid_from"],
                condition=Q(published_at__isnull=False),
                nulls_distinct=False,
                name="paper_template_one_begins_on_a_day",
                violation_error_message=_("Another template of this province and kind begins on that day."),
            ),
            models.UniqueConstraint(
                fields=["province", "kind", "number"],
                condition=Q(number__isnull=False),
                nulls_distinct=False,
                name="paper_template_number_once",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, number__isnull=True)
                | Q(published_at__isnull=False, number__isnull=False, number__gte=1),
                name="paper_template_numbered_once_published",
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True, edited_by__isnull=True)
                | Q(edited_at__isnull=False, edited_by__isnull=False),
                name="paper_template_edited_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True, edited_by__isnull=False)
                | Q(published_at__isnull=False, published_by__isnull=False, edited_by__isnull=False)
                & ~Q(published_by=F("edited_by"))
                | Q(published_at__isnull=False, published_by__isnull=True, edited_by__isnull=True)
                & Q(province__isnull=True, number=1),
                name="paper_template_published_by_a_second_person",
                violation_error_message=_("Who edited a template cannot publish it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} · {self.get_kind_display()} · {self.edition}"

    @property
    def state(self) -> str:
        return workflow.PUBLISHED if self.published_at else workflow.DRAFT

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def issuer(self) -> str:
        return self.province.name if self.province else pgettext("issuer", "The nation")

    @property
    def edition(self) -> str:
        if self.number is None:
            return pgettext("template", "draft")
        return pgettext("template", "edition %(number)s") % {"number": self.number}

    @property
    def wording(self) -> Wording:
        return Wording.from_json(self.body)

    @property
    def sha256(self) -> str:
        return digest_of(self.body)
