"""An evidence pack: all that an auditor needs for one claim as one signed file, made by a worker, for who asked alone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.madefiles.models import MadeFile
from portal.madefiles.workflow import LIVE, State


class EvidencePack(MadeFile):
    """`reason` is the purpose that was given; it stands in the pack. `manifest_sha256` is the digest that its overview is signed over."""

    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    manifest_sha256 = models.CharField(max_length=64, blank=True)

    class Meta(MadeFile.Meta):
        abstract = False
        constraints = [
            *MadeFile.Meta.constraints,
            models.UniqueConstraint(
                fields=["claim", "asked_by"],
                condition=Q(state__in=sorted(LIVE)),
                name="evidence_pack_one_live_per_claim_and_person",
                violation_error_message=_("You have a pack of this claim already, or one is being made."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="evidence_pack_asked_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.READY) | Q(manifest_sha256__regex=r"^[0-9a-f]{64}$"),
                name="evidence_pack_ready_with_its_manifest",
            ),
        ]
