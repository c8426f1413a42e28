"""What people type into the forms of a policy, and its pieces by their place. All of it without a database."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.policy import kinds, places, read_policy, typed
from subsidies.policy.body import RULES
from subsidies.policy.places import NoSuchPlace
from subsidies.policy.shape import keys_of
from subsidies.policy.sums import SUMS
from tests.subsidies.making import SAMPLE
from tests.subsidies.test_policy_golden import BROAD

PARTS = keys_of(SUMS["sum"])[0].kind
STEPS = keys_of(SUMS["per_day_steps"])[1].kind


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (kinds.FEN, "1200", 120_000),
        (kinds.FEN, "1,200.5 元", 120_050),
        (kinds.FEN, "0.01", 1),
        (kinds.HOURS, "39.5", "39.5"),
        (kinds.COUNT, " 3 ", 3),
        (kinds.FLAG, "false", False),
        (kinds.LEVELS, ["3", "2"], [3, 2]),
        (kinds.TABLE, "5 = 1200\n\n4：1600.00", {"5": 120_000, "4": 160_000}),
        (kinds.AGE_LIMIT, "60", 60),
        (kinds.AGE_LIMIT, "m = 60\nF = 55", {"M": 60, "F": 55}),
        (kinds.EXCUSES, "fulltime_student = a, b、c", {"fulltime_student": ["a", "b", "c"]}),
        (kinds.CONDITIONS, "certificate.kind = level\na.b = 是\nc.d = 4", {"certificate.kind": "level", "a.b": True, "c.d": 4}),
        (PARTS, "learning.days = 50", [{"count": "learning.days", "fen": 5000}]),
        (STEPS, "10 = 50\n* = 30", [{"up_to": 10, "fen": 5000}, {"fen": 3000}]),
        (kinds.CODES, [], None),
        (kinds.WORD, "  ", None),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_as_the_policy_has_it(kind, text, value):
    assert typed.read(kind, text) == value
    if value is not None:
        kind.read(value)
        assert typed.read(kind, typed.shown(kind, value)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (kinds.FEN, "1.234"),
        (kinds.FEN, "-1"),
        (kinds.FEN, "１２"),
        (kinds.FEN, "1e9"),
        (kinds.FEN, "9" * 30),
        (kinds.HOURS, "NaN"),
        (kinds.COUNT, "٣"),
        (kinds.COUNT, "9" * 5_000),
        (kinds.FLAG, "maybe"),
        (kinds.TABLE, "5 1200"),
        (kinds.TABLE, "5 = 1200\n5 = 1300"),
        (STEPS, "x = 1"),
        (kinds.WORD, "a\x00b"),
        (kinds.WORD, "长" * 20_001),
    ],
)
def test_nonsense_is_refused_in_both_languages(kind, text):
    with pytest.raises(typed.Mistyped) as broken:
        typed.read(kind, text)
    assert broken.value.said.zh
    assert broken.value.said.en


@given(st.integers(0, 10**12 - 1))
def test_money_is_exact_both_ways(fen):
    assert typed.fen(typed.yuan(fen)) == fen


SPOTS = [
    ("scope", ""),
    ("rounding", ""),
    ("notice", ""),
    ("review", ""),
    *((f"eligibility-{n}", "") for n in range(len(BROAD["eligibility"]))),
    *((f"frequency-{n}", "") for n in range(len(BROAD["frequency"]))),
    *((f"lines-{n}", "") for n in range(len(BROAD["amount"]["lines"]))),
    ("uplifts-0", ""),
    ("choices-0-1", ""),
    ("caps-0", ""),
]


@pytest.mark.parametrize(("place", "kind"), SPOTS)
def test_every_piece_comes_back_from_its_form_as_it_was(place, kind):
    """Shown as a form shows it, and read again, the text says the same."""
    spot = places.spot(BROAD, place, kind=kind)
    again = {
        key.name: typed.read(key.kind, typed.shown(key.kind, spot.piece[key.name]))
        for key in spot.keys
        if key.name in spot.piece and key.kind.typed is not kinds.Typed.TITLE
    }
    body = places.put(BROAD, place, {**spot.piece, **again})
    assert read_policy(body) == read_policy(BROAD)


def test_every_type_of_rule_and_line_can_be_added():
    offered = {kind for part in places.TYPES.values() for kind in part}
    assert offered == {*RULES, *SUMS}
    for part, types in places.TYPES.items():
        for kind in types:
            spot = places.spot(BROAD, f"{part}-new", kind=kind)
            assert spot.is_new
            assert spot.engine.endswith(
                f"[{len(places.opened(BROAD)['amount' if part == 'lines' else part]['lines' if part == 'lines' else slice(None)])}]"
            )


@pytest.mark.parametrize(
    "place",
    ["", "x", "lines", "lines-", "lines-99", "lines--1", "lines-٣", "choices-9-0", "choices-0", "caps-0-0", "lines-new", "scope-0"],
)  # fmt: skip
def test_a_place_that_is_not_there_is_none(place):
    with pytest.raises(NoSuchPlace):
        places.spot(BROAD, place)


def test_pieces_are_moved_and_taken_out_without_touching_the_text_they_came_from():
    before = copy.deepcopy(BROAD)
    down = places.moved(BROAD, "eligibility-0", 1)
    assert [one["id"] for one in down["eligibility"]][:2] == ["STATUS", "AGE"]
    gone = places.without(BROAD, "choices-0-0")
    assert [one["item"] for one in gone["amount"]["uplifts"][0]["choices"]] == ["SHORTAGE"]
    assert before == BROAD
    for place, by in (("eligibility-0", -1), ("caps-1", 1)):
        with pytest.raises(NoSuchPlace):
            places.moved(BROAD, place, by)


def test_one_block_of_uplifts_becomes_a_list_that_says_the_same():
    assert isinstance(SAMPLE[0]["amount"]["uplifts"], dict)
    assert read_policy(places.opened(SAMPLE[0])) == read_policy(SAMPLE[0])


def test_a_blank_text_can_be_read():
    assert read_policy(places.blank("520000", "SKILL", 1, "2026-01-01")).programme == "SKILL"
