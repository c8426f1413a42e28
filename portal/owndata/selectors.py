from django.db.models import QuerySet

from portal.accounts.models import User
from portal.owndata.models import Copy
from portal.owndata.workflow import LIVE, State


def copies_visible_to(user: User) -> QuerySet[Copy]:
    """A person's own, the newest first."""
    return Copy.objects.filter(user_id=user.pk)


def live_copy(user: User) -> Copy | None:
    """The one that is being made or can be fetched."""
    return copies_visible_to(user).filter(state__in=sorted(LIVE)).first()


def newest_copy(user: User) -> Copy | None:
    return copies_visible_to(user).first()


def to_fetch(user: User, uid: object, at: object) -> Copy | None:
    """None for what is another's, not ready, or over."""
    return copies_visible_to(user).filter(uid=uid, state=State.READY, expires_at__gt=at).first()
