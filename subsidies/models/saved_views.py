"""A way to look at the queue that an officer keeps under a name."""

from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subsidies.workflow.claims import Desk


class SavedView(models.Model):
    """One of the queue's views with its filters. Words that were searched are not kept: they may name a person."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    view = models.CharField(max_length=10)
    desk = models.CharField(max_length=20, choices=Desk.choices, blank=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You already keep a view of this name."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="saved_view_has_a_name",
                violation_error_message=_("Give the view a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        """What stands after the question mark in the queue's address."""
        filters = {"view": self.view, "desk": self.desk, "province": self.province_id or ""}
        return urlencode({name: value for name, value in filters.items() if value})
