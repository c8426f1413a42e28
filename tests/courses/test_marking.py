"""Marking by rule, and what is left to chance: pure."""

import random
from decimal import Decimal

import pytest

from courses.drawing import Candidate, Part, draw, mixed_steps, shortfalls
from courses.marking import NEEDS_A_PERSON, RIGHT, WRONG, Rule, Unclear, folded, mark, read_number

MM = Rule("numeric", number=Decimal("12.5"), tolerance=Decimal("0.5"), unit="mm")


@pytest.mark.parametrize(
    ("rule", "given", "points"),
    [
        (Rule("single", ("A",)), ["A"], RIGHT),
        (Rule("single", ("A",)), ["B"], WRONG),
        (Rule("multiple", ("A", "C")), ["C", "A"], RIGHT),
        (Rule("multiple", ("A", "C")), ["A"], WRONG),
        (Rule("multiple", ("A", "C")), ["A", "B", "C"], WRONG),
        (Rule("hotspot", ("C",)), ["C"], RIGHT),
        (Rule("hotspot", ("C",)), ["A"], WRONG),
        (Rule("ordering", ("B", "A", "C")), ["B", "A", "C"], RIGHT),
        (Rule("ordering", ("B", "A", "C")), ["A", "B", "C"], WRONG),
        (MM, ["12"], RIGHT),
        (MM, ["13.0 mm"], RIGHT),
        (MM, ["13.01"], WRONG),
        (MM, ["十二点五毫米"], WRONG),
        (MM, ["1,200"], WRONG),
        (Rule("numeric", number=Decimal(-200), tolerance=Decimal(1), in_percent=True), ["-202"], RIGHT),
        (Rule("numeric", number=Decimal(-200), tolerance=Decimal(1), in_percent=True), ["-202.1"], WRONG),
        (Rule("short_text", accepted=("接地𠮷线",)), ["接 地𠮷线。"], RIGHT),
        (Rule("short_text", accepted=("Arc Welding",)), ["ａｒｃ welding"], RIGHT),
        (Rule("short_text", accepted=("接地𠮷线",)), ["接地吉线"], NEEDS_A_PERSON),
        (Rule("short_text"), ["什么"], NEEDS_A_PERSON),
        *(
            (Rule(kind, ("A",)), given, WRONG)
            for kind in ("single", "ordering", "short_text")
            for given in ([], [" "])
        ),
    ],
)
def test_an_answer_gets_its_points(rule, given, points):
    assert mark(rule, given) == points


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            ("12.5", "12.5"),
            ("１２．５", "12.5"),
            ("12,5", "12.5"),
            ("12。5", "12.5"),
            (" - 3 ", "-3"),
            ("−3", "-3"),
        ),
        *(("十二", "12"), ("二十", "20"), ("一百零五", "105"), ("三千二百", "3200"), ("一二三", "123")),
        *(
            ("负十二点五", "-12.5"),
            ("两万零三十", "20030"),
            ("0,125", "0.125"),
            (".5", "0.5"),
            ("1200", "1200"),
        ),
        ("12.5 ℃", "12.5"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert read_number(text, "°C") == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "十百千万",
        "百千",
        "1,200",
        "1.2.3",
        "12 mm",
        "一点",
        "1e9",
        "NaN",
        "∞",
        "9" * 23,
        "约12",
        "二三十",
    ],
)
def test_what_is_no_one_number_is_unclear(text):
    with pytest.raises(Unclear):
        read_number(text)


def test_texts_are_alike_but_for_what_is_not_seen():
    assert folded("“𠮷·Ａb c”！") == folded("𠮷·ab　C")
    assert folded("བོད") != folded("བད"), "a Tibetan vowel is a letter"
    assert folded("辻\U000e0100") == folded("辻")
    assert folded("。") == ""


BANK = [Candidate(n, "ab"[n % 2], ("single", "numeric")[n // 10], 1 + n % 3) for n in range(20)]


def test_an_old_blueprint_draws_what_it_always_drew():
    """The draw of attempts made before there were parts can be made again from their seed."""
    assert draw(BANK, 5, [], seed=7) == [10, 4, 12, 1, 2]
    assert draw(BANK, 99, [], seed=7) == random.Random(7).sample(range(20), 20)  # noqa: S311 - repeatable, not secret


@pytest.mark.parametrize("seed", range(30))
def test_a_draw_fills_every_part_if_any_draw_could(seed):
    parts = [Part(9), Part(3, section="a"), Part(4, kind="numeric"), Part(2, "b", "single", 2)][1:]
    drawn = draw(BANK, 12, parts, seed=seed)
    assert drawn == draw(BANK, 12, parts, seed=seed)
    assert len(set(drawn)) == len(drawn) == 12
    rows = [one for one in BANK if one.id in drawn]
    for part in parts:
        assert sum(part.takes(one) for one in rows) >= part.count


def test_a_broad_part_leaves_what_a_narrow_one_needs():
    bank = [Candidate(1, "a", "single", 1), Candidate(2, "b", "single", 1)]
    parts = [Part(1), Part(1, section="a")]
    assert shortfalls(bank, parts) == [0, 0]
    assert all(sorted(draw(bank, 2, parts, seed=seed)) == [1, 2] for seed in range(20))
    assert shortfalls(bank, [Part(3, kind="single"), Part(2, section="c")]) == [1, 2]


def test_draws_differ_by_seed_and_reach_the_whole_bank():
    seen = {n for seed in range(60) for n in draw(BANK, 6, [Part(2, section="a")], seed=seed)}
    assert seen == set(range(20))


@pytest.mark.parametrize("count", range(2, 9))
def test_steps_are_never_shown_in_the_right_order(count):
    options = [{"key": "ABCDEFGH"[n], "zh": f"第𠮷{n}步"} for n in range(count)]
    keys = [row["key"] for row in options]
    shown, right = mixed_steps(options, keys)
    assert [row["key"] for row in shown] == keys, "letters follow the order shown"
    assert right != keys
    texts = {row["key"]: row["zh"] for row in shown}
    assert [texts[key] for key in right] == [row["zh"] for row in options]
    assert mixed_steps(shown, right) == (shown, right), "once more changes nothing"
