"""Help at a county desk: begun on proof that the learner is there, a few allowed steps, an end that comes by itself.

The helper never gets the learner's session. Each step is a service of its own with the helper as `by`, recorded
once on what it changed and once on the help itself.
"""

import datetime as dt
import hmac
import secrets
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learners.models import Attempt, Enrolment, HelpSession, Invitation, KeyGroupMembership, PlaySession
from learners.selectors.county_help import may_confirm, named_at_desk
from learners.services import invitations, key_groups, play
from learners.services.enrolment import ExamRunning, enrol
from learners.workflow import HELP_MOVES, HelpState
from portal import crypto, moves, numbers
from portal.accounts import services as accounts
from portal.accounts.models import Identity, Province, User
from portal.audit.services import record
from portal.rules import RuleBroken

OPEN_FOR: Final = dt.timedelta(minutes=30)
PROOF_WITHIN: Final = dt.timedelta(minutes=10)
MOST_TRIES: Final = 5
MOST_AN_HOUR: Final = 3
_HOUR = dt.timedelta(hours=1)
_CODES = 10**6


class NoSuchLearner(RuleBroken):
    code = "no_such_learner"
    message = _("No learner of your province is known by this. Compare it once more.")


class OwnDesk(RuleBroken):
    code = "own_desk"
    message = _("Nobody helps themselves at their own desk.")


class Busy(RuleBroken):
    code = "help_under_way"
    message = _("Help is under way already, by you or for this learner. End it first.")


class TooOften(RuleBroken):
    code = "help_too_often"
    message = _("Help was asked for three times within an hour. Wait before you ask again.")


class WrongCode(RuleBroken):
    code = "wrong_code"
    message = _("This is not the code. Compare it with the message on the learner's phone.")


class HelpOver(RuleBroken):
    code = "help_over"
    message = _("This help is over. Begin anew, with the learner present.")


class NotAThird(RuleBroken):
    code = "not_a_third"
    message = _("Another official has to confirm: not the helper, not the learner.")


# -- beginning ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_with_phone(phone: str, *, by: User, at: dt.datetime) -> tuple[HelpSession, str]:
    """Help for whoever has this phone in hand; the code is to be sent there and is kept nowhere.

    Raises NoSuchLearner, OwnDesk, Busy, TooOften, ExamRunning, numbers.BadNumber.
    """
    learner = User.objects.by_phone(numbers.phone(phone))
    code = f"{secrets.randbelow(_CODES):06}"
    session = _ask(learner, HelpSession.Presence.PHONE, code=code, by=by, at=at)
    return session, code


@transaction.atomic
def ask_with_card(number: str, *, by: User, at: dt.datetime) -> HelpSession:
    """Help for somebody without a phone: a second official has to see the person and the card.

    Raises NoSuchLearner, OwnDesk, Busy, TooOften, ExamRunning.
    """
    index = crypto.blind_index(numbers.plain(number), purpose="resident_id")
    identity = Identity.objects.filter(number_index=index).select_related("user").first()
    return _ask(identity and identity.user, HelpSession.Presence.OFFICIAL, code="", by=by, at=at)


def _ask(
    learner: User | None, presence: HelpSession.Presence, *, code: str, by: User, at: dt.datetime
) -> HelpSession:
    desk = named_at_desk(learner, by) if learner else None
    if learner is None or not learner.is_active or desk is None:
        raise NoSuchLearner
    if learner == by:
        raise OwnDesk
    list(User.objects.select_for_update().filter(pk__in=[learner.pk, by.pk]).order_by("pk").only("pk"))
    of_both = HelpSession.objects.live()
    _end_due(of_both.filter(learner=learner) | of_both.filter(helper=by), at=at)
    if of_both.filter(learner=learner).exists() or of_both.filter(helper=by).exists():
        raise Busy
    if HelpSession.objects.filter(learner=learner, asked_at__gt=at - _HOUR).count() >= MOST_AN_HOUR:
        raise TooOften
    if Attempt.objects.running().filter(enrolment__user=learner).exists():
        raise ExamRunning
    session = HelpSession(
        helper=by,
        learner=learner,
        province_id=desk.province,
        place=desk.county,
        presence=presence,
        asked_at=at,
        ends_at=at + PROOF_WITHIN,
    )
    session.code_digest = _digest(session, code) if code else None
    session.save()
    _record(session, "asked", by=by, at=at, presence=str(presence))
    return session


def _digest(session: HelpSession, code: str) -> bytes:
    return crypto.blind_index(f"{session.uid}{code}", purpose="help code")


def _record(session: HelpSession, event: str, *, by: User | None, at: dt.datetime, **more: object) -> None:
    detail = {"for": session.learner_id, **more}
    record(by=by, action=f"help.{event}", thing=session, at=at, detail=detail)


def _locked(session: HelpSession) -> HelpSession:
    rows = HelpSession.objects.select_for_update(of=("self",)).select_related("learner")
    return rows.get(pk=session.pk)


def prove_presence(session: HelpSession, code: str, *, by: User, at: dt.datetime) -> HelpSession:
    """The helper types the code that the learner reads out. Five wrong ones end it.

    Raises WrongCode, HelpOver, IllegalMove; a wrong try is counted all the same.
    """
    with transaction.atomic():
        row = _locked(session)
        moves.check(HELP_MOVES, "open", row.state)
        if row.helper_id != by.pk or row.code_digest is None or at >= row.ends_at:
            raise HelpOver
        right = hmac.compare_digest(bytes(row.code_digest), _digest(row, numbers.plain(code)))
        if right:
            return _open(row, by=by, at=at)
        row.tries += 1
        row.save(update_fields=["tries"])
        if row.tries >= MOST_TRIES:
            _end(row, by=None, at=at, reason="wrong codes")
    raise HelpOver if row.tries >= MOST_TRIES else WrongCode


@transaction.atomic
def confirm_presence(session: HelpSession, *, by: User, at: dt.datetime) -> HelpSession:
    """A second official has seen the learner and the card. Raises NotAThird, HelpOver, IllegalMove."""
    row = _locked(session)
    if not may_confirm(by, row):
        raise NotAThird
    moves.check(HELP_MOVES, "open", row.state)
    if at >= row.ends_at:
        raise HelpOver
    row.confirmed_by = by
    return _open(row, by=by, at=at)


def _open(row: HelpSession, *, by: User, at: dt.datetime) -> HelpSession:
    """From here on the learner's own learning stands still."""
    row.state = moves.check(HELP_MOVES, "open", row.state)
    row.opened_at, row.ends_at = at, at + OPEN_FOR
    row.save(update_fields=["state", "opened_at", "ends_at", "confirmed_by"])
    play.stop(row.learner, PlaySession.Ending.HELPED, at=at)
    _record(row, "opened", by=by, at=at, presence=row.presence)
    return row


# -- ending ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def end_help(session: HelpSession, *, by: User, at: dt.datetime) -> HelpSession:
    """The helper or the learner ends it. A second time changes nothing."""
    row = _locked(session)
    if row.state != HelpState.ENDED:
        _end(row, by=by, at=min(at, row.ends_at))
    return row


def _end(row: HelpSession, *, by: User | None, at: dt.datetime, reason: str = "") -> None:
    row.state = moves.check(HELP_MOVES, "end", row.state)
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    record(by=by, action="help.ended", thing=row, at=at, reason=reason, detail={"for": row.learner_id})


def _end_due(rows: QuerySet[HelpSession], *, at: dt.datetime) -> int:
    due = list(rows.filter(ends_at__lte=at).select_for_update(skip_locked=True, of=("self",)))
    for row in due:
        _end(row, by=None, at=row.ends_at, reason="time")
    return len(due)


@transaction.atomic
def end_next_due(*, at: dt.datetime) -> bool:
    """Write down that time is up for one; it is over by its `ends_at` in any case."""
    first = HelpSession.objects.live().filter(ends_at__lte=at).order_by("ends_at").values("pk")[:1]
    return bool(_end_due(HelpSession.objects.filter(pk__in=list(first.values_list("pk", flat=True))), at=at))


# -- what a helper may do -------------------------------------------------------------------------------------------


def _helping(session: HelpSession, *, by: User, at: dt.datetime) -> HelpSession:
    """The help, locked: nobody ends it in the middle of a step. Raises HelpOver."""
    row = _locked(session)
    if row.state != HelpState.OPEN or row.helper_id != by.pk or at >= row.ends_at:
        raise HelpOver
    return row


@transaction.atomic
def enrol_for(
    session: HelpSession, course_code: str, *, by: User, at: dt.datetime, told: bool | None = None
) -> Enrolment:
    """Raises HelpOver, and what `enrol` raises."""
    row = _helping(session, by=by, at=at)
    made = enrol(row.learner, course_code, at=at, told=told, by=by)
    _record(row, "acted", by=by, at=at, step="enrol", course=made.course_code)
    return made


@transaction.atomic
def declare_for(
    session: HelpSession, group: str, *, by: User, at: dt.datetime, **told: object
) -> KeyGroupMembership:
    """Raises HelpOver, and what `declare_key_group` raises."""
    row = _helping(session, by=by, at=at)
    made = key_groups.declare_key_group(row.learner, group, at=at, by=by, **told)
    _record(row, "acted", by=by, at=at, step="declare", group=group)
    return made


@transaction.atomic
def accept_for(
    session: HelpSession, invitation: Invitation, *, by: User, at: dt.datetime, told: bool | None = None
) -> Invitation:
    """The caller has made sure that the invitation is for this learner. Raises HelpOver, and what accepting raises."""
    row = _helping(session, by=by, at=at)
    done = invitations.accept_invitation(invitation, row.learner, at=at, by=by, told=told)
    _record(row, "acted", by=by, at=at, step="accept", course=done.course_code)
    return done


@transaction.atomic
def register_for(
    session: HelpSession,
    *,
    name: str,
    number: str,
    province: Province,
    agreed: bool,
    by: User,
    at: dt.datetime,
) -> Identity:
    """Fill in the real-name form. Raises HelpOver, and what `register_real_name` raises."""
    row = _helping(session, by=by, at=at)
    made = accounts.register_real_name(
        row.learner, name=name, number=number, province=province, agreed=agreed, at=at, by=by
    )
    _record(row, "acted", by=by, at=at, step="register")
    return made
