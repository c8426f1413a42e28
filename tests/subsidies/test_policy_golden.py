"""What the engine says belongs to its version: who changes a word or a sum gives the engine another version.

`golden_engine.json` keeps for each version the digest of what it said about the corpus below. Where this test fails, raise
`ENGINE` in subsidies/policy/engine.py and add the digest that it prints; the old ones stay.
"""

import copy
import hashlib
import itertools
import json
from pathlib import Path

from subsidies.policy import ENGINE, evaluate, read_policy
from subsidies.policy.body import RULES
from subsidies.policy.sums import SUMS
from tests.subsidies.making import SAMPLE

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "golden_engine.json").read_text(encoding="utf-8"))
CASES = [one["facts"] for one in json.loads((HERE / "cases/claims_public.json").read_text(encoding="utf-8"))]
BROAD = {
    **copy.deepcopy(SAMPLE[0]),
    "version": 7,
    "valid": ["2019-01-01", None],
    "eligibility": [
        *SAMPLE[0]["eligibility"],
        {"id": "GROUP", "type": "in_group", "groups": ["migrant_worker", "disabled"]},
        {"id": "EMPLOYED", "type": "employed_by_payee", "insured": True},
        {"id": "LISTED", "type": "provider_listed"},
        {"id": "STANDS", "type": "certificate_valid", "kinds": ["level", "special"]},
        {"id": "ONLINE", "type": "share_between", "part": "learning.online_hours", "whole": "learning.valid_hours",
         "least": "contract.online_least", "most": "contract.online_most"},
        {"id": "PLACES", "type": "fewer_than", "counted": "paid.contract_people", "limit": "contract.people"},
    ],
    "frequency": [
        *SAMPLE[0]["frequency"],
        {"id": "ROLL", "type": "max_per_year", "n": 1, "year_of": "certificate.issued_on", "window": "rolling"},
    ],
    "amount": {
        "lines": [
            *SAMPLE[0]["amount"]["lines"],
            {"fund": "SKILL", "item": "DAYS", "type": "per_day_steps", "days": "learning.offline_days",
             "steps": [{"up_to": 2, "fen": 3000}, {"fen": 1000}]},
            {"fund": "SKILL", "item": "SHARE", "type": "ratio", "fen": 100001, "part": "learning.online_hours",
             "whole": "course.hours", "percent": "130"},
            {"fund": "SKILL", "item": "PRICE", "type": "agreed", "fen_of": "contract.person_fen"},
            {"fund": "EMPLOY", "item": "COUNTS", "type": "sum",
             "parts": [{"count": "learning.offline_days", "fen": 7}, {"count": "learning.online_hours", "fen": 9}]},
        ],
        "uplifts": [{"of": "BASE", "stacking": "sum", "choices": [
            {"item": "KEY_GROUP", "percent": "20", "when_any_group": ["migrant_worker"]},
            {"item": "SHORTAGE", "percent": "30", "when_fact": "occupation.shortage", "levels": [3, 2, 1]},
        ]}],
        "caps": [
            {"id": "MOST", "fen": 150000, "fund": "SKILL"},
            {"id": "SUM", "fen_of": "contract.sum_fen", "used": "paid.contract_fen"},
        ],
    },
}  # fmt: skip
"""Each type of rule and of line, beside what the sample has."""


def variants():
    """The public cases; each of their facts left out, turned over or made nonsense; days on both sides of the limits."""
    yield from CASES
    base = CASES[0] | {
        "payee": {"kind": "enterprise"},
        "provider": {"listed": True},
        "paid": {"contract_fen": 90_000, "contract_people": 2},
        "contract": {
            "person_fen": 3_000,
            "sum_fen": 200_000,
            "people": 3,
            "online_least": 20,
            "online_most": 90,
        },
    }
    paths = [(section, name) for section, told in base.items() if isinstance(told, dict) for name in told]
    for section, name in paths:
        for value in (None, "？", True, False, "0", [], ["disabled"], "2021-07-01", 3, "40"):
            changed = copy.deepcopy(base)
            changed[section][name] = value
            yield changed
    entry = {"certificate_kind": "level", "occupation": "welder", "submitted_on": "2020-05-01"}
    for level, state, count in itertools.product((5, 4, 3, None), ("PAID", "REJECTED", None), (1, 3)):
        yield base | {"history": [{**entry, "level": level, "state": state}] * count}
    yield base | {"other_schemes": [{"scheme": "UI_SKILL", "occupation": "welder", "level": 4}]}
    yield base | {"other_schemes": ["UI_SKILL"]}


def test_the_corpus_has_every_type():
    rules = {rule["type"] for rule in (*BROAD["eligibility"], *BROAD["frequency"])}
    assert rules == set(RULES)
    assert {line["type"] for line in BROAD["amount"]["lines"]} == set(SUMS)


def test_another_word_needs_another_engine():
    policies = [[read_policy(one) for one in SAMPLE], [read_policy(BROAD)]]
    digest = hashlib.sha256()
    for chosen, facts in itertools.product(policies, variants()):
        record = evaluate(chosen, facts)
        record.pop("engine")
        digest.update(json.dumps(record, ensure_ascii=False, sort_keys=True).encode())
    told = f'"{ENGINE}": "{digest.hexdigest()}"'
    assert GOLDEN.get(ENGINE) == digest.hexdigest(), f"raise ENGINE, then add to golden_engine.json: {told}"
