"""Where each finding of the standard check is mended: every rule has a place in the editor, and the place is there."""

import re

import pytest

from courses import services
from courses.selectors.editor import PLACES, place_of
from courses.selectors.standard_words import REASONS
from courses.standards import (
    RULES,
    Bound,
    CourseShape,
    ExamShape,
    Finding,
    LessonShape,
    Sense,
    Standard,
    check,
    check_complete,
)
from tests.courses.drafting import page_of

pytestmark = pytest.mark.django_db


def _failing(rule):
    """A finding of the rule with as little place as it can have."""
    return Finding(rule, ok=False, needed=1, module="fire" if rule == "module" else "")


@pytest.mark.parametrize("rule", list(REASONS))
def test_each_rule_of_the_check_leads_to_a_place_that_is_there(browser, draft, rule):
    address, name = place_of(_failing(rule), draft, [])
    page, _hash, anchor = address.partition("#")
    assert str(name)
    shown = browser.get(page)
    assert shown.status_code == 200
    assert re.search(rf'id="{anchor}"', shown.content.decode())


def test_every_rule_that_can_fail_says_why_and_has_its_place():
    """`check` and `check_complete` know no others; a rule that only measures is never unmet."""
    asked = {rule for rule, kind in RULES.items() if kind.sense != Sense.MEASURE} | {"module"}
    nothing = CourseShape(hours_tenths=10)
    bare = CourseShape(
        hours_tenths=10,
        lessons=(LessonShape("a", "s", "video"), LessonShape("b", "s", "reading")),
        exam=ExamShape(5, 60, 10, 3),
    )
    everything = Standard({rule: Bound(RULES[rule].low) for rule in RULES} | {"module:fire": Bound(10)})
    found = {
        one.rule for shape in (nothing, bare) for one in (*check_complete(shape), *check(shape, everything))
    }
    assert asked <= found
    assert found | {"standard_in_force"} == set(PLACES) == set(REASONS)


def test_shares_of_the_time_are_mended_in_the_lesson_that_weighs_most(
    browser, draft, writer, at, put_in_force
):
    put_in_force(theory_min=60, practice_min=30, online_max=10)
    for key, minutes, teaching in (
        ("talk", 10, "practice"),
        ("hands", 30, "practice"),
        ("lecture", 20, "theory"),
    ):
        services.add_lesson(draft, key=key, kind="live", title_zh=f"{key}𠮷", teaching=teaching,
                            planned_seconds=minutes * 60, by=writer, at=at)  # fmt: skip
    lessons = list(draft.versions.get().lessons.all())
    for rule, key, field in (
        ("theory_min", "hands", "id_teaching"),
        ("practice_min", "lecture", "id_teaching"),
        ("online_max", "hands", "id_on_site"),
    ):
        address, name = place_of(_failing(rule), draft, lessons)
        assert (address, name) == (page_of("lessons", key) + f"#{field}", f"{key}𠮷")
        assert f'id="{field}"' in browser.get(address).content.decode()
    services.change_words(draft, words={"for_subsidy": True}, revision=1, by=writer, at=at)
    check_ = browser.get(page_of()).content.decode().split('id="check"')[1]
    assert f'href="{page_of("lessons", "hands")}#id_on_site"' in check_
