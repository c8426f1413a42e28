"""What an imported package declares, and the rule: the smallest of what was seen, what is declared, what is planned."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learners import counting, declared, ranges
from learners.reasons import REASONS
from learners.states import Rule
from tests.learners.simulate import START

HOUR = 3_600_000

# -- what a package may say


@pytest.mark.parametrize(
    ("name", "text", "ms"),
    [
        (declared.SCORM_12, "00:01:00", 60_000),
        (declared.SCORM_12, "0010:00:00.00", 10 * HOUR),
        (declared.SCORM_12, "00:00:07.5", 7_500),
        (declared.SCORM_12, "9999:59:59.99", 24 * HOUR),
        (declared.SCORM_2004, "PT1M", 60_000),
        (declared.SCORM_2004, "PT1H2M3.45S", HOUR + 123_450),
        (declared.SCORM_2004, "PT90S", 90_000),
        (declared.SCORM_2004, "P1DT1S", 24 * HOUR),
        (declared.SCORM_2004, "P9Y", 24 * HOUR),
        (declared.SCORM_2004, "PT0S", 0),
    ],
)
def test_a_declared_time_is_read(name, text, ms):
    assert declared.told_ms({name: text}) == ms


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(
            (declared.SCORM_12, text)
            for text in ("", "1:00:00", "00:60:00", "00:00:60", "00:00:00.001", "-01:00:00", "00:01", "PT1H")
        ),
        *((declared.SCORM_12, text) for text in ("０１:００:００", "00:01:00\n", "99999:00:00", "NaN", "𠮷")),
        *(
            (declared.SCORM_2004, text)
            for text in ("", "P", "PT", "P1DT", "T1H", "PT1H1H", "PT1.5H", "PT1.555S")
        ),
        *((declared.SCORM_2004, text) for text in ("pt1h", "-PT1H", "PT1H ", "PT１H", "P1W", "01:00:00")),
        ("cmi.core.total_time", "10:00:00"),
    ],
)
def test_what_cannot_be_read_is_nothing(name, text):
    assert declared.told_ms({name: text}) == 0


@given(st.text(max_size=40))
def test_whatever_it_says_is_a_time_of_at_most_a_day(text):
    for name in (declared.SCORM_12, declared.SCORM_2004):
        assert 0 <= declared.told_ms({name: text}) <= counting.DAY


# -- the rule

_messages = st.lists(
    st.tuples(st.integers(1, 200_000) | st.integers(HOUR, 30 * HOUR), st.booleans()), max_size=40
)


@given(
    messages=_messages,
    says=st.integers(0, counting.DAY),
    planned=st.integers(0, 4 * HOUR),
    had=st.lists(st.tuples(st.integers(0, 4 * HOUR), st.integers(0, 4 * HOUR)), max_size=3),
)
@settings(max_examples=400)
def test_it_never_exceeds_any_of_the_three(messages, says, planned, had):
    rule, seen, at = Rule(), (), START
    for gap, visible in messages:
        seen = declared.heard(seen, since=at, at=at + gap, visible=visible, max_gap=rule.max_gap)
        at += gap
    left = ranges.without([(0, planned)], had)
    held, posts = declared.worth(seen, says, left, opened=START, closed=at, slack=0)
    counted = sum(stretch.credit for stretch in held)
    observed = ranges.total(seen)
    assert observed <= at - START
    assert counted == min(says, observed, ranges.total(left))
    media = [piece for stretch in held for piece in stretch.media]
    assert ranges.total(ranges.merged(media)) == counted, "no piece of the planned time twice"
    assert ranges.without(media, left) == ()
    walls = [(stretch.wall_from, stretch.wall_to) for stretch in held]
    assert ranges.without(walls, seen) == ()
    for stretch in held:
        assert stretch.credit == stretch.wall_to - stretch.wall_from
        assert counting.day_end(stretch.wall_from) >= stretch.wall_to, "no piece over midnight"
    if counted < max(says, observed):
        assert posts
    assert {post.reason for post in posts} <= declared.REASONS <= REASONS.keys()
