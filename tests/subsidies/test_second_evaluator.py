"""The engine beside an evaluator that shares no line with it, on random policies and random facts; and JSON Schema beside the reader."""

import copy
import datetime as dt

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subsidies.policy import PolicyError, evaluate, json_schema, read_policies, read_policy
from tests.subsidies.second_evaluator import decide
from tests.subsidies.test_policy import CASES, POLICY

SCHEMA = jsonschema.Draft202012Validator(json_schema())
GROUPS = ("migrant_worker", "veteran", "hardship", "graduate_in_graduation_year")
STATUSES = ("pensioner", "fulltime_student", "establishment_staff")
OCCUPATIONS, KINDS, LEVELS = ("welder", "cook"), ("level", "special", "completion"), (5, 4, 3, 2, 1)
STATES = ("PAID", "LIVE", "REJECTED", "WITHDRAWN")
DATES = ("training.started_on", "certificate.issued_on", "claim.submitted_on")
FLAGS = ("person.hukou_in_region", "person.insured_in_region", "occupation.shortage")
COUNTS = ("learning.valid_hours", "learning.online_hours", "learning.offline_days")

maybe = st.sampled_from
days = st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2021, 3, 31)).map(str)
flag = st.sampled_from([True, True, True, True, False, None])
fen = st.integers(0, 300_000)
decimals = st.one_of(st.integers(0, 400).map(str), st.decimals(0, 400, places=2).map(lambda n: f"{n:f}"))
groups = st.lists(maybe(GROUPS), min_size=1, max_size=3, unique=True)
states = st.lists(maybe(STATES), max_size=2, unique=True)
keys = st.lists(maybe(["occupation", "level"]), min_size=1, unique=True).map(lambda names: ["person", *names])


def options(**strategies):
    """Each key may be missing."""
    return st.fixed_dictionaries({}, optional=strategies)


def together(required, optional=None):
    return st.fixed_dictionaries(required, optional=optional or {})


conditions = {
    "when": st.dictionaries(maybe(["certificate.kind"]), maybe(KINDS), max_size=1),
    "when_any_group": groups,
    "when_fact": maybe(FLAGS),
    "unless_fact": maybe(FLAGS),
    "levels": st.lists(maybe(LEVELS), max_size=3, unique=True),
}
ages = st.one_of(st.integers(16, 70), together({"M": st.integers(50, 65), "F": st.integers(50, 65)}))
rules = st.one_of(
    together(
        {"type": st.just("age_between"), "min": st.integers(14, 18), "min_at": maybe(DATES)},
        {"birthday_inclusive": st.booleans()},
    ),
    together(
        {"type": st.just("age_between"), "max": ages, "max_at": maybe(DATES)},
        {"birthday_inclusive": st.booleans()},
    ),
    together(
        {"type": st.just("not_in_status"), "statuses": st.just(list(STATUSES))},
        {"unless": st.dictionaries(maybe(STATUSES), st.lists(maybe(GROUPS), max_size=2))},
    ),
    together({"type": st.just("in_group"), "groups": groups}),
    together({"type": st.just("any_of"), "facts": st.lists(maybe(FLAGS), min_size=1, unique=True)}),
    together({"type": st.just("min_hours"), "hours": maybe(COUNTS), "min": decimals}),
    together(
        {
            "type": st.just("min_hours"),
            "hours": maybe(COUNTS),
            "of": st.just("course.hours"),
            "min_ratio": maybe(["0.8", "1", "0.33", "0"]),
        },
        {"min": decimals},
    ),
    together(
        {
            "type": st.just("within_months"),
            "from": maybe(DATES),
            "to": maybe(DATES),
            "months": st.integers(1, 14),
        },
        {"anniversary_inclusive": st.booleans()},
    ),
    together(
        {
            "type": st.just("share_between"),
            "part": st.just("learning.online_hours"),
            "whole": maybe(["course.hours", "learning.valid_hours"]),
            "least": st.just("contract.online_least"),
            "most": st.just("contract.online_most"),
        }
    ),
    together(
        {
            "type": st.just("fewer_than"),
            "counted": st.just("paid.contract_people"),
            "limit": st.just("contract.people"),
        }
    ),
    together({"type": st.just("certificate_valid")}, {"kinds": st.lists(maybe(KINDS), min_size=1)}),
    together({"type": st.just("provider_listed")}),
    together({"type": st.just("employed_by_payee")}, {"insured": st.booleans()}),
)
often = st.one_of(
    together(
        {"type": st.just("once_per"), "key": st.just(["occupation", "level"])},
        {"certificate_kind": maybe(KINDS), "higher_blocks_lower": st.booleans(), "ignoring_states": states},
    ),
    together({"type": st.just("once_per"), "key": keys}, {"ignoring_states": states}),
    together(
        {"type": st.just("max_per_year"), "n": st.integers(1, 3), "year_of": maybe(DATES)},
        {"window": maybe(["calendar", "rolling"]), "ignoring_states": states},
    ),
    together(
        {"type": st.just("not_with"), "scheme": maybe(["UI_SKILL", "CITY"]), "key": keys},
        {"ignoring_states": states},
    ),
)
head = {"fund": maybe(["SKILL", "EMPLOY"]), "item": maybe(["BASE", "LIVING"])}
more = {**conditions, "cap_fen": fen}
part = together({"count": maybe(COUNTS), "fen": fen})
steps = st.tuples(st.integers(1, 9), st.integers(10, 30), fen, fen, fen).map(
    lambda told: [
        {"up_to": told[0], "fen": told[2]},
        {"up_to": told[1], "fen": told[3]},
        {"fen": told[4]},
    ]
)
lines = st.one_of(
    together({**head, "type": st.just("flat"), "fen": fen}, more),
    together({**head, "type": st.just("agreed"), "fen_of": st.just("contract.person_fen")}, more),
    together(
        {
            **head,
            "type": st.just("table"),
            "by": st.just("certificate.level"),
            "fen": st.dictionaries(maybe("54321"), fen, min_size=1),
        },
        more,
    ),
    together({**head, "type": st.just("per_hour"), "hours": maybe(COUNTS), "fen": fen}, more),
    together({**head, "type": st.just("sum"), "parts": st.lists(part, min_size=1, max_size=3)}, more),
    together({**head, "type": st.just("per_day_steps"), "days": maybe(COUNTS), "steps": steps}, more),
    together(
        {
            **head,
            "type": st.just("ratio"),
            "fen": fen,
            "part": st.just("learning.online_hours"),
            "whole": maybe(["course.hours", "learning.valid_hours"]),
        },
        {**more, "percent": maybe(["130", "12.5", 100])},
    ),
)
choice = together(
    {"item": maybe(["KEY_GROUP", "SHORTAGE", "THIRD"]), "percent": maybe([20, 30, "12.5", 0])}, conditions
)
uplift = together(
    {
        "of": st.just("BASE"),
        "stacking": maybe(["highest", "sum"]),
        "choices": st.lists(choice, min_size=1, max_size=3),
    },
    conditions,
)
limits = {"fund": maybe(["SKILL", "EMPLOY"]), "used": maybe(["paid.person_year_fen", "paid.contract_fen"])}
most, named = st.integers(1, 300_000), st.just("contract.sum_fen")
caps = st.one_of(
    together({"id": maybe(["TOP", "YEAR"]), "fen": most}, {**limits, "fen_of": named}),
    together({"id": maybe(["TOP", "YEAR"]), "fen_of": named}, limits),
)
rounding = options(
    unit=maybe(["fen", "jiao", "yuan"]), mode=maybe(["half_up", "half_down", "half_even", "down", "up"])
)


@st.composite
def policies(draw):
    eligibility, frequency = draw(st.lists(rules, max_size=3)), draw(st.lists(often, max_size=2))
    for number, rule in enumerate([*eligibility, *frequency]):
        rule["id"] = f"R{number}"
        if rule["type"] == "not_in_status":
            rule["unless"] = {one: codes for one, codes in (rule.get("unless") or {}).items() if codes}
    base = draw(lines) | {"item": "BASE"}
    body = {
        "schema": "policy/1",
        "region": "520000",
        "programme": "P",
        "version": 1,
        "valid": draw(maybe([["2020-01-01", None], [None, None], ["2020-03-01", "2020-12-31"]])),
        "version_selector": draw(maybe(DATES)),
        "eligibility": eligibility,
        "frequency": frequency,
        "amount": {"lines": [base, *draw(st.lists(lines, max_size=3))]},
    }
    if draw(st.booleans()):
        body["amount"]["uplifts"] = draw(st.one_of(uplift, st.lists(uplift, min_size=1, max_size=2)))
    if draw(st.booleans()):
        body["amount"]["caps"] = draw(st.lists(caps, min_size=1, max_size=2))
    if draw(st.booleans()):
        body["rounding"] = draw(rounding)
    return body


entry = options(
    scheme=maybe(["UI_SKILL", "CITY", None]),
    certificate_kind=maybe([*KINDS, None]),
    occupation=maybe([*OCCUPATIONS, None]),
    level=maybe([*LEVELS, None]),
    state=maybe([*STATES, None]),
    submitted_on=st.one_of(days, st.none()),
)


def known(strategy):
    """Now and then it is not."""
    return st.integers(0, 19).flatmap(lambda number: strategy if number else st.none())


entries = known(st.lists(entry, max_size=2))
facts = together(
    {
        "person": together(
            {
                "born": known(
                    st.dates(max_value=dt.date(2006, 1, 1), min_value=dt.date(1955, 1, 1)).map(str)
                ),
                "sex": known(maybe("MF")),
                "groups": known(st.lists(maybe(GROUPS), max_size=2)),
                "statuses": known(st.lists(maybe(STATUSES), max_size=1)),
                "hukou_in_region": flag,
                "insured_in_region": flag,
                "employed_by_payee": flag,
                "insured_by_payee": flag,
            }
        ),
        "training": together({"started_on": known(days)}),
        "learning": together(
            {
                "valid_hours": known(decimals),
                "online_hours": known(decimals),
                "offline_days": known(st.integers(0, 40)),
            }
        ),
        "course": together({"hours": known(decimals)}),
        "certificate": together(
            {
                "kind": known(maybe(KINDS)),
                "occupation": known(maybe(OCCUPATIONS)),
                "level": known(maybe(LEVELS)),
                "issued_on": known(days),
                "valid": flag,
            }
        ),
        "occupation": together({"shortage": flag}),
        "provider": together({"listed": flag}),
        "claim": together({"submitted_on": known(days)}),
        "paid": together(
            {
                "person_year_fen": known(st.integers(0, 400_000)),
                "contract_fen": known(st.integers(0, 4 * 10**9)),
                "contract_people": known(st.integers(0, 4)),
            }
        ),
        "contract": together(
            {
                "person_fen": known(st.integers(0, 300_000)),
                "sum_fen": known(st.integers(0, 4 * 10**9)),
                "people": known(st.integers(1, 4)),
                "online_least": known(st.integers(0, 60)),
                "online_most": known(st.integers(40, 100)),
            }
        ),
        "history": entries,
        "other_schemes": entries,
    }
)
slow = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def agrees(bodies, told):
    record = evaluate(read_policies(bodies), told)
    outcome, reasons, lines, fen = decide(bodies, told)
    assert record["outcome"] == outcome
    assert record["amount_fen"] == fen
    assert [(line["fund"], line["item"], line["fen"]) for line in record["lines"]] == lines
    if reasons is not None:
        assert record["reasons"] == reasons


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_the_second_one_gives_the_public_cases(case):
    outcome, reasons, lines, fen = decide(POLICY, case["facts"])
    expected = case["expected"]
    assert (outcome, fen) == (expected["outcome"], expected["amount_fen"])
    assert lines == [(line["fund"], line["item"], line["fen"]) for line in expected["lines"]]
    if reasons is not None:
        assert reasons == expected["reasons"]


@slow
@given(policies(), facts)
def test_two_evaluators_agree_on_any_policy_and_any_facts(body, told):
    try:
        read_policy(body)
    except PolicyError:
        return
    agrees([body], told)


@slow
@given(facts)
def test_two_evaluators_agree_on_the_sample_policy(told):
    agrees(POLICY, told)


@slow
@given(policies())
def test_the_schema_accepts_what_the_reader_accepts(body):
    try:
        read_policy(body)
    except PolicyError:
        return
    SCHEMA.validate(body)


WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 200),
    st.just(""),
    st.just("x"),
    st.just([]),
    st.just({}),
    st.just(["x"]),
)


def _places(piece, path=()):
    yield path
    listed = piece.items() if isinstance(piece, dict) else enumerate(piece) if isinstance(piece, list) else ()
    for name, inner in listed:
        yield from _places(inner, (*path, name))


@slow
@given(policies(), st.data())
def test_what_the_schema_refuses_the_reader_refuses(body, data):
    """One value anywhere is exchanged, or an unknown key put in."""
    body = copy.deepcopy(body)
    *path, last = data.draw(st.sampled_from([path for path in _places(body) if path]))
    place = body
    for step in path:
        place = place[step]
    if isinstance(place, dict) and data.draw(st.booleans()):
        place["surplus"] = 1
    else:
        place[last] = data.draw(WRONG)
    if SCHEMA.is_valid(body):
        return
    with pytest.raises(PolicyError):
        read_policy(body)
