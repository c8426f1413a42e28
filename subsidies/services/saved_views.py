"""Views of the queue that an officer keeps for the next day."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import has_role
from portal.accounts.models import Province, User
from portal.rules import RuleBroken
from subsidies.models import SavedView
from subsidies.selectors.desks import READERS
from subsidies.selectors.queue import VIEWS

MOST = 12
"""What fits above a queue and is still found."""


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You may not do this in this province.")


class ViewUnknown(RuleBroken):
    code = "view_unknown"
    message = _("There is no such view of the queue.")


class NameTaken(RuleBroken):
    code = "name_taken"
    message = _("You already keep a view of this name.")


class TooMany(RuleBroken):
    code = "too_many_views"
    message = _("You keep as many views as there is room for. Remove one first.")


@transaction.atomic
def save_view(
    name: str, *, view: str, desk: str, province: Province | None, by: User, at: dt.datetime
) -> SavedView:
    """Keep a view with its filters under a name. Raises NotYours, ViewUnknown, NameTaken, TooMany (over MOST)."""
    if not has_role(by, *READERS):
        raise NotYours
    if view not in VIEWS:
        raise ViewUnknown
    kept = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if SavedView.objects.filter(user=kept).count() >= MOST:
        raise TooMany
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                user=kept, name=name, view=view, desk=desk, province=province, saved_at=at
            )
    except IntegrityError as broken:
        if "saved_view_name_once" in str(broken):
            raise NameTaken from None
        raise


def remove_view(saved: SavedView) -> None:
    """Forget a view; whoever asks has fetched it among their own."""
    saved.delete()
