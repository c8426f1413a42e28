"""Layers, worked cases and papers of the office of policies."""

import copy
import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from courses import papers
from courses.tasks.papers import check_due_papers
from portal.accounts.roles import Role
from subsidies.models import PolicyCase, PolicyVersion
from subsidies.policy import APPROVE, REJECT
from subsidies.selectors.policy_checks import checks_of, run_cases
from subsidies.services import policies
from subsidies.services.policies import Worked
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT
CASES = Path(__file__).with_name("cases") / "claims_public.json"


def frame(*, most=3, version=1, first="2020-01-01", **changes):
    """The nation's: at most so many claims a year, the money left open."""
    sample = making.SAMPLE[1]
    body = {
        "schema": "policy/1",
        "region": "000000",
        "programme": "SKILL",
        "version": version,
        "valid": [first, None],
        "doc_no": f"人社部发〔2020〕{version}号（示例）",
        "version_selector": sample["version_selector"],
        "eligibility": [],
        "frequency": [
            {**one, "n": most} for one in copy.deepcopy(sample["frequency"]) if one["type"] == "max_per_year"
        ],
        "amount": {"lines": []},
        "rounding": sample["rounding"],
        "review": {"second": "never", "ministry": "never", "sample_percent": 0},
        "notice": {"working_days": 5, "objection_working_days": 5, "mask": "name_1_id_4"},
    }
    return body | changes


def nation_handed_in(**changes):
    by = factories.staff(Role.MINISTRY_POLICY)
    body = frame(**changes)
    row = policies.draft_policy(None, body, by=by, at=AT)
    policies.keep_cases(row, making.cases_for(body), by=by, at=AT)
    return policies.submit_policy(row, by=by, at=AT)


def nation(**changes):
    return policies.publish_policy(
        nation_handed_in(**changes), by=factories.staff(Role.MINISTRY_POLICY), at=AT
    )


def capped(n, **changes):
    """The sample policy of Guizhou with another number of claims a year."""
    body = making.body(**changes)
    next(rule for rule in body["frequency"] if rule["type"] == "max_per_year")["n"] = n
    return body


# -- layers ---------------------------------------------------------------------------------------------------------


def test_the_frame_of_the_nation_is_published_by_a_second_person_of_the_ministry():
    row = nation_handed_in()
    with pytest.raises(policies.SameEditor):
        policies.publish_policy(row, by=row.edited_by, at=AT)
    done = policies.publish_policy(row, by=factories.staff(Role.MINISTRY_POLICY), at=AT)
    assert (done.province, done.region) == (None, "000000")
    with pytest.raises(policies.NotYourPolicy):
        policies.draft_policy(None, frame(version=2), by=factories.staff(Role.POLICY_EDITOR), at=AT)


def test_a_province_may_be_stricter_than_the_nation_and_not_more_generous():
    nation(most=3)
    assert making.published(capped(2)).state == "published"
    wider = making.drafted(capped(4, version=4, valid=["2020-01-01", "2021-12-31"]))
    with pytest.raises(policies.WiderThanAbove) as broken:
        policies.submit_policy(wider, by=wider.edited_by, at=AT)
    assert "每年最多次数" in str(broken.value)
    assert "3" in str(broken.value)
    assert "4" in str(broken.value)


def test_the_layers_are_looked_at_again_before_publishing():
    handed = making.drafted(capped(4))
    handed = policies.submit_policy(handed, by=handed.edited_by, at=AT)
    nation(most=3)
    with pytest.raises(policies.WiderThanAbove):
        policies.publish_policy(handed, by=factories.staff(Role.POLICY_PUBLISHER), at=AT)


def test_a_new_frame_lists_the_versions_below_that_would_be_wider_until_they_end():
    lower = making.published(capped(3))
    making.published(capped(3, code="510000"), code="510000")
    row = nation_handed_in(most=2, first="2027-01-01")
    by = factories.staff(Role.MINISTRY_POLICY)
    with pytest.raises(policies.WouldWiden) as broken:
        policies.publish_policy(row, by=by, at=AT)
    assert {one.lower.region for one in broken.value.wider} == {"520000", "510000"}
    assert lower.doc_no in str(broken.value)
    for version in PolicyVersion.objects.published():
        keeper = factories.staff(Role.POLICY_PUBLISHER, code=version.province_id)
        policies.end_policy(version, last_day=dt.date(2026, 12, 31), by=keeper, at=AT, reason="文号")
    assert policies.publish_policy(row, by=by, at=AT).state == "published"


def test_a_city_is_held_against_its_province_and_the_nation():
    making.published(capped(2))
    by = factories.staff(Role.POLICY_EDITOR)
    body = capped(3) | {"region": "520100", "version": 1}
    city = policies.draft_policy(factories.province(), body, by=by, at=AT)
    policies.keep_cases(city, making.cases_for(body), by=by, at=AT)
    with pytest.raises(policies.WiderThanAbove):
        policies.submit_policy(city, by=by, at=AT)
    policies.change_policy(city, capped(1) | {"region": "520100", "version": 1}, by=by, at=AT)
    city = policies.submit_policy(city, by=by, at=AT)
    done = policies.publish_policy(city, by=factories.staff(Role.POLICY_PUBLISHER), at=AT)
    assert (done.region, done.province_id) == ("520100", "520000")


@pytest.mark.parametrize("region", ["520000", "510100", "5201", "000000"])
def test_a_place_lies_in_its_province_in_the_database_too(region):
    row = making.drafted(making.body())
    told = {
        name: getattr(row, name) for name in ("programme_id", "valid", "doc_no", "edited_by", "edited_at")
    }
    province = "520000" if region != "520000" else None
    with (
        pytest.raises(IntegrityError, match=r"policy_region_lies_in_its_province|policy_version_once"),
        transaction.atomic(),
    ):
        PolicyVersion.objects.create(
            **told,
            province_id=province,
            version=9,
            recorded_at=AT,
            body={**row.body, "region": region},
            body_sha256="x",
        )


# -- worked cases ---------------------------------------------------------------------------------------------------


def test_a_version_is_not_handed_in_without_three_cases():
    row = making.drafted(making.body())
    cases = making.cases_for(row.body)
    policies.keep_cases(row, cases[:2], by=row.edited_by, at=AT)
    with pytest.raises(policies.TooFewCases) as broken:
        policies.submit_policy(row, by=row.edited_by, at=AT)
    assert "3" in str(broken.value)
    policies.keep_cases(row, cases[:3], by=row.edited_by, at=AT)
    assert policies.submit_policy(row, by=row.edited_by, at=AT).state == "in_review"


@pytest.mark.parametrize(
    "changes", [{"amount_fen": 1}, {"outcome": REJECT, "amount_fen": 0}, {"because": ("HOURS",)}]
)
def test_a_case_that_comes_out_otherwise_keeps_the_version_back(changes):
    row = making.drafted(making.body())
    first = making.cases_for(row.body)[0]
    assert first.outcome == APPROVE
    told = {
        "name": first.name,
        "facts": first.facts,
        "outcome": first.outcome,
        "amount_fen": first.amount_fen,
    }
    policies.keep_case(row, Worked(**told | changes), by=row.edited_by, at=AT, place=1)
    with pytest.raises(policies.CasesFail) as broken:
        policies.submit_policy(row, by=row.edited_by, at=AT)
    (ran,) = broken.value.failing
    assert (ran.case.place, ran.outcome, ran.amount_fen) == (1, APPROVE, first.amount_fen)
    assert first.name in str(broken.value)


def test_cases_are_run_again_before_publishing():
    """An engine that came in between would show here; the test puts another text under them."""
    row = making.drafted(making.body())
    row = policies.submit_policy(row, by=row.edited_by, at=AT)
    assert all(one.holds for one in run_cases(row))
    row.body["amount"]["lines"][0]["fen"]["4"] += 100
    assert not all(one.holds for one in run_cases(row))


def test_cases_are_frozen_with_their_version():
    row = making.policy()
    case = row.cases.first()
    with pytest.raises(policies.NotADraft):
        policies.drop_case(row, case.place, by=row.edited_by, at=AT)
    for change in (
        lambda: PolicyCase.objects.filter(pk=case.pk).update(amount_fen=7),
        lambda: PolicyCase.objects.filter(pk=case.pk).delete(),
        lambda: PolicyCase.objects.create(
            version=row, place=99, name="x", facts={}, outcome=REJECT, amount_fen=0
        ),
    ):
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
            change()


def test_the_public_cases_pass_through_this_machinery():
    """Each version of the sample with those of the public cases that are decided by it."""
    told = json.loads(CASES.read_text(encoding="utf-8"))
    seen = 0
    for body in making.SAMPLE:
        by = factories.staff(Role.POLICY_EDITOR)
        row = policies.draft_policy(factories.province(), body, by=by, at=AT)
        worked = [
            Worked(one["case"], one["facts"], one["expected"]["outcome"], one["expected"]["amount_fen"])
            for one in told
            if one["expected"]["version"] == body["version"]
        ]
        policies.keep_cases(row, worked, by=by, at=AT)
        ran = run_cases(row)
        assert [one.case.name for one in ran if not one.holds] == []
        seen += len(ran)
    assert seen == len([one for one in told if one["expected"]["version"]])
    assert seen >= 10


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"facts": []}, "facts"),
        ({"facts": {"person": {"id": "520102199003079238"}}}, "facts"),
        ({"facts": {"person": {"phone": "13955557777"}}}, "facts"),
        ({"facts": {"x": "长" * 20_001}}, "facts"),
        ({"facts": {"x": "\x00"}}, "facts"),
        ({"outcome": "MAYBE"}, "outcome"),
        ({"outcome": REJECT, "amount_fen": 5}, "amount_fen"),
        ({"amount_fen": -5}, "amount_fen"),
    ],
)
def test_a_bad_case_is_refused_at_its_field(changes, field):
    row = making.drafted(making.body())
    told = {"name": "新", "facts": {}, "outcome": APPROVE, "amount_fen": 1}
    with pytest.raises(policies.BadCase) as broken:
        policies.keep_case(row, Worked(**told | changes), by=row.edited_by, at=AT)
    assert broken.value.field == field


def test_two_cases_of_a_version_have_two_names():
    row = making.drafted(making.body())
    first, second = making.cases_for(row.body)[:2]
    twin = Worked(first.name, second.facts, second.outcome, second.amount_fen)
    with pytest.raises(policies.CaseNameTaken):
        policies.keep_case(row, twin, by=row.edited_by, at=AT, place=2)


def test_a_case_made_of_a_decision_says_nothing_of_the_person():
    claim = making.checked()
    decision = claim.decisions.get()
    row = making.drafted(making.body(version=4))
    case = policies.case_of_decision(row, decision, name="来自决定", by=row.edited_by, at=AT)
    assert (case.outcome, case.amount_fen) == (decision.outcome, decision.amount_fen)
    assert case.facts["person"]["born"][4:] == "-01-01"
    assert case.facts["person"]["born"] != decision.facts["person"]["born"]
    assert {ran.holds for ran in checks_of(row).cases} == {True}
    far = making.drafted(making.body(code="510000"), code="510000")
    with pytest.raises(policies.NotYourPolicy):
        policies.case_of_decision(far, decision, name="外省", by=far.edited_by, at=AT)


# -- papers ---------------------------------------------------------------------------------------------------------


def test_the_paper_of_a_version_is_kept_with_its_digest_and_frozen():
    row = making.drafted(making.body())
    pdf = SimpleUploadedFile("黔人社发9号.pdf", b"%PDF-1.7 text", "application/pdf")
    row = policies.attach_document(row, pdf, by=row.edited_by, at=AT)
    assert (row.document_name, len(row.document_sha256)) == ("黔人社发9号.pdf", 64)
    with pytest.raises(papers.NotAPaper):
        policies.attach_document(row, SimpleUploadedFile("x.pdf", b"text"), by=row.edited_by, at=AT)
    check_due_papers()
    row = policies.submit_policy(row, by=row.edited_by, at=AT)
    with pytest.raises(policies.NotADraft):
        policies.attach_document(row, pdf, by=row.edited_by, at=AT)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(document_sha256="0" * 64)
