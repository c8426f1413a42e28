"""Typing errors, in pinyin, English and Chinese; and what helps when nothing is found."""

import csv
from pathlib import Path

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import pinyin, selectors, tasks
from courses.models import CatalogueRevision, KnownWord
from courses.selectors.spelling import _one_apart, near

pytestmark = pytest.mark.django_db
NAMES = Path(__file__).resolve().parents[1] / "data" / "names.csv"


@pytest.fixture
def welding(publish_course):
    course = publish_course(
        title_zh="焊工（五级）：安全与平焊入门", title_en="Welder, level 5: safety and flat welds"
    )
    publish_course("GZ-0002", title_zh="养老护理员：床上移位", title_en="Moving a bedridden older person")
    tasks.learn_words()
    return course


def search(query):
    return selectors.search(QueryDict(query))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hangomg", "hangong"),
        ("hagnong", "hangong"),
        ("hangng", "hangong"),
        ("hanggong", "hangong"),
        ("saftey", "safety"),
        ("weldrr", "welder"),
        ("bedriden", "bedridden"),
        ("平旱入门", "平焊入门"),
        ("养老护里员", "养老护理员"),
        ("焊工 saftey", "焊工 safety"),
    ],
)
def test_one_wrong_letter_or_character_still_finds(welding, typed, meant):
    results = search(f"q={typed}")
    assert (results.params.q, results.asked) == (meant, typed)
    assert results.total >= 1
    as_typed = search(results.typed.removeprefix("?"))
    assert (as_typed.total, as_typed.asked) == (0, "")


@pytest.mark.parametrize("typed", ["zzzzzz", "量子宇宙", "焊龘", "xy", "safety 量子宇宙"])
def test_what_is_no_typing_error_finds_nothing(welding, typed):
    results = search(f"q={typed}")
    assert (results.total, results.asked) == (0, "")


def test_right_words_are_never_changed(welding):
    assert search("q=weld").asked == ""
    assert search("q=焊工&level=1").asked == "", "filters are no typing error"


def test_words_that_do_not_stand_together_are_offered_one_by_one(welding):
    results = search("q=平焊 bedridden")
    assert results.total == 0
    assert {chip.label: chip.total for chip in results.words} == {"平焊": 1, "bedridden": 1}


def test_each_filter_says_what_it_would_give_without_it(welding):
    results = search("q=焊&level=1&delivery=video")
    assert results.total == 0
    assert [chip.total for chip in results.chips] == [2, 0]


def test_learning_words_twice_changes_nothing(welding):
    words = set(KnownWord.objects.values_list("word", flat=True))
    assert {"hangong", "safety", "welder"} <= words
    assert tasks.learn_words() == 0
    CatalogueRevision.objects.update(is_learnt=False)
    assert tasks.learn_words() > 0
    assert set(KnownWord.objects.values_list("word", flat=True)) == words


@given(st.text("abcde", min_size=4, max_size=9), st.data())
@settings(max_examples=300, deadline=None)
def test_words_one_error_apart_have_something_in_common(word, data):
    place, letter = data.draw(st.integers(0, len(word) - 1)), data.draw(st.sampled_from("abcdez"))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[: max(place - 1, 0)] + word[max(place - 1, 0) : place + 1][::-1] + word[place + 1 :],
            ]
        )
    )
    assert _one_apart(word, wrong)
    assert set(near(word)) & set(near(wrong))


# -- pinyin ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "hangong",
        "han gong",
        "HG",
        "hg",
        "anquanyu",
        "焊gong",
        "hangong safety",
        "rumen",
        "anquan",
        "guizhou",
        "gz",
    ],
)
def test_a_course_is_found_by_pinyin_and_initials(welding, query):
    assert welding.code in [c.code for c in search(f"q={query}&as=typed").page.object_list]


@pytest.mark.parametrize(
    ("title", "queries"),
    [
        ("银行柜员", ["yinhang", "yinxing", "yh", "yx"]),
        ("重庆火锅", ["chongqing", "zhongqing", "cq", "zq"]),
        ("汽车调试", ["qichetiaoshi", "qichediaoshi"]),
        ("绿色建造", ["lvse", "lüse", "LÜ"]),
        ("工业机器人系统运维员培训", ["gongyejiqirenxitongyunweiyuanpeixun", "gyjqrxtywy"]),
        ("𠮷野家厨师", ["yejia", "yj", "𠮷"]),
    ],
)
def test_a_character_of_several_readings_is_found_by_each(publish_course, title, queries):
    publish_course(title_zh=title)
    for query in queries:
        assert search(f"q={query}&as=typed").total == 1, query


def names():
    with NAMES.open(encoding="utf-8", newline="") as lines:
        return [value for row in csv.reader(lines) for value in row if value]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(names()), st.integers(0, 6), st.integers(1, 5))
def test_any_name_is_spelt_and_sorted_without_trouble(name, start, length):
    title = f"{name}{name[start : start + length]}𱍐㐂"
    assert all(lexeme[0] in "~^" and lexeme[1:].isascii() for lexeme in pinyin.sounds(title))
    assert 0 <= pinyin.place_in_alphabet(title) < 2**63
    assert pinyin.sounds("𱍐") == set() or all(one.isascii() for one in pinyin.sounds("𱍐"))


def test_titles_of_rare_names_are_found_by_themselves(publish_course):
    rare = [name for name in names() if any(ord(c) > 0xFFFF for c in name)][:6]
    assert rare
    for number, name in enumerate(rare):
        publish_course(f"GZ-10{number:02}", title_zh=name[:60])
    for name in rare:
        assert search(f"q={name[:20]}&as=typed").total >= 1
