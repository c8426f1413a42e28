"""Sections, lessons and questions of a draft: order, copies, two editors, and what is refused."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from courses import services
from courses.models import Lesson, Question, Section, Video
from courses.models.content import MOST_LESSONS
from courses.services import drafts
from courses.services.drafts import Conflict, Gone, NotHere, TooMuch
from courses.services.lessons import BadChapters, HasFilm
from courses.services.questions import BadQuestion
from portal.audit.selectors import breaches, history_of
from portal.moves import IllegalMove

OPTIONS = [{"key": "A", "zh": "对"}, {"key": "B", "zh": "错"}]


@pytest.fixture
def told(author, at):
    return {"by": author, "at": at}


@pytest.fixture
def draft(make_course, told, db):
    """Two sections: a, b in the first; c, d in the second."""
    course = make_course()
    for name, keys in (("one", "ab"), ("two", "cd")):
        section = services.add_section(course, key=name, title_zh=name, **told)
        for key in keys:
            services.add_lesson(
                course, key=key, kind="reading", title_zh=key, body_zh="字", section=section, **told
            )
    return course


def order(course):
    rows = Lesson.objects.filter(version__course=course).order_by("position")
    return [(row.section.key, row.key) for row in rows.select_related("section")]


def places(course):
    return list(
        Lesson.objects.filter(version__course=course).order_by("position").values_list("position", flat=True)
    )


def lesson(course, key):
    return Lesson.objects.get(version__course=course, key=key)


def section(course, key):
    return Section.objects.get(version__course=course, key=key)


def film(of, *, seconds=90, position=1):
    return Video.objects.create(
        lesson=of, position=position, mp4_key="a.mp4", poster_key="a.jpg",
        milliseconds=seconds * 1000, width=640, height=360, bytes=10,
    )  # fmt: skip


def test_a_lesson_added_to_a_section_stands_at_its_end(draft, told):
    services.add_lesson(draft, key="x", kind="live", title_zh="直播", section=section(draft, "one"), **told)
    assert order(draft) == [("one", "a"), ("one", "b"), ("one", "x"), ("two", "c"), ("two", "d")]
    assert places(draft) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("key", "places_", "then"),
    [
        ("b", -1, "ba|cd"),
        ("a", -1, "ab|cd"),
        ("b", 1, "a|bcd"),
        ("c", -1, "abc|d"),
        ("d", 1, "ab|cd"),
        ("c", 1, "ab|dc"),
    ],
)
def test_a_lesson_goes_up_and_down_and_over_the_border(draft, told, key, places_, then):
    services.shift_lesson(lesson(draft, key), places_, **told)
    first, second = then.split("|")
    assert order(draft) == [("one", k) for k in first] + [("two", k) for k in second]
    assert places(draft) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "target", list(itertools.product("abcd", ["one", "two"], [None, "a", "b", "c", "d"]))
)
def test_a_lesson_is_put_anywhere(draft, told, target):
    """Against the plain rule: take it out, put it before the named one of that section, or at that section's end."""
    key, into, before = target
    if key == before:
        return
    rows = [row for row in order(draft) if row[1] != key]
    names = [k for _s, k in rows]
    here = names.index(before) if before and (into, before) in rows else None
    if here is None:
        here = sum(s == "one" for s, _k in rows) if into == "one" else len(rows)
    rows.insert(here, (into, key))
    services.place_lesson(
        lesson(draft, key),
        section=section(draft, into),
        before=lesson(draft, before) if before else None,
        **told,
    )
    assert order(draft) == rows
    assert places(draft) == [1, 2, 3, 4]


def test_a_section_takes_its_lessons_along(draft, told):
    services.shift_section(section(draft, "two"), -1, **told)
    assert order(draft) == [("two", "c"), ("two", "d"), ("one", "a"), ("one", "b")]
    services.shift_section(section(draft, "two"), -1, **told)
    services.shift_section(section(draft, "two"), 1, **told)
    services.place_section(section(draft, "two"), before=section(draft, "one"), **told)
    assert order(draft)[0] == ("two", "c")
    assert places(draft) == [1, 2, 3, 4]


def test_moving_costs_the_same_for_many_lessons(draft, told):
    with CaptureQueriesContext(
        connection,
    ) as few:
        services.shift_lesson(lesson(draft, "b"), 1, **told)
    for number in range(40):
        services.add_lesson(draft, key=f"n{number}", kind="quiz", title_zh="题", **told)
    with CaptureQueriesContext(connection) as many:
        services.shift_lesson(lesson(draft, "b"), -1, **told)
    assert abs(len(many) - len(few)) <= 2
    with CaptureQueriesContext(connection) as whole:
        services.shift_section(section(draft, "two"), -1, **told)
    assert len(whole) <= 20


def test_a_copy_stands_after_its_original_with_films_and_questions(draft, told):
    one = services.add_lesson(
        draft, key="film", kind="video", title_zh="片", section=section(draft, "one"), **told
    )
    film(one)
    services.add_question(
        draft, kind="single", stem_zh="？", options=OPTIONS, right={"A"}, lesson=one, **told
    )
    copy = services.duplicate_lesson(one, **told)
    assert copy.position == one.position + 1
    assert copy.key != one.key
    assert copy.videos.get().mp4_key == "a.mp4"
    assert copy.questions.get().right_keys == ["A"]
    other = services.duplicate_section(section(draft, "one"), **told)
    assert other.position == 2
    assert [row.title_zh for row in other.lessons.all()] == ["a", "b", "片", "片"]
    assert places(draft) == list(range(1, 11))


def test_deleting_closes_the_gap(draft, told):
    services.delete_lesson(lesson(draft, "a"), **told)
    assert order(draft) == [("one", "b"), ("two", "c"), ("two", "d")]
    services.delete_section(section(draft, "two"), **told)
    assert order(draft) == [("one", "b")]
    assert places(draft) == [1]
    assert list(breaches()) == []


def test_what_is_gone_says_so(draft, told):
    one = lesson(draft, "a")
    services.delete_lesson(one, **told)
    one.pk = one.pk or 1
    with pytest.raises(Gone):
        services.save_lesson(one, words={"title_zh": "新"}, revision=1, **told)


def test_a_frozen_version_is_not_edited(publish_course, told):
    course = publish_course()
    one = course.current_version.lessons.get()
    for act in (
        lambda: services.save_lesson(one, words={"title_zh": "新"}, revision=1, **told),
        lambda: services.delete_lesson(one, **told),
        lambda: (
            services.shift_section(one.section, 1, **told)
            and services.place_section(one.section, before=None, **told)
        ),
        lambda: services.duplicate_lesson(one, **told),
        lambda: services.delete_question(course.current_version.questions.get(), **told),
        lambda: services.change_words(course, words={"title_zh": "新"}, revision=1, **told),
    ):
        with pytest.raises(IllegalMove):
            act()
    services.start_version(course, **told)
    with pytest.raises(NotHere):
        services.save_lesson(one, words={"title_zh": "新"}, revision=1, **told)


# -- two editors ----------------------------------------------------------------------------------------------------


def test_the_second_editor_is_refused_and_the_first_save_stays(draft, told):
    one = lesson(draft, "a")
    services.save_lesson(one, words={"title_zh": "先来"}, revision=1, **told)
    with pytest.raises(Conflict):
        services.save_lesson(one, words={"title_zh": "后到"}, revision=1, **told)
    one.refresh_from_db()
    assert (one.title_zh, one.revision) == ("先来", 2)


def test_the_same_save_twice_is_one(draft, told):
    one = lesson(draft, "a")
    for _again in range(2):
        assert services.save_lesson(one, words={"title_zh": "同样"}, revision=1, **told).revision == 2
    assert [e.action for e in history_of("courses.lesson", one.pk)].count("lesson.changed") == 1


def test_words_sections_and_questions_have_their_revision_too(draft, told):
    question = services.add_question(
        draft, kind="single", stem_zh="？", options=OPTIONS, right={"A"}, for_exam=True, **told
    )
    for save in (
        lambda word: services.save_section(
            section(draft, "one"), words={"title_zh": word}, revision=1, **told
        ),
        lambda word: services.save_question(question, words={"stem_zh": word}, revision=1, **told),
        lambda word: services.change_words(draft, words={"title_zh": word}, revision=1, **told),
    ):
        save("先来")
        with pytest.raises(Conflict):
            save("后到")
    draft.refresh_from_db()
    assert draft.title_zh == "先来"


def test_of_two_who_save_at_once_one_is_told(together, at):
    from tests.courses.drafting import committed_draft

    course, people = committed_draft(at)
    one = services.add_lesson(course, key="a", kind="quiz", title_zh="题", by=people[0], at=at)
    outcomes = together(
        lambda n: services.save_lesson(one, words={"title_zh": f"第{n}人"}, revision=1, by=people[n], at=at),
        2,
    )
    assert sorted(type(o).__name__ for o in outcomes) == ["Conflict", "Lesson"]
    one.refresh_from_db()
    assert one.revision == 2


def test_of_many_who_move_at_once_the_order_stays_whole(together, at):
    from tests.courses.drafting import committed_draft

    course, people = committed_draft(at)
    lessons = [
        services.add_lesson(course, key=f"l{n}", kind="quiz", title_zh="题", by=people[0], at=at)
        for n in range(6)
    ]
    outcomes = together(
        lambda n: services.shift_lesson(lessons[n], 1 if n % 2 else -1, by=people[n % 2], at=at), 4
    )
    assert [type(o).__name__ for o in outcomes] == ["Lesson"] * 4
    assert places(course) == [1, 2, 3, 4, 5, 6]


# -- what is refused ------------------------------------------------------------------------------------------------


def test_a_course_of_3000_lessons_is_refused_at_the_door(draft, told):
    version = draft.versions.get()
    home = section(draft, "two")
    Lesson.objects.bulk_create(
        Lesson(version=version, section=home, key=f"m{n}", position=n, kind="quiz", title_zh="题")
        for n in range(5, MOST_LESSONS + 1)
    )
    with pytest.raises(TooMuch) as refused:
        services.add_lesson(draft, kind="quiz", title_zh="再一个", **told)
    assert str(MOST_LESSONS) in str(refused.value)
    for act in (services.duplicate_lesson,):
        with pytest.raises(TooMuch):
            act(lesson(draft, "a"), **told)
    with pytest.raises(TooMuch):
        services.duplicate_section(home, **told)
    with pytest.raises(IntegrityError, match="lesson_within_reason"), transaction.atomic():
        Lesson.objects.filter(pk=lesson(draft, "a").pk).update(position=MOST_LESSONS + 1)


def test_sections_questions_and_texts_have_bounds(draft, told, monkeypatch):
    with pytest.raises(TooMuch):
        services.save_lesson(
            lesson(draft, "a"),
            words={"written_zh": "字" * 60_001, "written_en": "", "body_format": "html"},
            revision=1,
            **told,
        )
    monkeypatch.setattr(drafts, "MOST_SECTIONS", 2)
    with pytest.raises(TooMuch):
        services.add_section(draft, title_zh="三", **told)
    monkeypatch.setattr(drafts, "MOST_QUESTIONS", 0)
    with pytest.raises(TooMuch):
        services.add_question(
            draft, kind="single", stem_zh="？", options=OPTIONS, right={"A"}, for_exam=True, **told
        )


def test_a_text_is_stored_as_typed_and_as_shown(draft, told):
    one = services.save_lesson(
        lesson(draft, "a"),
        words={
            "written_zh": "# 安全𠮷\n\n先**断电**。<script>alert(1)</script>",
            "written_en": "",
            "body_format": "markdown",
        },
        revision=1,
        **told,
    )
    assert one.source_zh.startswith("# 安全𠮷")
    assert one.body_zh.startswith("<h2>安全𠮷</h2>")
    assert "<script" not in one.body_zh
    assert one.characters == len("安全𠮷先断电。<script>alert(1)</script>")
    two = services.save_lesson(
        one,
        words={"written_zh": "<p>读</p>", "written_en": "", "body_format": "html"},
        revision=2,
        **told,
    )
    assert (two.source_zh, two.body_zh, two.characters) == ("", "<p>读</p>", 1)
    with pytest.raises(IntegrityError, match="lesson_source_is_markdown"), transaction.atomic():
        Lesson.objects.filter(pk=two.pk).update(source_zh="x")


def test_a_lesson_becomes_another_kind_and_its_measures_follow(draft, told):
    one = services.save_lesson(
        lesson(draft, "a"), words={"kind": "live", "planned_seconds": 600}, revision=1, **told
    )
    assert (one.characters, one.planned_seconds) == (0, 600)
    one = services.save_lesson(one, words={"kind": "reading"}, revision=2, **told)
    assert (one.characters, one.planned_seconds) == (1, 0)
    one = services.save_lesson(one, words={"kind": "workshop"}, revision=3, **told)
    film(one)
    with pytest.raises(HasFilm):
        services.save_lesson(one, words={"kind": "reading"}, revision=4, **told)
    assert services.save_lesson(one, words={"kind": "video"}, revision=4, **told).kind == "video"


def test_chapters_share_the_revision_of_their_lesson(draft, told):
    one = services.add_lesson(draft, key="film", kind="workshop", title_zh="片", **told)
    film(one)
    good = [{"seconds": 5, "zh": "穿戴", "en": ""}, {"seconds": 60, "zh": "起弧", "en": "Strike"}]
    assert services.save_lesson(one, words={"chapters": good}, revision=1, **told).revision == 2
    assert one.videos.get().chapters == good
    assert services.save_lesson(one, words={"chapters": good}, revision=1, **told).revision == 2
    with pytest.raises(Conflict):
        services.save_lesson(one, words={"chapters": []}, revision=1, **told)
    for bad in (
        [{"seconds": 90, "zh": "片外", "en": ""}],
        [{"seconds": 9, "zh": "后", "en": ""}, {"seconds": 5, "zh": "先", "en": ""}],
        [{"seconds": 5, "zh": " ", "en": ""}],
    ):
        with pytest.raises(BadChapters):
            services.save_lesson(one, words={"chapters": bad}, revision=2, **told)
    assert one.videos.get().chapters == good


def test_a_question_is_changed_and_deleted(draft, told):
    question = services.add_question(
        draft, kind="single", stem_zh="？", options=OPTIONS, right={"A"}, for_exam=True, **told
    )
    three = [*OPTIONS, {"key": "C", "zh": "不知道", "en": ""}]
    question = services.save_question(
        question,
        words={"kind": "multiple", "options": three, "right_keys": ["C", "A"], "stem_zh": "哪些𠮷？"},
        revision=1,
        **told,
    )
    assert question.right_keys == ["A", "C"]
    for words in (
        {"options": three[:1], "right_keys": ["A"]},
        {"options": three, "right_keys": ["Z"]},
        {"options": [*three, three[0]], "right_keys": ["A"]},
    ):
        with pytest.raises(BadQuestion):
            services.save_question(question, words=words, revision=2, **told)
    services.delete_question(question, **told)
    assert not Question.objects.filter(pk=question.pk).exists()
    with pytest.raises(Gone):
        services.save_question(question, words={"stem_zh": "还在？"}, revision=2, **told)


def test_a_part_of_another_course_is_no_place(draft, make_course, told):
    other = make_course("GZ-0002")
    far = services.add_section(other, key="far", title_zh="远", **told)
    with pytest.raises(NotHere):
        services.place_lesson(lesson(draft, "a"), section=far, before=None, **told)
    with pytest.raises(NotHere):
        services.save_lesson(lesson(draft, "a"), words={"section": far}, revision=1, **told)
