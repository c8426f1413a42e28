"""Policies: written by one person, published by another, never changed afterwards."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Province, User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import PolicyVersion
from subsidies.policy import PolicyError, fingerprint, read_policy
from subsidies.policy.facts import plain


class BadPolicy(RuleBroken):
    code = "bad_policy"
    message = _("The policy cannot be used as it is written.")


class VersionTaken(RuleBroken):
    code = "policy_version_taken"
    message = _("This version number is taken.")


class SameEditor(RuleBroken):
    code = "policy_same_editor"
    message = _("Who edited a policy cannot publish it.")


class AlreadyPublished(RuleBroken):
    code = "policy_already_published"
    message = _("This version is published already.")


class NotOpen(RuleBroken):
    code = "policy_not_open"
    message = _("Only a published version without a last day can be ended.")


class EndsTooEarly(RuleBroken):
    code = "policy_ends_too_early"
    message = _(
        "A version ends today or later, and not before its first day: what was decided by it stays decided."
    )


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class DaysOverlap(RuleBroken):
    code = "policy_days_overlap"
    message = _("Another published version applies to some of these days.")


@transaction.atomic
def draft_policy(province: Province, body: dict[str, Any], *, by: User, at: dt.datetime) -> PolicyVersion:
    """Keep a body as a draft of its version. Raises BadPolicy (with the engine's sentence) and VersionTaken."""
    try:
        policy = read_policy(body)
    except PolicyError as problem:
        raise BadPolicy(str(problem)) from None
    if policy.region != province.code:
        raise BadPolicy(_("The policy names another province."))
    after_last = policy.last_day + dt.timedelta(days=1) if policy.last_day else None
    try:
        with transaction.atomic():
            row = PolicyVersion.objects.create(
                province=province,
                programme=policy.programme,
                version=policy.version,
                valid=DateRange(policy.first_day, after_last, "[)"),
                doc_no=policy.doc_no,
                body=plain(body),
                body_sha256=fingerprint(body),
                edited_by=by,
                edited_at=at,
            )
    except IntegrityError as broken:
        raise VersionTaken from broken
    record(by=by, action="policy.drafted", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


@transaction.atomic
def publish_policy(version: PolicyVersion, *, by: User, at: dt.datetime) -> PolicyVersion:
    """Put a draft in force. Raises AlreadyPublished, SameEditor, DaysOverlap."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if version.state == PolicyVersion.State.PUBLISHED:
        raise AlreadyPublished
    if by.pk == version.edited_by_id:
        raise SameEditor
    version.state, version.published_by, version.published_at = PolicyVersion.State.PUBLISHED, by, at
    try:
        with transaction.atomic():
            version.save(update_fields=["state", "published_by", "published_at"])
    except IntegrityError as broken:
        raise DaysOverlap from broken
    record(by=by, action="policy.published", thing=version, at=at, detail={"sha256": version.body_sha256})
    return version


@transaction.atomic
def end_policy(
    version: PolicyVersion, *, last_day: dt.date, by: User, at: dt.datetime, reason: str
) -> PolicyVersion:
    """Close the open end of a published version, so that another can follow it. `reason` names the document.

    Raises NotOpen, EndsTooEarly, ReasonMissing.
    """
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != PolicyVersion.State.PUBLISHED or version.valid.upper is not None:
        raise NotOpen
    if last_day < max(clock.today(at), version.valid.lower or last_day):
        raise EndsTooEarly
    if not reason.strip():
        raise ReasonMissing
    version.valid = DateRange(version.valid.lower, last_day + dt.timedelta(days=1), "[)")
    version.ended_by, version.ended_at, version.ended_because = by, at, reason.strip()[:500]
    version.save(update_fields=["valid", "ended_by", "ended_at", "ended_because"])
    record(
        by=by,
        action="policy.ended",
        thing=version,
        at=at,
        reason=version.ended_because,
        detail={"last_day": last_day.isoformat()},
    )
    return version
