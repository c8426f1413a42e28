"""Bringing a file of courses: read, shown, applied or left."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.utils import translation

from courses.models import Course, ImportJob, ImportRow, Lesson
from courses.selectors import imports as selectors
from courses.selectors.documents import found
from courses.services import import_work
from courses.services.imports import NothingToApply, apply_import, cancel_import, upload_import
from courses.tasks import work_on_due_imports
from portal.moves import IllegalMove
from portal.sheets.reading import BadFile
from tests.courses import files


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def bring(provider, author, at):
    def act(file, *, kind="courses", course=None, work=True):
        job = upload_import(
            file, name=file.name, kind=kind, organisation=provider, course=course, by=author, at=at
        )
        return worked(job, at) if work else job

    return act


def worked(job, at):
    taken = import_work.claim(job.pk, at=at)
    if taken is not None:
        import_work.work(taken, at=at)
    return ImportJob.objects.get(pk=job.pk)


@pytest.fixture
def apply(author, at):
    def act(job):
        return worked(apply_import(job, by=author, at=at), at)

    return act


def fates(job):
    return [(row.number, row.fate) for row in job.lines.order_by("number")]


def reasons(job):
    return [reason for row in job.lines.all() for reason in selectors.reasons_of(row, job.kind)]


def test_a_file_is_shown_and_then_applied(bring, apply):
    job = bring(files.xlsx(files.COURSE, files.LESSON, files.course("W-2")))
    assert (job.state, job.rows, job.counts) == ("previewed", 3, {"created": 2})
    assert [(row.number, row.last, row.ref) for row in job.lines.all()] == [(2, 3, "W-1"), (4, 4, "W-2")]
    assert Course.objects.count() == 0
    job = apply(job)
    assert job.state == "applied"
    course = Course.objects.get(partner_ref="W-1")
    assert [lesson.key for lesson in course.versions.get().lessons.all()] == ["L1", "L2"]
    assert Lesson.objects.get(key="L1", version__course=course).body_zh == "<p>先断电。</p>"
    assert job.lines.get(ref="W-1").course_code == course.code


@pytest.mark.parametrize("form", [files.xlsx, files.table])
def test_the_same_file_twice_changes_nothing(bring, apply, author, at, form):
    apply(bring(form(files.COURSE, files.LESSON)))
    before = list(Lesson.objects.values())
    job = bring(form(files.COURSE, files.LESSON))
    assert job.counts == {"unchanged": 1}
    with pytest.raises(NothingToApply):
        apply_import(job, by=author, at=at)
    assert list(Lesson.objects.values()) == before


def test_a_change_is_shown_with_its_name(bring, apply):
    apply(bring(files.table(files.COURSE)))
    job = bring(files.table(files.course("W-1", **{"Title in Chinese": "新名"})))
    row = job.lines.get()
    assert row.fate == "updated"
    assert selectors.changes_of(row, job.kind) == ["Title in Chinese"]
    apply(job)
    assert Course.objects.get().title_zh == "新名"


ENGLISH = (
    *("Title in English", "Summary in English", "Section in English"),
    *("Lesson title in English", "Lesson text in English"),
)


def english_of(course):
    version = course.versions.select_related("course", "occupation").get()
    said = found([version])[version.pk].document
    (section,) = said.sections
    first = section.lessons[0]
    return (said.title_en, said.summary_en, section.title_en, first.title_en, first.body_en)


def test_english_comes_along_and_a_file_without_its_columns_leaves_it(bring, apply):
    heads = (*files.COURSE_HEADS, *ENGLISH)
    told = ("Welder 𠮷", "A summary", "Safety", "Off", "Switch off.")
    apply(bring(files.table((*files.COURSE, *told), (*files.LESSON, *[""] * 5), heads=heads)))
    course = Course.objects.get()
    assert english_of(course) == (*told[:4], "<p>Switch off.</p>")
    old = files.course("W-1", **{"Title in Chinese": "新名：阿依古丽·买买提"})
    job = bring(files.table(old, files.LESSON))
    assert selectors.changes_of(job.lines.get(), job.kind) == ["Title in Chinese"]
    apply(job)
    assert english_of(course) == (*told[:4], "<p>Switch off.</p>")
    job = apply(bring(files.table((*old, *[""] * 5), files.LESSON, heads=heads)))
    assert job.counts == {"updated": 1}
    assert english_of(course) == ("", "", "", "", "")


def test_a_section_under_another_title_keeps_no_english_of_the_one_before(bring, apply):
    heads = (*files.COURSE_HEADS, *ENGLISH)
    apply(bring(files.table((*files.COURSE, "", "", "Safety", "", ""), heads=heads)))
    apply(bring(files.table(files.course("W-1", Section="平焊"))))
    assert english_of(Course.objects.get())[2] == ""


def test_a_section_has_one_english_title(bring):
    heads = (*files.COURSE_HEADS, *ENGLISH)
    first, second = (*files.COURSE, "", "", "Safety", "", ""), (*files.LESSON, "", "", "Work", "", "")
    job = bring(files.table(first, second, heads=heads))
    assert reasons(job) == [(3, "Section in English: It says something else than row 2 of the same course.")]


def test_refused_rows_stay_out_and_say_why(bring, apply):
    job = bring(
        files.xlsx(
            files.COURSE,
            files.course("W-2", **{"Occupation code": "9-99-99-99"}),
            files.course("W-3", **{"Class hours": "viel"}),
            files.course("W-1"),
            files.course("W-4", **{"Lesson kind": "tape"}),
        )
    )
    assert fates(job) == [(2, "created"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "refused")]
    assert job.counts == {"created": 1, "refused": 4}
    said = dict(reasons(job))
    assert "9-99-99-99" in said[3]
    assert said[4].startswith("Class hours: ")
    assert "Reading" in said[6]
    apply(job)
    assert list(Course.objects.values_list("partner_ref", flat=True)) == ["W-1"]


def test_a_row_with_a_code_of_an_earlier_edition_says_what_it_became(bring):
    job = bring(files.table(files.course("W-1", **{"Occupation code": "4-01-02-07"}), files.course("W-2")))
    assert fates(job) == [(2, "refused"), (3, "created")]
    ((row, said),) = reasons(job)
    assert (row, said.startswith("Occupation code: 4-01-02-07 is 互联网营销师 in the 2015 edition.")) == (
        2,
        True,
    )
    assert "did you mean 4-01-06-02 " in said
    with translation.override("zh-hans"):
        assert "是否指 4-01-06-02 互联网营销师？" in reasons(job)[0][1]
    content, _kind, _ending = selectors.returned_file(job)
    assert "4-01-06-02" in content.decode()


def test_a_course_that_begins_twice_is_named_with_both_rows(bring):
    job = bring(files.table(files.COURSE, files.course("W-2"), files.course("W-1")))
    assert fates(job) == [(2, "created"), (3, "created"), (4, "refused")]
    assert reasons(job) == [(4, "Course reference: The course “W-1” begins in row 2 already.")]


def test_a_later_row_of_a_course_may_repeat_its_words_but_not_change_them(bring):
    again = files.course("W-1", **{"Lesson key": "L2"})
    assert bring(files.table(files.COURSE, again)).counts == {"created": 1}
    other = files.course("W-1", **{"Lesson key": "L2", "Class hours": "41"})
    ((row, reason),) = reasons(bring(files.table(files.COURSE, other)))
    assert (row, reason.split(":")[0]) == (3, "Class hours")


def test_rows_keep_their_numbers_over_blank_lines(bring):
    job = bring(files.xlsx((), files.COURSE, (), files.course("W-2", **{"Class hours": "0"})))
    assert fates(job) == [(3, "created"), (5, "refused")]


def test_when_the_catalogue_has_moved_on_nothing_is_applied_and_the_preview_is_made_anew(bring, author, at):
    first, second = bring(files.table(files.COURSE)), bring(files.table(files.COURSE, files.course("W-2")))
    worked(apply_import(first, by=author, at=at), at)
    second = worked(apply_import(second, by=author, at=at), at)
    assert (second.state, second.looked_again) == ("reading", True)
    assert Course.objects.count() == 1
    second = worked(second, at)
    assert (second.state, second.counts) == ("previewed", {"unchanged": 1, "created": 1})


def test_applying_is_all_or_nothing(bring, author, at, monkeypatch):
    from courses.services import documents

    monkeypatch.setattr(documents, "CHUNK", 1)
    job = bring(files.table(*(files.course(f"W-{n}") for n in range(3))))
    apply_import(job, by=author, at=at)
    taken = import_work.claim(job.pk, at=at)
    real, calls = documents._write, []

    def breaks(*args):
        calls.append(args)
        if len(calls) == 3:
            raise OSError("gone")
        return real(*args)

    monkeypatch.setattr(documents, "_write", breaks)
    with pytest.raises(OSError, match="gone"):
        import_work.work(taken, at=at)
    assert Course.objects.count() == 0
    import_work.postpone(taken, at=at)
    monkeypatch.setattr(documents, "_write", real)
    assert worked(job, at + import_work.SOON).state == "applied"
    assert Course.objects.count() == 3


def test_a_job_that_fails_three_times_is_given_up(bring, at):
    job = bring(files.table(files.COURSE), work=False)
    for n in range(3):
        assert import_work.claim(job.pk, at=at + n * import_work.LEASE)
    assert import_work.claim(job.pk, at=at + 3 * import_work.LEASE) is None
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", "given_up")
    assert selectors.problem_of(job)


def test_a_cancelled_job_is_left_by_its_worker(bring, author, at):
    job = bring(files.table(files.COURSE), work=False)
    taken = import_work.claim(job.pk, at=at)
    cancel_import(job, by=author, at=at)
    import_work.work(taken, at=at)
    job.refresh_from_db()
    assert (job.state, job.lines.count()) == ("cancelled", 0)
    with pytest.raises(IllegalMove):
        apply_import(job, by=author, at=at)


def test_two_who_apply_at_once_apply_it_once(together):
    from tests import factories

    at = dt.datetime(2026, 3, 16, 2, 0, tzinfo=dt.UTC)
    by, organisation = factories.user("author"), factories.organisation("91520281YYY58YK1XQ")
    file = files.table(files.COURSE)
    job = upload_import(file, name="a.csv", kind="courses", organisation=organisation, by=by, at=at)
    worked(job, at)
    outcomes = together(lambda _n: apply_import(job, by=by, at=at), 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IllegalMove", "ImportJob"]
    together(lambda _n: worked(job, at), 2)
    assert Course.objects.count() == 1
    assert ImportJob.objects.get().state == "applied"


def test_the_returned_file_has_the_rows_as_they_came_and_can_come_again(bring):
    wrong = files.course("W-2", **{"Class hours": "0", "Title in Chinese": "=1+1", "Section": "@安全"})
    for form in (files.xlsx, files.table):
        job = bring(form(files.COURSE, (), files.course("W-3", Section="+安全"), wrong))
        content, _kind, ending = selectors.returned_file(job)
        again = files.text(content, name=f"file.{ending}")
        from portal.sheets.reading import format_of, lines

        rows = list(lines(again, format_of(again, again.name)))
        assert rows[0].cells[:3] == ("Result", "What is wrong", "Course reference")
        assert (rows[1].cells[0], rows[1].cells[2]) == ("New", "W-1")
        assert rows[3].cells[9] == "'+安全"
        assert "formula" in rows[4].cells[1]
        assert "'=1+1" in rows[4].cells
        once_more = bring(again)
        assert fates(once_more) == fates(job)


def test_a_missing_file_is_said(bring, at):
    job = bring(files.table(files.COURSE), work=False)
    default_storage.delete(job.file_key)
    job = worked(job, at)
    assert (job.state, job.problem) == ("failed", "gone")


@pytest.mark.parametrize(
    ("rows", "heads", "problem"),
    [
        ([("a", "b")], ("x", "y"), "no_headings"),
        ([files.COURSE], (*files.COURSE_HEADS[:-1], "Colour"), "unknown_headings"),
        ([files.COURSE], (*files.COURSE_HEADS[:-1], "Section"), "headings_twice"),
        ([files.COURSE[1:]], files.COURSE_HEADS[1:], "missing_headings"),
        ([], files.COURSE_HEADS, "nothing_in_it"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(bring, rows, heads, problem):
    job = bring(files.table(*rows, heads=heads))
    assert (job.state, job.problem) == ("failed", problem)
    assert selectors.problem_of(job)


def test_a_hundred_thousand_rows_are_refused_with_a_sentence(bring):
    line = ",".join(files.COURSE[1:]) + "\n"
    told = ",".join(files.COURSE_HEADS) + "\n" + "".join(f"W-{n}," + line for n in range(100_000))
    job = bring(files.text(told))
    assert (job.state, job.problem) == ("failed", "rows")


def test_questions_are_no_courses(bring):
    with pytest.raises(BadFile):
        bring(files.text("What? {T}", name="a.gift"))


def test_rare_characters_are_kept(bring, apply):
    title = "𬭩𫟹工：阿依古丽·买买提讲"
    for form, ref in ((files.xlsx, "a"), (files.table, "b")):
        apply(bring(form(files.course(ref, **{"Title in Chinese": title}))))
        assert Course.objects.get(partner_ref=ref).title_zh == title


def test_chinese_headings_and_gb18030_are_read(bring):
    from courses.sheets.columns import COURSES

    with translation.override("zh-hans"):
        names = {column.name: str(column.heading) for column in COURSES}
    english = {str(column.heading): column.name for column in COURSES}
    heads = tuple(names[english[head]] for head in files.COURSE_HEADS)
    assert bring(files.table(files.COURSE, heads=heads, encoding="gb18030")).counts == {"created": 1}


def test_the_task_reads_and_applies_and_a_second_run_does_nothing(bring, author, at, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    job = bring(files.table(files.COURSE), work=False)
    assert work_on_due_imports() == 1
    assert work_on_due_imports() == 0
    apply_import(job, by=author, at=at)
    assert work_on_due_imports() == 1
    assert work_on_due_imports() == 0
    assert Course.objects.count() == 1


def test_a_lost_worker_is_followed_by_another(bring, at, monkeypatch):
    monkeypatch.setattr(import_work, "CHUNK", 1)
    job = bring(files.table(*(files.course(f"W-{n}") for n in range(3))), work=False)
    lost = import_work.claim(job.pk, at=at)
    real = import_work._judged

    class Killed(BaseException):
        pass

    def dies(job, entries):
        if entries[0].ref == "W-1":
            raise Killed
        return real(job, entries)

    monkeypatch.setattr(import_work, "_judged", dies)
    with pytest.raises(Killed):
        import_work.work(lost, at=at)
    assert ImportRow.objects.count() == 1
    monkeypatch.setattr(import_work, "_judged", real)
    assert import_work.claim(job.pk, at=at) is None
    later = at + import_work.LEASE
    job = worked(job, later)
    assert job.counts == {"created": 3}
    import_work.work(lost, at=later)
    assert ImportRow.objects.count() == 3
