"""The anonymous question: the same facts give what a claim gets, whoever asks learns why, and nothing is kept."""

import copy
import datetime as dt
import html
import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses import services as catalogue
from courses.models import Occupation
from portal import clock
from portal.accounts.roles import Role
from subsidies.forms.claims import NONE
from subsidies.forms.eligibility import EligibilityForm
from subsidies.policy import evaluate, read_json, read_policies, words
from subsidies.policy.questions import Answers, Reads, asked, facts_of, reads
from tests import factories
from tests.guards import refuse_writes
from tests.learners import study
from tests.subsidies import making

ROOT = Path(__file__).parents[2]
POLICIES = read_policies(read_json((ROOT / "subsidies/data/policy_a.json").read_bytes(), "The policy"))
CASES = read_json((Path(__file__).parent / "cases/claims_public.json").read_bytes(), "The cases")
KNOWN = reads(POLICIES)
TODAY = dt.date(2026, 3, 16)
SAME = ("outcome", "amount_fen", "version", "reasons", "lines")
RULED = ("id", "result", "codes")


def form_of(facts):
    """The form as somebody fills it in who knows these facts of themselves; None where they do not."""
    person, certificate = facts["person"], facts["certificate"]
    year = facts["claim"]["submitted_on"][:4]
    said = {True: "yes", False: "no", None: "unknown"}
    live = [one for one in facts["history"] or [] if one["state"] not in {"REJECTED", "WITHDRAWN"}]
    own = [
        one
        for one in live
        if one["certificate_kind"] == "level" and one["occupation"] == certificate["occupation"]
    ]
    level = certificate["level"]
    data = {
        "born": person.get("born") or "",
        "sex": person.get("sex") or "unknown",
        **{
            path.replace(".", "_"): said[person.get(path.partition(".")[2])]
            for path in KNOWN.flags
            if path.startswith("person.")
        },
    }
    for name in ("groups", "statuses"):
        held = person.get(name)
        data[name] = [] if held is None else [*held] or [NONE]
    if facts["history"] is not None:
        data["claims_this_year"] = str(min(3, sum(one["submitted_on"][:4] == year for one in live)))
        data["claimed_same"] = said[any(one["level"] == level for one in own)]
        data["claimed_higher"] = said[level is not None and any(one["level"] < level for one in own)]
    if facts["other_schemes"] is not None:
        data["scheme_UI_SKILL"] = said[bool(facts["other_schemes"])]
    return data


def answered(facts, data=None):
    form = EligibilityForm(data or form_of(facts), known=KNOWN, today=TODAY)
    assert form.is_valid(), form.errors
    basis = {
        name: facts[name] for name in ("training", "learning", "course", "certificate", "occupation", "claim")
    }
    return evaluate(POLICIES, facts_of(basis, form.answers(), KNOWN))


def alike(one, other):
    assert {key: one[key] for key in SAME} == {key: other[key] for key in SAME}
    assert [{key: rule[key] for key in RULED} for rule in one["rules"]] == [
        {key: rule[key] for key in RULED} for rule in other["rules"]
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_public_case_gets_the_answer_of_a_claim(case):
    record = answered(case["facts"])
    alike(record, evaluate(POLICIES, case["facts"]))
    assert record["outcome"] == case["expected"]["outcome"]
    assert record["amount_fen"] == case["expected"]["amount_fen"]


DATES = st.dates(dt.date(1950, 1, 1), dt.date(2010, 1, 1)).map(dt.date.isoformat)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2021, 12, 31)).map(dt.date.isoformat)
KINDS = st.sampled_from([("level", 5), ("level", 4), ("level", 1), ("special", None), ("completion", None)])


@st.composite
def claims(draw):
    """Complete facts of a claim, with whatever history."""
    kind, level = draw(KINDS)
    occupation = "welder"
    past = st.fixed_dictionaries(
        {
            "certificate_kind": st.sampled_from(["level", "special"]),
            "occupation": st.sampled_from(["welder", "cook"]),
            "level": st.sampled_from([5, 4, 3, 1]),
            "state": st.sampled_from(["PAID", "SUBMITTED", "REJECTED", "WITHDRAWN"]),
            "submitted_on": DAYS,
        }
    )
    flags = {
        name: draw(st.booleans())
        for name in (
            "hukou_in_region",
            "insured_in_region",
            "unemployment_registered",
            "living_paid_this_year",
        )
    }
    paid = draw(st.booleans())
    return {
        "person": {
            "born": draw(DATES),
            "sex": draw(st.sampled_from("MF")),
            "groups": sorted(draw(st.sets(st.sampled_from(KNOWN.groups), max_size=3))),
            "statuses": sorted(draw(st.sets(st.sampled_from(KNOWN.statuses), max_size=2))),
            **flags,
        },
        "training": {"started_on": draw(DAYS)},
        "learning": {
            "valid_hours": draw(st.sampled_from(["20", "39.9", "40", "96"])),
            "online_hours": "96",
            "offline_days": draw(st.integers(0, 5)),
        },
        "course": {"hours": draw(st.sampled_from(["40", "100", "120"]))},
        "certificate": {"kind": kind, "occupation": occupation, "level": level, "issued_on": draw(DAYS)},
        "occupation": {"shortage": draw(st.booleans())},
        "claim": {"submitted_on": draw(DAYS)},
        "history": draw(st.lists(past, max_size=4)),
        "other_schemes": [{"scheme": "UI_SKILL", "occupation": occupation, "level": level}] if paid else [],
    }


@given(claims())
def test_complete_facts_get_the_answer_of_a_claim(facts):
    alike(answered(facts), evaluate(POLICIES, facts))


@given(
    claims(),
    st.sets(
        st.sampled_from(["born", "sex", "groups", "statuses", "history", "other_schemes", "hukou_in_region"])
    ),
)
def test_what_is_left_out_is_never_held_for_or_against_anybody(facts, left_out):
    """The panel leaves open exactly what a claim without these facts would leave open."""
    less = copy.deepcopy(facts)
    for name in left_out:
        (less if name in less else less["person"])[name] = None
    alike(answered(less), evaluate(POLICIES, less))


@given(claims())
def test_what_is_not_asked_does_not_matter(facts):
    """Answers to questions that are not shown change nothing."""
    basis = {
        name: facts[name] for name in ("training", "learning", "course", "certificate", "occupation", "claim")
    }
    form = EligibilityForm(form_of(facts), known=KNOWN, today=TODAY)
    assert form.is_valid()
    answers = form.answers()
    paths = asked(POLICIES, basis, answers, KNOWN)
    data = form_of(facts)
    kept = {name: value for name, value in data.items() if form.paths[name] in paths}
    alike(answered(facts, kept or {"born": ""}), answered(facts, data))


def test_half_a_history_stays_open():
    facts = CASES[0]["facts"]
    for missing in ("claims_this_year", "claimed_same", "claimed_higher"):
        record = answered(facts, form_of(facts) | {missing: "unknown"})
        assert record["outcome"] == "NEEDS_EVIDENCE"
        assert {path for rule in record["rules"] for path in rule["missing"]} == {"history"}


def test_what_is_asked_follows_from_the_rules():
    assert KNOWN.most_a_year == 3
    assert KNOWN.schemes == ("UI_SKILL",)
    assert KNOWN.statuses == ("establishment_staff", "pensioner", "fulltime_student")
    assert "graduate_in_graduation_year" in KNOWN.groups
    assert "person.living_paid_this_year" in KNOWN.flags
    lean = copy.deepcopy(making.SAMPLE[1])
    lean["eligibility"] = [
        {"id": "NEW", "type": "any_of", "facts": ["person.employer_insured"]},
        {"id": "AGE", "type": "age_between", "min": 16, "min_at": "training.started_on", "max": None},
    ]
    lean["frequency"] = []
    lean["amount"] = {"lines": [{"fund": "SKILL", "item": "BASE", "type": "flat", "fen": 100}]}
    policies = read_policies(lean)
    known = reads(policies)
    assert known == Reads(flags=("person.employer_insured",))
    form = EligibilityForm(known=known, today=TODAY)
    basis = {
        name: CASES[-1]["facts"][name]
        for name in ("training", "learning", "course", "certificate", "occupation", "claim")
    }
    basis["certificate"] = basis["certificate"] | {"issued_on": "2020-08-01"}
    paths = asked(policies, basis, Answers(), known)
    assert [field.name for field in form.shown(paths, kind="level")] == ["born", "person_employer_insured"]


# -- the page


@pytest.fixture
def moment(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


def published(at, *, code="GZ-0001", for_subsidy=True, kind="level", level=4, hours=100, on_site=False):
    author, keeper = factories.user("author", at=at), factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    course = catalogue.create_course(
        code=code,
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.get(code="6-18-02-04", edition="2022"),
        certificate_kind=kind,
        level=level,
        title_zh="焊工𠮷",
        hours=hours,
        delivery="video",
        by=author,
        at=at,
    )
    told = {"by": author, "at": at}
    catalogue.add_lesson(course, key="a", kind="reading", title_zh="读", body_zh="<p>读</p>", **told)
    if on_site:
        catalogue.add_lesson(course, key="b", kind="practical", title_zh="练", on_site=True, **told)
    catalogue.add_question(
        course,
        kind="single",
        stem_zh="问",
        options=[{"key": "A", "zh": "甲"}, {"key": "B", "zh": "乙"}],
        right={"A"},
        for_exam=True,
        **told,
    )
    catalogue.set_blueprint(course, questions=1, pass_mark_percent=60, minutes=9, attempts=2, **told)
    catalogue.submit(course, **told)
    course = catalogue.publish(course, by=keeper, at=at)
    return study.offer(course, by=keeper, at=at) if for_subsidy else course


@pytest.fixture
def course(db, moment, at):
    made = published(at)
    making.policy(at=at)
    return made


URL = "/subsidies/eligibility/GZ-0001/"
GOOD = {
    "born": "1990-05-24",
    "sex": "M",
    "groups": ["migrant_worker"],
    "statuses": [NONE],
    "person_hukou_in_region": "yes",
    "claims_this_year": "0",
    "claimed_same": "no",
    "claimed_higher": "no",
    "scheme_UI_SKILL": "no",
}


def text(response):
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def test_before_any_answer_it_says_what_is_open_and_what_is_sure(course, client):
    page = client.get(URL)
    assert page.status_code == 200
    said = text(page)
    assert "要看情况" in said
    assert "¥1,600.00" in said
    assert 'name="offline_days"' not in said, "known: nothing of this course is on site"
    assert "出生日期" in said
    assert "申领时以审核决定为准" in said
    assert "no-store" in page.headers["Cache-Control"]
    assert reverse("subsidies:policy", args=[making.PolicyVersion.objects.get().pk]) in said


def test_yes_with_the_amount_and_the_rules_it_stands_on(course, client):
    said = text(client.post(URL, GOOD))
    assert "现在符合" in said
    assert "¥1,920.00" in said
    assert "重点群体上浮" in said
    assert "同一职业同一等级只补一次" in said
    assert "生效" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"born": "1950-01-01"}, ["现在不符合", "已超过 60 周岁"]),
        ({"statuses": ["pensioner"]}, ["已领取养老金", "申领时不再属于"]),
        ({"claims_this_year": "3"}, ["2026 年已有 3 次申领", "明年再申领"]),
        ({"claimed_same": "yes"}, ["同一职业同一等级已有申领", "更高等级"]),
        ({"claimed_higher": "yes"}, ["更高等级的申领"]),
        ({"scheme_UI_SKILL": "yes"}, ["已领取其他补贴"]),
        (
            {
                "person_hukou_in_region": "no",
                "person_insured_in_region": "no",
                "person_unemployment_registered": "no",
            },
            ["以下各项都不符合", "有一项即可"],
        ),
    ],
)
def test_no_with_each_reason_and_what_would_change_it(course, client, change, words):
    said = text(client.post(URL, GOOD | change))
    for word in words:
        assert word in said
    assert "¥1,920.00" not in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"born": "24.5.1990"}, "请按 1990-05-24 这样填写日期"),
        ({"born": "2099-01-01"}, "出生日期不对"),
        ({"groups": ["migrant_worker", NONE]}, "要么选符合的"),
        ({"sex": "Ж"}, ""),
        ({"claims_this_year": "99"}, ""),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(course, client, change, sentence):
    answer = client.post(URL, GOOD | change)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="migrant_worker"' in text(answer)


def test_nothing_is_stored_or_written(course, client, caplog):
    with connection.execute_wrapper(refuse_writes):
        client.post(URL, GOOD)
        client.post("/api" + URL, json.dumps(GOOD), content_type="application/json")
    assert "1990-05-24" not in caplog.text


def test_a_course_without_subsidy_and_a_province_without_policy_say_so(db, moment, client, at):
    published(at, code="GZ-0002", for_subsidy=False)
    published(at)
    assert "没有申请补贴" in text(client.get("/subsidies/eligibility/GZ-0002/"))
    assert "还没有在这里公布补贴政策" in text(client.get(URL))
    assert client.get("/subsidies/eligibility/GZ-7777/").status_code == 404


def test_a_suspended_provider_is_said_before_anybody_enrols(course, client, at, monkeypatch):
    told = {"by": factories.staff(Role.PROVINCE_CATALOGUE, at=at), "at": at, "reason": "抽查发现替学"}
    tomorrow = at + dt.timedelta(days=1)
    catalogue.decide(
        course.organisation, course.province, "suspend", effective_on=clock.today(tomorrow), **told
    )
    assert "今天报名不能申领" not in text(client.get(URL))
    monkeypatch.setattr("portal.clock.now", lambda: tomorrow)
    said = text(client.get(URL))
    assert "今天报名不能申领" in said
    assert "暂停" in said


def test_no_version_in_force_today(db, moment, client, at):
    published(at)
    making.policy(at=at, valid=["2030-01-01", None])
    said = text(client.get(URL))
    assert "这一天没有生效的政策版本" in said


def test_days_in_person_are_asked_only_where_there_are_some(db, moment, client, at):
    published(at, on_site=True)
    making.policy(at=at)
    assert "offline_days" in text(client.get(URL))
    poor = GOOD | {"groups": ["registered_poor"], "person_living_paid_this_year": "no"}
    assert "线下培训天数" in text(client.post(URL, poor))
    said = text(client.post(URL, poor | {"offline_days": "4"}))
    assert "生活费补贴" in said
    assert "¥200.00" in said


def test_the_course_page_leads_there_by_name(course, client):
    page = text(client.get("/courses/GZ-0001/"))
    assert f'hx-get="{URL}"' in page
    assert f'href="{URL}"' in page


def test_in_english(course, client):
    client.cookies["django_language"] = "en"
    said = text(client.post(URL, GOOD))
    assert "Yes, as things are" in said
    assert "The decision is made on the claim." in said


def test_the_api_is_its_twin(course, client):
    found = client.get("/api" + URL).json()
    assert found["programmes"][0]["answer"] == "depends"
    assert {"born", "sex", "groups"} <= {row["name"] for row in found["questions"]}
    said = client.post("/api" + URL, json.dumps(GOOD), content_type="application/json").json()
    assert (said["programmes"][0]["answer"], said["programmes"][0]["amount"]) == ("yes", "1920.00")
    for nonsense in (
        "[]",
        '"x"',
        '{"born": 5}',
        '{"groups": {"a": 1}}',
        '{"sex": "\\u0000"}',
        '{"offline_days": -1}',
    ):
        assert client.post("/api" + URL, nonsense, content_type="application/json").status_code == 400
    assert client.post("/api" + URL, '{"born": null}', content_type="application/json").status_code == 200


def test_every_fact_that_is_asked_has_words():
    assert all(path in words.FACTS for path in KNOWN.flags)
