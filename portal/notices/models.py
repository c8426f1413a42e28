"""What a person was told, where it went besides the site, what they chose, and the mailbox they gave."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import crypto
from portal.notices.kinds import KINDS, Channel, Kind
from portal.notices.workflow import OPEN, State


class Notices(QuerySet["Notice"]):
    def unread(self) -> "Notices":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing a person was told, in the words of that moment. Only `read_at` is ever set.

    `about` names what it tells of (`enrolment:12`): the same thing is told once. `path` is the page it leads to.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24)
    about = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    words_zh = models.CharField(max_length=600)
    words_en = models.CharField(max_length=900)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = Notices.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "about"], name="notice_told_once"),
            models.CheckConstraint(condition=~Q(words_zh="") & ~Q(words_en=""), name="notice_says_something"),
            models.CheckConstraint(
                condition=Q(path__regex=r"^/([^/\\]|$)"), name="notice_leads_to_a_page_of_ours"
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("created_at")),
                name="notice_read_after_told",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    @property
    def words(self) -> str:
        return self.words_en if (get_language() or "").startswith("en") else self.words_zh

    @property
    def told(self) -> Kind:
        return KINDS[self.kind]

    @property
    def title(self) -> str | Promise:
        return self.told.title


class Delivery(models.Model):
    """A notice on its way by SMS or e-mail.

    `due_at` is when it is tried next. A worker takes it up (`taken_at`, and `due_at` moves forward) before it sends, and
    notes what came of it; one that was taken up and never noted counts in `lost`, and is tried once more.
    """

    class Problem(models.TextChoices):
        PORT = "port", _("The message could not be handed over.")
        ADDRESS = "address", _("There is no phone number or no verified mailbox any more.")
        SWITCHED_OFF = "switched_off", _("The receiver has switched these messages off.")
        OLD = "old", _("It waited too long and would say nothing new.")
        LOST = "lost", _("The worker stopped twice while sending; it may have arrived.")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    lost = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=16, choices=Problem.choices, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_one_per_channel"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, due_at__isnull=False, sent_at__isnull=True, problem="")
                | (Q(state=State.FAILED, due_at__isnull=False, sent_at__isnull=True) & ~Q(problem=""))
                | Q(state=State.SENT, due_at__isnull=True, sent_at__isnull=False, problem="")
                | (Q(state=State.GIVEN_UP, due_at__isnull=True, sent_at__isnull=True) & ~Q(problem="")),
                name="delivery_state_has_its_times_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True) | Q(state__in=sorted(OPEN)),
                name="delivery_taken_only_while_open",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="delivery_due"),
            models.Index(
                fields=["user", "sent_at"],
                condition=Q(channel=Channel.SMS, sent_at__isnull=False),
                name="delivery_sms_of_a_day",
            ),
        ]


class Choice(models.Model):
    """What a person wants of one kind by one channel, where that differs from the kind's default or was asked."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    wanted = models.BooleanField()
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "channel"], name="choice_one_per_kind_and_channel"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="choice_channel_is_known"),
        ]


class Mailbox(models.Model):
    """The e-mail address a person gave; nothing but its confirmation goes there before it is verified.

    Another address is another `uid`, so that the links sent before no longer open. `asks` counts the confirmations sent on
    the day of `asked_at`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    address_sealed = models.BinaryField()
    masked_address = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    asks = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(verified_at__gte=F("asked_at")),
                name="mailbox_verified_after_asked",
            ),
            models.CheckConstraint(condition=~Q(masked_address=""), name="mailbox_sealed_with_mask"),
        ]

    @property
    def address(self) -> str:
        return crypto.unseal(self.address_sealed, table="notices_mailbox", column="address", row=self.uid)

    @address.setter
    def address(self, text: str) -> None:
        self.address_sealed = crypto.seal(text, table="notices_mailbox", column="address", row=self.uid)
