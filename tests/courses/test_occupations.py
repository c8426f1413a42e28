"""Codes of the classification by their edition, and how a code of an earlier one is answered."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from courses.models import Occupation, OccupationCrosswalk
from courses.selectors.occupations import OtherEdition, UnknownOccupation, occupation_by_code

pytestmark = pytest.mark.django_db


def test_a_code_of_the_edition_is_found():
    assert occupation_by_code(" 6-18-02-04 ").name_zh == "焊工"
    assert occupation_by_code("4-01-06-02", "2022").name_zh == "互联网营销师"


def test_a_moved_code_is_answered_with_what_it_became():
    with pytest.raises(OtherEdition) as refused:
        occupation_by_code("4-01-02-07")
    assert str(refused.value) == (
        "4-01-02-07 在 2015 版中是互联网营销师。2022 版中，是否指 4-01-06-02 互联网营销师？"
    )
    assert refused.value.details["suggestions"] == [
        {"code": "4-01-06-02", "name": "互联网营销师", "proved": True}
    ]
    assert refused.value.details["found_in"] == "2015"


def test_a_code_that_became_a_work_type_says_so_in_both_languages():
    with pytest.raises(OtherEdition, match="现为其工种"):
        occupation_by_code("4-10-01-02")
    with (
        translation.override("en"),
        pytest.raises(OtherEdition, match=r"did you mean 4-10-01-01 .* work type"),
    ):
        occupation_by_code("4-10-01-02")


def test_a_code_asked_of_an_edition_that_does_not_have_it():
    with pytest.raises(OtherEdition) as refused:
        occupation_by_code("4-01-06-02", "2015")
    assert refused.value.details["found_in"] == "2022"


@pytest.mark.parametrize("code", ["9-99-99-99", "", "焊工", "𠮷", "\x00", "x" * 500])
def test_an_unknown_code_gets_a_sentence(code):
    with pytest.raises(UnknownOccupation, match="大典 2022 版中没有职业编码"):
        occupation_by_code(code)


def test_the_crosswalk_is_loaded_twice_with_its_basis():
    call_command("load_crosswalk", verbosity=0)
    rows = {row.from_code: row for row in OccupationCrosswalk.objects.select_related("to")}
    assert len(rows) == 4
    assert {code for code, row in rows.items() if row.is_proved} == {"4-01-02-07", "6-18-02-04"}
    assert all(row.source for row in rows.values())
    assert str(rows["4-02-07-10"]) == "4-02-07-10 (2015) → 4-10-08-01 网约配送员"


def test_the_crosswalk_needs_its_occupations():
    OccupationCrosswalk.objects.all().delete()
    Occupation.objects.filter(code="4-01-06-02").delete()
    with pytest.raises(CommandError, match="4-01-06-02"):
        call_command("load_crosswalk", verbosity=0)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("crosswalk_kind_is_known", {"kind": "lost"}),
        ("crosswalk_has_its_source", {"source": ""}),
        ("crosswalk_has_its_source", {"basis": "guess"}),
        ("crosswalk_once", {"from_code": "4-01-02-07", "to": ...}),
    ],
)
def test_a_row_that_breaks_a_constraint(name, change):
    first, other = (
        OccupationCrosswalk.objects.get(from_code="4-01-02-07"),
        OccupationCrosswalk.objects.get(from_code="6-18-02-04"),
    )
    change = {key: first.to if value is ... else value for key, value in change.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        OccupationCrosswalk.objects.filter(pk=other.pk).update(**change)
