"""Columns checked at once answer exactly as one value asked of the function that decides."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from portal import numbers
from portal.accounts import quick
from portal.accounts.services import plain_name
from portal.rules import RuleBroken
from tests.factories import rows

ON = dt.date(2026, 3, 16)
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def one(ask, value):
    try:
        return ask(value), None
    except RuleBroken as broken:
        return "", broken.code


def alike(column, ask, values):
    found, refused = column(values)
    told = [(found[n], refused[n].code if n in refused else None) for n in range(len(values))]
    assert told == [one(ask, value) for value in values]


def number(text):
    return numbers.resident_id(text, on=ON).number


def ids(values):
    return quick.resident_ids(values, on=ON)


@st.composite
def near_ids(draw):
    """Numbers that are right or nearly so: another check digit, day, width, length."""
    year = draw(st.one_of(st.integers(0, 9999), st.integers(1890, 2030)))
    month, day, rest = draw(st.integers(0, 14)), draw(st.integers(0, 33)), draw(st.integers(0, 999))
    body = f"{draw(st.integers(0, 999999)):06}{year:04}{month:02}{day:02}{rest:03}"
    last = draw(st.sampled_from([ric.calc_check_digit(body + "0"), "X", "x", "0", "9", ":", "/"]))
    text = body + last
    return draw(
        st.sampled_from(
            [
                text,
                text,
                text.translate(FULL_WIDTH),
                text.lower(),
                f" {text}",
                text[:-1],
                text[:6] + text[8:17],
            ]
        )
    )


@given(
    st.lists(st.one_of(near_ids(), st.text(max_size=20), st.text("0123456789Xx٣𝟗", min_size=17, max_size=19)))
)
def test_resident_ids(values):
    alike(ids, number, values)


def test_every_known_number():
    known = [row["number"] for row in rows("resident_ids.csv")]
    alike(ids, number, known + [text.translate(FULL_WIDTH) for text in known])
    assert any(text.endswith("X") for text in ids(known)[0])
    assert "id_15_digits" in {broken.code for broken in ids(["110105491231002"])[1].values()}


@pytest.mark.parametrize(
    "day", ["20240229", "20230229", "19000229", "20000229", "20260316", "20260317", "18951231"]
)
def test_days_of_birth_at_the_edge(day):
    body = f"520102{day}996"
    alike(ids, number, [body + ric.calc_check_digit(body + "0")])


@given(
    st.lists(
        st.one_of(
            st.integers(10_000_000_000, 20_000_000_000).map(str),
            st.integers(17_900_000_000, 17_999_999_999).map(str),
            st.integers(0, 10**15).map(str),
            st.integers(13_000_000_000, 19_999_999_999).map(lambda n: f"+86{n}"),
            st.integers(13_000_000_000, 19_999_999_999).map(lambda n: str(n).translate(FULL_WIDTH)),
            st.text("0123456789+- ()", max_size=16),
            st.text(max_size=14),
        )
    )
)
@example(["17900123456", "17911138000", "1380000000٣"])
def test_phones(values):
    alike(quick.phones, numbers.phone, values)


@pytest.mark.parametrize("head", range(130, 200))
def test_mobiles_of_every_beginning(head):
    alike(quick.phones, numbers.phone, [f"{head}{rest:08}" for rest in (0, 12345678, 90000000, 99999999)])


@given(
    st.lists(
        st.one_of(
            st.text("王建国欧阳𠮷𨱑㐂䶮〇·•．.-' aZé\u0301\u3000", max_size=44),
            st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x323AF), max_size=42),
            st.text(max_size=42),
        )
    )
)
@example(["阿依古丽·买买提", "买买提．艾力", "𠮷", "𠮷野家", "王", "王\u3000芳", "", "﨑山"])
def test_names(values):
    alike(quick.names, plain_name, values)


def test_every_name_we_have():
    alike(quick.names, plain_name, [row["full_name"] for row in rows("names.csv")])


def test_every_common_character_is_kept_as_it_is():
    names = [chr(code) * 2 for code in range(0x4E00, 0x9FA6)]
    alike(quick.names, plain_name, names)


def test_days():
    told = [
        "2024-02-29",
        " 2024-02-29 ",
        "2023-02-29",
        "1999-12-31",
        "2000-01-01",
        "2026-03-16",
        "2026-03-17",
    ]
    found, refused = quick.days([*told, "20240229", "2024-2-9", "２０２４-01-01", "", "gestern"], on=ON)
    assert [day is not None for day in found] == [True, True, False, False, True, True, *[False] * 6]
    assert set(refused) == {2, 3, 6, 7, 8, 9, 10, 11}
    assert {broken.code for broken in refused.values()} == {"bad_day"}
