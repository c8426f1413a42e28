"""The database refuses what the rules forbid; a frozen version stays as it is."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from courses import selectors, services
from courses.models import (
    Course,
    CourseVersion,
    ExamBlueprint,
    Lesson,
    Question,
    Section,
    ShortageListing,
    Video,
)

pytestmark = pytest.mark.django_db


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("course_has_hours", {"hours_tenths": 0}),
        ("course_level_fits_certificate", {"level": None}),
        ("course_level_fits_certificate", {"level": 6}),
        ("course_level_fits_certificate", {"certificate_kind": "special"}),
        ("course_code_is_plain", {"code": "gz 1"}),
        ("course_state_has_its_times", {"published_at": "2026-01-01T00:00Z", "published_by_id": 1}),
        ("course_published_at_with_by", {"published_at": "2026-01-01T00:00Z"}),
        ("course_suspended_at_with_by", {"suspended_at": "2026-01-01T00:00Z"}),
        ("course_suspended_has_reason", {"suspended_reason": "x"}),
        ("course_withdrawn_at_with_by", {"withdrawn_at": "2026-01-01T00:00Z"}),
        ("course_withdrawn_has_reason", {"withdrawn_reason": "x"}),
    ],
)
def test_a_course_that_breaks_a_constraint(make_course, author, name, change):
    course = make_course()
    change = {k: (author.pk if v == 1 else v) for k, v in change.items()}
    refused("course_", lambda: Course.objects.filter(pk=course.pk).update(**change))
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        Course.objects.filter(pk=course.pk).update(**change)
    assert name in str(broken.value) or name in {
        "course_published_at_with_by",
        "course_suspended_at_with_by",
        "course_withdrawn_at_with_by",
    }


def test_an_unknown_state_is_refused(make_course):
    course = make_course()
    refused("does not go", lambda: Course.objects.filter(pk=course.pk).update(state="lost"))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("version_submitted_at_with_by", {"submitted_at": "2026-01-01T00:00Z"}),
        ("version_state_has_its_submission", {"submitted_at": "2026-01-01T00:00Z", "submitted_by_id": 1}),
        ("version_frozen_when_published", {"frozen_at": "2026-01-01T00:00Z"}),
        ("version_returned_has_reason", {"returned_reason": "x"}),
    ],
)
def test_a_version_that_breaks_a_constraint(make_course, author, name, change):
    version = make_course().versions.get()
    change = {k: (author.pk if v == 1 else v) for k, v in change.items()}
    with pytest.raises(IntegrityError, match="version_"), transaction.atomic():
        CourseVersion.objects.filter(pk=version.pk).update(**change)


def test_codes_numbers_keys_and_positions_stand_once(make_course, author, at):
    course = make_course(ready=True)
    version = course.versions.get()
    made = {"course": course, "created_at": at, "created_by": author, **words(version)}
    refused("version_number_once|one_open", lambda: CourseVersion.objects.create(**made, number=1))
    refused("version_one_open", lambda: CourseVersion.objects.create(**made, number=2))
    refused("version_number_from_one", lambda: CourseVersion.objects.filter(pk=version.pk).update(number=0))
    section = version.sections.get()
    lesson = {"version": version, "section": section, "kind": "quiz", "title_zh": "x"}
    refused("lesson_key_once", lambda: Lesson.objects.create(**lesson, key="read", position=9))
    refused(
        "lesson_position_once",
        lambda: at_once(lambda: Lesson.objects.create(**lesson, key="new", position=1)),
    )
    refused("lesson_measure", lambda: Lesson.objects.create(**lesson, key="new", position=9, seconds=5))
    chapter = {"version": version, "title_zh": "x"}
    refused("section_key_once", lambda: Section.objects.create(**chapter, key="contents", position=9))
    refused(
        "section_position_once",
        lambda: at_once(lambda: Section.objects.create(**chapter, key="new", position=1)),
    )
    question = {"version": version, "stem_zh": "x", "options": [], "kind": "single"}
    refused(
        "question_position",
        lambda: at_once(
            lambda: Question.objects.create(**question, right_keys=["A"], for_exam=True, position=1)
        ),
    )
    refused(
        "question_right_keys",
        lambda: Question.objects.create(**question, right_keys=["A", "B"], for_exam=True, position=9),
    )
    refused(
        "question_right_keys",
        lambda: Question.objects.create(
            **{**question, "kind": "multiple"}, right_keys=["A"], for_exam=True, position=9
        ),
    )
    refused("question_is_asked", lambda: Question.objects.create(**question, right_keys=["A"], position=9))
    for unasked in ({"for_exam": True}, {"for_exam": True, "lesson": version.lessons.first()}):
        refused(
            "question_moment_is_practice",
            lambda unasked=unasked: Question.objects.create(
                **question, **unasked, right_keys=["A"], position=9, moment=5
            ),
        )
    several = {**question, "kind": "ordering", "right_keys": ["B", "A"]}
    refused(
        "question_moment_is_practice",
        lambda: Question.objects.create(**several, lesson=version.lessons.first(), position=9, moment=5),
    )
    refused("blueprint_within", lambda: ExamBlueprint.objects.filter(version=version).update(attempts=0))
    refused(
        "video_has_a_size",
        lambda: Video.objects.create(
            lesson=version.lessons.get(),
            mp4_key="a",
            poster_key="b",
            captions_zh_key="c",
            milliseconds=0,
            width=1,
            height=1,
            bytes=1,
        ),
    )


def at_once(act):
    """Do it and ask the deferred constraints now, not at commit."""
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def words(version):
    from courses.models.catalogue import WORDS

    return {word: getattr(version, word) for word in WORDS}


def test_shortage_days_run_forward_and_stand_once(welder, guizhou, author, at):
    day = at.date()
    row = services.list_shortage(welder, guizhou, valid_from=day, by=author, at=at)
    assert services.list_shortage(welder, guizhou, valid_from=day, by=author, at=at) == row
    refused("shortage_ends", lambda: ShortageListing.objects.filter(pk=row.pk).update(valid_to="2020-01-01"))
    refused(
        "shortage_once",
        lambda: ShortageListing.objects.create(occupation=welder, province=guizhou, valid_from=day),
    )
    assert selectors.is_short(welder.pk, "520000", on=day)
    assert not selectors.is_short(welder.pk, "510000", on=day)


@pytest.mark.parametrize("table", ["version", "section", "lesson", "question", "blueprint"])
def test_a_published_version_cannot_be_changed(publish_course, table):
    version = publish_course().current_version
    rows = {
        "version": CourseVersion.objects.filter(pk=version.pk),
        "section": version.sections.all(),
        "lesson": version.lessons.all(),
        "question": version.questions.all(),
        "blueprint": ExamBlueprint.objects.filter(version=version),
    }[table]
    change = {
        "version": {"title_zh": "x"},
        "section": {"title_zh": "x"},
        "lesson": {"title_zh": "x"},
        "question": {"right_keys": ["B"]},
        "blueprint": {"attempts": 9},
    }
    for act in (lambda: rows.update(**change[table]), lambda: rows.all()._raw_delete(rows.db)):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            act()


def test_nothing_is_added_to_a_published_version(publish_course):
    version = publish_course().current_version
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Lesson.objects.create(
            version=version,
            section=version.sections.get(),
            key="late",
            position=9,
            kind="quiz",
            title_zh="晚",
        )
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Section.objects.create(version=version, key="late", position=9, title_zh="晚")


def test_a_film_of_a_published_version_may_only_get_its_stream(publish_course, owner_sql):
    version = publish_course().current_version
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Video.objects.create(
            lesson=version.lessons.get(),
            mp4_key="a",
            poster_key="b",
            captions_zh_key="c",
            milliseconds=1,
            width=1,
            height=1,
            bytes=1,
        )


def test_rare_characters_survive(publish_course):
    from tests.factories import rows

    names = [r["full_name"] for r in rows("names.csv") if r["has_supplementary_plane"] == "yes"][:5]
    title = "·".join(names)
    course = publish_course(title_zh=title)
    assert selectors.outline(course.current_version_id).title == title


@translation.override("en")
def asked_of(row, exclude=()):
    """How many questions PostgreSQL is asked about the row's constraints, and what is wrong with it."""
    wrong = []
    with CaptureQueriesContext(connection) as told:
        try:
            row.validate_constraints(exclude=set(exclude))
        except ValidationError as broken:
            wrong = broken.messages
    return sum(query["sql"].startswith("SELECT") for query in told.captured_queries), wrong


def test_checks_that_all_hold_are_one_question(make_course):
    course = make_course()
    assert len([row for row in course._meta.constraints if isinstance(row, CheckConstraint)]) > 5
    assert asked_of(course) == (2, [])  # the other asks whether a name of a supplier's has to be the only one


def test_a_broken_check_speaks_for_itself(make_course):
    course = make_course()
    course.code, course.state = "坏𠮷", "nowhere"
    _asked, wrong = asked_of(course)
    assert "A course code is 3 to 24 capital letters, digits and hyphens." in wrong
    assert len(wrong) > 1


def test_what_is_left_out_hides_nothing_else(make_course):
    course = make_course()
    course.code, course.state = "坏𠮷", "unlisted"
    for exclude in (["published_by"], ["published_by", "suspended_by", "withdrawn_by", "search"]):
        assert asked_of(course, exclude)[1] == [
            "A course code is 3 to 24 capital letters, digits and hyphens."
        ]
    assert asked_of(course, ["code"])[1] == []
