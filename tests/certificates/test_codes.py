import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import codes

CODE = codes.new_code()


def test_a_new_code_is_well_formed_and_never_the_same():
    made = {codes.new_code() for _turn in range(500)}
    assert len(made) == 500
    assert all(codes.is_well_formed(code) for code in made)


@pytest.mark.parametrize("place", range(codes.LENGTH))
def test_one_wrong_character_is_noticed(place):
    for other in codes.ALPHABET.replace(CODE[place], ""):
        assert not codes.is_well_formed(CODE[:place] + other + CODE[place + 1 :])


@pytest.mark.parametrize("place", range(codes.LENGTH - 1))
def test_two_swapped_neighbours_are_noticed(place):
    swapped = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
    assert swapped == CODE or not codes.is_well_formed(swapped)


def test_how_it_is_typed_does_not_matter():
    wide = codes.grouped(CODE).translate({ord(c): ord(c) + 0xFEE0 for c in codes.ALPHABET})
    for typed in (CODE.lower(), codes.grouped(CODE), f" {codes.grouped(CODE).replace('-', ' ')}\n", wide):
        assert codes.plain(typed) == CODE
    assert codes.plain("oIl") == "011"


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    codes.is_well_formed(codes.plain(text))
