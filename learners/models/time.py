"""Learning time: sessions, their beats, what each lesson has earned, and the ledger that money is paid by.

Live numbers change in `PlaySession.now` with every beat; what is confirmed or refused is a `LedgerRow`, never changed.
Milliseconds everywhere. Every row carries its province, so that the tables can be split by it.
"""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import workflow

DIGEST = 32


class Mine(models.Model):
    """What belongs to a learner's lesson."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("learners.Enrolment", on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Coverages(models.QuerySet["Coverage"]):
    def shut(self) -> "Coverages":
        """Waiting for a person; of those who have left the course nobody waits."""
        return self.filter(shut_at__isnull=False, enrolment__state=workflow.ACTIVE)

    def ever_shut(self) -> "Coverages":
        return self.filter(Q(shut_at__isnull=False) | Q(reopened_at__isnull=False))


class Coverage(Mine):
    """What a learner has of one lesson: the memory between sessions.

    `covered` are confirmed media ranges. `held` is provisional credit of a session that has ended; it waits for the
    closing question since `held_at`. `seed` draws the checks and never leaves the server.
    """

    covered = models.JSONField(default=list)
    covered_ms = models.PositiveIntegerField(default=0)
    held = models.JSONField(default=list)
    held_ms = models.PositiveIntegerField(default=0)
    held_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    high_water = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    seed = models.CharField(max_length=32)
    shut_at = models.DateTimeField(null=True, blank=True)
    """Too many failed checks: a person must open the lesson again."""
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = Coverages.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="coverage_one_per_lesson"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True)
                | Q(reopened_at__isnull=False, reopened_by__isnull=False),
                name="coverage_reopened_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by__isnull=True) | ~Q(reopened_by=F("user")),
                name="coverage_reopened_by_another",
                violation_error_message=_("Somebody else has to reopen a lesson of your own."),
            ),
            models.CheckConstraint(
                condition=Q(held_ms=0, held_at__isnull=True) | Q(held_ms__gt=0, held_at__isnull=False),
                name="coverage_held_since_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["held_at"], condition=Q(held_at__isnull=False), name="coverage_held"),
            models.Index(fields=["user"], condition=Q(held_at__isnull=False), name="coverage_held_by_user"),
            models.Index(
                fields=["province", "shut_at"], condition=Q(shut_at__isnull=False), name="coverage_shut"
            ),
        ]


class PlaySession(Mine):
    """One player, open on one lesson. `events` is its version: whoever writes says which one was read.

    `first` and `now` are `states.State` as JSON: where the session began and where it stands. `nonce` comes with the
    next beat and shows that it is this player's; `last_nonce` came with the last one, and `last` is what that came to
    (`credit`, `reason`, `back_to`) and how far the tape is (`at`, `position`), so that a beat told twice is answered
    twice and counted once. `door` is the sign-in under which it was opened (a digest). `tape` are the events since the last `Tape`.

    `ahead` are beats that were taken and not yet counted, as selectors.beats reads them; until `whole_at` more may come.
    """

    class State(models.TextChoices):
        LIVE = workflow.LIVE, pgettext_lazy("session", "Live")
        ABANDONED = workflow.ABANDONED, pgettext_lazy("session", "Taken over")
        CLOSED = workflow.CLOSED, pgettext_lazy("session", "Closed")

    class Ending(models.TextChoices):
        TAKEN_OVER = "taken_over", _("Another page or device went on with learning.")
        LEFT = "left", _("The lesson was left.")
        SILENT = "silent", _("Nothing was heard from the player for a long time.")
        SHUT = "shut", _("Too many questions were not answered.")
        HELPED = "helped", _("Somebody at a desk acts for you now. Go on once the help has ended.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey("learners.CountingEdition", on_delete=models.PROTECT, related_name="+")
    length_ms = models.PositiveIntegerField()
    no_skip = models.BooleanField()
    reading = models.BooleanField()
    answer_ms = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    opened_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    seq = models.PositiveIntegerField(default=0)
    nonce = models.CharField(max_length=24)
    last_nonce = models.CharField(max_length=24, blank=True)
    door = models.CharField(max_length=32)
    last = models.JSONField(default=dict)
    last_answer = models.JSONField(null=True, blank=True)
    events = models.PositiveIntegerField(default=0)
    first = models.JSONField()
    now = models.JSONField()
    tape = models.BinaryField(default=b"")
    ahead = models.BinaryField(default=b"")
    whole_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=workflow.LIVE) | Q(tape=b"", ahead=b""),
                name="play_session_closed_with_its_tape_put_away",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state=workflow.LIVE),
                name="play_session_one_live_per_learner",
                violation_error_message=_("Learning is already open on another page or device."),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.LIVE, closed_at__isnull=True, ending="")
                | (Q(state=workflow.ABANDONED, closed_at__isnull=False, ending="taken_over"))
                | (
                    Q(state=workflow.CLOSED, closed_at__isnull=False)
                    & Q(ending__in=["left", "silent", "shut", "helped"])
                ),
                name="play_session_closed_with_its_moment_and_reason",
            ),
        ]
        indexes = [
            # Not by beat_at: an index on what each beat changes would make every beat write all the indexes.
            models.Index(fields=["id"], condition=Q(state=workflow.LIVE), name="play_session_live"),
            models.Index(fields=["enrolment", "lesson"], name="play_session_of_lesson"),
        ]

    @property
    def taped(self) -> int:
        """Bytes of its tape that are not put away yet."""
        return len(self.tape)


class Tape(models.Model):
    """What a player told, as told: enough to count the session again. One piece for some ten minutes of it, append-only.

    `number` is that of the piece's last event within the session; see learners/tape.py for the bytes.
    """

    pk = models.CompositePrimaryKey("session_id", "number")
    session = models.ForeignKey(PlaySession, on_delete=models.PROTECT, related_name="tapes", db_index=False)
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    events = models.BinaryField()


class LedgerHead(models.Model):
    """The end of one learner's chain; its row is the lock that orders the learner's ledger."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, primary_key=True, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=DIGEST)
    length = models.PositiveIntegerField(default=0)


class LedgerRow(Mine):
    """A piece of learning time that was credited, refused with its reason, or taken back. Append-only, chained per learner.

    A credit's `wall` may not overlap another credit of the same person anywhere (exclusion constraint).

    What people decide is a row too: a credit `about` the refused row that was contested, `by` whom and `why`; or a row
    that takes back of the credit it is `about`, proposed `by` one and confirmed by a `second` person. Trigger: together
    such rows never come to more than the row they are about.
    """

    class Entry(models.TextChoices):
        CREDIT = "credit", pgettext_lazy("ledger", "Counted")
        REFUSED = "refused", pgettext_lazy("ledger", "Not counted")
        TAKEN = "taken", pgettext_lazy("ledger", "Taken back")

    class Kind(models.TextChoices):
        VIDEO = "video", pgettext_lazy("learning", "Video")
        READING = "reading", pgettext_lazy("learning", "Reading")
        QUIZ = "quiz", pgettext_lazy("learning", "Quiz")
        PACKAGE = "package", pgettext_lazy("learning", "Imported package")
        LIVE = "live", pgettext_lazy("learning", "Live class")
        WORKSHOP = "workshop", pgettext_lazy("learning", "Workshop practice")

    session = models.ForeignKey(
        PlaySession, on_delete=models.PROTECT, null=True, blank=True, related_name="rows"
    )
    edition = models.ForeignKey("learners.CountingEdition", on_delete=models.PROTECT, related_name="+")
    entry = models.CharField(max_length=8, choices=Entry.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    wall = DateTimeRangeField()
    media = models.JSONField(default=list)
    ms = models.PositiveIntegerField()
    reason = models.CharField(max_length=24, blank=True)
    about = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answers")
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    second = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    why = models.CharField(max_length=500, blank=True, db_default="")
    at = models.DateTimeField()
    place = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=DIGEST)
    digest = models.BinaryField(max_length=DIGEST)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "place"], name="ledger_row_one_per_place"),
            models.CheckConstraint(
                condition=Q(entry="credit", reason="", ms__gt=0)
                | (Q(entry="refused") & ~Q(reason=""))
                | Q(entry="taken", reason="", ms__gt=0),
                name="ledger_row_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(about__isnull=True, by__isnull=True, second__isnull=True, why="")
                | (Q(entry="credit", about__isnull=False, by__isnull=False, second__isnull=True) & ~Q(why=""))
                | (
                    Q(entry="taken", about__isnull=False, by__isnull=False, second__isnull=False) & ~Q(why="")
                ),
                name="ledger_row_of_a_person_with_author_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(entry="taken") | Q(about__isnull=False), name="ledger_row_taken_from_a_credit"
            ),
            models.CheckConstraint(
                condition=(Q(by__isnull=True) | ~Q(by=F("user")))
                & (Q(second__isnull=True) | (~Q(second=F("user")) & ~Q(second=F("by")))),
                name="ledger_row_decided_by_others",
                violation_error_message=_(
                    "Nobody decides about time of their own, and two decide what is taken back."
                ),
            ),
            ExclusionConstraint(
                name="ledger_row_no_second_credit_for_a_moment",
                expressions=[("user", RangeOperators.EQUAL), ("wall", RangeOperators.OVERLAPS)],
                condition=Q(entry="credit"),
                violation_error_message=_("Other learning was already counted for the same minutes."),
            ),
        ]
        # with its time, so that the hours of many courses are summed from the index alone
        indexes = [models.Index(fields=["enrolment", "entry"], include=["ms"], name="ledger_row_with_time")]

    def payload(self) -> dict[str, object]:
        """What the digest covers. What a person decided is there only in the rows of such decisions."""
        decided = {"about": self.about_id, "by": self.by_id, "second": self.second_id, "why": self.why}
        return (decided if self.by_id else {}) | {
            "user": self.user_id,
            "place": self.place,
            "enrolment": self.enrolment_id,
            "lesson": self.lesson_id,
            "session": str(self.session_id) if self.session_id else None,
            "edition": self.edition_id,
            "entry": self.entry,
            "kind": self.kind,
            "wall": [_ms(self.wall.lower), _ms(self.wall.upper)],
            "media": [list(piece) for piece in self.media],
            "ms": self.ms,
            "reason": self.reason,
            "at": _ms(self.at),
        }


def _ms(moment: object) -> int:
    return round(moment.timestamp() * 1000)
