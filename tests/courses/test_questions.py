"""The order of questions: in a lesson, in the bank, by buttons, by hand, and in the next version."""

import itertools
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses import services
from courses.models import Question
from courses.selectors.differences import differences
from courses.services.drafts import Gone, NotHere
from courses.services.questions import BadMoment
from courses.views import exam
from portal.moves import IllegalMove
from tests.courses.conftest import OPTIONS
from tests.courses.drafting import committed_draft, fields_of, page_of, text_of

JSON = {"Accept": "application/json"}


@pytest.fixture
def told(writer, at):
    return {"by": writer, "at": at}


@pytest.fixture
def draft(make_course, school, writer, told):
    """A quiz asks a, c and e; b, d and e are in the bank. The ready course brings a question of its own, in both."""
    course = make_course("GZ-0001", ready=True, organisation=school, by=writer)
    quiz = services.add_lesson(course, key="quiz", kind="quiz", title_zh="小测", **told)
    for stem in "abcde":
        asked = {"lesson": quiz} if stem in "ace" else {}
        services.add_question(course, kind="single", stem_zh=f"{stem}𠮷？", options=OPTIONS, right={"A"},
                              for_exam=stem in "bde", **asked, **told)  # fmt: skip
    return course


def question(stem):
    return Question.objects.get(stem_zh=f"{stem}𠮷？", version__number=1)


def listed(course, *, in_bank, number=1):
    rows = Question.objects.filter(version__course=course, version__number=number).order_by("position")
    rows = rows.filter(for_exam=True) if in_bank else rows.filter(lesson__key="quiz")
    return "".join(row.stem_zh[0] for row in rows if "𠮷" in row.stem_zh)


def places(course):
    rows = Question.objects.filter(version__course=course).order_by("position")
    return [row.position for row in rows]


@pytest.mark.parametrize(
    ("stem", "places_", "in_bank", "then"),
    [
        ("c", -1, False, "cae"),
        ("a", 1, False, "cae"),
        ("a", -1, False, "ace"),
        ("e", 1, False, "ace"),
        ("d", -1, True, "dbe"),
        ("e", -1, True, "bed"),
        ("e", 1, True, "bde"),
    ],
)
def test_a_question_goes_up_and_down_in_its_list(draft, told, stem, places_, in_bank, then):
    services.shift_question(question(stem), places_, in_bank=in_bank, **told)
    assert listed(draft, in_bank=in_bank) == then
    assert places(draft) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("stem", "before", "in_bank"),
    [
        *((stem, before, False) for stem, before in itertools.product("ace", [None, *"abcde"])),
        *((stem, before, True) for stem, before in itertools.product("bde", [None, *"abcde"])),
    ],
)
def test_a_question_is_put_anywhere_in_its_list(draft, told, stem, before, in_bank):
    """Against the plain rule: take it out, put it before the named one, or at the end where that is in another list."""
    if stem == before:
        return
    rows = [one for one in listed(draft, in_bank=in_bank) if one != stem]
    rows.insert(rows.index(before) if before in rows else len(rows), stem)
    services.place_question(
        question(stem), before=question(before) if before else None, in_bank=in_bank, **told
    )
    assert listed(draft, in_bank=in_bank) == "".join(rows)
    assert places(draft) == [1, 2, 3, 4, 5, 6]


def test_places_left_empty_by_a_deleted_question_do_no_harm(draft, told):
    services.delete_question(question("a"), **told)
    services.shift_question(question("e"), -1, in_bank=False, **told)
    assert listed(draft, in_bank=False) == "ec"
    services.delete_question(question("c"), **told)
    services.place_question(question("e"), before=None, in_bank=False, **told)
    assert listed(draft, in_bank=False) == "e"


def test_moving_costs_the_same_for_many_questions(draft, told):
    with CaptureQueriesContext(connection) as few:
        services.shift_question(question("c"), -1, in_bank=False, **told)
    for number in range(30):
        services.add_question(draft, kind="single", stem_zh=f"{number}", options=OPTIONS, right={"A"}, for_exam=True,
                              **told)  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        services.shift_question(question("c"), 1, in_bank=False, **told)
    assert len(many) == len(few)


def test_what_may_not_be_moved_says_so(draft, keeper, told, at):
    gone, other = question("a"), question("c")
    services.delete_question(question("a"), **told)
    with pytest.raises(Gone):
        services.place_question(gone, before=None, in_bank=True, **told)
    services.submit(draft, **told)
    with pytest.raises(IllegalMove):
        services.place_question(other, before=None, in_bank=False, **told)
    services.publish(draft, by=keeper, at=at)
    services.start_version(draft, **told)
    with pytest.raises(NotHere):
        services.place_question(other, before=None, in_bank=False, **told)


def test_of_many_who_move_at_once_the_order_stays_whole(together, at):
    course, people = committed_draft(at)
    rows = [
        services.add_question(course, kind="single", stem_zh=f"{n}", options=OPTIONS, right={"A"}, for_exam=True,
                              by=people[0], at=at)
        for n in range(5)
    ]  # fmt: skip
    outcomes = together(
        lambda n: services.shift_question(rows[n], 1 if n % 2 else -1, in_bank=True, by=people[n % 2], at=at),
        4,
    )
    assert [type(one).__name__ for one in outcomes] == ["Question"] * 4
    assert places(course) == [1, 2, 3, 4, 5]


def test_the_next_version_keeps_the_order_and_tells_what_moved(draft, keeper, told, at):
    services.shift_question(question("e"), -1, in_bank=True, **told)
    services.submit(draft, **told)
    services.publish(draft, by=keeper, at=at)
    new = services.start_version(draft, **told)
    assert listed(draft, in_bank=True, number=2) == listed(draft, in_bank=True) == "bed"
    old = draft.versions.get(number=1)
    assert differences(old, new, answers=True).questions == ()
    services.shift_question(new.questions.get(stem_zh="c𠮷？"), -1, in_bank=False, **told)
    (part,) = differences(old, new, answers=False).questions
    assert part.kind == "moved"
    assert part.title in {"a𠮷？", "c𠮷？"}


# -- the pages ------------------------------------------------------------------------------------------------------


def test_the_buttons_move_and_lead_back_to_the_row(browser, draft):
    row = question("c")
    steps = page_of("questions", row.pk, "steps")
    assert f'action="{steps}"' in browser.get(page_of("lessons", "quiz")).content.decode()
    done = browser.post(steps, {"step": "up", "listed": "lesson"})
    assert done.url == page_of("lessons", "quiz") + f"#question-{row.pk}"
    page = browser.get(page_of("lessons", "quiz"))
    assert "1. c𠮷？" in text_of(page)
    assert f'id="question-{row.pk}"' in page.content.decode()
    done = browser.post(page_of("questions", question("e").pk, "steps"), {"step": "up", "listed": "bank"})
    assert done.url == page_of("exam") + f"?page=1#question-{question('e').pk}"
    assert listed(draft, in_bank=True) == "bed"
    for nonsense in ({}, {"step": "x"}, {"step": "duplicate"}, {"step": "up", "listed": "\x00"}):
        assert browser.post(page_of("questions", question("d").pk, "steps"), nonsense).status_code == 302


def test_a_question_of_the_bank_goes_over_the_border_of_a_page(browser, draft, monkeypatch):
    monkeypatch.setattr(exam, "PER_PAGE", 2)
    page = browser.get(page_of("exam"))
    beyond = Question.objects.filter(for_exam=True).order_by("position")[2]
    assert f'data-beyond="{beyond.pk}"' in page.content.decode()
    assert 'data-start="3"' in browser.get(page_of("exam") + "?page=2").content.decode()
    row = Question.objects.filter(for_exam=True).order_by("position")[1]
    done = browser.post(page_of("questions", row.pk, "steps"), {"step": "down", "listed": "bank"})
    assert done.url == page_of("exam") + f"?page=2#question-{row.pk}"


def test_dragging_a_question_says_where_it_came_to_stand(browser, draft, told):
    steps = page_of("questions", question("e").pk, "steps")
    sent = {"step": "place", "before": question("a").pk, "listed": "lesson"}
    assert browser.post(steps, sent, headers=JSON).json() == {"position": 2}
    assert listed(draft, in_bank=False) == "eac"
    for nonsense in ("x", "-1", "9" * 30, "²", "\x00"):
        assert browser.post(steps, sent | {"before": nonsense}, headers=JSON).status_code == 200
    services.submit(draft, **told)
    answer = browser.post(steps, sent, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert browser.post(steps, sent).status_code == 422
    assert "data-question" not in browser.get(page_of("lessons", "quiz")).content.decode()


# -- at a moment of the film ----------------------------------------------------------------------------------------


@pytest.fixture
def film(draft, told):
    return services.add_lesson(draft, key="weld", kind="video", title_zh="平焊", seconds=120, **told)


def ask(draft, told, **words):
    asked = {"kind": "single", "stem_zh": "此刻𠮷？", "options": OPTIONS, "right": {"A"}}
    return services.add_question(draft, **asked, **words, **told)


def test_a_question_stands_in_the_film_and_in_its_copies(draft, film, told):
    made = ask(draft, told, lesson=film, moment=65)
    assert made.moment == 65
    copy = services.duplicate_lesson(film, **told)
    assert copy.questions.get().moment == 65
    with pytest.raises(BadMoment):
        services.save_question(made, words={"moment": 120}, revision=1, **told)
    with pytest.raises(ValidationError):
        services.save_question(made, words={"for_exam": True}, revision=1, **told)
    made = services.save_question(made, words={"moment": None}, revision=1, **told)
    assert made.moment is None


@pytest.mark.parametrize("moment", [0, -1, 120, 10_000])
def test_a_moment_lies_in_the_film(draft, film, told, moment):
    with pytest.raises(BadMoment):
        ask(draft, told, lesson=film, moment=moment)


def test_only_films_have_moments(draft, film, told):
    quiz = film.version.lessons.get(key="quiz")
    for words in ({"lesson": quiz}, {"for_exam": True}):
        with pytest.raises(BadMoment):
            ask(draft, told, moment=5, **words)
    made = ask(draft, told, lesson=film, moment=5)
    with pytest.raises(BadMoment):
        services.save_question(made, words={"lesson": quiz}, revision=1, **told)


def test_only_what_is_answered_with_a_tick_stands_in_a_film(browser, draft, film, told):
    asked = {"kind": "numeric", "stem_zh": "几毫米𠮷？", "number": Decimal(3), "tolerance": Decimal(0)}
    with pytest.raises(BadMoment, match="勾选"):
        services.add_question(draft, lesson=film, moment=5, **asked, **told)
    made = ask(draft, told, lesson=film, moment=5)
    with pytest.raises(BadMoment, match="勾选"):
        services.save_question(made, words={"kind": "ordering", "right_keys": ["B", "A"]}, revision=1, **told)
    text = browser.get(page_of("questions", "new") + "?lesson=weld&kind=numeric").content.decode()
    assert 'name="moment"' not in text


def test_authors_type_a_moment(browser, draft, film, told):
    address = page_of("questions", "new") + "?lesson=weld"
    said = fields_of(browser.get(address)) | {
        "kind": "single", "stem_zh": "此刻𠮷？", "option_A_zh": "对", "option_B_zh": "错", "right_keys": ["A"],
    }  # fmt: skip
    for wrong in ("soon", "1:75", "2:00", "0:00", "1:05:99"):
        answer = browser.post(address, said | {"moment": wrong})
        assert answer.status_code == 422, wrong
        assert f'value="{wrong}"' in answer.content.decode()
        assert "请按“分:秒”填写" in text_of(answer) or "本节影片结束之前" in text_of(answer)
    answer = browser.post(address, said | {"moment": "1:05", "for_exam": "on"})
    assert answer.status_code == 422
    assert browser.post(address, said | {"moment": "１:０５"}).status_code == 302
    made = question("此刻")
    assert made.moment == 65
    again = fields_of(browser.get(page_of("questions", made.pk)))
    assert again["moment"] == "1:05"
    assert "1:05" in text_of(browser.get(page_of("lessons", "weld")))
    assert browser.post(page_of("questions", made.pk), again | {"moment": ""}).status_code == 302
    made.refresh_from_db()
    assert made.moment is None
