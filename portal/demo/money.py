"""Policies that cover today, with worked cases, a budget to pay from and a project contract: each by one person, confirmed by another."""

import copy
import datetime as dt
import json
import re
from typing import Any

from django.conf import settings

from portal import clock
from portal.accounts.models import Organisation, Province, User
from portal.demo.people import GUIZHOU
from subsidies.policy import evaluate, read_policy
from subsidies.selectors.policy_checks import reasons_of
from subsidies.services import budgets, contracts, policies

FEN = {"SKILL": 500_000_000, "EMPLOY": 80_000_000}
"""Five million yuan for courses, 800,000 for living costs."""
CASES = {"ENTERPRISE": "cases_enterprise.json", "PROJECT": "cases_project.json"}
SHORT_HOURS = "3"
SAMPLE_DAY = dt.date(2020, 1, 1)
"""The sample's cases are of the months after it."""
DAY = re.compile(r"\b2020-\d\d-\d\d\b")


def publish_policies(*, by: User, published_by: User, at: dt.datetime) -> int:
    """The sample policy's two versions, a third from 2022 on that asks for 3 hours, for every desk and for a list of what was paid, one for enterprises
    and one for project contracts.

    Gives how many are new.
    """
    province = Province.objects.get(pk=GUIZHOU)
    sample = _sample("policy_a.json")
    versions = sample["versions"] if isinstance(sample, dict) else sample
    new = 0
    others = (*_sample("policy_enterprise.json")["versions"], *_sample("policy_project.json")["versions"])
    for body in [*versions, _third(versions[-1]), *others]:
        try:
            row = policies.draft_policy(province, body, by=by, at=at)
        except policies.VersionTaken:
            continue
        policies.keep_cases(row, cases_for(body), by=by, at=at)
        policies.submit_policy(row, by=by, at=at)
        policies.publish_policy(row, by=published_by, at=at)
        new += 1
    return new


def _sample(name: str) -> Any:
    return json.loads((settings.BASE_DIR / "subsidies" / "data" / name).read_text(encoding="utf-8"))


def cases_for(body: dict) -> list[policies.Worked]:
    """The sample's cases, moved to the version's first day, each with what this version makes of it."""
    policy = read_policy(body)
    ahead = (policy.first_day or SAMPLE_DAY) - SAMPLE_DAY
    text = json.dumps(_sample(CASES.get(policy.programme, "cases_a.json")))
    moved = DAY.sub(lambda day: (dt.date.fromisoformat(day[0]) + ahead).isoformat(), text)
    found = []
    for case in json.loads(moved):
        record = evaluate([policy], case["facts"])
        found.append(
            policies.Worked(
                case["name"],
                case["facts"],
                record["outcome"],
                record["amount_fen"],
                reasons_of(record),
            )
        )
    return found


def _third(second: dict) -> dict:
    body = copy.deepcopy(second)
    body.update(version=3, valid=["2022-01-01", None], doc_no="sample A/3")
    body["review"] = {"second": "always", "ministry": "always"}
    body["notice"] = {**body.get("notice", {}), "publish_payment": True}
    body["title"] = {
        "zh": "职业技能培训补贴（演示，虚构，最低 3 学时）",
        "en": "Skill-training subsidy (demo, fictional, from 3 hours)",
    }
    for rule in body["eligibility"]:
        if rule["type"] == "min_hours":
            rule["min"] = SHORT_HOURS
    return body


def agree_contract(
    course_code: str, *, organisation: Organisation, by: User, enforced_by: User, at: dt.datetime
) -> int:
    """A contract of this year for thirty people of the demo course, all of it online where they like; 1 where it is new."""
    year = clock.today(at).year
    terms = contracts.Terms(
        number=f"演示项〔{year}〕1 号",
        title="线上课程项目制培训（演示，虚构）",
        organisation=organisation.pk,
        programme="PROJECT",
        first_day=dt.date(year, 1, 1),
        last_day=dt.date(year, 12, 31),
        courses=(course_code,),
        people=30,
        hours=int(SHORT_HOURS),
        price_fen=80_000,
        sum_fen=2_400_000,
    )
    try:
        row = contracts.draft_contract(terms, province=GUIZHOU, by=by, at=at)
    except contracts.NumberTaken:
        return 0
    contracts.enforce_contract(row, by=enforced_by, at=at)
    return 1


def issue_budgets(*, by: User, issued_by: User, at: dt.datetime) -> int:
    """Budgets of both funds for the year of `at`; gives how many are new."""
    new = 0
    year = clock.today(at).year
    for fund, fen in FEN.items():
        try:
            proposal = budgets.propose_budget(
                province=GUIZHOU,
                fund=fund,
                year=year,
                fen=fen,
                document=f"演示文件 {year}-{fund}",
                by=by,
                at=at,
            )
        except budgets.DocumentTwice:
            continue
        budgets.issue_budget(proposal, by=issued_by, at=at)
        new += 1
    return new
