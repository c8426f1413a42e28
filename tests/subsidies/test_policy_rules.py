"""Rules and sums that the sample policy does not use, at their edges; and policies that are well formed and cannot be meant."""

import copy

import pytest

from subsidies.policy import PolicyError, evaluate, read_policies, read_policy
from tests.subsidies.test_policy import POLICY, facts


def body(*, rule=None, line=None, **changes):
    made = copy.deepcopy(POLICY[0])
    made.update(eligibility=[], frequency=[], **changes)
    if rule:
        made["eligibility"] = [{"id": "R", **rule}]
    made["amount"] = {"lines": [{"fund": "SKILL", "item": "BASE", **(line or {"type": "flat", "fen": 1000})}]}
    return made


def decided(made, **changes):
    record = evaluate(read_policies(made), facts(**changes))
    return record["outcome"], record["reasons"]


def fen(made, **changes):
    record = evaluate(read_policies(made), facts(**changes))
    return [(line["fen"], line["formula"]) for line in record["lines"]]


PASSED, ASKED = ("APPROVE", []), ("NEEDS_EVIDENCE", ["R_UNKNOWN"])


def refused(code):
    return "REJECT", [code]


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ({"type": "in_group", "groups": ["veteran", "migrant_worker"]}, {}, PASSED),
        ({"type": "in_group", "groups": ["veteran"]}, {}, refused("NOT_IN_GROUP")),
        ({"type": "in_group", "groups": ["veteran"]}, {"person__groups": None}, ASKED),
        ({"type": "certificate_valid"}, {"certificate__valid": True}, PASSED),
        ({"type": "certificate_valid"}, {"certificate__valid": False}, refused("CERTIFICATE_NOT_VALID")),
        ({"type": "certificate_valid"}, {}, ASKED),
        (
            {"type": "certificate_valid", "kinds": ["special"]},
            {"certificate__valid": True},
            refused("CERTIFICATE_KIND"),
        ),
        (
            {"type": "certificate_valid", "kinds": ["level"]},
            {"certificate__valid": True, "certificate__kind": None},
            ASKED,
        ),
        ({"type": "provider_listed"}, {"provider": {"listed": True}}, PASSED),
        ({"type": "provider_listed"}, {"provider": {"listed": False}}, refused("PROVIDER_NOT_LISTED")),
        ({"type": "provider_listed"}, {"provider": None}, ASKED),
        ({"type": "employed_by_payee"}, {"person__employed_by_payee": True}, PASSED),
        (
            {"type": "employed_by_payee"},
            {"person__employed_by_payee": False},
            refused("NOT_EMPLOYED_BY_PAYEE"),
        ),
        (
            {"type": "employed_by_payee", "insured": True},
            {"person__employed_by_payee": True, "person__insured_by_payee": False},
            refused("NOT_INSURED_BY_PAYEE"),
        ),
        (
            {"type": "employed_by_payee", "insured": True},
            {"person__employed_by_payee": False},
            refused("NOT_EMPLOYED_BY_PAYEE"),
        ),
        ({"type": "employed_by_payee", "insured": True}, {"person__employed_by_payee": True}, ASKED),
    ],
)
def test_membership(rule, changes, expected):
    changes = dict(changes)
    made = facts()
    made["certificate"].pop("valid", None)
    if "provider" in changes:
        made["provider"] = changes.pop("provider")
    for path, value in changes.items():
        section, name = path.split("__")
        made[section][name] = value
    record = evaluate(read_policies(body(rule=rule)), made)
    assert (record["outcome"], record["reasons"]) == expected


def claimed(*on):
    return [{"state": "PAID", "submitted_on": one, "certificate_kind": "level"} for one in on]


@pytest.mark.parametrize(
    ("window", "earlier", "expected"),
    [
        # The claim is made on 15 June 2020. A rolling year begins after the same day a year before.
        ("rolling", "2019-06-15", PASSED),
        ("rolling", "2019-06-16", refused("ANNUAL_CAP")),
        ("rolling", "2020-06-15", refused("ANNUAL_CAP")),
        ("calendar", "2019-12-31", PASSED),
        ("calendar", "2020-01-01", refused("ANNUAL_CAP")),
        ("calendar", None, ("NEEDS_EVIDENCE", ["R_UNKNOWN"])),
    ],
)
def test_a_year_is_a_calendar_year_or_the_last_twelve_months(window, earlier, expected):
    rule = {"type": "max_per_year", "n": 1, "year_of": "claim.submitted_on", "window": window}
    assert decided(body(rule=rule), history=claimed(earlier)) == expected


STEPS = {
    "type": "per_day_steps",
    "days": "learning.offline_days",
    "steps": [{"up_to": 10, "fen": 3000}, {"up_to": 20, "fen": 2000}],
}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, []),
        (10, [(30_000, "10 × 3000 = 30000")]),
        (11, [(32_000, "10 × 3000 + 1 × 2000 = 32000")]),
        (40, [(50_000, "10 × 3000 + 10 × 2000 = 50000")]),
    ],
)
def test_days_are_paid_by_the_step_in_which_they_fall(days, expected):
    assert fen(body(line=STEPS), learning__offline_days=days) == expected


@pytest.mark.parametrize(
    ("online", "percent", "expected"),
    [
        ("60", "130", [(93_600, "120000 × 60 / 100 × 130% = 93600")]),
        ("60", None, [(72_000, "120000 × 60 / 100 = 72000")]),
        # More online hours than hours are a whole, not more than that.
        ("170", None, [(120_000, "120000 × 100 / 100 = 120000")]),
    ],
)
def test_a_share_of_a_standard(online, percent, expected):
    line = {"type": "ratio", "fen": 120_000, "part": "learning.online_hours", "whole": "course.hours"}
    if percent:
        line["percent"] = percent
    assert fen(body(line=line), learning__online_hours=online) == expected


def test_a_share_of_nothing_is_asked_about():
    line = {"type": "ratio", "fen": 120_000, "part": "learning.online_hours", "whole": "course.hours"}
    assert decided(body(line=line), course__hours="0") == ("NEEDS_EVIDENCE", ["BASE_UNKNOWN"])


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ({}, 3167),
        ({"mode": "down"}, 3166),
        ({"mode": "up"}, 3167),
        ({"mode": "half_even"}, 3166),
        ({"mode": "half_down"}, 3166),
        ({"unit": "jiao"}, 3170),
        ({"unit": "jiao", "mode": "down"}, 3160),
        ({"unit": "yuan"}, 3200),
        ({"unit": "yuan", "mode": "down"}, 3100),
    ],
)
def test_rounding_is_the_policys(rounding, expected):
    line = {"type": "per_hour", "hours": "learning.valid_hours", "fen": 1}
    made = body(line=line, rounding=rounding)
    assert [one for one, _formula in fen(made, learning__valid_hours="3166.5")] == [expected]


def capped(*caps, used=None):
    made = body()
    made["amount"]["lines"] = [
        {"fund": "SKILL", "item": "BASE", "type": "flat", "fen": 100_000},
        {"fund": "EMPLOY", "item": "LIVING", "type": "flat", "fen": 30_000},
    ]
    made["amount"]["uplifts"] = {
        "of": "BASE",
        "stacking": "sum",
        "choices": [{"item": "KEY_GROUP", "percent": 20}],
    }
    made["amount"]["caps"] = [{"id": "TOP", **cap} for cap in caps]
    told = facts()
    told["paid"] = {"person_year_fen": used}
    record = evaluate(read_policies(made), told)
    return record["outcome"], [(line["item"], line["fen"]) for line in record["lines"]], record["amount_fen"]


def test_a_cap_takes_from_the_last_line_first():
    assert capped({"fen": 115_000}) == ("APPROVE", [("BASE", 100_000), ("LIVING", 15_000)], 115_000)
    assert capped({"fen": 90_000}) == ("APPROVE", [("BASE", 90_000)], 90_000)
    assert capped({"fen": 150_000})[2] == 150_000
    assert capped({"fen": 110_000, "fund": "SKILL"}) == (
        "APPROVE",
        [("BASE", 100_000), ("LIVING", 30_000), ("KEY_GROUP", 10_000)],
        140_000,
    )


def test_a_cap_counts_what_was_paid_before():
    used = {"fen": 200_000, "used": "paid.person_year_fen"}
    assert capped(used, used=150_000)[2] == 50_000
    assert capped(used, used=200_000) == ("APPROVE", [], 0)
    assert capped(used, used=900_000) == ("APPROVE", [], 0)
    assert capped(used)[0] == "NEEDS_EVIDENCE"


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (body(rule={"type": "age_between", "min": 60, "min_at": "claim.submitted_on", "max": 50, "max_at": "claim.submitted_on"}), "allows nobody"),
        (body(rule={"type": "not_in_status", "statuses": ["pensioner"], "unless": {"student": ["veteran"]}}), "does not exclude"),
        (body(rule={"type": "min_hours", "hours": "learning.valid_hours", "min": "40", "hour_minutes": 50}), "50 minutes"),
        (body(rule={"type": "once_per", "key": ["occupation"], "higher_blocks_lower": True}), "without 'level'"),
        (body(line={"type": "table", "by": "certificate.level", "fen": {}}), "empty table"),
        (body(line={"type": "per_day_steps", "days": "x", "steps": [{"fen": 1}, {"fen": 2}]}), "only the last step"),
        (body(line={"type": "per_day_steps", "days": "x", "steps": [{"up_to": 3, "fen": 1}, {"up_to": 3, "fen": 2}]}), "end after"),
        (body(line={"type": "ratio", "fen": 1, "part": "x", "whole": "x"}), "share of itself"),
        (body(roundng={}), "unknown key 'roundng'"),
        (body(notice={"workin_days": 5}), "unknown key 'workin_days'"),
        (body(notice={"working_days": 0}), "0 decides nothing"),
        (body(notice={"mask": "none"}), "none of name_1_id_4"),
        (body(review={"ministry": "maybe"}), "none of never"),
        (body(review={"sample_percent": 101}), "more than 100 percent"),
        (body(review={"sample_percent": -1}), "not a whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_a_sentence(made, sentence):
    with pytest.raises(PolicyError, match=sentence):
        read_policy(made)


def test_terms_are_read_and_have_defaults():
    told = read_policy(POLICY[0])
    assert (told.notice.working_days, told.notice.objection_working_days, told.notice.mask) == (
        5,
        5,
        "name_1_id_4",
    )
    assert (told.review.second, told.review.ministry, told.review.sample_percent) == ("always", "sample", 10)
    assert told.review.ministry_if_fen_at_least == 500_000
    assert told.materials == ("resident_id", "certificate", "bank_account")
    made = body()
    for name in ("notice", "review", "materials"):
        del made[name]
    plain = read_policy(made)
    assert (plain.review.ministry, plain.notice.working_days, plain.materials) == ("always", 5, ())
