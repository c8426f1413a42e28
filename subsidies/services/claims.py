"""What a claimant and the rules do with a claim. The reviewers' part is in `reviews`."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from certificates import selectors as certificates
from courses import selectors as courses
from portal import calendar, clock
from portal.accounts import selectors as accounts
from portal.accounts.models import Province, User
from portal.audit.services import record
from portal.notices import services as notices
from portal.rules import RuleBroken
from subsidies import declarations
from subsidies.models import Claim, ClaimDraft, ClaimNumber, Decision, Programme
from subsidies.policy import questions, read_policy
from subsidies.policy.body import Review
from subsidies.selectors import facts, records
from subsidies.selectors.materials import missing
from subsidies.selectors.offers import DEFAULT, programme_for
from subsidies.selectors.payees import acts_in
from subsidies.selectors.policies import policies_of
from subsidies.selectors.recovery import blocked
from subsidies.services import entitlements
from subsidies.services.materials import MaterialMissing, hand_over
from subsidies.services.moves import _move, actor_of, page_of
from subsidies.services.seats import give_up, locked
from subsidies.workflow.claims import RESERVED, ROUND_SEATS, Act, State


class NotVerified(RuleBroken):
    code = "not_verified"
    message = _("First register with your real name. A subsidy is paid to a person.")


class Barred(RuleBroken):
    code = "barred_from_claiming"
    message = _(
        "You are barred from claiming subsidies at present. The notice of the sanction says until when."
    )


class NoBankAccount(RuleBroken):
    code = "no_bank_account"
    message = _("First add the bank account that the subsidy should be paid to.")


class ProgrammeClosed(RuleBroken):
    code = "programme_closed"
    message = _("No policy of this programme is in force for this certificate.")


class NotClaimable(RuleBroken):
    code = "certificate_not_claimable"
    message = _("This certificate is not valid at present, so no subsidy can be claimed for it.")


class AlreadyClaimed(RuleBroken):
    code = "already_claimed"
    message = _("There is already a claim for this certificate, or for this occupation and level.")


class NotDeclared(RuleBroken):
    code = "declaration_missing"
    message = _("Tick the box to declare that what you stated is true.")


class KeyReused(RuleBroken):
    code = "idempotency_key_reused"
    message = _("This idempotency key was used for another request. Take a new key.")


class TooLate(RuleBroken):
    code = "correction_too_late"
    message = _(
        "The time for the correction is over. Claim anew for the same certificate, while its deadline runs."
    )


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("Only whoever made this claim can do that.")


class BadAnswer(RuleBroken):
    code = "bad_answer"
    message = _("Answer with yes, no or not known.")


def clean_answers(answers: Mapping[str, Any], province_code: str, programme: str) -> dict[str, bool]:
    """Answers to what a published version asks, whichever is in force, the unknown ones left out. Raises BadAnswer."""
    policies = policies_of(province_code, programme)
    asked = {path for policy in policies for step in questions.steps_of(policy) for path in step.paths}
    if questions.asks_for_insurance(policies):
        asked.add(questions.INSURED)
    for path, value in answers.items():
        if path not in asked or not (value is None or isinstance(value, bool)):
            raise BadAnswer
    return {path: value for path, value in answers.items() if value is not None}


def certificate_of(user: User, serial: str) -> Any:
    """The facts of the person's own certificate, if a claim can be made for it. Raises NotClaimable."""
    try:
        return certificates.claimable(user, serial)
    except ObjectDoesNotExist:
        raise NotClaimable from None


@transaction.atomic
def submit_claim(
    user: User,
    serial: str,
    *,
    at: dt.datetime,
    programme: str = DEFAULT,
    key: str = "",
    answers: Mapping[str, Any] | None = None,
    agreed: bool = False,
) -> Claim:
    """Claim what a programme pays for one's own certificate. The same `key` gives the same claim again.

    `answers` replaces what was kept step by step; paths of `Explained.steps` to true, false or None. Raises NotVerified,
    Barred, NoBankAccount, NotDeclared, NotClaimable, AlreadyClaimed, KeyReused, BadAnswer, ProgrammeClosed, MaterialMissing.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)  # one training, one claim
    if not accounts.is_real_name_verified(user):
        raise NotVerified
    if earlier := _claimed_before(user, serial, programme, key):
        return earlier
    _may_claim(user, agreed=agreed, at=at)
    certificate = certificate_of(user, serial)
    paying = programme_for(Programme.Payee.PERSON, programme)
    if paying is None:
        raise ProgrammeClosed
    purpose = records.purpose_of(paying)
    line = certificates.lineages([serial])[serial]
    if Claim.objects.live().filter(certificate_serial__in=line, purpose=purpose).exists():
        raise AlreadyClaimed
    drafts = ClaimDraft.objects.select_for_update().filter(claimant=user, certificate_serial=serial)
    draft = drafts.filter(programme=programme).first()
    declared = draft.answers if draft else {}
    if answers is not None:
        declared = clean_answers(answers, certificate.province_code, programme)
    _may_be_paid(records.subject_of(user, certificate, {}, programme=paying, at=at), draft, at=at)
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                number=next_numbers(certificate.province_code, 1, at=at)[0],
                claimant=user,
                person_key=accounts.person_key(user),
                programme=programme,
                purpose=purpose,
                key=key,
                moved_by=user,
                **said_of(certificate, courses.certificate_facts(certificate.version_id)),
                **handed_in(accounts.identity_of(user), declared, at=at),
            )
    except IntegrityError as broken:
        if earlier := _claimed_before(user, serial, programme, key):
            return earlier  # sent twice at the same moment
        raise AlreadyClaimed from broken
    if draft:
        hand_over(draft, claim)
        draft.delete()
    record(by=user, action="claim.submitted", thing=claim, at=at, detail={"number": claim.number})
    return claim


def _may_claim(user: User, *, agreed: bool, at: dt.datetime) -> None:
    """Raises Barred, NoBankAccount, NotDeclared."""
    if blocked(user, clock.today(at)) is not None:
        raise Barred
    if accounts.bank_account_of(user) is None:
        raise NoBankAccount
    if not agreed:
        raise NotDeclared


def _may_be_paid(subject: records.Subject, draft: ClaimDraft | None, *, at: dt.datetime) -> None:
    """Raises ProgrammeClosed, MaterialMissing."""
    policy = facts.explain(subject, at=at).policy
    if policy is None and subject.programme != DEFAULT:
        raise ProgrammeClosed
    if missing(policy, draft):
        raise MaterialMissing


def _claimed_before(user: User, serial: str, programme: str, key: str) -> Claim | None:
    """The claim that this very request made already. Raises KeyReused where the key belongs to another one."""
    earlier = Claim.objects.filter(claimant=user, key=key).first() if key else None
    if earlier and (earlier.certificate_serial, earlier.programme) != (serial, programme):
        raise KeyReused
    return earlier


def said_of(certificate: Any, course: Any) -> dict[str, Any]:
    """The fields of a claim that its certificate and its course fill: they stay as they were on the day."""
    return {
        "province_id": certificate.province_code,
        "certificate_serial": certificate.serial,
        "certificate_kind": certificate.kind,
        "certificate_issued_on": certificate.issued_on,
        "occupation": certificate.occupation_code,
        "occupation_name": course.occupation_name,
        "level": certificate.level,
        "course_code": course.course_code,
        "course_title": course.title,
        "course_title_en": course.title_en,
        "provider_id": course.organisation_id,
    }


def handed_in(identity: Any, declared: Mapping[str, bool], *, at: dt.datetime) -> dict[str, Any]:
    """The fields of a claim that is handed in now for somebody whose identity has a masked name and number."""
    return {
        "holder_masked": identity.masked_name,
        "number_masked": identity.masked_number,
        "declared": declared,
        "declaration": declarations.CURRENT,
        "submitted_at": at,
        "moved_at": at,
        "check_due_at": at,
        "look_due_at": at,
    }


def next_numbers(province_code: str, count: int, *, at: dt.datetime) -> list[str]:
    """`CL-52-2026-000001` and those after it: province, year, running number. Call it in the transaction that uses them."""
    year = clock.today(at).year
    province = Province.objects.get(code=province_code)
    ClaimNumber.objects.get_or_create(province=province, year=year)
    counter = ClaimNumber.objects.select_for_update().get(province=province, year=year)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return [f"CL-{province_code[:2]}-{year}-{number:06d}" for number in range(first, first + count)]


def weigh(claim: Claim, act: Act, *, by: User | None, at: dt.datetime, reason: str = "") -> Decision:
    """The facts of this moment under the policy in force, as a decision that is not yet saved."""
    return weigh_all([claim], act, by=by, at=at, reason=reason)[0]


def weigh_all(
    rows: Sequence[Claim], act: Act, *, by: User | None, at: dt.datetime, reason: str = ""
) -> list[Decision]:
    """As `weigh`, for each claim in its order; as many statements for a thousand as for one. Raises ObjectDoesNotExist."""
    found = facts.explain_all([records.Subject.of(claim) for claim in rows], at=at)
    newest = Decision.objects.filter(claim__in=[claim.pk for claim in rows]).order_by().values("claim_id")
    before = dict(newest.annotate(last=Max("pk")).values_list("claim_id", "last"))
    decisions = []
    for claim, explained in zip(rows, found, strict=True):
        record = explained.record
        record["supersedes"] = before.get(claim.pk)
        decisions.append(
            Decision(
                claim=claim,
                province_id=claim.province_id,
                act=act,
                by=by,
                at=at,
                reason=reason,
                outcome=record["outcome"],
                amount_fen=record["amount_fen"],
                policy=explained.policies.row(record["version"]),
                facts=explained.gathered.facts,
                record=record,
            )
        )
    return decisions


def review_of(decision: Decision | None) -> Review:
    """The part of the decision's policy that says who looks at a claim and within which time."""
    policy = decision.policy if decision else None
    return read_policy(policy.body).review if policy else Review()


def days_after(at: dt.datetime, working_days: int) -> dt.datetime:
    """The midnight that ends so many working days."""
    return calendar.span_after(at, working_days).ends_at


@transaction.atomic
def resubmit(claim: Claim, *, by: User, at: dt.datetime, answers: Mapping[str, Any] | None = None) -> Claim:
    """Hand in a returned claim again, under its number and its first day of submission. Raises NotYours, TooLate."""
    claim = locked(claim)
    if not acts_in(claim, by):
        raise NotYours
    if claim.state == State.RETURNED and claim.due_at is not None and at >= claim.due_at:
        raise TooLate
    declared = (
        claim.declared if answers is None else clean_answers(answers, claim.province_id, claim.programme)
    )
    _move(
        claim,
        "resubmit",
        at=at,
        by=by,
        declared=declared,
        confirmed=False,
        check_due_at=at,
        look_due_at=at,
        due_at=None,
    )
    give_up(claim, ROUND_SEATS, at=at)
    record(by=by, action="claim.resubmitted", thing=claim, at=at)
    return claim


@transaction.atomic
def withdraw(claim: Claim, *, by: User, at: dt.datetime) -> Claim:
    """Take a claim back before it is in a payment batch. Money set aside for it is freed."""
    claim = locked(claim)
    if not acts_in(claim, by):
        raise NotYours
    reserved = claim.state in RESERVED
    _move(claim, "withdraw", at=at, by=by, due_at=None, check_due_at=None)
    if reserved:
        entitlements.release(claim, by=by, at=at)
    record(by=by, action="claim.withdrawn", thing=claim, at=at)
    return claim


@transaction.atomic
def lapse(claim: Claim, *, at: dt.datetime) -> bool:
    """Close a returned claim whose time for the correction is over. False where nothing was to do."""
    claim = locked(claim)
    if claim.state != State.RETURNED or claim.due_at is None or at < claim.due_at:
        return False
    _move(claim, "lapse", at=at, due_at=None)
    record(by=None, action="claim.lapsed", thing=claim, at=at)
    return True


REMIND_DAYS = 3
"""Days before the end of a correction's time at which the claimant is reminded."""


def remind(rows: Iterable[Claim], *, at: dt.datetime) -> None:
    """Tell claimants once that the time for their correction is running out."""
    notices.send_all(
        [
            notices.Telling(
                actor_of(claim),
                "claim.running_out",
                f"claim:{claim.number}:reminder:{claim.due_at:%Y%m%d}",
                page_of(claim),
                {
                    "number": claim.number,
                    "course": notices.either(claim.course_title, claim.course_title_en),
                    "day": claim.due_on.isoformat(),
                },
            )
            for claim in rows
        ],
        at=at,
    )
