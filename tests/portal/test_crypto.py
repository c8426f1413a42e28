import hmac

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from portal import crypto
from portal.logs import mask

CELL = {"table": "t", "column": "c", "row": "1"}


@given(st.text(max_size=200))
def test_what_is_sealed_opens_in_its_own_cell(text):
    assert crypto.unseal(crypto.seal(text, **CELL), **CELL) == text


@given(st.lists(st.text(max_size=50), max_size=5))
def test_many_cells_are_sealed_as_one_by_one(texts):
    rows = [f"row {n}" for n in range(len(texts))]
    blobs = crypto.seal_many(texts, table="t", column="c", rows=rows)
    assert [crypto.unseal(b, table="t", column="c", row=r) for b, r in zip(blobs, rows, strict=True)] == texts
    assert len({blob[8:20] for blob in blobs}) == len(texts)  # no nonce twice


@given(st.text("0123456789+X", max_size=70))
def test_the_index_is_hmac_sha256(text):
    key = crypto._index_key(settings.INDEX_KEY, "phone")
    assert crypto.blind_index(text, purpose="phone") == hmac.digest(key, text.encode(), "sha256")


@pytest.mark.parametrize("moved", [{"table": "u"}, {"column": "d"}, {"row": "2"}])
def test_a_sealed_value_does_not_open_in_another_cell(moved):
    blob = crypto.seal("520102199603279973", **CELL)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(blob, **(CELL | moved))


def test_one_changed_bit_is_noticed():
    blob = bytearray(crypto.seal("x", **CELL))
    blob[-1] ^= 1
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(bytes(blob), **CELL)


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    settings.SEALING_KEYS = "old:secret-one"
    blob = crypto.seal("text", **CELL)
    settings.SEALING_KEYS = "new:secret-two,old:secret-one"
    assert crypto.unseal(blob, **CELL) == "text"
    assert not crypto.sealed_with_current_key(blob)
    assert crypto.sealed_with_current_key(crypto.seal("text", **CELL))
    settings.SEALING_KEYS = "new:secret-two"
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(blob, **CELL)


def test_the_index_is_equal_for_spellings_of_one_number_and_differs_by_purpose():
    one = crypto.blind_index("52010219960327997x", purpose="resident_id")
    assert one == crypto.blind_index("５２０１０２ 19960327 997X", purpose="resident_id")
    assert one != crypto.blind_index("52010219960327997X", purpose="phone")
    assert len(one) == 32


def test_the_index_depends_on_its_key(settings):
    before = crypto.blind_index("1", purpose="p")
    settings.INDEX_KEY = "another"
    assert crypto.blind_index("1", purpose="p") != before


def test_numbers_in_a_log_line_are_masked():
    line = mask("id 520102199603279973 phone 13912345678 card 9999991285726840905 count 12345 at 1710554400")
    assert "520102199603279973" not in line
    assert "13912345678" not in line
    assert "9999991285726840905" not in line
    assert "12345" in line
    assert "1710554400" in line
