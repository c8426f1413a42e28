from dataclasses import replace

import pytest

from courses.documents import cleaned, over, validate
from courses.problems import SENTENCES
from courses.question_documents import OptionDocument
from tests.courses.told import DOCUMENT, FILM, QUESTION, READING, with_lessons

WRONG = {
    "title_zh missing": replace(DOCUMENT, title_zh="  "),
    "partner_ref missing": replace(DOCUMENT, partner_ref=""),
    "title_zh too_long": replace(DOCUMENT, title_zh="焊" * 121),
    "summary_zh unstorable": replace(DOCUMENT, summary_zh="a\x00b"),
    "title_en unstorable": replace(DOCUMENT, title_en="\ud800"),
    "delivery bad_choice": replace(DOCUMENT, delivery="tape"),
    "certificate_kind bad_choice": replace(DOCUMENT, certificate_kind="x", level=None),
    "level level_needed": replace(DOCUMENT, level=None),
    "hours_tenths bad_number": replace(DOCUMENT, hours_tenths=0),
    "price_fen bad_number": replace(DOCUMENT, price_fen=-1),
    "key_groups bad_key": replace(DOCUMENT, key_groups=("农民工",)),
    "sections.0.lessons.1.key key_twice": with_lessons(FILM, FILM),
    "sections.0.lessons.0.key bad_key": with_lessons(replace(FILM, key="课 1")),
    "sections.0.lessons.0.kind bad_choice": with_lessons(replace(FILM, kind="tape")),
    "sections.0.lessons.0.planned_seconds planned_not_wanted": with_lessons(
        replace(FILM, planned_seconds=60)
    ),
    "bank.0.right bad_right": replace(DOCUMENT, bank=(replace(QUESTION, right=("C",)),)),
    "bank.0.options few_options": replace(DOCUMENT, bank=(replace(QUESTION, options=QUESTION.options[:1]),)),
    "blueprint.minutes bad_number": replace(DOCUMENT, blueprint=replace(DOCUMENT.blueprint, minutes=0)),
    " too_many_lessons": with_lessons(*(replace(FILM, key=f"l{n}") for n in range(3001))),
}


def test_a_sound_document_has_no_problem():
    assert validate(DOCUMENT) == []


@pytest.mark.parametrize("expected", WRONG)
def test_each_fault_is_told_with_its_place(expected):
    problems = validate(WRONG[expected])
    assert [f"{p.place} {p.rule}" for p in problems] == [expected]
    assert problems[0].sentence


def test_every_sentence_can_be_said():
    more = dict.fromkeys(
        (
            *("most", "actual", "value", "choices", "least", "what", "edition", "first", "second"),
            *("code", "name", "now", "meant"),
        ),
        "1",
    )
    assert all(str(sentence) % more for sentence in SENTENCES.values())


def test_five_hundred_lessons_are_allowed_and_no_more():
    lessons = [replace(FILM, key=f"l{n}") for n in range(501)]
    assert validate(with_lessons(*lessons[:500])) == []
    assert [problem.rule for problem in validate(with_lessons(*lessons))] == ["too_many_lessons"]


def test_cleaning_trims_and_sanitises_and_twice_is_once():
    told = with_lessons(replace(READING, title_zh=" 阅读 ", body_zh="<p onclick=x>好</p><script>1</script>"))
    once = cleaned(told)
    assert once.lessons[0].title_zh == "阅读"
    assert once.lessons[0].body_zh == "<p>好</p>"
    assert cleaned(once) == once


def test_what_is_not_said_stays():
    silent = replace(DOCUMENT, title_zh="新名", sections=None, bank=None, blueprint=None)
    told = over(silent, DOCUMENT)
    assert told == replace(DOCUMENT, title_zh="新名")


def test_a_lesson_that_says_nothing_of_questions_keeps_them():
    told = over(with_lessons(replace(READING, questions=None), replace(FILM, key="new")), DOCUMENT)
    assert told.lessons[0].questions == (QUESTION,)
    assert told.lessons[1].questions == ()


def test_an_option_beyond_h_is_refused():
    asked = replace(QUESTION, options=(*QUESTION.options, OptionDocument("I", "丙")))
    assert [p.rule for p in validate(replace(DOCUMENT, bank=(asked,)))] == ["few_options"]
