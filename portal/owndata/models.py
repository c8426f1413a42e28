"""A copy of all that is kept of a person: asked for, made by a worker, fetched by its owner alone, deleted after some days."""

from django.db import models
from django.db.models import Q

from portal.madefiles.models import MadeFile
from portal.owndata.workflow import LIVE


class Copy(MadeFile):
    """Its parts are the tables of what is kept."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=10)

    class Meta(MadeFile.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=sorted(LIVE)), name="copy_one_live_per_person"
            ),
            *MadeFile.Meta.constraints,
        ]
