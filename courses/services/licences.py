"""Decisions about a provider's licence, the day they take effect, and what the catalogue filters by today."""

import datetime as dt
import unicodedata

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Licence, Notice
from courses.selectors.providers import licence_of, standings
from courses.services.notices import tell
from courses.services.paper_checks import keep_paper
from courses.workflow import LICENCE_MOVES, LicenceState, State
from portal import clock, moves
from portal.accounts import services as accounts
from portal.accounts.models import Organisation, Province, User
from portal.accounts.selectors import organisation_by_uscc
from portal.audit.services import record
from portal.numbers import social_credit_code
from portal.rules import RuleBroken

CHUNK = 500
FARTHEST = dt.timedelta(days=366)


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason. The provider and the audit read it.")


class PastDay(RuleBroken):
    code = "past_day"
    message = _("A decision takes effect today or later: days that are past stay as they were.")


class DayDecided(RuleBroken):
    code = "day_decided"
    message = _("A decision took effect today already. The next one can take effect tomorrow.")


class TooFar(RuleBroken):
    code = "too_far"
    message = _("A decision takes effect within a year.")


class TookEffect(RuleBroken):
    code = "took_effect"
    message = _("This decision has taken effect and cannot be called off. Decide anew.")


class SecondPersonNeeded(RuleBroken):
    code = "second_person_needed"
    message = _("You suspended this provider. Somebody else has to remove it.")


class ProviderKnown(RuleBroken):
    code = "provider_known"
    message = _("This provider has a licence in your province already. Look for it in the list.")


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return unicodedata.normalize("NFC", reason).strip()[:500]


@transaction.atomic
def decide(
    organisation: Organisation,
    province: Province,
    step: str,
    *,
    effective_on: dt.date,
    reason: str,
    by: User,
    at: dt.datetime,
    document: UploadedFile | None = None,
) -> Licence:
    """Take a step of LICENCE_MOVES from a day on, today or later. What was planned from that day on is dropped.

    Raises IllegalMove, ReasonMissing, PastDay, DayDecided, TooFar, SecondPersonNeeded, papers.NotAPaper and
    papers.PaperTooLarge. The caller has made sure that `by` decides in the province.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    today = clock.today(at)
    said = _reasoned(reason)
    if effective_on < today:
        raise PastDay
    if effective_on > today + FARTHEST:
        raise TooFar
    before = licence_of(organisation.pk, province.pk, on=effective_on - dt.timedelta(days=1))
    if effective_on == today and _begins(organisation, province, today).exists():
        raise DayDecided
    target = moves.check(LICENCE_MOVES, step, before.state if before else LicenceState.NONE)
    if target == LicenceState.REMOVED and before.decided_by_id == by.pk:
        raise SecondPersonNeeded
    _end(organisation, province, last=effective_on - dt.timedelta(days=1), by=by, at=at)
    licence = Licence.objects.create(
        organisation=organisation,
        province=province,
        state=target,
        valid_from=effective_on,
        reason=said,
        decided_at=at,
        decided_by=by,
        **(keep_paper(document, at=at) if document else {}),
    )
    if effective_on == today:
        _apply(licence, at=at)
    tell(
        organisation,
        Notice.Kind.LICENCE,
        province_id=province.pk,
        at=at,
        state=LicenceState(target).label,
        day=effective_on.isoformat(),
        reason=said,
    )
    record(
        by=by,
        action="licence.decided",
        thing=licence,
        at=at,
        reason=said,
        detail={"organisation": organisation.pk, "state": target, "from": effective_on.isoformat()},
    )
    return licence


def _begins(organisation: Organisation, province: Province, day: dt.date) -> QuerySet[Licence]:
    return Licence.objects.kept().filter(organisation=organisation, province=province, valid_from=day)


def _end(organisation: Organisation, province: Province, *, last: dt.date, by: User, at: dt.datetime) -> None:
    """Let no decision reach beyond the day `last`: the one in force ends then, planned ones are dropped."""
    rows = Licence.objects.kept().filter(organisation=organisation, province=province)
    for row in rows.exclude(valid_to__lte=last):
        row.valid_to = last if row.valid_from <= last else row.valid_from - dt.timedelta(days=1)
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["valid_to", "ended_at", "ended_by"])


@transaction.atomic
def call_off(licence: Licence, *, reason: str, by: User, at: dt.datetime) -> Licence:
    """Drop a decision before it takes effect, and what was planned after it; the one before holds on.

    Raises NotYetDue, ReasonMissing. The caller has made sure that `by` decides in the province.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=licence.organisation_id)
    licence = Licence.objects.select_related("organisation", "province").get(pk=licence.pk)
    said = _reasoned(reason)
    if not licence.is_planned(clock.today(at)):
        raise TookEffect
    last = licence.valid_from - dt.timedelta(days=1)
    before = licence_of(licence.organisation_id, licence.province_id, on=last)
    _end(licence.organisation, licence.province, last=last, by=by, at=at)
    if before is not None:
        before.valid_to, before.ended_at, before.ended_by = None, at, by
        before.save(update_fields=["valid_to", "ended_at", "ended_by"])
    licence.refresh_from_db()
    tell(
        licence.organisation,
        Notice.Kind.CALLED_OFF,
        province_id=licence.province_id,
        at=at,
        state=LicenceState(licence.state).label,
        day=licence.valid_from.isoformat(),
        reason=said,
    )
    record(by=by, action="licence.called_off", thing=licence, at=at, reason=said)
    return licence


@transaction.atomic
def admit(
    *,
    uscc: str,
    kind: str,
    name_zh: str,
    name_en: str = "",
    province: Province,
    step: str,
    effective_on: dt.date,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Licence:
    """Register a provider with its first licence in the province. One that is registered elsewhere keeps its names.

    Raises numbers.BadNumber, ProviderKnown, django ValidationError and what `decide` raises; then nothing is kept.
    """
    code = social_credit_code(uscc)
    known = organisation_by_uscc(code)
    if known and Licence.objects.filter(organisation=known, province=province).exists():
        raise ProviderKnown
    organisation = known or accounts.register_organisation(
        uscc=code, kind=kind, name_zh=name_zh, name_en=name_en, province=province, by=by, at=at
    )
    return decide(organisation, province, step, effective_on=effective_on, reason=reason, by=by, at=at)


# -- what the catalogue filters by ----------------------------------------------------------------------------------


def _apply(licence: Licence, *, at: dt.datetime) -> None:
    licence.applied_at = at
    licence.save(update_fields=["applied_at"])
    courses = Course.objects.filter(organisation_id=licence.organisation_id, province_id=licence.province_id)
    # all before the first is changed: whoever publishes one of them meanwhile waits for us, or we for them
    list(courses.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    refresh_subsidised(at=at, courses=courses)


def apply_next_due(*, at: dt.datetime) -> bool:
    """Let the catalogue take notice of one decision whose day has come. False when there is none."""
    due = Licence.objects.not_applied().filter(valid_from__lte=clock.today(at)).order_by("valid_from", "pk")
    with transaction.atomic():
        licence = due.select_for_update(skip_locked=True, of=["self"]).first()
        if licence is None:
            return False
        _apply(licence, at=at)
    return True


def refresh_subsidised(*, at: dt.datetime, courses: QuerySet[Course] | None = None) -> int:
    """Set `Course.subsidised` to what holds today, in chunks of `CHUNK`. Gives how many courses changed.

    Nothing is looked at that can be neither: only what is offered for the subsidy or was shown as subsidised.
    """
    rows = (Course.objects.all() if courses is None else courses).filter(
        Q(for_subsidy=True) | Q(subsidised=True)
    )
    rows = rows.select_for_update(no_key=True).order_by("pk").only(*_LOOKED_AT)
    changed, last = 0, 0
    while last is not None:
        with transaction.atomic():
            chunk = list(rows.filter(pk__gt=last)[:CHUNK])
            changed += _refresh(chunk, on=clock.today(at))
        last = chunk[-1].pk if chunk else None
    return changed


_LOOKED_AT = ("organisation_id", "province_id", "state", "for_subsidy", "subsidised")


def _refresh(chunk: list[Course], *, on: dt.date) -> int:
    """The chunk's rows are locked: nobody publishes or suspends them meanwhile."""
    standing = standings(chunk, on=on)
    changed = 0
    for value in (True, False):
        ids = [
            row.pk
            for row in chunk
            if row.subsidised != value and (standing[row.pk].counts and row.state == State.PUBLISHED) == value
        ]
        changed += Course.objects.filter(pk__in=ids).update(subsidised=value) if ids else 0
    return changed
