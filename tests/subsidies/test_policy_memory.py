"""Records made for many claims together are those made one by one, whatever was met before."""

import copy
import itertools
import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.policy import Evaluator, FactsError, PolicyError, evaluate, memory, read_policies, read_policy
from tests.subsidies.test_policy import CASES, POLICY
from tests.subsidies.test_policy_golden import BROAD, variants
from tests.subsidies.test_second_evaluator import facts, policies, slow

ODD = (
    None,
    "",
    "１６",
    "𠀀",
    True,
    1,
    1.0,
    0,
    -1,
    Decimal("1.0"),
    Decimal("1.00"),
    [],
    [True],
    [1],
    {},
    {"a": 1},
    10**30,
)
SOURCES = {"person.born": {"source": "identity", "as_of": "2020-06-01"}}


def exactly(record: object) -> str:
    """JSON tells True from 1 and 1 from "1", and keeps the order of names."""
    return json.dumps(record, ensure_ascii=False)


@slow
@given(policies(), st.lists(facts, min_size=2, max_size=6))
def test_random_claims_after_one_another(body, rows):
    try:
        rules = read_policies([body])
    except PolicyError:
        return
    together = Evaluator(rules)
    for told in [*rows, *rows]:
        assert exactly(together(copy.deepcopy(told))) == exactly(evaluate(rules, told))


def test_nonsense_of_any_type_after_sense():
    rules = [read_policy(one) for one in (*POLICY, BROAD)]
    for chosen in ([*rules[:-1]], [rules[-1]]):
        together = Evaluator(chosen)
        for told in [*variants(), *variants()]:
            assert exactly(together(told)) == exactly(evaluate(chosen, told))


@pytest.mark.parametrize(
    "path", ["person", "person.born", "certificate.level", "learning.valid_hours", "history"]
)
def test_values_that_are_equal_in_python_only(path):
    rules = [read_policy(one) for one in POLICY]
    together = Evaluator(rules)
    for value in [*ODD, *ODD]:
        told = copy.deepcopy(CASES[0]["facts"])
        section, _, name = path.partition(".")
        (told[section] if name else told)[name or section] = value
        assert exactly(together(told)) == exactly(evaluate(rules, told)), repr(value)


def test_the_choice_of_the_version_is_that_of_the_record():
    rules = [read_policy(one) for one in POLICY]
    together = Evaluator(rules)
    for told in variants():
        policy = together.chosen(told)
        assert (policy.version if policy else None) == together(told)["version"]


def test_values_of_no_json_are_decided_and_not_remembered():
    class Lazy(Mapping):
        def __getitem__(self, name):
            return CASES[0]["facts"]["person"][name]

        def __iter__(self):
            return iter(CASES[0]["facts"]["person"])

        def __len__(self):
            return len(CASES[0]["facts"]["person"])

    rules = [read_policy(one) for one in POLICY]
    together = Evaluator(rules)
    told = CASES[0]["facts"] | {"history": [Lazy()], "person": Lazy()}
    assert exactly(together(told)) == exactly(evaluate(rules, told))
    assert together.chosen(CASES[0]["facts"] | {"certificate": Lazy()}) is None
    with pytest.raises(FactsError):
        together([])


def test_where_facts_come_from_is_told_of_each_claim():
    rules = [read_policy(one) for one in POLICY]
    together = Evaluator(rules)
    for sources, at in itertools.product((SOURCES, {}, SOURCES), ("2020-06-01", "2020-06-02")):
        asked = {"sources": sources, "evaluated_at": at, "supersedes": at}
        assert exactly(together(CASES[0]["facts"], **asked)) == exactly(
            evaluate(rules, CASES[0]["facts"], **asked)
        )


def test_what_is_kept_has_a_limit(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 5)
    rules = [read_policy(one) for one in POLICY]
    together = Evaluator(rules)
    for _round, told in itertools.product(range(3), variants()):
        assert exactly(together(told)) == exactly(evaluate(rules, told))
    assert max(piece._kept for piece in pieces(together)) <= 5


def test_a_rule_whose_facts_never_come_again_is_not_remembered(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 3)
    rules = [read_policy(one) for one in POLICY]
    together = Evaluator(rules)
    for day in range(1, 28):
        told = copy.deepcopy(CASES[0]["facts"])
        told["person"]["born"] = f"1980-01-{day:02}"
        assert exactly(together(told)) == exactly(evaluate(rules, told))
    assert {piece._pays for piece in pieces(together)} == {True, False}


def pieces(together):
    for kept in together._pieces.values():
        yield from (*kept.rules, kept.amount)
