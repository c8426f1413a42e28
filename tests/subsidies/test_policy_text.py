"""A version as people read it, and what changed between two."""

import copy
from dataclasses import fields

import pytest

from subsidies.policy import read_policy
from subsidies.policy.body import RULES
from subsidies.policy.shape import keys_of
from subsidies.policy.sums import SUMS
from subsidies.policy.text import difference, sections
from tests.subsidies.test_policy import POLICY


def said(policy, language):
    return "\n".join(
        getattr(words, language)
        for section in sections(policy)
        for entry in section.entries
        for words in (section.title, entry.title, *(one for row in entry.rows for one in row))
    )


WANTED = {
    "zh": """年满 16 周岁，不超过男 60 周岁、女 55 周岁|机关事业单位在编人员|毕业年度高校毕业生|不少于 40 学时|12 个月|每年最多 3 次
        |失业保险技能提升补贴|5,000 元|700 元|20%|只取最高一项|建档立卡贫困劳动力|就业补助资金|公示工作日|抽查|居民身份证|2020-06-30""",
    "en": """Aged 16 to 60 (men) or 55 (women)|on the staff of a public body|At least 40 counted hours|12 months
        |At most 3 claims a year|unemployment insurance skill subsidy|5,000 yuan|700 yuan|20%|only the highest
        |Registered poor workers|Employment fund|by a sample""",
}


@pytest.mark.parametrize("language", WANTED)
def test_whatever_decides_is_in_the_text(language):
    text = said(read_policy(POLICY[0]), language)
    for words in WANTED[language].split("|"):
        assert words.strip() in text, words


def test_the_sample_policys_second_version_differs_in_one_sum():
    first, second = (read_policy(body) for body in POLICY)
    changes = {(one.section.en, one.row.en): (one.before, one.after) for one in difference(first, second)}
    assert set(changes) == {
        ("Where and when it applies", "Document"),
        ("Where and when it applies", "From"),
        ("Where and when it applies", "To"),
        ("How much", "level 5"),
    }
    before, after = changes["How much", "level 5"]
    assert (before.en, after.en) == ("1,200 yuan", "1,000 yuan")


def test_nothing_differs_from_itself():
    policy = read_policy(POLICY[0])
    assert difference(policy, policy) == []


def _changed(path, value):
    body = copy.deepcopy(POLICY[0])
    *steps, last = path
    place = body
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return read_policy(body)


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        (("eligibility", 0, "min"), 18, "changed"),
        (("eligibility", 0, "birthday_inclusive"), False, "added"),
        (("eligibility", 1, "unless"), ..., "removed"),
        (("eligibility", 2), ..., "removed"),
        (("frequency", 1, "window"), "rolling", "added"),
        (("frequency", 1, "ignoring_states"), ["REJECTED"], "changed"),
        (("amount", "lines", 0, "cap_fen"), 300000, "added"),
        (("amount", "lines", 3, "parts", 0, "fen"), 200, "changed"),
        (("amount", "lines", 3, "when_any_group"), ["veteran"], "changed"),
        (("amount", "uplifts", "stacking"), "sum", "changed"),
        (("amount", "uplifts", "choices", 1, "levels"), [1], "changed"),
        (("amount", "caps"), [{"id": "TOP", "fen": 1}], "added"),
        (("rounding", "unit"), "yuan", "changed"),
        (("rounding", "mode"), "down", "changed"),
        (("notice", "working_days"), 7, "changed"),
        (("notice", "mask"), "name_1_id_0", "changed"),
        (("review", "sample_percent"), 20, "changed"),
        (("review", "ministry_if_fen_at_least"), ..., "removed"),
        (("materials",), ["resident_id"], "removed"),
        (("version_selector",), "claim.submitted_on", "changed"),
        (("valid",), ["2020-01-01", None], "changed"),
    ],
)
def test_each_change_that_decides_is_shown(path, value, kind):
    changes = difference(read_policy(POLICY[0]), _changed(path, value))
    assert kind in {one.kind for one in changes}


def test_every_key_has_its_name_in_both_languages():
    for shape in (*RULES.values(), *SUMS.values()):
        assert shape.label.zh, shape
        assert shape.label.en, shape
        for one in keys_of(shape):
            assert one.label.zh, (shape, one.name)
            assert one.label.en, (shape, one.name)
    assert {one.name for one in fields(RULES["age_between"])} >= {"min", "max"}


def test_the_policys_own_words_stand_before_ours():
    policy = _changed(("eligibility", 2, "message_zh"), "本市户籍或参保")
    (entry,) = [one for section in sections(policy) for one in section.entries if one.key == "LINK"]
    assert (entry.title.zh, entry.title.en) == ("本市户籍或参保", "本市户籍或参保")
