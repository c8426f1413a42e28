"""Policies, certificates and claims for the tests of subsidies, made through the services that make them in life."""

import copy
import datetime as dt
import json
from collections import deque
from pathlib import Path

from certificates import services as certificates
from certificates.models import Certificate
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.demo.money import cases_for
from subsidies.models import Claim, Decision, PolicyVersion
from subsidies.services import checking, claims, policies, rejections, reviews, seats
from subsidies.workflow.claims import DESK_OF, MOVES, Seat, State
from tests import factories
from tests.certificates import making

AT = factories.AT
SAMPLE = json.loads((Path(__file__).parents[2] / "subsidies/data/policy_a.json").read_text(encoding="utf-8"))
LINKS = ("person.hukou_in_region", "person.insured_in_region", "person.unemployment_registered")
STATUSES = ("status.establishment_staff", "status.pensioner", "status.fulltime_student")
ANSWERS = {
    LINKS[0]: True,
    LINKS[1]: None,
    LINKS[2]: None,
    "scheme.UI_SKILL": False,
    "person.living_paid_this_year": False,
    **dict.fromkeys(STATUSES, False),
}
"""Of somebody to whom the sample policy pays."""


def body(*, code: str = "520000", version: int = 3, first: str = "2022-01-01", **changes: object) -> dict:
    """The fictional sample policy as the demo world continues it: from 2022 on, at least three hours, all looked at by all."""
    made = copy.deepcopy(SAMPLE[1]) | {"region": code, "version": version, "valid": [first, None]}
    made |= {"review": {"second": "always", "ministry": "always"}} | changes
    next(rule for rule in made["eligibility"] if rule["id"] == "HOURS")["min"] = "3"
    return made


def policy(*, code: str = "520000", at: dt.datetime = AT, **changes: object) -> PolicyVersion:
    return published(body(code=code, **changes), code=code, at=at)


def published(text: dict, *, code: str = "520000", at: dt.datetime = AT) -> PolicyVersion:
    """A text drafted, with cases, handed in and published by the offices of its province."""
    draft = drafted(text, code=code, at=at)
    by = factories.staff(Role.POLICY_PUBLISHER, code=code)
    return policies.publish_policy(policies.submit_policy(draft, by=draft.edited_by, at=at), by=by, at=at)


def drafted(text: dict, *, code: str = "520000", at: dt.datetime = AT) -> PolicyVersion:
    """A draft with the cases that it needs, each expecting what the text makes of it."""
    by = factories.staff(Role.POLICY_EDITOR, code=code)
    draft = policies.draft_policy(factories.province(code), text, by=by, at=at)
    policies.keep_cases(draft, cases_for(text), by=by, at=at)
    draft.refresh_from_db()
    return draft


def certificate(person: User, *, code: str = "520000", at: dt.datetime = AT) -> Certificate:
    """An issued certificate: welder, level 4."""
    asked = certificates.request(making.completion(person, code=code), at=at)
    return certificates.issue(asked, at=at)


def claimant(name: str = "王建国", *, code: str = "520000") -> User:
    return factories.with_bank_account(factories.learner(name, code=code))


def submitted(
    person: User | None = None, *, code: str = "520000", at: dt.datetime = AT, **answers: object
) -> Claim:
    person = person or claimant(code=code)
    paper = certificate(person, code=code, at=at)
    told = asked(code) | answers
    return claims.submit_claim(person, paper.serial, at=at, answers=told, agreed=True)


def asked(code: str = "520000") -> dict[str, bool | None]:
    """The answers, where a published policy asks for them."""
    return ANSWERS if PolicyVersion.objects.published().of(code, "SKILL").exists() else {}


def checked(
    person: User | None = None, *, code: str = "520000", at: dt.datetime = AT, **answers: object
) -> Claim:
    """At the intake, under a policy that is published if there is none."""
    if not PolicyVersion.objects.of(code, "SKILL").exists():
        policy(code=code, at=at)
    return checking.check_claim(submitted(person, code=code, at=at, **answers), at=at)


def accepted(claim: Claim | None = None, *, by: User | None = None, at: dt.datetime = AT) -> Claim:
    """Taken in: at the desk of the first review."""
    claim = claim or checked(at=at)
    by = by or factories.staff(Role.INTAKE_OFFICER, code=claim.province_id)
    return reviews.accept(claim, by=by, at=at)


def first_passed(claim: Claim | None = None, *, by: User | None = None, at: dt.datetime = AT) -> Claim:
    """At the desk of the second review."""
    claim = claim or accepted(at=at)
    by = by or factories.staff(Role.PROVINCE_REVIEWER, code=claim.province_id)
    return reviews.pass_on(claim, by=by, at=at, confirmed=True)


def passed(
    claim: Claim | None = None, *, by: User | None = None, second: User | None = None, at: dt.datetime = AT
) -> Claim:
    """At the ministry's desk. `by` is the first reviewer, `second` the second."""
    claim = claim or accepted(at=at)
    if claim.state == State.CHECKED:
        claim = accepted(claim, at=at)
    if claim.state == State.IN_FIRST_REVIEW:
        claim = first_passed(claim, by=by, at=at)
    second = second or factories.staff(Role.SECOND_REVIEWER, code=claim.province_id)
    return reviews.pass_on(claim, by=second, at=at)


def approved(claim: Claim | None = None, *, by: User | None = None, at: dt.datetime = AT) -> Claim:
    """Approved, or waiting for funds where the budget does not hold the sum."""
    claim = claim or passed(at=at)
    return reviews.pass_on(claim, by=by or factories.staff(Role.MINISTRY_REVIEWER), at=at)


def proposed(
    person: User | None = None,
    *,
    claim: Claim | None = None,
    at: dt.datetime = AT,
    reason: str = "材料与记录不符",
    codes: tuple = ("STATED_WRONGLY",),
) -> Claim:
    """Proposed for rejection by the first reviewer."""
    claim = claim or checked(person, at=at)
    if claim.state == State.CHECKED:
        claim = accepted(claim, at=at)
    first = factories.staff(Role.PROVINCE_REVIEWER, code=claim.province_id)
    return rejections.propose_reject(claim, by=first, at=at, reason=reason, codes=codes)


def rejected(claim: Claim | None = None, *, person: User | None = None, at: dt.datetime = AT) -> Claim:
    """Rejected by two people of the province; a claim that was only checked is taken in first."""
    claim = proposed(person, claim=claim, at=at)
    second = factories.staff(Role.SECOND_REVIEWER, code=claim.province_id)
    return rejections.confirm_reject(claim, by=second, at=at)


def heard(person: User | None = None, *, at: dt.datetime = AT) -> Claim:
    """Under appeal."""
    claim = rejected(person=person, at=at)
    return rejections.file_appeal(claim, by=claim.claimant, at=at, words="档案里的姓名写错了")


def turned_down(claim: Claim) -> Claim:
    """With the decision that a rejected row stands on."""
    reasons = [{"code": "STATED_WRONGLY", "ref": "申领人承诺", "zh": "与记录不符", "en": "Differs"}]
    Decision.objects.create(
        claim=claim,
        province_id=claim.province_id,
        act="rejected",
        seat="confirmer",
        by=seated(Seat.CONFIRMER),
        at=claim.moved_at,
        reason=claim.reason,
        reasons=reasons,
        outcome="APPROVE",
        amount_fen=claim.amount_fen,
        facts={},
        record={},
    )
    return claim


def row(
    state: str = State.SUBMITTED, *, code: str = "520000", at: dt.datetime = AT, **fields: object
) -> Claim:
    """A claim in any state, walked there along the workflow, without the papers behind it."""
    number = Claim.objects.count() + 1
    lines = [{"fund": "SKILL", "item": "BASE", "fen": 160000, "formula": "160000"}]
    made = Claim.objects.create(
        **{
            "number": f"CL-{code[:2]}-2026-{900000 + number}",
            "province_id": code,
            "claimant": fields.pop("claimant", None) or factories.user("claimant"),
            "person_key": number.to_bytes(32, "big"),
            "holder_masked": "王*国",
            "number_masked": "5201****0417",
            "certificate_serial": f"ZX-52-2026-{9000000 + number}",
            "certificate_kind": "level",
            "certificate_issued_on": dt.date(2026, 3, 16),
            "occupation": "6-18-02-04",
            "occupation_name": "焊工",
            "level": 4,
            "course_title": "焊工入门",
            "outcome": "APPROVE",
            "amount_fen": 160000,
            "lines": lines,
            "reason": "证明不全",
            "submitted_at": at,
            "moved_at": at,
            "check_due_at": at,
            "due_at": at + dt.timedelta(days=7),
            "appeal_ends_at": at + dt.timedelta(days=60),
            **fields,
        }
    )
    for seat in SEATS:
        seats.take_seat(made, seat, by=seated(seat), at=at)
    for step, target in path_to(state):
        desk = DESK_OF.get(target, "")
        Claim.objects.filter(pk=made.pk).update(state=target, moved_step=step, desk=desk)
    made.refresh_from_db()
    return made


def seated(seat: Seat) -> User:
    """Who sits there in all rows."""
    return User.objects.filter(display_name=f"seat {seat}").first() or factories.user(f"seat {seat}")


SEATS = (Seat.FIRST, Seat.SECOND, Seat.MINISTRY, Seat.PROPOSER, Seat.CONFIRMER)


def path_to(state: str) -> list[tuple[str, str]]:
    """The steps between submitted and `state`, each with the state it leads to."""
    waiting = deque([(State.SUBMITTED.value, [])])
    seen = {State.SUBMITTED.value}
    while waiting:
        here, path = waiting.popleft()
        if here == state:
            return path
        for step, move in MOVES.items():
            if here in move.sources and move.target not in seen:
                seen.add(move.target)
                waiting.append((move.target, [*path, (step, move.target)]))
    raise AssertionError(f"{state} cannot be reached")
