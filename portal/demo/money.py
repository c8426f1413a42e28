"""A policy that covers today, with its worked cases, and a budget to pay from, each entered by one person and confirmed by another."""

import copy
import datetime as dt
import json
import re
from typing import Any

from django.conf import settings

from portal import clock
from portal.accounts.models import Province, User
from portal.demo.people import GUIZHOU
from subsidies.policy import evaluate, read_policy
from subsidies.selectors.policy_checks import reasons_of
from subsidies.services import budgets, policies

FEN = {"SKILL": 500_000_000, "EMPLOY": 80_000_000}
"""Five million yuan for courses, 800,000 for living costs."""
SHORT_HOURS = "3"
SAMPLE_DAY = dt.date(2020, 1, 1)
"""The sample's cases are of the months after it."""
DAY = re.compile(r"\b2020-\d\d-\d\d\b")


def publish_policies(*, by: User, published_by: User, at: dt.datetime) -> int:
    """The sample policy's two versions, a third from 2022 on that asks for 3 hours and for every desk, and one for enterprises.

    Gives how many are new.
    """
    province = Province.objects.get(pk=GUIZHOU)
    sample = _sample("policy_a.json")
    versions = sample["versions"] if isinstance(sample, dict) else sample
    new = 0
    for body in [*versions, _third(versions[-1]), *_sample("policy_enterprise.json")["versions"]]:
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
    text = json.dumps(
        _sample("cases_enterprise.json" if policy.programme == "ENTERPRISE" else "cases_a.json")
    )
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
    body["title"] = {
        "zh": "职业技能培训补贴（演示，虚构，最低 3 学时）",
        "en": "Skill-training subsidy (demo, fictional, from 3 hours)",
    }
    for rule in body["eligibility"]:
        if rule["type"] == "min_hours":
            rule["min"] = SHORT_HOURS
    return body


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
