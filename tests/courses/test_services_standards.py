"""Standards: written by one, published by another, never changed, never loosened, and what they do to courses."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from courses import services
from courses.models import ContentStandard, StandardCheck
from courses.selectors.standards import report_on, standard_in_force
from courses.services.standards import (
    BadStandard,
    ChangedMeanwhile,
    DaysOverlap,
    Loosens,
    PastChanged,
    SameEditor,
    StandardWords,
    change_standard,
    draft_standard,
    publish_standard,
)
from courses.services.steps import NotReady
from portal.audit.selectors import breaches, history_of
from portal.moves import IllegalMove
from tests.courses.conftest import MILD

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 16)


def refused(name, act):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


def delete(table, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])  # noqa: S608 - a name of ours


def in_force(welder, on=TODAY, province="520000"):
    return standard_in_force(
        occupation_id=welder.pk, certificate_kind="level", level=5, province_code=province, on=on
    )


# -- writing and publishing -----------------------------------------------------------------------------------------


def test_a_second_person_publishes(write_standard, ministry, second, at):
    draft = write_standard(min_hours="3")
    with pytest.raises(SameEditor):
        publish_standard(draft, by=ministry, at=at)
    published = publish_standard(draft, by=second, at=at)
    assert (published.state, published.published_by) == ("published", second)
    with pytest.raises(IllegalMove):
        publish_standard(draft, by=second, at=at)
    actions = [entry.action for entry in history_of("courses.contentstandard", draft.pk)]
    assert actions == ["standard.drafted", "standard.published"]
    assert list(breaches()) == []


def words_of(row, **changes):
    kept = {n: getattr(row, n) for n in ("province", "occupation", "certificate_kind", "level", "first_day", "title_zh",
                                          "doc_no", "source", "body")}  # fmt: skip
    return StandardWords(**{**kept, **changes})


def test_a_draft_is_changed_by_who_has_read_the_last_words(write_standard, ministry, second, at):
    draft = write_standard(min_hours="3")
    changed = change_standard(draft, words_of(draft, title_zh="𠮷林焊工标准"), by=second, at=at, revision=1)
    assert (changed.revision, changed.title_zh, changed.edited_by) == (2, "𠮷林焊工标准", second)
    for act in (
        lambda: change_standard(draft, words_of(draft), by=ministry, at=at, revision=1),
        lambda: publish_standard(draft, by=ministry, at=at, revision=1),
    ):
        with pytest.raises(ChangedMeanwhile):
            act()
    publish_standard(draft, by=ministry, at=at, revision=2)
    with pytest.raises(IllegalMove):
        change_standard(draft, words_of(draft), by=second, at=at)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": {"schema": "standard/1", "rules": {"hours": 1}}}, "unknown rule"),
        ({"body": {"schema": "standard/1", "rules": {"min_hours": {"value": "x", "province": "floor"}}}}, "min_hours.value"),
        ({"last_day": dt.date(2025, 12, 31)}, "截止日"),
        ({"level": None}, "等级"),
        ({"certificate_kind": "special"}, "等级"),
        ({"mend_days": 731}, "730"),
        ({"title_zh": ""}, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_not_kept(write_standard, ministry, at, changes, said):
    row = write_standard(min_hours="3")
    with pytest.raises(BadStandard) as problem:
        draft_standard(words_of(row, **changes), by=ministry, at=at)
    assert said in str(problem.value)
    assert ContentStandard.objects.count() == 1


def test_contradictions_are_told_in_the_readers_language(write_standard):
    with pytest.raises(BadStandard, match="最低学时高于最高学时"):
        write_standard(min_hours="9", max_hours="3")


# -- provinces only narrow ------------------------------------------------------------------------------------------


def test_a_province_that_loosens_is_refused_with_the_rule_named(put_in_force, write_standard, guizhou):
    put_in_force(min_hours="88", exam_attempts=3)
    with pytest.raises(Loosens) as broken:
        write_standard(province=guizhou, min_hours="80", exam_attempts=2)
    assert broken.value.details["rules"] == ["min_hours"]
    assert "88" in str(broken.value)
    assert "80" in str(broken.value)


def test_it_is_refused_at_publishing_too_when_the_nation_was_faster(
    put_in_force, write_standard, second, guizhou, at
):
    draft = write_standard(province=guizhou, min_hours="80")
    put_in_force(min_hours="88")
    with pytest.raises(Loosens):
        publish_standard(draft, by=second, at=at)
    draft.refresh_from_db()
    assert draft.is_draft


def test_narrowing_to_where_nobody_can_be_is_refused(put_in_force, write_standard, guizhou):
    put_in_force(max_hours="100")
    with pytest.raises(BadStandard, match="最低学时高于最高学时"):
        write_standard(province=guizhou, min_hours="120")


def test_what_holds_is_the_nations_narrowed_by_the_provinces(put_in_force, guizhou, welder):
    national = put_in_force(min_hours="88", practice_min=30)
    provincial = put_in_force(province=guizhou, min_hours="92", first_day=dt.date(2026, 3, 1))
    here = in_force(welder)
    assert here.sources == [national, provincial]
    assert {key: bound.value for key, bound in here.standard.bounds.items()} == {
        "min_hours": 920,
        "practice_min": 30,
    }
    assert in_force(welder, on=dt.date(2026, 2, 28)).standard.value("min_hours") == 880
    assert in_force(welder, province="510000").standard.value("min_hours") == 880
    assert not in_force(welder, on=dt.date(2025, 12, 31))


# -- days -----------------------------------------------------------------------------------------------------------


def test_a_new_standard_ends_the_one_before_it_and_never_changes_the_past(
    put_in_force, write_standard, second, welder, at
):
    first = put_in_force(min_hours="3")
    with pytest.raises(PastChanged):
        publish_standard(write_standard(min_hours="4", first_day=TODAY), by=second, at=at)
    put_in_force(min_hours="4", first_day=TODAY + dt.timedelta(days=1))
    first.refresh_from_db()
    assert first.last_day == TODAY
    assert in_force(welder).standard.value("min_hours") == 30
    assert in_force(welder, on=TODAY + dt.timedelta(days=1)).standard.value("min_hours") == 40


def test_a_standard_may_not_begin_on_the_days_of_another(put_in_force, write_standard, second, at):
    put_in_force(min_hours="3", first_day=dt.date(2026, 5, 1))
    for first_day in (dt.date(2026, 5, 1), dt.date(2026, 4, 1)):
        with pytest.raises(DaysOverlap):
            publish_standard(write_standard(min_hours="4", first_day=first_day), by=second, at=at)


@pytest.mark.parametrize(
    "change",
    [
        {"title_zh": "另"},
        {"body": {}},
        {"state": "draft", "published_at": None, "published_by": None},
        {"valid": DateRange(dt.date(2026, 1, 1), dt.date(2031, 1, 1))},
        {"valid": DateRange(dt.date(2025, 1, 1), dt.date(2026, 5, 1))},
    ],
)
def test_a_published_standard_stays_as_it_is(put_in_force, second, at, change):
    row = put_in_force(min_hours="3")
    ContentStandard.objects.filter(pk=row.pk).update(
        valid=DateRange(dt.date(2026, 1, 1), dt.date(2030, 1, 1))
    )
    refused("only an earlier last day", lambda: ContentStandard.objects.filter(pk=row.pk).update(**change))
    refused("only an earlier last day", lambda: delete("courses_contentstandard", row.pk))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("standard_level_fits_certificate", {"level": 6}),
        ("standard_level_fits_certificate", {"certificate_kind": "completion"}),
        ("standard_has_a_first_day", {"valid": DateRange(None, dt.date(2026, 1, 1))}),
        ("standard_has_a_first_day", {"valid": DateRange(empty=True)}),
        ("standard_mend_days_within_reason", {"mend_days": 731}),
        ("standard_state_is_known", {"state": "lost"}),
        ("standard_published_at_with_by", {"published_at": "2026-01-01T00:00Z"}),
        ("standard_state_has_its_time", {"state": "published"}),
        ("standard_published_by_a_second_person", {"state": "published", "published_at": "2026-01-01T00:00Z", "published_by": ...}),
    ],
)  # fmt: skip
def test_a_standard_that_breaks_a_constraint(write_standard, name, change):
    row = write_standard(min_hours="3")
    change = {key: row.edited_by if value is ... else value for key, value in change.items()}
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        ContentStandard.objects.filter(pk=row.pk).update(**change)
    assert name in str(broken.value) or name == "standard_state_is_known"


def test_two_published_standards_of_one_scope_never_share_a_day(
    put_in_force, write_standard, second, guizhou, at
):
    put_in_force(min_hours="3")
    row = write_standard(min_hours="4")
    published = {"state": "published", "published_at": at, "published_by": second}
    refused("standard_one_in_force", lambda: ContentStandard.objects.filter(pk=row.pk).update(**published))
    here = write_standard(province=guizhou, min_hours="4")
    assert ContentStandard.objects.filter(pk=here.pk).update(**published) == 1


def test_a_standard_begins_as_a_draft(put_in_force):
    row = put_in_force(min_hours="3")
    row.pk, row.valid = None, DateRange(dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    refused("begins as a draft", lambda: row.save(force_insert=True))


# -- courses --------------------------------------------------------------------------------------------------------


def test_without_a_standard_in_force_no_course_is_submitted_for_the_subsidy(make_course, author, at):
    course = make_course(ready=True, for_subsidy=True)
    with pytest.raises(NotReady) as missing:
        services.submit(course, by=author, at=at)
    assert missing.value.details["missing"] == ["焊工 6-18-02-04 (2022), 五级 / 初级工：没有生效的课程标准。"]
    kept = StandardCheck.objects.get()
    assert (kept.passed, kept.step, kept.national, kept.by) == (False, "submit", None, author)
    assert not report_on(course.versions.get(), on=TODAY).passed


def test_a_course_that_is_not_for_the_subsidy_needs_only_to_be_complete(
    put_in_force, make_course, author, at
):
    put_in_force(min_hours="500")
    services.submit(make_course(ready=True), by=author, at=at)
    kept = StandardCheck.objects.get()
    assert kept.passed
    assert kept.national is None


def test_a_course_is_refused_until_it_meets_the_standard_and_every_check_is_kept(
    put_in_force, make_course, author, keeper, at
):
    standard = put_in_force(**MILD, min_hours="4")
    course = make_course(ready=True, for_subsidy=True)
    with pytest.raises(NotReady, match="还差 1 学时"):
        services.submit(course, by=author, at=at)
    version = course.versions.get()
    assert version.state == "draft"
    version.hours_tenths = 40
    version.save()
    services.add_lesson(
        course, key="live", kind="live", title_zh="直播", planned_seconds=40, by=author, at=at
    )
    services.submit(course, by=author, at=at)
    assert services.publish(course, by=keeper, at=at).state == "published"
    assert list(StandardCheck.objects.order_by("id").values_list("step", "passed", "national")) == [
        ("submit", False, standard.pk),
        ("submit", True, standard.pk),
        ("publish", True, standard.pk),
    ]


def test_publishing_asks_the_standard_of_that_day(put_in_force, make_course, author, keeper, at):
    put_in_force(**MILD, min_hours="1")
    course = make_course(ready=True, for_subsidy=True, hours=1)
    services.submit(course, by=author, at=at)
    put_in_force(**MILD, min_hours="2", first_day=TODAY + dt.timedelta(days=1))
    with pytest.raises(NotReady, match="还差 1 学时"):
        services.publish(course, by=keeper, at=at + dt.timedelta(days=1))
    assert course.versions.get().state == "under_review"
    assert services.publish(course, by=keeper, at=at).state == "published"


def test_checks_are_never_changed(make_course, author, at):
    services.submit(make_course(ready=True), by=author, at=at)
    refused("append-only|permission denied", lambda: StandardCheck.objects.update(passed=False))
    refused("append-only|permission denied", StandardCheck.objects.all().delete)
    refused(
        "check_step_is_known",
        lambda: StandardCheck.objects.create(
            version=StandardCheck.objects.get().version,
            province_id="520000",
            step="x",
            findings=[],
            passed=True,
            at=at,
        ),
    )


def test_the_check_of_a_hundred_lessons_takes_six_statements(
    put_in_force, make_course, author, at, django_assert_num_queries
):
    from courses.models import CourseVersion, Lesson

    put_in_force(min_hours="3", lesson_max_seconds=2_700, workshop_captions=True)
    course = make_course(ready=True, for_subsidy=True)
    version = course.versions.get()
    section = version.sections.get()
    Lesson.objects.bulk_create(
        Lesson(
            version=version,
            section=section,
            key=f"l{n}",
            position=n,
            kind="live",
            title_zh="课",
            planned_seconds=60,
        )
        for n in range(3, 101)
    )
    version = CourseVersion.objects.select_related("course", "occupation").get(pk=version.pk)
    with django_assert_num_queries(6):
        report = report_on(version, on=TODAY)
    assert len(report.findings) > 5
    assert "课" in report.speech.places.values()
