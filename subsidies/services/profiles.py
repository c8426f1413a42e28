"""The profiles of banks: written by one person, put live by another. What is live is never changed, only followed by the next."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import moves
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.bank.template import STANDARD, BadTemplate, read_template
from subsidies.models import BankProfile
from subsidies.workflow.money import PROFILE_MOVES, ProfileState

BUILT_IN = "standard"
_CHANGEABLE = (
    "name",
    "bank_code",
    "template",
    "needs_name_check",
    "releaser_may_be_checker",
    "cooling_days",
    "valid_from",
    "valid_to",
)


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no finance role in this province.")


class SameAuthor(RuleBroken):
    code = "same_person"
    message = _("Who wrote a profile cannot put it live. Another person must do that.")


class TemplateRefused(RuleBroken):
    code = "template_refused"
    message = _("The template cannot be used.")


class DraftExists(RuleBroken):
    code = "draft_exists"
    message = _("There is a draft of this profile already. Put it live or discard it first.")


def template_of(body: Any) -> None:
    """Raises TemplateRefused with every sentence about what is wrong."""
    try:
        read_template(body)
    except BadTemplate as refused:
        told = "\n".join(fault.said(get_language() or "zh-hans") for fault in refused.faults)
        raise TemplateRefused(told) from refused


def standard_profile(province: str, *, at: dt.datetime) -> BankProfile:
    """The profile named `standard` that is live in a province code; the portal's own CSV until the province puts another live."""
    rows = BankProfile.objects.filter(province_id=province, code=BUILT_IN)
    live = rows.filter(state=ProfileState.LIVE).first()
    if live is not None:
        return live
    made, _new = BankProfile.objects.get_or_create(
        province_id=province,
        code=BUILT_IN,
        version=1,
        defaults={
            "name": "通用 CSV",
            "template": STANDARD,
            "state": ProfileState.LIVE,
            "valid_from": dt.date(2020, 1, 1),
            "made_at": at,
            "live_at": at,
        },
    )
    return made


def _guard(by: User, role: Role, province: str) -> None:
    if not has_role(by, role, province=province):
        raise NotYours


def _locked(profile: BankProfile) -> BankProfile:
    return BankProfile.objects.select_for_update(of=("self",)).get(pk=profile.pk)


def _step(profile: BankProfile, step: str, **changes: object) -> BankProfile:
    """The one place where the state of a profile is written. The caller holds its row."""
    profile.state = moves.check(PROFILE_MOVES, step, profile.state)
    for name, value in changes.items():
        setattr(profile, name, value)
    profile.save(update_fields=["state", *changes])
    return profile


@transaction.atomic
def draft_profile(*, province: str, code: str, by: User, at: dt.datetime, **said: Any) -> BankProfile:
    """Write the next version of a profile of this code. Raises NotYours, TemplateRefused, DraftExists."""
    _guard(by, Role.FINANCE_MAKER, province)
    template_of(said["template"])
    rows = BankProfile.objects.filter(province_id=province, code=code)
    if code == BUILT_IN:
        standard_profile(province, at=at)
    last = rows.select_for_update(of=("self",)).order_by("-version").first()
    profile = BankProfile(
        province_id=province,
        code=code,
        version=last.version + 1 if last else 1,
        made_by=by,
        made_at=at,
        **said,
    )
    try:
        with transaction.atomic():
            profile.save(force_insert=True)
    except IntegrityError as broken:
        raise DraftExists from broken
    record(by=by, action="bank_profile.drafted", thing=profile, at=at, detail=_told(profile))
    return profile


@transaction.atomic
def change_profile(profile: BankProfile, *, by: User, at: dt.datetime, **said: Any) -> BankProfile:
    """Rewrite a draft; who changed it last is its author. Raises NotYours, TemplateRefused, IllegalMove."""
    profile = _locked(profile)
    _guard(by, Role.FINANCE_MAKER, profile.province_id)
    template_of(said["template"])
    moves.check(PROFILE_MOVES, "put_live", profile.state)
    for name in _CHANGEABLE:
        setattr(profile, name, said[name])
    profile.made_by, profile.made_at = by, at
    profile.save(update_fields=[*_CHANGEABLE, "made_by", "made_at"])
    record(by=by, action="bank_profile.changed", thing=profile, at=at, detail=_told(profile))
    return profile


@transaction.atomic
def put_live(profile: BankProfile, *, by: User, at: dt.datetime) -> BankProfile:
    """The second person lets batches use it; the version before ends. Raises NotYours, SameAuthor, TemplateRefused, IllegalMove."""
    profile = _locked(profile)
    _guard(by, Role.FINANCE_CHECKER, profile.province_id)
    moves.check(PROFILE_MOVES, "put_live", profile.state)
    if profile.made_by_id == by.pk:
        raise SameAuthor
    template_of(profile.template)
    same = BankProfile.objects.filter(province_id=profile.province_id, code=profile.code)
    for earlier in same.filter(state=ProfileState.LIVE).select_for_update(of=("self",)):
        _step(earlier, "end", ended_at=at)
    _step(profile, "put_live", live_by=by, live_at=at)
    record(by=by, action="bank_profile.put_live", thing=profile, at=at, detail=_told(profile))
    return profile


@transaction.atomic
def discard_profile(profile: BankProfile, *, by: User, at: dt.datetime) -> BankProfile:
    """Raises NotYours, IllegalMove."""
    profile = _locked(profile)
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=profile.province_id):
        raise NotYours
    _step(profile, "discard", ended_at=at)
    record(by=by, action="bank_profile.discarded", thing=profile, at=at, detail=_told(profile))
    return profile


def _told(profile: BankProfile) -> dict[str, object]:
    return {"code": profile.code, "version": profile.version}
