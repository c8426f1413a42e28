"""The check of a course and the narrowing of a standard, as properties: pure functions over whatever can be written."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.standards import (
    MODULE,
    MODULES,
    RULES,
    Bound,
    CourseShape,
    ExamShape,
    Freedom,
    LessonShape,
    SectionShape,
    Sense,
    Standard,
    StandardError,
    check,
    check_complete,
    loosenings,
    narrow,
    read_standard,
)
from courses.standards.rules import type_of

KEYS = [*RULES, *(MODULE + code for code in MODULES[:4])]
STRICT = [Freedom.FLOOR, Freedom.CEILING, Freedom.FIXED]


def bounds(key, freedoms=tuple(Freedom)):
    kind = type_of(key)
    high = min(kind.high, 4_000)
    allowed = [freedom for freedom in kind.freedoms if freedom in freedoms]
    return st.builds(
        Bound,
        st.integers(kind.low, high),
        st.sampled_from(allowed),
        st.booleans() if key in KEYS[2:] else st.just(False),
    )


@st.composite
def standards(draw, freedoms=tuple(Freedom)):
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    return Standard({key: draw(bounds(key, freedoms)) for key in keys})


@st.composite
def courses(draw):
    sections = [
        SectionShape(f"s{n}", draw(st.sampled_from(["", *MODULES[:4]])))
        for n in range(draw(st.integers(1, 4)))
    ]
    lessons = [
        LessonShape(
            key=f"l{n}",
            section=draw(st.sampled_from(sections)).key,
            kind=(kind := draw(st.sampled_from(["video", "workshop", "reading", "live", "practical"]))),
            seconds=0 if kind == "reading" else draw(st.integers(0, 6_000)),
            characters=draw(st.integers(0, 9_000)) if kind == "reading" else 0,
            teaching=draw(st.sampled_from(["theory", "practice"])),
            on_site=draw(st.booleans()),
            films=draw(st.integers(0, 2)) if kind in {"video", "workshop"} else 0,
            captioned=draw(st.booleans()),
            questions=draw(st.integers(0, 3)),
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    exam = st.builds(
        ExamShape, st.integers(1, 200), st.integers(1, 100), st.integers(1, 300), st.integers(1, 20)
    )
    return CourseShape(
        hours_tenths=draw(st.integers(1, 4_000)),
        sections=tuple(sections),
        lessons=tuple(lessons),
        exam=draw(st.none() | exam),
        bank=draw(st.integers(0, 500)),
        for_subsidy=True,
    )


def passes(course, standard):
    return not any(finding.blocks for finding in check(course, standard))


@given(courses(), standards(STRICT), standards())
def test_narrowing_never_makes_a_failing_course_pass(course, national, provincial):
    """Where nothing is open, whatever a province writes, the nation's blocking demands stand."""
    if passes(course, narrow(national, provincial)):
        assert passes(course, national)


@given(standards(STRICT), standards())
def test_what_holds_is_never_milder_than_the_nations(national, provincial):
    for key, bound in narrow(national, provincial).bounds.items():
        above = national.bounds.get(key)
        if above is not None and type_of(key).sense != Sense.MEASURE:
            assert type_of(key).holds(bound.value, above.value)
            assert above.warns or not bound.warns


@given(standards(), standards())
def test_narrowing_twice_is_narrowing_once_and_only_what_is_allowed_changes_nothing(national, provincial):
    once = narrow(national, provincial)
    assert narrow(once, provincial).bounds == once.bounds
    assert narrow(national, Standard()).bounds == national.bounds
    assert set(once.bounds) == set(national.bounds) | set(provincial.bounds)


@given(standards(), standards())
def test_a_province_that_only_narrows_gets_what_it_says(national, provincial):
    refused = {loose.rule for loose in loosenings(national, provincial)}
    both = narrow(national, provincial)
    for key, bound in provincial.bounds.items():
        if key not in refused:
            assert both.bounds[key].value == bound.value
    assert refused <= set(provincial.bounds)


@given(courses(), standards())
def test_the_order_of_lessons_and_sections_does_not_matter(course, standard):
    turned = dataclasses.replace(course, lessons=course.lessons[::-1])
    place = {"section": "", "lesson": ""}
    assert sorted(map(str, check(turned, standard))) == sorted(map(str, check(course, standard)))
    mixed = dataclasses.replace(turned, sections=course.sections[::-1])
    found = [str(dataclasses.replace(one, **place)) for one in check(mixed, standard)]
    assert sorted(found) == sorted(str(dataclasses.replace(one, **place)) for one in check(course, standard))


@given(courses(), standards())
def test_findings_name_places_that_exist_and_every_rule_is_answered(course, standard):
    found = [*check(course, standard), *check_complete(course)]
    sections = {section.key for section in course.sections}
    lessons = {lesson.key for lesson in course.lessons}
    assert {one.section for one in found} <= sections | {""}
    assert {one.lesson for one in found} <= lessons | {""}
    answered = {MODULE + one.module if one.module else one.rule for one in found}
    measures = {key for key, kind in RULES.items() if kind.sense == Sense.MEASURE}
    assert set(standard.bounds) - measures <= answered
    assert "material_covers_hours" in answered


@given(courses(), standards())
def test_what_only_warns_never_blocks(course, standard):
    mild = Standard({key: dataclasses.replace(bound, warns=True) for key, bound in standard.bounds.items()})
    found = {one.rule for one in check(course, mild) if one.blocks}
    assert found <= {"material_covers_hours"}


@given(courses())
def test_meeting_every_bound_passes(course):
    """A standard made of what the course has is met, and one step stricter in any rule is not."""
    measured = {}
    for key in RULES:
        kind = RULES[key]
        if kind.sense == Sense.MEASURE:
            continue
        finding = check(
            course, Standard({key: Bound(kind.low if kind.sense == Sense.AT_LEAST else kind.high)})
        )[1:]
        if all(one.ok for one in finding) and finding:
            measured[key] = Bound(finding[0].actual)
    hour = (
        sum(one.seconds or one.characters * 60 // 300 for one in course.lessons) * 10 // course.hours_tenths
    )
    exact = Standard({**measured, "class_hour_seconds": Bound(max(hour, 1))})
    if hour:
        assert passes(course, exact)
    for key, bound in measured.items():
        if key == "workshop_captions":
            continue
        step = 1 if RULES[key].sense == Sense.AT_LEAST else -1
        assert not passes(course, Standard({key: Bound(bound.value + step)}))


def lesson(key="l1", **words):
    return LessonShape(**{"key": key, "section": "s1", "kind": "video", "seconds": 2_700, "films": 1, "captioned": True,
                          "questions": 1, **words})  # fmt: skip


def shape(*lessons, **words):
    words = {
        "hours_tenths": 10,
        "sections": (SectionShape("s1", "safety"), SectionShape("s2")),
        "bank": 10,
        **words,
    }
    return CourseShape(lessons=lessons, exam=ExamShape(10, 60, 30, 3), **words)


def found(course, **rules):
    """(rule, ok, actual, needed, lesson) of everything but the hours."""
    standard = Standard({key.replace("__", ":"): Bound(value) for key, value in rules.items()})
    return [(f.rule, f.ok, f.actual, f.needed, f.lesson) for f in check(course, standard)[1:]]


def test_the_material_must_last_as_long_as_the_hours_declared():
    short = shape(lesson(seconds=2_699))
    [finding] = check(short, Standard())
    assert (finding.ok, finding.actual, finding.needed) == (False, 2_699, 2_700)
    assert check(shape(lesson()), Standard())[0].ok
    assert check(short, Standard({"class_hour_seconds": Bound(30)}))[0].ok


def test_a_page_lasts_as_long_as_it_takes_to_read():
    page = lesson(kind="reading", seconds=0, films=0, characters=13_500)
    assert check(shape(page), Standard())[0].actual == 2_700
    assert check(shape(page), Standard({"reading_pace": Bound(600)}))[0].actual == 1_350


def test_shares_are_never_rounded_in_the_courses_favour():
    two = shape(lesson(seconds=200, teaching="practice", on_site=True), lesson("l2", seconds=401))
    assert found(two, practice_min=33) == [("practice_min", True, 33, 33, "")]
    assert found(two, practice_min=34)[0][1] is False
    assert found(two, online_max=66) == [("online_max", False, 67, 66, "")]


def test_a_module_counts_the_lessons_of_its_sections():
    two = shape(lesson(), lesson("l2", section="s2"))
    assert found(two, module__safety=10) == [("module", True, 10, 10, "")]
    [finding] = check(two, Standard({"module:law": Bound(20)}))[1:]
    assert (finding.ok, finding.module, finding.section, finding.actual) == (False, "law", "", 0)


def test_a_rule_about_lessons_names_each_that_breaks_it():
    mute = shape(
        lesson(kind="workshop", captioned=False), lesson("l2", seconds=2_701), lesson("l3", kind="workshop")
    )
    assert found(mute, workshop_captions=1) == [("workshop_captions", False, 0, 1, "l1")]
    assert found(mute, lesson_max_seconds=2_700) == [("lesson_max_seconds", False, 2_701, 2_700, "l2")]


def test_a_course_without_exam_meets_no_demand_on_it_but_attempts():
    bare = dataclasses.replace(shape(lesson()), exam=None)
    assert [row[1] for row in found(bare, exam_questions=1, exam_pass_mark=1, exam_minutes=1)] == [False] * 3


def test_a_limit_in_the_open_gives_way_and_a_fixed_one_stands():
    nation = Standard({"min_hours": Bound(880, Freedom.OPEN), "exam_pass_mark": Bound(60, Freedom.FIXED)})
    here = Standard({"min_hours": Bound(400), "exam_pass_mark": Bound(80)})
    assert narrow(nation, here).bounds["min_hours"].value == 400
    assert narrow(nation, here).bounds["exam_pass_mark"].value == 60
    assert [(one.rule, one.freedom) for one in loosenings(nation, here)] == [
        ("exam_pass_mark", Freedom.FIXED)
    ]


def test_how_time_is_measured_is_fixed_where_the_nation_does_not_say_otherwise():
    here = Standard({"class_hour_seconds": Bound(30)})
    assert [one.rule for one in loosenings(Standard(), here)] == ["class_hour_seconds"]
    assert narrow(Standard(), here).value("class_hour_seconds") == 2_700
    assert (
        narrow(Standard({"class_hour_seconds": Bound(2_700, Freedom.OPEN)}), here).value("class_hour_seconds")
        == 30
    )


def test_a_newer_standard_of_the_nation_is_not_loosened_by_an_older_one_of_a_province():
    nation, here = Standard({"min_hours": Bound(1_000, Freedom.FLOOR)}), Standard({"min_hours": Bound(880)})
    assert narrow(nation, here).bounds["min_hours"].value == 1_000
    assert loosenings(nation, here)[0].needed == 1_000


def test_a_hint_of_the_nation_may_become_a_demand_but_not_the_other_way():
    hint, demand = Bound(60, Freedom.FLOOR, warns=True), Bound(60, Freedom.FLOOR)
    assert not loosenings(Standard({"bank_min": hint}), Standard({"bank_min": demand}))
    assert loosenings(Standard({"bank_min": demand}), Standard({"bank_min": hint}))


WRITTEN = {
    "schema": "standard/1",
    "rules": {
        "min_hours": {"value": "88.5", "province": "floor"},
        "lesson_max_seconds": {"value": 2700, "province": "ceiling", "warns": True},
        "workshop_captions": {"value": True, "province": "fixed"},
    },
    "modules": [
        {"code": "law", "hours": 4, "province": "floor"},
        {"code": "co2", "zh": "CO₂ 气体保护焊𠮷", "en": "CO₂ welding", "hours": "12", "province": "open"},
    ],
}


def test_a_written_standard_is_read_into_rules():
    read = read_standard(WRITTEN, national=True)
    assert read.bounds["min_hours"] == Bound(885, Freedom.FLOOR)
    assert read.bounds["lesson_max_seconds"] == Bound(2_700, Freedom.CEILING, warns=True)
    assert read.bounds["workshop_captions"].value == 1
    assert read.modules["law"].value == 40
    assert read.names == {"co2": ("CO₂ 气体保护焊𠮷", "CO₂ welding")}


def changed(**rules):
    body = json.loads(json.dumps(WRITTEN))
    body["rules"] |= rules
    return body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "standard must be an object, not null."),
        ([], "standard must be an object, not []."),
        ({"schema": "standard/2"}, "standard.schema must be 'standard/1', not \"standard/2\"."),
        ({**WRITTEN, "rulez": {}}, 'standard has the unknown key "rulez".'),
        ({**WRITTEN, "rules": 5}, "standard.rules must be an object, not 5."),
        (changed(hours={"value": 1}), 'standard.rules has the unknown rule "hours"'),
        (changed(min_hours=88), "standard.rules.min_hours must be an object, not 88."),
        (changed(min_hours={"value": "88"}), "standard.rules.min_hours.province must be one of floor, fixed, open, not null."),
        (changed(max_hours={"value": "90", "province": "floor"}), "province must be one of ceiling, fixed, open, not"),
        (changed(max_hours={"value": "90", "province": ["fixed"]}), "province must be one of ceiling"),
        (changed(min_hours={"value": 8.5, "province": "floor"}), "standard.rules.min_hours.value must be class hours such"),
        (changed(min_hours={"value": True, "province": "floor"}), "must be class hours such as '88' or '4.5', not true."),
        (changed(min_hours={"value": "0", "province": "floor"}), "must lie between 0.1 and 2000, not 0."),
        (changed(bank_min={"value": "9", "province": "floor"}), "standard.rules.bank_min.value must be a whole number, not"),
        (changed(bank_min={"value": 10**9, "province": "floor"}), "must lie between 1 and 10000, not 1000000000."),
        (changed(workshop_captions={"value": 1, "province": "fixed"}), "must be true or false, not 1."),
        (changed(bank_min={"value": 9, "province": "floor", "warns": "x"}), "warns must be true or false, not"),
        (changed(bank_min={"value": 9, "province": "floor", "hint": 1}), 'bank_min has the unknown key "hint".'),
        ({**WRITTEN, "modules": {}}, "standard.modules must be a list."),
        ({**WRITTEN, "modules": [{"code": "CO 2"}]}, "standard.modules[0].code must be small letters"),
        ({**WRITTEN, "modules": [WRITTEN["modules"][0]] * 2}, "standard.modules[1].code: the module 'law' is there twice."),
        ({**WRITTEN, "modules": [{"code": "x", "hours": 1, "province": "open"}]}, "needs a name: 'zh'"),
        (changed(max_hours={"value": "80", "province": "ceiling"}), "min_hours is more than max_hours"),
        (
            changed(theory_min={"value": 60, "province": "floor"}, practice_min={"value": 41, "province": "floor"}),
            "more than the whole course together",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(body, said):
    with pytest.raises(StandardError) as refused:
        read_standard(body, national=True)
    assert said in str(refused.value)


def test_modules_may_not_need_more_than_the_course_may_have():
    body = {
        "schema": "standard/1",
        "rules": {"max_hours": {"value": "10"}},
        "modules": [{"code": "law", "hours": 11}],
    }
    with pytest.raises(StandardError, match="modules need more"):
        read_standard(body, national=False)


def test_only_the_nation_says_what_a_province_may_do():
    with pytest.raises(StandardError, match=r"min_hours\.province: only a standard of the nation"):
        read_standard(WRITTEN, national=False)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_nonsense_is_always_refused_with_a_sentence(value):
    with pytest.raises(StandardError):
        read_standard(value, national=True)
