from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Replay(models.Model):
    """The stored answer to a request that carried an Idempotency-Key."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=100)
    body = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="replay_once")]
