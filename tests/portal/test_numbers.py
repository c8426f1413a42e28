import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import numbers
from tests.factories import rows

TODAY = dt.date(2026, 3, 16)
VALID = [r for r in rows("resident_ids.csv") if r["valid"] == "yes"]
INVALID = [r for r in rows("resident_ids.csv") if r["valid"] == "no"]
# What the file calls invalid for reasons that are a warning here, or that fold into a valid number.
FOLDS = [r for r in INVALID if r["normalises_to"] and r["reason"] != "old_15_digit"]


@pytest.mark.parametrize("row", VALID, ids=lambda r: r["number"])
def test_a_valid_resident_id_tells_birth_date_and_sex(row):
    found = numbers.resident_id(row["number"], on=TODAY)
    assert (found.born.isoformat(), found.sex) == (row["birth_date"], row["sex"])


def test_every_way_to_be_wrong_has_its_own_sentence():
    texts = {
        "id_15_digits": "110105491231002",
        "id_form": "12345",
        "id_date": "520102199002300011",
        "id_future": "52010220990101001X",
        "id_too_old": "520102180001010010",
        "id_check_digit": "520102199001010010",
    }
    said = set()
    for code, text in texts.items():
        with pytest.raises(numbers.BadNumber) as refused:
            numbers.resident_id(text, on=TODAY)
        assert refused.value.code == code
        said.add(str(refused.value))
    assert len(said) == len(texts)


@pytest.mark.parametrize("row", FOLDS, ids=lambda r: r["reason"])
def test_spaces_full_width_and_lower_case_are_the_same_person(row):
    assert numbers.resident_id(row["number"], on=TODAY).number == row["normalises_to"]


def test_what_the_file_calls_wrong_is_refused_unless_only_the_place_is_unknown():
    for row in INVALID:
        if row["normalises_to"]:
            continue
        try:
            found = numbers.resident_id(row["number"], on=TODAY)
        except numbers.BadNumber:
            continue
        assert not found.region_known, row


def test_an_unknown_county_is_a_warning():
    body = "52099919960327997"
    from stdnum.cn import ric

    number = body + ric.calc_check_digit(body + "0")
    assert numbers.resident_id(number, on=TODAY).region_known is False


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text):
    for read in (
        lambda t: numbers.resident_id(t, on=TODAY),
        numbers.social_credit_code,
        numbers.bank_card,
        numbers.phone,
    ):
        with suppress(numbers.BadNumber):
            assert read(text)


@pytest.mark.parametrize("row", rows("uscc.csv"), ids=lambda r: f"{r['code']}-{r['reason']}")
def test_social_credit_codes(row):
    if row["valid"] == "yes" or row["normalises_to"]:
        assert numbers.social_credit_code(row["code"]) == (row["normalises_to"] or row["code"])
    elif row["stdnum_is_valid"] == "no":
        with pytest.raises(numbers.BadNumber):
            numbers.social_credit_code(row["code"])


def test_a_card_with_a_wrong_check_digit_is_taken_with_a_warning():
    assert numbers.bank_card("9999991285726840905") == ("9999991285726840905", [])
    assert numbers.bank_card("9999 9912 8572 6840 906")[1] == ["luhn"]
    for text in ("0" * 19, "123", "9999991285726840905123"):
        with pytest.raises(numbers.BadNumber):
            numbers.bank_card(text)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张䶮", "张*"), ("欧阳建平", "欧**平"), ("买买提·吐尔逊", "买**·***"), ("胡𨱑", "胡*"), ("何", "*")],
)
def test_names_are_masked(name, masked):
    assert numbers.mask_name(name) == masked


def test_numbers_are_masked():
    assert numbers.mask_number("520102199603279973") == "5201************73"
    assert numbers.mask_phone("+8613912345678") == "139****5678"
