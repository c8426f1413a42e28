"""Marks, decisions and kappa as plain numbers. Worked examples are from the sources named there, or done by hand."""

from fractions import Fraction
from itertools import product

import pytest

from learners.agreement import FEW, Decision, Paper, agreement, by_third, decided, kappa, score, squared

BREACH = frozenset({1})


@pytest.mark.parametrize(
    ("levels", "percent"),
    [({1: 3, 2: 3}, 100), ({1: 0, 2: 0}, 0), ({1: 3, 2: 0}, 25), ({1: 2, 2: 2}, 66), ({1: 0, 2: 1}, 25)],
)
def test_a_score_is_cut_and_never_rounded_up(levels, percent):
    assert score(levels, {1: 1, 2: 3}) == percent


@pytest.mark.parametrize(
    ("first", "second", "decision"),
    [
        (Paper(70), Paper(75), Decision(passed=True, score=72, safety_failed=False)),
        (Paper(60), Paper(75), Decision(passed=True, score=67, safety_failed=False)),
        (Paper(60), Paper(76), None),
        (Paper(59), Paper(60), None),
        (Paper(40), Paper(50), Decision(passed=False, score=45, safety_failed=False)),
        (Paper(10), Paper(50), None),
        (Paper(90, BREACH), Paper(95, BREACH), Decision(passed=False, score=92, safety_failed=True)),
        (Paper(10, BREACH), Paper(95, BREACH), Decision(passed=False, score=52, safety_failed=True)),
        (Paper(90, BREACH), Paper(90), None),
        (Paper(90, BREACH), Paper(90, frozenset({2})), None),
        (Paper(50, BREACH), Paper(45), Decision(passed=False, score=47, safety_failed=False)),
    ],
)
def test_two_papers(first, second, decision):
    assert decided(first, second, pass_mark=60) == decision
    assert decided(second, first, pass_mark=60) == decision


def test_the_third_decides_alone():
    assert by_third(Paper(60), pass_mark=60) == Decision(passed=True, score=60, safety_failed=False)
    assert by_third(Paper(99, BREACH), pass_mark=60) == Decision(passed=False, score=99, safety_failed=True)


def test_whatever_two_say_a_decision_never_contradicts_its_score():
    for one, other, broken, seen in product(range(0, 101, 5), range(0, 101, 5), (0, 1), (0, 1)):
        first, second = (
            Paper(one, frozenset({1} if broken else ())),
            Paper(other, frozenset({1} if seen else ())),
        )
        if told := decided(first, second, pass_mark=60):
            assert told.passed == (told.score >= 60 and not told.safety_failed)


def pairs(table):
    """Cells of a square table: rows are what the first said, columns what the second said."""
    return [
        (first, second)
        for first, row in enumerate(table)
        for second, times in enumerate(row)
        for _time in range(times)
    ]


def test_kappa_of_cohens_1960_paper():
    """His table of proportions times 100: .25 .13 .12 / .12 .02 .16 / .03 .15 .02; observed .29, by chance .3468…"""
    table = [[25, 13, 12], [12, 2, 16], [3, 15, 2]]
    found = kappa(pairs(table))
    by_chance = Fraction(50 * 40 + 30 * 30 + 20 * 30, 10_000)
    assert found == (Fraction(29, 100) - by_chance) / (1 - by_chance)


def test_kappa_of_a_known_table():
    """20 + 15 of 50 alike, 0.4 by kappa: the textbook's grants example."""
    assert kappa(pairs([[20, 5], [10, 15]])) == Fraction(2, 5)


def test_kappa_at_its_ends():
    assert kappa([(1, 1), (0, 0)]) == 1
    assert kappa([(1, 0), (0, 1)]) == -1
    assert kappa([]) is None
    assert kappa([(1, 1), (1, 1)]) is None


def test_weighted_kappa_forgives_what_is_near():
    near, far = [(0, 1), (1, 0), (3, 3), (2, 2)], [(0, 3), (3, 0), (1, 1), (2, 2)]
    assert kappa(near) == kappa(far)
    assert kappa(near, distance=squared) == Fraction(4, 5)
    assert kappa(far, distance=squared) == Fraction(-4, 5)


def test_two_assessors_are_alike_whoever_comes_first():
    table = [[7, 2, 0], [1, 5, 3], [0, 4, 8]]
    turned = [(second, first) for first, second in pairs(table)]
    assert kappa(pairs(table), distance=squared) == kappa(turned, distance=squared)


def test_few_films_are_called_few():
    said = agreement([(True, True)] * (FEW - 1), [(2, 2)])
    assert (said.n, said.same, said.is_small, said.verdict) == (29, 29, True, None)
    assert not agreement([(True, False)] * FEW, []).is_small
