"""A lower layer may only narrow: key by key, and as a promise about every claim."""

import copy

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from subsidies.policy import PolicyError, evaluate, read_policy
from subsidies.policy.layers import widenings
from tests.subsidies.test_policy import POLICY
from tests.subsidies.test_second_evaluator import facts, policies


def changed(path, value, body=POLICY[0]):
    made = copy.deepcopy(body)
    *steps, last = path
    place = made
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return made


def wider(upper, lower):
    return [one.place.en for one in widenings(read_policy(upper), read_policy(lower))]


RULE = {"id": "GROUP", "type": "in_group", "groups": ["veteran"]}
LINES = ("amount", "lines")
CHOICES = ("amount", "uplifts", "choices")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("eligibility", 0, "min"), 18),
        (("eligibility", 0, "max"), {"M": 59, "F": 50}),
        (("eligibility", 0, "max"), 55),
        (("eligibility", 1, "statuses"), ["establishment_staff", "pensioner", "fulltime_student", "convict"]),
        (("eligibility", 1, "unless"), ...),
        (("eligibility", 2, "facts"), ["person.hukou_in_region"]),
        (("eligibility", 3, "min"), "60"),
        (("eligibility", 3, "min_ratio"), "0.9"),
        (("eligibility", 4, "months"), 6),
        (("eligibility", 5), RULE),
        (("frequency", 1, "n"), 2),
        (("frequency", 1, "ignoring_states"), ["WITHDRAWN"]),
        ((*LINES, 0, "fen", "4"), 100_000),
        ((*LINES, 0, "fen", "4"), ...),
        ((*LINES, 2, "cap_fen"), 50_000),
        ((*LINES, 3, "when_any_group"), ["hardship"]),
        ((*LINES, 1), ...),
        ((*CHOICES, 0, "percent"), 10),
        ((*CHOICES, 0), ...),
        (("notice", "working_days"), 7),
        (("notice", "mask"), "surname_id_0"),
        (("notice", "publish_payment"), True),
        (("review", "sample_percent"), 50),
        (("review", "ministry"), "always"),
        (("review", "ministry_if_fen_at_least"), 100_000),
        (("materials",), ["resident_id", "certificate", "bank_account", "photo"]),
        (("amount", "caps"), [{"id": "TOP", "fen": 1}]),
    ],
)
def test_a_province_may_narrow(path, value):
    assert wider(POLICY[0], changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("eligibility", 0, "min"), 15, "AGE: Youngest age"),
        (("eligibility", 0, "max"), {"M": 60, "F": 56}, "AGE: Oldest age"),
        (("eligibility", 0, "max"), 60, "AGE: Oldest age"),
        (("eligibility", 0, "max_at"), "claim.submitted_on", "AGE: Oldest age on the"),
        (("eligibility", 1, "statuses"), ["fulltime_student"], "STATUS: Excluded statuses"),
        (("eligibility", 1, "unless", "pensioner"), ["veteran"], "STATUS: Unless"),
        (("eligibility", 2), ..., "LINK"),
        (("eligibility", 2, "facts", 3), "person.born_here", "LINK: One is enough"),
        (("eligibility", 3, "min"), "39.9", "HOURS: Least hours"),
        (("eligibility", 4, "months"), 13, "DEADLINE: Months"),
        (("frequency", 0), ..., "ONCE"),
        (("frequency", 1, "n"), 4, "CAP: At most"),
        (("frequency", 1, "ignoring_states"), ["PAID", "REJECTED"], "CAP: Claims that do not count"),
        ((*LINES, 0, "fen", "4"), 160_001, "BASE: Amounts"),
        ((*LINES, 2, "cap_fen"), ..., "BASE: Cap"),
        ((*LINES, 3, "when_any_group"), ..., "LIVING: Only for"),
        ((*LINES, 4), {"fund": "SKILL", "item": "GIFT", "type": "flat", "fen": 1}, "GIFT"),
        ((*CHOICES, 0, "percent"), 21, "BASE KEY_GROUP: Uplift"),
        (("amount", "uplifts", "stacking"), "sum", "BASE KEY_GROUP"),
        (("notice", "working_days"), 3, "Public notice: Working days of notice"),
        (("review", "ministry"), "never", "Review: Ministry"),
        (("review", "ministry_if_fen_at_least"), 600_000, "Review: To the ministry from"),
        (("materials",), ["resident_id"], "Version: Documents"),
        (("rounding", "mode"), "up", "Rounding: Which way"),
    ],
)
def test_a_province_may_not_widen(path, value, place):
    assert place in wider(POLICY[0], changed(path, value))


def test_lists_hide_no_less_and_are_published_no_less_often_than_the_nation_says():
    above = changed(("notice",), {"mask": "name_1_id_0", "publish_payment": True})
    assert wider(above, POLICY[0]) == ["Public notice: Hidden", "Public notice: Published again once paid"]
    assert wider(above, changed(("notice",), {"mask": "surname_id_0", "publish_payment": True})) == []


def test_a_cap_of_the_nation_stays():
    above = changed(("amount", "caps"), [{"id": "TOP", "fen": 300_000}])
    assert wider(above, POLICY[0]) == ["TOP"]
    assert wider(above, changed(("amount", "caps"), [{"id": "TOP", "fen": 300_001}])) == ["TOP: No more than"]
    assert wider(above, above) == []


def test_a_frame_of_the_nation_may_leave_the_money_open():
    frame = changed(("amount",), {"lines": []}) | {"region": "000000"}
    assert wider(frame, POLICY[0]) == []
    with pytest.raises(PolicyError, match="pays nobody"):
        read_policy(changed(("amount",), {"lines": []}))
    with pytest.raises(PolicyError, match="lacks 'region'"):
        read_policy(changed(("region",), ..., changed(("amount",), {"lines": []})))


def _tweaked(draw, body):
    """A copy with some of its numbers moved, rules added and lines dropped."""
    made = copy.deepcopy(body)
    for rule in [*made["eligibility"], *made["frequency"]]:
        for name in ("min", "n", "months"):
            if isinstance(rule.get(name), int) and draw(st.booleans()):
                rule[name] = max(1, rule[name] + draw(st.sampled_from([-2, -1, 1, 2])))
    for line in made["amount"]["lines"]:
        if isinstance(line.get("fen"), int) and draw(st.booleans()):
            line["fen"] = max(0, line["fen"] + draw(st.sampled_from([-5000, -1, 1])))
        if draw(st.booleans()):
            line["cap_fen"] = draw(st.integers(0, 300_000))
    if len(made["amount"]["lines"]) > 1 and draw(st.booleans()):
        made["amount"]["lines"].pop()
    if draw(st.booleans()):
        made["eligibility"].append(RULE)
    if draw(st.booleans()):
        made["amount"].setdefault("caps", []).append({"id": "OWN", "fen": draw(st.integers(1, 300_000))})
    return made


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies(), facts, st.data())
def test_whom_a_narrower_version_pays_the_frame_would_pay_as_much(upper, told, data):
    lower = _tweaked(data.draw, upper)
    try:
        frame, own = read_policy(upper), read_policy(lower)
    except PolicyError:
        assume(False)
    assume(not widenings(frame, own))
    below = evaluate([own], told)
    if below["outcome"] == "APPROVE" and below["amount_fen"]:
        above = evaluate([frame], told)
        assert above["outcome"] != "REJECT"
        if above["outcome"] == "APPROVE":
            assert above["amount_fen"] >= below["amount_fen"]
