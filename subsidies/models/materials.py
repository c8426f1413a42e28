"""Materials (材料): papers that a policy asks for, with a claim, with one that is being prepared, or with a list."""

from django.db import models
from django.db.models import Q

_EMPTY = {"draft": None, "claim": None, "claim_list": None}


def _of(name: str) -> Q:
    others = {other: None for other in _EMPTY if other != name}
    return Q(**others, **{f"{name}__isnull": False})


class Material(models.Model):
    """One paper of a kind. It waits for the virus scan before anybody can open it; its digest says which file it was."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(
        "subsidies.ClaimDraft", on_delete=models.PROTECT, null=True, related_name="materials"
    )
    claim = models.ForeignKey(
        "subsidies.Claim", on_delete=models.PROTECT, null=True, related_name="materials"
    )
    claim_list = models.ForeignKey(
        "subsidies.ClaimList", on_delete=models.PROTECT, null=True, related_name="materials"
    )
    kind = models.CharField(max_length=40)
    document_key = models.CharField(max_length=200)
    document_name = models.CharField(max_length=160)
    document_bytes = models.PositiveIntegerField()
    document_sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=_of("draft") | _of("claim") | _of("claim_list"),
                name="material_with_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(kind="")
                & ~Q(document_key="")
                & ~Q(document_name="")
                & Q(document_bytes__gt=0, document_sha256__regex="^[0-9a-f]{64}$"),
                name="material_document_is_whole",
            ),
        ]
