"""What a member of staff does with an employer's invitation, and how it goes out and away again."""

import datetime as dt
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from learners.models import Enrolment, Invitation
from learners.selectors.rosters import invited_account
from learners.services import telling
from learners.services.enrolment import enrol
from learners.workflow import INVITATION_ENDS, INVITATION_MOVES, InvitationState
from portal import moves
from portal.accounts import sms
from portal.accounts.models import User
from portal.audit.services import record

TELL_AGAIN = dt.timedelta(minutes=5)
"""A message that could not be sent, or whose worker was lost, is due again after this."""
_CHUNK = 200


def _locked(invitation: Invitation, step: str) -> Invitation:
    """With the state after the step, not yet saved. Raises IllegalMove."""
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    row.state = moves.check(INVITATION_MOVES, step, row.state)
    return row


@transaction.atomic
def accept_invitation(
    invitation: Invitation, user: User, *, at: dt.datetime, by: User | None = None, told: bool | None = None
) -> Invitation:
    """Enrol, or take the enrolment that is there, and let the employer see how far it is from now on.

    The caller has made sure that the invitation is for this user. `by` acts in the user's name where that is somebody
    else. Raises IllegalMove, and what `enrol` raises; then nothing has changed.
    """
    row = _locked(invitation, "accept")
    standing = Enrolment.objects.standing().filter(user=user, course_code=row.course_code)
    row.enrolment = standing.order_by("-enrolled_at").first() or enrol(
        user, row.course_code, at=at, told=told, by=by
    )
    row.user, row.accepted_at, row.consent_version = user, at, settings.CONSENT_VERSION
    row.tell_at = None
    row.save(update_fields=["state", "enrolment", "user", "accepted_at", "consent_version", "tell_at"])
    _record(row, "accepted", by=by or user, user=user, at=at)
    return row


@transaction.atomic
def decline_invitation(
    invitation: Invitation, user: User, *, at: dt.datetime, by: User | None = None
) -> Invitation:
    """The employer is not told, and a later list does not ask again. Raises IllegalMove."""
    row = _locked(invitation, "decline")
    row.user, row.ended_at, row.tell_at = user, at, None
    row.save(update_fields=["state", "user", "ended_at", "tell_at"])
    _record(row, "declined", by=by or user, user=user, at=at)
    return row


@transaction.atomic
def end_invitation(invitation: Invitation, *, by: User, at: dt.datetime) -> Invitation:
    """The person has left, or agrees no longer: the employer sees nothing more, the enrolment stays. Raises IllegalMove."""
    row = _locked(invitation, "end")
    row.ended_at, row.tell_at = row.ended_at or at, None
    row.save(update_fields=["state", "ended_at", "tell_at"])
    _record(row, "ended", by=by, user=row.user, at=at)
    return row


def _record(row: Invitation, event: str, *, by: User, user: User | None, at: dt.datetime) -> None:
    detail: dict[str, object] = {"organisation": row.organisation_id, "course": row.course_code}
    if user is not None and user != by:
        detail["for"] = user.pk
    record(by=by, action=f"invitation.{event}", thing=row, at=at, detail=detail)


def tell_next(*, at: dt.datetime) -> bool:
    """Tell the one whose message is due longest. False when none is.

    Whoever has an account gets a notice; else the phone that the employer named rings, when it may.
    """
    with transaction.atomic():
        due = Invitation.objects.filter(tell_at__lte=at).order_by("tell_at", "pk")
        row = due.select_for_update(skip_locked=True, of=("self",)).select_related("organisation").first()
        if row is None:
            return False
        user = invited_account(row)
        if user is not None:
            telling.of_invitation(row, user, at=at)
        row.tell_at = None if user else at + TELL_AGAIN
        row.save(update_fields=["tell_at"])
    if user is None:
        with suppress(sms.SmsFailed):  # it comes due again
            ours = Invitation.objects.filter(pk=row.pk, tell_at=row.tell_at)
            ours.update(tell_at=telling.a_stranger(row, at=at))
    return True


@transaction.atomic
def forget_invitations(*, at: dt.datetime) -> int:
    """Let lapse what nobody answered within INVITATIONS_KEPT, and forget who it was of all that is over and as old.

    One term for both, so that nobody sees from outside who has declined. Gives how many were forgotten; one chunk.
    """
    before = at - settings.INVITATIONS_KEPT
    rows = Invitation.objects.select_for_update(skip_locked=True, of=("self",))
    old = rows.filter(Q(state__in=INVITATION_ENDS) | Q(state=InvitationState.OPEN))
    found = list(old.filter(forgotten_at=None, invited_at__lte=before)[:_CHUNK])
    for row in found:
        if row.state == InvitationState.OPEN:
            row.state = moves.check(INVITATION_MOVES, "lapse", row.state)
            row.ended_at, row.tell_at = at, None
        row.name_sealed = row.phone_sealed = row.phone_index = row.person_index = None
        row.masked_name, row.forgotten_at = "", at
        row.save()
        record(by=None, action="invitation.forgotten", thing=row, at=at)
    return len(found)
