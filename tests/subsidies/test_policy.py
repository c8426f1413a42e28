"""The policy engine against the public cases, its corners, and random facts."""

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.policy import FactsError, PolicyError, evaluate, read_json, read_policies

ROOT = Path(__file__).parents[2]
POLICY = read_json((ROOT / "subsidies/data/policy_a.json").read_bytes(), "The policy")
CASES = read_json((Path(__file__).parent / "cases/claims_public.json").read_bytes(), "The cases")
POLICIES = read_policies(POLICY)
BASE = CASES[0]["facts"]


def facts(**changes):
    """The facts of case C01 with some of them changed: `person__sex=None`; `...` removes one."""
    made = copy.deepcopy(BASE)
    for path, value in changes.items():
        *sections, last = path.split("__")
        place = made
        for section in sections:
            place = place[section]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return made


def decided(body=POLICIES, **changes):
    record = evaluate(body, facts(**changes))
    return record["outcome"], record["reasons"], record["amount_fen"]


def lines(body=POLICIES, **changes):
    return [
        (line["item"], line["fen"], line["formula"]) for line in evaluate(body, facts(**changes))["lines"]
    ]


def changed(change):
    body = copy.deepcopy(POLICY)
    change(body[0])
    return read_policies(body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_public_case(case):
    record = evaluate(POLICIES, case["facts"])
    expected = case["expected"]
    assert {key: record[key] for key in ("outcome", "amount_fen", "version", "reasons")} == {
        key: expected[key] for key in ("outcome", "amount_fen", "version", "reasons")
    }
    assert [{key: line[key] for key in ("fund", "item", "fen")} for line in record["lines"]] == expected[
        "lines"
    ]


APPROVE = ("APPROVE", [], 192000)


def refused(*codes):
    return "REJECT", list(codes), 0


def asks(*codes):
    return "NEEDS_EVIDENCE", list(codes), 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # 16 on the day the training starts; the day before is too early.
        ({"person__born": "2004-04-20"}, APPROVE),
        ({"person__born": "2004-04-21"}, refused("AGE_UNDER")),
        # The birthday itself is still in time; the day after is not. Women 55, men 60.
        ({"person__born": "1960-06-09"}, APPROVE),
        ({"person__born": "1960-06-08"}, refused("AGE_OVER")),
        ({"person__born": "1965-06-09", "person__sex": "F"}, APPROVE),
        ({"person__born": "1965-06-08", "person__sex": "F"}, refused("AGE_OVER")),
        ({"person__sex": None}, asks("AGE_UNKNOWN")),
        ({"person__sex": "X"}, asks("AGE_UNKNOWN")),
        ({"person__sex": None, "person__born": "1950-01-01"}, refused("AGE_OVER")),
        ({"person__sex": None, "person__born": "1962-01-01"}, asks("AGE_UNKNOWN")),
        ({"person__born": None}, asks("AGE_UNKNOWN")),
        ({"person__born": "1985-02-30"}, asks("AGE_UNKNOWN")),
        ({"training__started_on": ...}, asks("AGE_UNKNOWN")),
        # Born on 29 February: 55 on 28 February of a common year.
        (
            {
                "person__born": "1964-02-29",
                "person__sex": "F",
                "training__started_on": "2019-01-02",
                "certificate__issued_on": "2020-02-28",
            },
            refused("AGE_OVER"),
        ),
        ({"person__statuses": ["pensioner"]}, refused("STATUS_EXCLUDED")),
        ({"person__statuses": ["fulltime_student"]}, refused("STATUS_EXCLUDED")),
        (
            {"person__statuses": ["fulltime_student"], "person__groups": ["graduate_in_graduation_year"]},
            APPROVE,
        ),
        (
            {
                "person__statuses": ["fulltime_student", "pensioner"],
                "person__groups": ["graduate_in_graduation_year"],
            },
            refused("STATUS_EXCLUDED"),
        ),
        ({"person__statuses": ["fulltime_student"], "person__groups": None}, asks("STATUS_UNKNOWN")),
        ({"person__statuses": None}, asks("STATUS_UNKNOWN")),
        ({"person__statuses": "pensioner"}, asks("STATUS_UNKNOWN")),
        ({"person__hukou_in_region": "true"}, asks("LINK_UNKNOWN")),
        ({"person__hukou_in_region": False, "person__insured_in_region": True}, APPROVE),
        # 80% exactly; a hair less is not enough.
        ({"learning__valid_hours": "80"}, APPROVE),
        ({"learning__valid_hours": "79.999999"}, refused("HOURS_RATIO")),
        (
            {"learning__valid_hours": "39.9", "course__hours": "100"},
            refused("HOURS_BELOW_MIN", "HOURS_RATIO"),
        ),
        ({"learning__valid_hours": "abc"}, asks("HOURS_UNKNOWN")),
        ({"learning__valid_hours": "-96"}, asks("HOURS_UNKNOWN")),
        ({"learning__valid_hours": "1e999999999"}, asks("HOURS_UNKNOWN")),
        ({"learning__valid_hours": 96}, APPROVE),
        ({"learning__valid_hours": True}, asks("HOURS_UNKNOWN")),
        ({"course__hours": None}, asks("HOURS_UNKNOWN")),
        ({"course__hours": "0"}, asks("HOURS_UNKNOWN")),
        ({"course__hours": None, "learning__valid_hours": "10"}, refused("HOURS_BELOW_MIN")),
        ({"claim__submitted_on": "2021-06-09"}, APPROVE),
        ({"claim__submitted_on": "2021-06-10"}, refused("DEADLINE_PASSED")),
        ({"claim__submitted_on": "2020-06-09"}, APPROVE),
        ({"claim__submitted_on": "2020-06-08"}, refused("SUBMITTED_BEFORE_CERT")),
        ({"claim__submitted_on": None}, asks("DEADLINE_UNKNOWN", "CAP_UNKNOWN")),
        ({"certificate__issued_on": "2019-12-31"}, refused("NO_POLICY_VERSION")),
        ({"certificate__issued_on": "2022-01-01"}, refused("NO_POLICY_VERSION")),
        ({"certificate__issued_on": None}, asks("POLICY_VERSION_UNKNOWN")),
        ({"certificate": ...}, asks("POLICY_VERSION_UNKNOWN")),
        ({"certificate__level": "4"}, APPROVE),
        ({"certificate__level": None}, asks("ONCE_UNKNOWN")),
        ({"certificate__level": 9}, asks("ONCE_UNKNOWN")),
        ({"certificate__occupation": None}, asks("ONCE_UNKNOWN")),
        ({"history": None}, asks("ONCE_UNKNOWN", "CAP_UNKNOWN")),
        ({"history": [3]}, asks("ONCE_UNKNOWN", "CAP_UNKNOWN")),
        ({"other_schemes": ...}, asks("MUTEX_UNKNOWN")),
        (
            {"person": None, "training": 3},
            asks("AGE_UNKNOWN", "STATUS_UNKNOWN", "LINK_UNKNOWN", "KEY_GROUP_UNKNOWN"),
        ),
        # A refusal names the failures; the open questions stay in the rules.
        (
            {"learning__valid_hours": "10", "person__hukou_in_region": None},
            refused("HOURS_BELOW_MIN", "HOURS_RATIO"),
        ),
    ],
)
def test_corner(changes, expected):
    assert decided(**changes) == expected


def past(level, state="PAID", day="2020-03-01", occupation="welder", kind="level"):
    return {
        "certificate_kind": kind,
        "occupation": occupation,
        "level": level,
        "state": state,
        "submitted_on": day,
    }


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([past(4)], refused("DUPLICATE_OCC_LEVEL")),
        ([past(3)], refused("HIGHER_LEVEL_ALREADY_PAID")),
        ([past(4), past(1)], refused("DUPLICATE_OCC_LEVEL", "HIGHER_LEVEL_ALREADY_PAID")),
        ([past(5)], APPROVE),
        ([past(4, "REJECTED"), past(3, "WITHDRAWN")], APPROVE),
        ([past(4, "IN_REVIEW")], refused("DUPLICATE_OCC_LEVEL")),
        ([past(None, kind="completion")], APPROVE),
        ([past(4, None)], asks("ONCE_UNKNOWN")),
        ([past(None)], asks("ONCE_UNKNOWN")),
        ([past(4, occupation=None)], asks("ONCE_UNKNOWN")),
        # Three in the year are allowed, so the third earlier one bars a fourth.
        ([past(5, occupation=str(n)) for n in range(2)], APPROVE),
        ([past(5, occupation=str(n)) for n in range(3)], refused("ANNUAL_CAP")),
        ([past(5, occupation=str(n), day="2019-12-31") for n in range(3)], APPROVE),
        ([*[past(5, occupation=str(n)) for n in range(2)], past(5, "REJECTED", occupation="x")], APPROVE),
        (
            [*[past(5, occupation=str(n)) for n in range(2)], past(5, day=None, occupation="x")],
            asks("CAP_UNKNOWN"),
        ),
    ],
)
def test_earlier_claims(history, expected):
    assert decided(history=history) == expected


@pytest.mark.parametrize(
    ("schemes", "expected"),
    [
        ([{"scheme": "UI_SKILL", "occupation": "welder", "level": 4}], refused("MUTUAL_EXCLUSION")),
        ([{"scheme": "UI_SKILL", "occupation": "welder", "level": 3}], APPROVE),
        ([{"scheme": "OTHER", "occupation": "welder", "level": 4}], APPROVE),
        ([{"scheme": "UI_SKILL", "occupation": "fitter", "level": None}], APPROVE),
        ([{"scheme": "UI_SKILL", "occupation": "welder", "level": None}], asks("MUTEX_UNKNOWN")),
        (["UI_SKILL"], asks("MUTEX_UNKNOWN")),
    ],
)
def test_other_schemes(schemes, expected):
    assert decided(other_schemes=schemes) == expected


def test_a_completion_certificate_is_not_barred_by_a_level():
    done = {"certificate__kind": "completion", "certificate__level": None, "learning__valid_hours": "40.5"}
    assert lines(**done, course__hours="48", history=[past(4)]) == [("BASE", 40500, "40.5 × 1000 = 40500")]
    assert lines(**done | {"learning__valid_hours": "96"}) == [("BASE", 70000, "96 × 1000 = 96000 → 70000")]


def test_special_certificates_get_a_flat_amount_without_uplift():
    assert lines(certificate__kind="special", certificate__level=None) == [("BASE", 80000, "80000")]


def test_living_allowance_is_a_line_of_another_fund():
    poor = {
        "person__groups": ["registered_poor"],
        "learning__online_hours": "36",
        "learning__offline_days": 2,
    }
    assert lines(**poor) == [
        ("BASE", 160000, "160000"),
        ("LIVING", 8600, "36 × 100 + 2 × 2500 = 8600"),
        ("KEY_GROUP", 32000, "160000 × 20% = 32000"),
    ]
    assert [item for item, *_ in lines(**poor, person__living_paid_this_year=True)] == ["BASE", "KEY_GROUP"]
    assert decided(**poor, person__living_paid_this_year=None) == asks("LIVING_UNKNOWN")
    assert decided(**poor | {"learning__online_hours": "much"}) == asks("LIVING_UNKNOWN")
    nothing = poor | {"learning__online_hours": "0", "learning__offline_days": 0}
    assert [item for item, *_ in lines(**nothing, person__living_paid_this_year=None)] == [
        "BASE",
        "KEY_GROUP",
    ]


def test_highest_uplift_wins_and_an_unknown_smaller_one_does_not_matter():
    shortage = {"certificate__level": 3, "occupation__shortage": True}
    assert lines(**shortage)[1:] == [("SHORTAGE", 60000, "200000 × 30% = 60000")]
    assert decided(certificate__level=3, occupation__shortage=None) == asks("SHORTAGE_UNKNOWN")
    assert decided(certificate__level=4, occupation__shortage=None) == APPROVE


def test_stacked_uplifts_are_each_a_line():
    stacked = changed(lambda body: body["amount"]["uplifts"].update(stacking="sum"))
    shortage = {"certificate__level": 3, "occupation__shortage": True}
    assert [fen for _, fen, _ in lines(stacked, **shortage)] == [200000, 40000, 60000]


def test_of_two_equal_uplifts_the_first_is_taken():
    tied = changed(lambda body: body["amount"]["uplifts"]["choices"][1].update(percent=20))
    assert lines(tied, certificate__level=3, occupation__shortage=True)[1][0] == "KEY_GROUP"


def test_each_line_is_rounded_half_up_by_itself():
    odd = changed(lambda body: body["amount"]["lines"][0]["fen"].update({"4": 33}))
    half = changed(lambda body: body["amount"]["uplifts"]["choices"][0].update(percent="12.5"))
    assert [fen for _, fen, _ in lines(odd)] == [33, 7]
    assert lines(half)[1] == ("KEY_GROUP", 20000, "160000 × 12.5% = 20000")
    cheap = changed(lambda body: body["amount"]["lines"][2].update(fen=3))
    done = {"certificate__kind": "completion", "certificate__level": None, "learning__valid_hours": "80.5"}
    assert lines(cheap, **done) == [("BASE", 242, "80.5 × 3 = 242")]


def test_a_level_that_the_policy_does_not_pay_gives_no_line():
    assert lines(changed(lambda body: body["amount"]["lines"][0]["fen"].pop("4"))) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda body: body.pop("amount"), "lacks 'amount'"),
        (lambda body: body["eligibility"][0].update(type="age"), "unknown rule type"),
        (lambda body: body["eligibility"][0].pop("min_at"), "lacks 'min_at'"),
        (lambda body: body["eligibility"][0].update(min="16"), "not a whole number"),
        (lambda body: body["eligibility"][0].update(max={"M": 60}), "limit for M and one for F"),
        (lambda body: body["eligibility"][3].update(min_ration="0.8"), "unknown key 'min_ration'"),
        (lambda body: body["eligibility"][4].update(months=True), "not a whole number"),
        (lambda body: body["eligibility"].append(body["eligibility"][0]), "used twice"),
        (lambda body: body.update(eligibility="all"), "must be a list"),
        (lambda body: body.update(valid=["2020-06-30", "2020-01-01"]), "before it starts"),
        (lambda body: body.update(valid=["2020-01-01", "2020-07-01"]), "same days"),
        (lambda body: body.update(valid=["2020-01-01"]), "list of two dates"),
        (lambda body: body.update(version=2), "there twice"),
        (lambda body: body.update(schema="policy/9"), "must be 'policy/1'"),
        (lambda body: body.update(rounding={"mode": "sideways"}), "none of half_up"),
        (lambda body: body["amount"]["lines"][0].update(type="magic"), "unknown line type"),
        (lambda body: body["amount"]["uplifts"].update(of="BONUS"), "no line of the policy"),
        (lambda body: body["amount"]["uplifts"].update(stacking="both"), "none of highest, sum"),
        (lambda body: body["frequency"][0].update(key=["colour"]), "may hold only"),
        (lambda body: body["frequency"][0].update(key=7), "not a list of codes"),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(change, sentence):
    with pytest.raises(PolicyError, match=sentence):
        changed(change)


@pytest.mark.parametrize("body", [None, 3, "x", [], [3], {}, [[]]])
def test_what_is_no_policy_at_all_is_refused(body):
    with pytest.raises(PolicyError):
        read_policies(body)


def test_facts_must_be_an_object():
    with pytest.raises(FactsError):
        evaluate(POLICIES, [])


def test_problems_name_the_fact_that_could_not_be_read():
    record = evaluate(POLICIES, facts(learning__valid_hours="abc"))
    assert record["problems"] == ["learning.valid_hours: 'abc' is not a decimal number such as 39.5."]


def test_every_rule_has_its_sentence_in_both_languages():
    for rule in evaluate(POLICIES, facts())["rules"]:
        assert rule["message_zh"].endswith("。")
        assert rule["message_en"].endswith(".")
        assert rule["title_zh"]
        assert rule["ref"]


def test_sources_are_kept_beside_the_facts_that_were_used():
    sources = {"person.hukou_in_region": {"source": "claimant", "as_of": "2020-06-15", "declared": True}}
    record = evaluate(POLICIES, facts(), sources=sources)
    used = {fact["name"]: fact for fact in record["facts"]}
    assert used["person.hukou_in_region"]["declared"] is True
    assert used["person.born"]["declared"] is False


hours = st.decimals(min_value=0, max_value=400, places=2, allow_nan=False).map(str)
days = st.dates(date(1940, 1, 1), date(2022, 12, 31)).map(str)
junk = st.one_of(
    st.none(), st.integers(), st.text(max_size=6), st.booleans(), st.lists(st.none(), max_size=2)
)
PATHS = [
    ("person", "born", days),
    ("person", "sex", st.sampled_from("MF")),
    ("person", "groups", st.lists(st.sampled_from(["registered_poor", "veteran", "hardship"]), max_size=2)),
    ("person", "statuses", st.lists(st.sampled_from(["pensioner", "fulltime_student"]), max_size=1)),
    ("person", "hukou_in_region", st.booleans()),
    ("person", "living_paid_this_year", st.booleans()),
    ("training", "started_on", days),
    ("learning", "valid_hours", hours),
    ("learning", "online_hours", hours),
    ("learning", "offline_days", st.integers(0, 30)),
    ("course", "hours", hours),
    ("certificate", "kind", st.sampled_from(["level", "special", "completion"])),
    ("certificate", "level", st.integers(1, 5)),
    ("certificate", "issued_on", days),
    ("occupation", "shortage", st.booleans()),
    ("claim", "submitted_on", days),
]


@st.composite
def some_facts(draw, noise=False):
    made = copy.deepcopy(BASE)
    for section, name, good in draw(st.lists(st.sampled_from(PATHS), max_size=8)):
        made[section][name] = draw(junk if noise and draw(st.booleans()) else good)
    return made


@given(some_facts(noise=True))
def test_the_record_is_whole_and_the_same_every_time(made):
    record = evaluate(POLICIES, made)
    assert record == evaluate(POLICIES, copy.deepcopy(made))
    assert json.loads(json.dumps(record)) == record
    assert record["amount_fen"] == sum(line["fen"] for line in record["lines"])
    assert all(type(line["fen"]) is int and line["fen"] > 0 for line in record["lines"])
    results = {rule["result"] for rule in record["rules"]}
    assert (record["outcome"] == "REJECT") == ("FAIL" in results)
    assert (record["outcome"] == "APPROVE") == (results == {"PASS"})
    assert (record["outcome"] == "APPROVE") == (not record["reasons"])
    assert record["outcome"] == "APPROVE" or record["amount_fen"] == 0


@given(some_facts(), st.sampled_from(PATHS))
def test_forgetting_a_fact_never_turns_into_a_refusal(made, path):
    """UNKNOWN is never FAIL: who is not refused with a fact is not refused without it."""
    section, name, _ = path
    before = evaluate(POLICIES, made)
    made[section][name] = None
    after = evaluate(POLICIES, made)
    if before["outcome"] != "REJECT":
        assert after["outcome"] != "REJECT"
    if after["outcome"] == "APPROVE":
        assert before["outcome"] == "APPROVE"
        assert after["amount_fen"] == before["amount_fen"]


@given(some_facts(), st.integers(0, 100))
def test_more_counted_hours_never_pay_less(made, more):
    before = evaluate(POLICIES, made)
    made["learning"]["valid_hours"] = str(Decimal(made["learning"]["valid_hours"]) + more)
    after = evaluate(POLICIES, made)
    assert after["amount_fen"] >= before["amount_fen"]


@given(
    st.recursive(
        junk,
        lambda inner: st.dictionaries(
            st.sampled_from(["person", "certificate", "issued_on", "history", "level"]), inner
        ),
        max_leaves=8,
    )
)
def test_no_facts_break_the_engine(made):
    if isinstance(made, dict):
        assert evaluate(POLICIES, made)["outcome"] in {"REJECT", "NEEDS_EVIDENCE"}
    else:
        with pytest.raises(FactsError):
            evaluate(POLICIES, made)
