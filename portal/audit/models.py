"""Who did what to what, when and why. Append-only by trigger and by role, hash-chained per province."""

from django.db import models

NATION = "000000"
"""The chain of what belongs to no province."""


class Chain(models.Model):
    """The head of one province's chain; its row is the lock that orders the entries."""

    code = models.CharField(max_length=6, primary_key=True)
    head = models.BinaryField(max_length=32)
    length = models.BigIntegerField(default=0)


class Entry(models.Model):
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="entries")
    place = models.BigIntegerField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60, db_index=True)
    thing_type = models.CharField(max_length=60)
    thing_id = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["chain", "place"], name="audit_entry_one_per_place")]
        indexes = [models.Index(fields=["thing_type", "thing_id"])]

    def payload(self) -> dict[str, object]:
        """What the digest covers."""
        return {
            "chain": self.chain_id,
            "place": self.place,
            "by": self.by_id,
            "action": self.action,
            "thing": [self.thing_type, self.thing_id],
            "at": self.at.timestamp(),
            "reason": self.reason,
            "detail": self.detail,
        }
