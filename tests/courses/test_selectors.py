"""What other apps may ask, and that no answer to a question ever gets out."""

import dataclasses
import datetime as dt
from fractions import Fraction

import pytest
from django.utils.translation import get_language, override

from courses import selectors, services
from courses.models import CourseVersion, Question
from courses.selectors import content
from courses.services.drafts import NotHere
from courses.services.questions import BadQuestion
from courses.text import characters_in
from portal.moves import IllegalMove

pytestmark = pytest.mark.django_db


def test_facts_are_in_the_readers_language(publish_course):
    version = publish_course().current_version_id
    question = Question.objects.get(version_id=version)
    assert selectors.outline(version).title.startswith("焊工")
    with override("en"):
        assert selectors.outline(version).title.startswith("Welder")
        facts = selectors.questions([question.pk])[question.pk]
        assert (facts.stem, facts.options) == ("What first?", (("A", "Switch off"), ("B", "Go on welding")))


def test_an_answer_is_right_only_when_it_is_exactly_right(make_course, author, at):
    course = make_course()
    options = [{"key": key, "zh": key} for key in "ABCD"]
    row = services.add_question(
        course,
        kind="multiple",
        stem_zh="？",
        options=options,
        right={"A", "C"},
        for_exam=True,
        by=author,
        at=at,
    )
    assert selectors.is_right(row.pk, frozenset("AC"))
    for wrong in ("", "A", "ABC", "BD", "Z"):
        assert not selectors.is_right(row.pk, frozenset(wrong))


def test_what_is_handed_out_holds_no_answer(publish_course):
    version = publish_course().current_version_id
    question = Question.objects.get(version_id=version)
    handed = [*selectors.questions([question.pk]).values(), *selectors.check_questions(question.lesson_id)]
    for facts in handed:
        shown = {
            "id",
            "kind",
            "stem",
            "options",
            "moment",
            "several",
            "unit",
            "picture_key",
            "picture_text",
            "spots",
        }
        assert set(dataclasses.asdict(facts)) == shown


def test_the_same_seed_draws_the_same_questions(make_course, author, at):
    course = make_course()
    for number in range(12):
        services.add_question(
            course,
            kind="true_false",
            stem_zh=str(number),
            options=[{"key": "A", "zh": "对"}, {"key": "B", "zh": "错"}],
            right={"A"},
            for_exam=number != 11,
            lesson=None
            if number != 11
            else services.add_lesson(course, key="q", kind="quiz", title_zh="测", by=author, at=at),
            by=author,
            at=at,
        )
    services.set_blueprint(course, questions=5, pass_mark_percent=60, minutes=5, attempts=2, by=author, at=at)
    version = selectors.outline(course.versions.get().pk)
    draws = {tuple(selectors.draw(version, seed=n, at=at)) for n in range(30)}
    assert len(draws) > 5
    assert all(len(set(draw)) == 5 for draw in draws)
    assert selectors.draw(version, seed=3, at=at) == selectors.draw(version, seed=3, at=at)
    only_lesson = Question.objects.get(for_exam=False).pk
    assert all(only_lesson not in draw for draw in draws)


def test_lesson_text_is_sanitised(make_course, author, at):
    course = make_course()
    lesson = services.add_lesson(
        course,
        key="page",
        kind="reading",
        title_zh="页",
        body_zh='<h2>看</h2><p onclick="x()">𠮷 野<script>alert(1)</script><a href="javascript:x">链</a></p>',
        by=author,
        at=at,
    )
    html = selectors.lesson_body(lesson.pk)
    assert "<h2>看</h2>" in html
    assert "script" not in html
    assert "onclick" not in html
    assert lesson.characters == characters_in("看𠮷野链") == 4


def test_a_certificate_is_told_what_the_frozen_version_said(publish_course, welder, guizhou, author, at):
    course = publish_course()
    facts = selectors.certificate_facts(course.current_version_id)
    assert (facts.level, facts.hours, facts.edition, facts.shortage) == (5, Fraction(3), "2022", False)
    assert facts.organisation_name == "贵州示例六有限公司"
    services.list_shortage(welder, guizhou, valid_from=at.date(), by=author, at=at)
    assert selectors.certificate_facts(course.current_version_id).shortage
    with pytest.raises(CourseVersion.DoesNotExist):
        selectors.certificate_facts(0)


def test_what_a_frozen_version_holds_is_read_once_in_each_language(
    make_course, author, keeper, at, django_assert_num_queries
):
    course = make_course(ready=True)
    services.add_lesson(
        course, key="more", kind="reading", title_zh="再读𠮷一页", title_en="One more page", body_zh="<p>断电。</p>", by=author, at=at
    )  # fmt: skip
    services.submit(course, by=author, at=at)
    services.publish(course, by=keeper, at=at)
    version = course.versions.get().pk
    for language, title in (("zh-hans", "再读𠮷一页"), ("en", "One more page")):
        with override(language):
            first = selectors.outline(version)
            assert first.lesson("more").title == title
            with django_assert_num_queries(1):
                assert selectors.outline(version) == first


def test_what_is_kept_of_a_version_ends_with_the_moment_it_was_frozen(publish_course):
    """A publication that was undone leaves nothing behind for the one that follows it."""
    version = CourseVersion.objects.get(pk=publish_course().current_version_id)
    known = selectors.outline(version.pk)
    content._FROZEN[version.pk, version.frozen_at - dt.timedelta(seconds=1), get_language()] = ((), ())
    assert selectors.outline(version.pk) == known


def test_a_draft_is_read_anew_each_time(make_course, author, at):
    course = make_course(ready=True)
    version = course.versions.get().pk
    before = len(selectors.outline(version).lessons)
    services.add_lesson(
        course, key="more", kind="reading", title_zh="再读𠮷一页", body_zh="<p>断电。</p>", by=author, at=at
    )
    assert len(selectors.outline(version).lessons) == before + 1


def test_outlines_of_many_versions_cost_five_statements(publish_course, django_assert_num_queries):
    ids = [publish_course(f"GZ-000{n}").current_version_id for n in range(3)]
    with django_assert_num_queries(5):
        assert len(selectors.outlines(ids)) == 3


def test_a_course_never_published_has_no_current_version(make_course):
    with pytest.raises(CourseVersion.DoesNotExist):
        selectors.current_version(make_course())
    with pytest.raises(CourseVersion.DoesNotExist):
        selectors.outline(0)


def test_questions_must_hold_their_answer_and_belong_to_the_draft(make_course, publish_course, author, at):
    course, other = make_course("GZ-0001", ready=True), make_course("GZ-0002", ready=True)
    options = [{"key": "A", "zh": "对"}, {"key": "B", "zh": "错"}]
    asked = {"kind": "single", "stem_zh": "？", "for_exam": True, "by": author, "at": at}
    for wrong in (
        {"options": options[:1], "right": {"A"}},
        {"options": options, "right": {"C"}},
        {"options": [options[0], options[0]], "right": {"A"}},
        {"options": [{"key": "A", "zh": " "}, options[1]], "right": {"A"}},
    ):
        with pytest.raises(BadQuestion):
            services.add_question(course, **asked, **wrong)
    with pytest.raises(NotHere):
        services.add_question(
            course, **asked, options=options, right={"A"}, lesson=other.versions.get().lessons.get()
        )
    published = publish_course("GZ-0003")
    with pytest.raises(IllegalMove):
        services.add_question(published, **asked, options=options, right={"A"})


def test_a_renamed_provider_is_found_by_the_new_name_after_indexing(publish_course, provider):
    from courses.selectors.search import matching

    publish_course()
    provider.name_zh = "贵州新名训练中心"
    provider.save()
    assert not matching("新名").exists()
    assert services.index_courses() == 1
    assert matching("新名").exists()
