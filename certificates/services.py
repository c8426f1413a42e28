"""What can happen to a certificate. The worker asks for it, takes it up and issues it; a person may revoke it."""

import datetime as dt
import hashlib
import json

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import archive, codes, paper, selectors, signers, workflow
from certificates.models import Certificate, SerialCounter
from courses import selectors as courses
from learners import selectors as learners
from portal import clock, moves
from portal.accounts import selectors as accounts
from portal.accounts.models import Province, User
from portal.audit.services import record
from portal.notices import services as notices
from portal.rules import RuleBroken

ATTEMPTS = 8
FIRST_WAIT = dt.timedelta(seconds=20)
"""Each attempt waits twice as long for the next: 20 s, 40 s, … 43 min after the eighth."""


class NotYours(RuleBroken):
    code = "not_yours_to_revoke"
    message = _("Only the reviewers of its province and the operators may revoke this certificate.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _(
        "Say why, in at least five characters. The holder and everybody who checks it will read this."
    )


class NoIdentity(RuleBroken):
    code = "no_identity"
    message = _("The learner has no verified name.")


def _move(certificate: Certificate, step: str) -> None:
    certificate.state = moves.check(workflow.MOVES, step, certificate.state)


def _locked(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_for_update().get(pk=certificate.pk)


@transaction.atomic
def request(completion: Model, *, at: dt.datetime) -> Certificate:
    """Ask for the certificate of a `learners.Completion`. Asked twice, it gives the first.

    Takes the next number of the province and year under the lock of its counter; numbers have no gaps, because the
    counter goes back with the transaction and rows are never deleted.
    """
    year = clock.today(at).year
    SerialCounter.objects.get_or_create(province_id=completion.province_id, year=year)
    counter = SerialCounter.objects.select_for_update().get(province_id=completion.province_id, year=year)
    if earlier := Certificate.objects.filter(completion_id=completion.pk).first():
        return earlier
    facts = learners.learning_facts(completion.pk)
    counter.last += 1
    counter.save(update_fields=["last"])
    certificate = Certificate.objects.create(
        completion=completion,
        user_id=facts.user_id,
        province_id=completion.province_id,
        version_id=facts.version_id,
        serial=f"ZX-{completion.province_id[:2]}-{year}-{counter.last:07}",
        code=codes.new_code(),
        requested_at=at,
        due_at=at,
    )
    record(by=None, action="certificate.requested", thing=certificate, at=at)
    return certificate


@transaction.atomic
def take_up(*, at: dt.datetime) -> Certificate | None:
    """The next one that is due, with this attempt counted and the next one planned *before* the work begins.

    So a worker that is killed at it delays one certificate by seconds, and a certificate that kills its worker each
    time ends as failed with a reason instead of killing for ever. None when nothing is due.
    """
    certificate = (
        Certificate.objects.due(at).select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    )
    if certificate is None:
        return None
    if certificate.attempts >= ATTEMPTS:
        reason = certificate.failure or str(_("The worker stopped each time it was made."))
        _give_up(certificate, at=at, reason=reason)
        return certificate
    certificate.attempts += 1
    certificate.due_at = at + FIRST_WAIT * 2 ** (certificate.attempts - 1)
    certificate.save(update_fields=["attempts", "due_at"])
    return certificate


@transaction.atomic
def issue(certificate: Certificate, *, at: dt.datetime) -> Certificate:
    """Freeze the facts, draw and sign the paper, store it, and only then say that it is issued.

    Raises IllegalMove when it is issued already, UnprintableName, NoIdentity, OSError from storage or signer. The file is
    written before the commit under a name made of its content: killed in between, the next attempt writes it again.
    """
    certificate = _locked(certificate)
    _move(certificate, "issue")
    facts = _paper_facts(certificate, issued_on=clock.today(at))
    pdf = signers.signed(paper.draw(facts), at=at, serial=facts.serial)
    key = archive.key_of(certificate.serial, pdf)
    archive.put(key, pdf)
    said = facts.as_json()
    certificate.facts_sha256 = hashlib.sha256(
        json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).digest()
    certificate.holder_sealed = certificate.seal_holder(said.pop("holder_name"))
    certificate.holder_masked = accounts.identity_of(certificate.user).masked_name
    certificate.facts = said
    certificate.issued_at, certificate.issued_on = at, facts.issued_on
    certificate.pdf_key, certificate.pdf_sha256 = key, hashlib.sha256(pdf).digest()
    certificate.due_at, certificate.failure = None, ""
    certificate.save()
    notices.send(
        certificate.user,
        "certificate.issued",
        about=f"certificate:{certificate.serial}",
        path=reverse("certificates:certificate", args=[certificate.serial]),
        at=at,
        course=notices.either(facts.course_title, facts.course_title_en),
        serial=certificate.serial,
    )
    record(
        by=None, action="certificate.issued", thing=certificate, at=at, detail={"serial": certificate.serial}
    )
    return certificate


def _paper_facts(certificate: Certificate, *, issued_on: dt.date) -> paper.PaperFacts:
    person = accounts.identity_of(certificate.user)
    if person is None:
        raise NoIdentity
    learned = learners.learning_facts(certificate.completion_id)
    course = courses.certificate_facts(certificate.version_id)
    province = Province.objects.get(code=certificate.province_id)
    return paper.PaperFacts(
        serial=certificate.serial,
        code=certificate.code,
        verify_url=f"{settings.SITE_URL}/verify/{certificate.code}/",
        kind=course.certificate_kind,
        holder_name=person.full_name,
        holder_number=person.masked_number,
        course_title=course.title,
        course_title_en=course.title_en,
        occupation_code=course.occupation_code or "",
        occupation_name=course.occupation_name or "",
        level=course.level,
        hours=paper.hours(learned.valid_hours),
        course_hours=paper.hours(learned.course_hours),
        started_on=learned.started_on,
        completed_on=learned.completed_on,
        issued_on=issued_on,
        issuer=f"{province.full_name_zh}职业技能培训管理机构",
        provider=course.organisation_name,
        sample=not settings.PRODUCTION,
    )


@transaction.atomic
def put_off(certificate: Certificate, *, at: dt.datetime, reason: str, for_good: bool = False) -> Certificate:
    """Note why an attempt failed. It is tried again at `due_at`, unless the tries are used up or trying cannot help."""
    certificate = _locked(certificate)
    moves.check(workflow.MOVES, "give_up", certificate.state)
    if for_good or certificate.attempts >= ATTEMPTS:
        return _give_up(certificate, at=at, reason=reason)
    certificate.failure = reason[:500]
    certificate.save(update_fields=["failure"])
    return certificate


def _give_up(certificate: Certificate, *, at: dt.datetime, reason: str) -> Certificate:
    _move(certificate, "give_up")
    certificate.failure, certificate.failed_at, certificate.due_at = reason[:500], at, None
    certificate.save(update_fields=["state", "failure", "failed_at", "due_at"])
    record(by=None, action="certificate.failed", thing=certificate, at=at, reason=certificate.failure)
    return certificate


@transaction.atomic
def retry(certificate: Certificate, *, by: User, at: dt.datetime) -> Certificate:
    """Once what stood in the way is mended. Operators only: NotYours for others."""
    certificate = _locked(certificate)
    if not selectors.may_retry(by):
        raise NotYours
    _move(certificate, "retry")
    certificate.attempts, certificate.failure = 0, ""
    certificate.failed_at, certificate.due_at = None, at
    certificate.save(update_fields=["state", "attempts", "failure", "failed_at", "due_at"])
    record(by=by, action="certificate.retried", thing=certificate, at=at)
    return certificate


@transaction.atomic
def revoke(certificate: Certificate, *, by: User, at: dt.datetime, reason: str) -> Certificate:
    """From now on it supports nothing. The reason is public. Raises NotYours, ReasonMissing, IllegalMove."""
    certificate = _locked(certificate)
    if not selectors.may_revoke(by, certificate):
        raise NotYours
    reason = " ".join(reason.split())
    if len(reason) < 5:  # noqa: PLR2004 - the sentence of ReasonMissing says it
        raise ReasonMissing
    _move(certificate, "revoke")
    certificate.revoked_at, certificate.revoked_by, certificate.revoke_reason = at, by, reason[:500]
    certificate.save(update_fields=["state", "revoked_at", "revoked_by", "revoke_reason"])
    record(by=by, action="certificate.revoked", thing=certificate, at=at, reason=certificate.revoke_reason)
    return certificate
