"""Membership of a key group: declared by the learner, verified or refused by an office, for some time."""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from learners.workflow import GroupState

LIVE = [GroupState.DECLARED, GroupState.VERIFIED]


class KeyGroupMemberships(QuerySet["KeyGroupMembership"]):
    def waiting(self) -> "KeyGroupMemberships":
        return self.filter(state=GroupState.DECLARED)

    def live(self) -> "KeyGroupMemberships":
        return self.filter(state__in=LIVE)


class KeyGroupMembership(models.Model):
    """A person said to belong to a key group, from a day to a day. It counts once an office has verified it.

    `evidence` says what was shown (a paper and its office), never a personal number. The paper itself may lie in the
    storage for a while; its digest stays in the audit. `county` names the desk that was asked; empty: any.
    `renews` is the membership whose end this one follows. `edition` is that of the list of groups.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    county = models.CharField(max_length=6, blank=True)
    group = models.CharField(max_length=40)
    edition = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=GroupState.choices, default=GroupState.DECLARED)
    evidence = models.CharField(max_length=300, blank=True)
    document_key = models.CharField(max_length=200, blank=True)
    document_name = models.CharField(max_length=160, blank=True)
    document_bytes = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)
    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    declared_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    objects = KeyGroupMemberships.as_manager()

    class Meta:
        ordering = ["group", "-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=GroupState.values), name="key_group_state_is_known"),
            models.UniqueConstraint(
                fields=["user", "group", "valid_from"], condition=Q(state__in=LIVE), name="key_group_once"
            ),
            models.UniqueConstraint(
                fields=["user", "group"], condition=Q(state="declared"), name="key_group_one_to_decide"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="key_group_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="key_group_verified_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("user")),
                name="key_group_verified_by_another",
                violation_error_message=_("Nobody verifies their own membership."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | ~Q(evidence=""),
                name="key_group_verified_on_evidence",
                violation_error_message=_("State the evidence that was shown."),
            ),
            models.CheckConstraint(
                condition=Q(state="verified", verified_at__isnull=False)
                | (~Q(state="verified") & Q(verified_at__isnull=True)),
                name="key_group_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="refused", refused_at__isnull=False, refused_by__isnull=False) & ~Q(reason="")
                )
                | (~Q(state="refused") & Q(refused_at__isnull=True, refused_by__isnull=True, reason="")),
                name="key_group_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True) | ~Q(refused_by=F("user")),
                name="key_group_refused_by_another",
            ),
            models.CheckConstraint(
                condition=Q(document_key="", document_name="", document_bytes=0, document_sha256="")
                | (
                    ~Q(document_key="")
                    & ~Q(document_name="")
                    & Q(document_bytes__gt=0, document_sha256__regex="^[0-9a-f]{64}$")
                ),
                name="key_group_document_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["province", "declared_at"],
                condition=Q(state="declared"),
                name="key_group_to_decide",
            ),
            models.Index(fields=["declared_at"], condition=~Q(document_key=""), name="key_group_with_paper"),
        ]

    @property
    def decided_at(self) -> object:
        return self.verified_at or self.refused_at
