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
from subsidies.models import Claim, PolicyVersion
from subsidies.services import claims, policies, reviews
from subsidies.workflow import MOVES, State
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
    """The fictional sample policy as the demo world continues it: from 2022 on, at least three hours."""
    made = copy.deepcopy(SAMPLE[1]) | {"region": code, "version": version, "valid": [first, None]} | changes
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
    """On the province's desk, under a policy that is published if there is none."""
    if not PolicyVersion.objects.of(code, "SKILL").exists():
        policy(code=code, at=at)
    return claims.check_claim(submitted(person, code=code, at=at, **answers), at=at)


def passed(claim: Claim | None = None, *, by: User | None = None, at: dt.datetime = AT) -> Claim:
    claim = claim or checked(at=at)
    by = by or factories.staff(Role.PROVINCE_REVIEWER, code=claim.province_id)
    return reviews.pass_to_ministry(claim, by=by, at=at, confirmed=True)


def row(
    state: str = State.SUBMITTED, *, code: str = "520000", at: dt.datetime = AT, **fields: object
) -> Claim:
    """A claim in any state, walked there along the workflow, without the papers behind it."""
    number = Claim.objects.count() + 1
    reviewers = {
        "province_reviewer": factories.staff(Role.PROVINCE_REVIEWER, code=code),
        "ministry_reviewer": factories.staff(Role.MINISTRY_REVIEWER),
    }
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
            **reviewers,
            **fields,
        }
    )
    for step in path_to(state):
        Claim.objects.filter(pk=made.pk).update(state=step)
    made.refresh_from_db()
    return made


def path_to(state: str) -> list[str]:
    """The states between submitted and `state`, the last included."""
    waiting = deque([(State.SUBMITTED.value, [])])
    seen = {State.SUBMITTED.value}
    while waiting:
        here, path = waiting.popleft()
        if here == state:
            return path
        for move in MOVES.values():
            if here in move.sources and move.target not in seen:
                seen.add(move.target)
                waiting.append((move.target, [*path, move.target]))
    raise AssertionError(f"{state} cannot be reached")
