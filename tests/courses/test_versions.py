"""A next version beside the published one: copied whole, compared line by line, given up; and earned hours stay."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses import selectors, services
from courses.models import CourseVersion, ExamBlueprint, Lesson, Package, Question, StandardCheck, Video
from courses.selectors.authoring import working_version
from courses.selectors.differences import differences, line_by_line
from courses.services import packages
from courses.services.steps import NotReady, SecondPersonNeeded
from courses.services.versions import AlreadyOpen, OnlyVersion
from learners.selectors.time import counted_seconds, valid_hours
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from tests import factories
from tests.courses import scorm
from tests.learners import study


@pytest.fixture
def told(author, at):
    return {"by": author, "at": at}


@pytest.fixture
def listed(make_course, author, keeper, at):
    """Published, with two sections, a film, a page, a bank of two."""
    told = {"by": author, "at": at}
    course = make_course(ready=True)
    second = services.add_section(course, key="work", title_zh="实操", module="safety", **told)
    film = services.add_lesson(course, key="film", kind="workshop", title_zh="平焊", section=second, **told)
    Video.objects.create(
        lesson=film, mp4_key="c/a.mp4", poster_key="c/a.jpg", captions_zh_key="c/a.vtt",
        milliseconds=90_000, width=640, height=360, bytes=9, chapters=[{"seconds": 3, "zh": "起弧", "en": ""}],
    )  # fmt: skip
    options = [{"key": "A", "zh": "断电"}, {"key": "B", "zh": "通电"}]
    services.add_question(
        course, kind="single", stem_zh="看片后先做什么？", options=options, right={"A"}, lesson=film, **told
    )
    services.add_question(
        course, kind="true_false", stem_zh="要戴面罩。", options=options, right={"B"}, for_exam=True, **told
    )
    services.submit(course, by=author, at=at)
    return services.publish(course, by=keeper, at=at)


def shape(version):
    return {
        "sections": list(version.sections.values_list("key", "position", "title_zh", "module")),
        "lessons": list(version.lessons.values_list("key", "position", "section__key", "kind", "body_zh")),
        "films": list(
            Video.objects.filter(lesson__version=version)
            .order_by("lesson__position")
            .values_list("lesson__key", "mp4_key", "captions_zh_key", "chapters")
        ),
        "questions": sorted(
            version.questions.values_list("stem_zh", "lesson__key", "for_exam", "options", "right_keys"),
            key=str,
        ),
        "exam": list(ExamBlueprint.objects.filter(version=version).values_list("questions", "minutes")),
    }


def test_the_next_version_is_a_whole_copy_and_leaves_the_first_alone(listed, told):
    before = shape(listed.current_version)
    new = services.start_version(listed, **told)
    assert (new.number, new.state) == (2, "draft")
    assert shape(new) == before
    assert shape(CourseVersion.objects.get(pk=listed.current_version_id)) == before
    listed.refresh_from_db()
    assert listed.state == "published"
    assert listed.current_version.number == 1
    assert listed.title_zh == new.title_zh
    with pytest.raises(AlreadyOpen):
        services.start_version(listed, **told)


def test_copying_costs_the_same_for_many_lessons(make_course, author, keeper, at):
    counts = []
    for code, lessons in (("GZ-0001", 1), ("GZ-0002", 30)):
        course = make_course(code, ready=True)
        for number in range(lessons):
            services.add_lesson(course, key=f"p{number}", kind="live", title_zh="直播", by=author, at=at)
        services.submit(course, by=author, at=at)
        services.publish(course, by=keeper, at=at)
        with CaptureQueriesContext(connection) as asked:
            services.start_version(course, by=author, at=at)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as asked:
        services.discard_version(course, by=author, at=at)
    assert len(asked) <= 55


def test_a_draft_is_given_up_and_another_begun(listed, told):
    services.start_version(listed, **told)
    services.discard_version(listed, **told)
    assert listed.versions.count() == 1
    assert services.start_version(listed, **told).number == 2
    services.submit(listed, **told)
    with pytest.raises(IllegalMove):
        services.discard_version(listed, **told)


def test_a_draft_that_failed_the_check_can_be_given_up_and_the_check_stays(listed, told):
    new = services.start_version(listed, **told)
    ExamBlueprint.objects.filter(version=new).delete()
    with pytest.raises(NotReady):
        services.submit(listed, **told)
    services.discard_version(listed, **told)
    assert list(listed.versions.values_list("number", flat=True)) == [1]
    assert StandardCheck.objects.filter(version_id=new.pk, passed=False).count() == 1


def test_a_package_comes_along_and_shares_its_files(make_course, author, keeper, at):
    told = {"by": author, "at": at}
    course = make_course(ready=True)
    lesson = services.add_lesson(course, key="pack", kind="package", title_zh="课件𠮷", **told)
    services.upload_package(lesson, file=ContentFile(scorm.good(), name="课件.zip"), **told)
    packages.unpack(packages.take_up(at=at), at=at)
    services.submit(course, **told)
    course = services.publish(course, by=keeper, at=at)
    new = services.start_version(course, **told)
    old = selectors.package_of(course.current_version.lessons.get(key="pack").pk)
    copy = selectors.package_of(new.lessons.get(key="pack").pk)
    assert (copy.title, copy.items) == (old.title, old.items)
    services.discard_version(course, **told)
    while packages.sweep():
        pass
    assert default_storage.listdir(Package.objects.get(state="ready").prefix)[1]


def test_the_only_version_is_not_given_up(make_course, told):
    with pytest.raises(OnlyVersion):
        services.discard_version(make_course(), **told)


@pytest.mark.parametrize("state", ["unlisted", "withdrawn"])
def test_a_course_off_the_list_has_no_next_version(make_course, publish_course, told, keeper, at, state):
    course = make_course() if state == "unlisted" else publish_course()
    if state == "withdrawn":
        services.withdraw(course, by=keeper, at=at, reason="不再开设")
    with pytest.raises(IllegalMove):
        services.start_version(course, **told)


def test_a_suspended_course_is_mended_by_its_next_version(listed, told, keeper, at):
    services.suspend(listed, by=keeper, at=at, reason="片中做法已经过时")
    services.start_version(listed, **told)
    services.submit(listed, **told)
    services.publish(listed, by=keeper, at=at)
    listed.refresh_from_db()
    assert (listed.state, listed.current_version.number) == ("suspended", 2)


def test_whoever_began_the_version_does_not_publish_it(listed, keeper, author, at):
    services.start_version(listed, by=keeper, at=at)
    services.submit(listed, by=author, at=at)
    for person in (keeper, author):
        with pytest.raises(SecondPersonNeeded):
            services.publish(listed, by=person, at=at)


def test_two_who_begin_a_version_at_once_begin_one(together, at):
    course = study.publish(at)
    people = [factories.user("one"), factories.user("two")]
    outcomes = together(lambda n: services.start_version(course, by=people[n], at=at), 2)
    assert sorted(type(o).__name__ for o in outcomes) == ["AlreadyOpen", "CourseVersion"]


@pytest.mark.django_db
def test_a_new_version_takes_no_earned_hour_away(at):
    """Hours were earned under the first version; the second has none of its lessons, and the exam goes on."""
    course = study.publish(at)
    enrolment = study.ready(at, course=course)
    pinned, earned = enrolment.version_id, (counted_seconds(enrolment.pk), valid_hours(enrolment))
    assert earned[1] == 3
    author, keeper = factories.user("author"), factories.staff(Role.PROVINCE_CATALOGUE)
    later = at + dt.timedelta(days=1)
    new = services.start_version(course, by=author, at=later)
    for lesson in list(new.lessons.filter(kind="quiz")):
        services.delete_lesson(lesson, by=author, at=later)
    services.submit(course, by=author, at=later)
    services.publish(course, by=keeper, at=later)
    course.refresh_from_db()
    enrolment.refresh_from_db()
    assert course.current_version_id == new.pk != pinned
    assert enrolment.version_id == pinned
    assert (counted_seconds(enrolment.pk), valid_hours(enrolment)) == earned
    assert selectors.outline(pinned).lesson("quiz") is not None
    assert selectors.outline(new.pk).lesson("quiz") is None
    attempt = study.sit(enrolment, at=later)
    assert set(attempt.question_ids) <= set(
        Question.objects.filter(version_id=pinned).values_list("pk", flat=True)
    )
    assert study.enrolled(later, course=course).version_id == new.pk


# -- what two versions differ in ---------------------------------------------------------------------------------------


def told_parts(parts):
    return [(part.kind, part.title) for part in parts]


def test_a_fresh_copy_differs_in_nothing(listed, told):
    new = services.start_version(listed, **told)
    assert differences(listed.current_version, new, answers=True).none


def test_every_kind_of_change_is_told(listed, told):
    new = services.start_version(listed, **told)
    services.change_words(listed, words={"title_zh": "焊工新课", "hours_tenths": 50}, revision=1, **told)
    page, film = new.lessons.get(key="read"), new.lessons.get(key="film")
    services.save_lesson(
        page,
        words={"written_zh": "<p>先断电。</p><p>再验电𠮷。</p>", "written_en": "", "body_format": "html"},
        revision=1,
        **told,
    )
    services.save_lesson(
        film, words={"chapters": [{"seconds": 9, "zh": "收弧", "en": ""}]}, revision=1, **told
    )
    services.add_lesson(new.course, key="live", kind="live", title_zh="答疑", **told)
    services.save_section(new.sections.get(key="work"), words={"module": "fire"}, revision=1, **told)
    services.shift_lesson(page, 1, **told)
    question = new.questions.get(stem_zh="要戴面罩。")
    services.save_question(
        question, words={"right_keys": ["A"], "options": question.options}, revision=1, **told
    )
    services.delete_question(new.questions.get(stem_zh="看片后先做什么？"), **told)
    services.set_blueprint(listed, questions=1, pass_mark_percent=80, minutes=10, attempts=3, **told)
    found = differences(listed.current_version, working_version(listed), answers=True)
    assert {change.before for change in found.words} >= {"3"}
    assert ("changed", "实操") in told_parts(found.sections)
    assert ("added", "答疑") in told_parts(found.lessons)
    assert ("changed", "阅读") in told_parts(found.lessons)
    assert ("moved", "阅读") in told_parts(found.lessons)
    text = next(p for p in found.lessons if p.kind == "changed" and p.title == "阅读").changes[-1]
    assert [(line.kind, line.text) for line in text.lines] == [("same", "先断电。"), ("added", "再验电𠮷。")]
    assert told_parts(found.films) == [("changed", "平焊")]
    assert ("removed", "看片后先做什么？") in told_parts(found.questions)
    assert ("changed", "要戴面罩。") in told_parts(found.questions)
    assert [(c.before, c.after) for c in found.exam] == [("60", "80")]
    back = differences(working_version(listed), listed.current_version, answers=True)
    assert ("removed", "答疑") in told_parts(back.lessons)


def test_right_answers_are_not_compared_for_others(listed, told):
    new = services.start_version(listed, **told)
    question = new.questions.get(stem_zh="要戴面罩。")
    services.save_question(
        question, words={"right_keys": ["A"], "options": question.options}, revision=1, **told
    )
    assert differences(listed.current_version, new, answers=False).none
    assert not differences(listed.current_version, new, answers=True).none


def test_comparing_costs_the_same_for_many_lessons(listed, told, django_assert_num_queries):
    new = services.start_version(listed, **told)
    old = CourseVersion.objects.select_related("occupation").get(pk=listed.current_version_id)
    new = CourseVersion.objects.select_related("occupation").get(pk=new.pk)
    with django_assert_num_queries(6):
        differences(old, new, answers=True)
    home = new.sections.get(key="work")
    Lesson.objects.bulk_create(
        Lesson(version=new, section=home, key=f"m{n}", position=n, kind="quiz", title_zh="题")
        for n in range(10, 60)
    )
    with django_assert_num_queries(6):
        assert len(differences(old, new, answers=True).lessons) == 50


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ([], [], []),
        (["a"], ["a"], []),
        (["a"], ["b"], ["removed", "added"]),
        (
            list("abcdefgh"),
            list("abcdXfgh"),
            ["gap", "same", "same", "removed", "added", "same", "same", "gap"],
        ),
        (["a"], ["a", "b"], ["same", "added"]),
    ],
)
def test_a_text_is_told_by_its_changed_lines(old, new, kinds):
    assert [line.kind for line in line_by_line(old, new)] == kinds
