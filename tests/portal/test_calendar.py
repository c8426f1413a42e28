"""Working days: announced, loaded, or not known; and what stops where they are not."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from portal import calendar
from portal.models import CalendarDay

pytestmark = pytest.mark.django_db
AT = dt.datetime(2034, 9, 29, 2, tzinfo=dt.UTC)
"""A Friday of a year of which nobody has announced anything."""
SOURCE = "国办发明电〔2033〕9 号"


@pytest.fixture(autouse=True)
def fresh(no_calendar_is_loaded):
    calendar.forget()


def load(tmp_path, text, source=SOURCE):
    file = tmp_path / "days.csv"
    file.write_text(text, encoding="utf-8-sig")
    call_command("load_calendar", str(file), "--source", source)
    calendar.forget()


def test_a_year_that_nobody_announced_counts_weekdays_and_says_so():
    span = calendar.span_after(AT, 2)
    assert (span.starts_on, span.ends_on) == (dt.date(2034, 10, 2), dt.date(2034, 10, 3))
    assert span.basis == {"2034": "weekdays"}


def test_a_span_of_the_law_stops_there():
    with pytest.raises(calendar.YearUnknown) as stopped:
        calendar.span_after(AT, 2, announced=True)
    assert stopped.value.details == {"years": ["2034"]}


def test_loaded_days_count_with_their_make_up_days(tmp_path):
    load(
        tmp_path,
        "day,kind,name\n2034-10-02,holiday,国庆节\n2034-10-03,放假,国庆节\n2034-10-07,workday,调休\n",
    )
    span = calendar.span_after(AT, 4, announced=True)
    assert (span.starts_on, span.ends_on) == (dt.date(2034, 10, 4), dt.date(2034, 10, 7))
    assert span.basis == {"2034": "loaded"}
    assert calendar.working_days_left(dt.date(2034, 10, 8), dt.date(2034, 10, 2)) == 4


def test_loading_again_takes_the_place_of_what_was_there(tmp_path):
    load(tmp_path, "day,kind,name\n2034-10-02,holiday,国庆节\n")
    load(tmp_path, "day,kind,name\n2034-10-04,holiday,国庆节\n")
    assert list(CalendarDay.objects.values_list("day", flat=True)) == [dt.date(2034, 10, 4)]
    assert calendar.is_working_day(dt.date(2034, 10, 2))


def test_a_year_that_is_loaded_goes_before_the_package(tmp_path):
    assert not calendar.is_working_day(dt.date(2026, 10, 1))
    load(tmp_path, "day,kind,name\n2026-10-02,holiday,国庆节\n")
    assert calendar.is_working_day(dt.date(2026, 10, 1)), "the operator's list is the whole list"


def test_the_table_is_read_once_a_minute_at_most(django_assert_num_queries):
    with django_assert_num_queries(2):
        for _again in range(50):
            calendar.span_after(AT, 30)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "one year"),
        ("day,kind,name\n", "one year"),
        ("day,kind,name\n2034-13-01,holiday,x\n", "Line 2"),
        ("day,kind,name\n2034-10-01,free,x\n", "Line 2"),
        ("day,kind,name\n2034-10-01,holiday,x\n2035-10-01,holiday,x\n", "one year"),
        ("day,kind,name\n2034-10-01,holiday,x\n2034-10-01,workday,x\n", "named twice"),
        ("when;what\n1;2\n", "Line 2"),
    ],
)
def test_a_file_that_is_none_changes_nothing(tmp_path, text, sentence):
    with pytest.raises(CommandError, match=sentence):
        load(tmp_path, text)
    assert not CalendarDay.objects.exists()
