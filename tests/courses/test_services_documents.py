from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses import services
from courses.models import Course, CourseVersion, Lesson, Question, Video
from courses.selectors.documents import found
from courses.services import documents as documents_service
from courses.services.documents import apply_documents, foresee
from portal.accounts.models import Organisation
from portal.audit.models import Entry
from tests.courses.told import DOCUMENT, FILM, QUESTION, READING, TASK, with_lessons


@pytest.fixture
def apply(provider, guizhou, author, at):
    def act(*documents, organisation=provider, province=guizhou):
        return apply_documents(organisation, province, documents, by=author, at=at)

    return act


def _version(ref="W-1"):
    return CourseVersion.objects.filter(course__partner_ref=ref).order_by("number").last()


def _told(ref="W-1"):
    version = CourseVersion.objects.select_related("course", "occupation").get(pk=_version(ref).pk)
    return found([version])[version.pk].document


def _film(lesson):
    return Video.objects.create(
        lesson=lesson, mp4_key="a.mp4", poster_key="a.jpg", milliseconds=9000, width=640, height=360, bytes=1
    )


def _publish(keeper, author, at, ref="W-1"):
    course = Course.objects.get(partner_ref=ref)
    services.submit(course, by=author, at=at)
    return services.publish(course, by=keeper, at=at)


PUBLISHABLE = with_lessons(READING)


def test_an_unknown_reference_becomes_a_draft_that_says_what_the_document_says(apply):
    (fate,) = apply(DOCUMENT)
    assert fate.fate == "created"
    assert fate.course_code.startswith("52-")
    course = Course.objects.get(code=fate.course_code)
    assert (course.state, course.partner_ref, course.title_zh) == ("unlisted", "W-1", DOCUMENT.title_zh)
    assert _version().state == "draft"
    expected = with_questions(DOCUMENT)
    assert _told() == expected
    lesson = Lesson.objects.get(key="read")
    assert lesson.characters == 4


def with_questions(document):
    """As it stands in the database: every lesson says which questions it has, the bank is for the exam."""
    sections = tuple(
        replace(
            section,
            lessons=tuple(replace(row, questions=row.questions or ()) for row in section.lessons),
        )
        for section in document.sections
    )
    return replace(
        document, sections=sections, bank=tuple(replace(row, for_exam=True) for row in document.bank)
    )


def test_the_same_twice_changes_nothing(apply):
    apply(DOCUMENT)
    before = list(CourseVersion.objects.values()), list(Lesson.objects.values()), Entry.objects.count()
    (fate,) = apply(DOCUMENT)
    assert fate.fate == "unchanged"
    assert (
        list(CourseVersion.objects.values()),
        list(Lesson.objects.values()),
        Entry.objects.count(),
    ) == before


def test_a_draft_is_brought_to_the_document_in_place(apply):
    apply(DOCUMENT)
    film = Lesson.objects.get(key="film")
    video = _film(film)
    new = LessonOf("new")
    changed = replace(
        DOCUMENT,
        title_zh="新名",
        sections=(
            replace(DOCUMENT.sections[1], lessons=(replace(FILM, title_zh="再看一遍"), new)),
            replace(DOCUMENT.sections[0], lessons=(READING,)),
        ),
        bank=(),
    )
    (fate,) = apply(changed)
    assert fate.fate == "updated"
    assert fate.changes == ("title_zh", "sections", "bank")
    assert _told() == with_questions(changed)
    film.refresh_from_db()
    assert (film.title_zh, film.position, film.revision) == ("再看一遍", 1, 2)
    assert Video.objects.get().pk == video.pk
    assert not Lesson.objects.filter(key="task").exists()
    assert Course.objects.get().title_zh == "新名"
    assert CourseVersion.objects.get().revision == 2


def LessonOf(key):  # noqa: N802 - reads as a thing
    return replace(TASK, key=key)


def test_a_lesson_with_a_film_is_never_lost(apply):
    apply(DOCUMENT)
    _film(Lesson.objects.get(key="film"))
    gone = apply(with_lessons(READING))
    other = apply(with_lessons(READING, replace(FILM, kind="reading")))
    for (fate,) in (gone, other):
        assert fate.fate == "refused"
        assert "film" in fate.problems[0].sentence
    assert Video.objects.count() == 1
    (workshop,) = apply(with_lessons(READING, replace(FILM, kind="workshop")))
    assert workshop.fate == "updated"


def test_a_published_course_gets_its_next_version_only_if_something_differs(apply, keeper, author, at):
    apply(PUBLISHABLE)
    course = _publish(keeper, author, at)
    (same,) = apply(PUBLISHABLE)
    assert same.fate == "unchanged"
    assert course.versions.count() == 1
    (fate,) = apply(replace(PUBLISHABLE, title_zh="新名"))
    assert fate.fate == "updated"
    assert [v.state for v in course.versions.order_by("number")] == ["published", "draft"]
    course.refresh_from_db()
    assert (course.state, course.title_zh) == ("published", DOCUMENT.title_zh)
    assert _version().title_zh == "新名"
    assert apply(replace(PUBLISHABLE, title_zh="新名"))[0].fate == "unchanged"


def test_films_go_along_to_the_next_version_by_the_lessons_key(apply, keeper, author, at):
    apply(with_lessons(READING, replace(FILM, questions=(QUESTION,))))
    old = Lesson.objects.get(key="film")
    Lesson.objects.filter(pk=old.pk).update(seconds=9, transcript_zh="字幕", no_skip=False)
    _film(old)
    _publish(keeper, author, at)
    apply(with_lessons(replace(FILM, title_zh="改了")))
    new = Lesson.objects.exclude(pk=old.pk).get(key="film")
    assert (new.seconds, new.transcript_zh, new.no_skip, new.position) == (9, "字幕", False, 1)
    assert new.videos.get().mp4_key == "a.mp4"
    assert old.videos.count() == 1


@pytest.mark.parametrize("published", [False, True])
def test_a_question_keeps_its_moment_of_the_film_when_others_are_told(apply, keeper, author, at, published):
    """The supplier knows no moments; what it moves into the exam's bank stands in no film any more."""
    pinned, moved = replace(QUESTION, stem_zh="此刻𠮷？"), replace(QUESTION, stem_zh="然后？")
    apply(with_lessons(READING, replace(FILM, questions=(pinned, moved))))
    film = Lesson.objects.get(key="film")
    Lesson.objects.filter(pk=film.pk).update(seconds=9)
    _film(film)
    Question.objects.filter(lesson=film).update(moment=5)
    if published:
        _publish(keeper, author, at)
    told = replace(pinned, why_zh="先断电。"), replace(moved, for_exam=True)
    (fate,) = apply(with_lessons(READING, replace(FILM, questions=told)))
    assert fate.fate == "updated"
    rows = Question.objects.filter(version=_version(), lesson__key="film").order_by("position")
    assert list(rows.values_list("moment", "for_exam")) == [(5, False), (None, True)]


def test_what_lies_with_the_province_is_refused_and_stops_nothing(apply, author, at):
    apply(PUBLISHABLE)
    services.submit(Course.objects.get(), by=author, at=at)
    fates = apply(replace(PUBLISHABLE, title_zh="新名"), replace(DOCUMENT, partner_ref="W-2"))
    assert [fate.fate for fate in fates] == ["refused", "created"]
    assert [p.rule for p in fates[0].problems] == ["under_review"]
    assert apply(PUBLISHABLE)[0].fate == "unchanged"


def test_a_returned_version_stays_returned_and_is_brought_up_to_date(apply, author, keeper, at):
    apply(PUBLISHABLE)
    course = Course.objects.get()
    services.submit(course, by=author, at=at)
    services.send_back(course, by=keeper, at=at, reason="太短")
    assert apply(replace(PUBLISHABLE, title_zh="新名"))[0].fate == "updated"
    assert (_version().state, _version().title_zh) == ("returned", "新名")


def test_a_withdrawn_course_takes_no_changes(apply, author, keeper, at):
    apply(PUBLISHABLE)
    course = _publish(keeper, author, at)
    services.withdraw(course, by=keeper, at=at, reason="过时")
    (fate,) = apply(replace(PUBLISHABLE, title_zh="新名"))
    assert [p.rule for p in fate.problems] == ["withdrawn"]


def test_another_organisations_course_of_the_same_reference_is_another_course(apply, guizhou):
    other = Organisation.objects.create(
        name_zh="乙", uscc="91520282MA11111111", kind="platform", province=guizhou
    )
    apply(DOCUMENT)
    assert apply(DOCUMENT, organisation=other)[0].fate == "created"
    assert Course.objects.count() == 2


def test_a_reference_of_another_province_is_refused(apply, sichuan):
    apply(DOCUMENT)
    (fate,) = apply(replace(DOCUMENT, title_zh="新名"), province=sichuan)
    assert [p.rule for p in fate.problems] == ["other_province"]
    assert fate.course_code == ""


def test_occupations_are_known_by_code_and_edition(apply):
    fates = apply(
        replace(DOCUMENT, partner_ref="a", occupation="9-99-99-99"),
        replace(DOCUMENT, partner_ref="b", edition="2015"),
    )
    assert [[p.rule for p in fate.problems] for fate in fates] == [["unknown_occupation"], ["other_edition"]]
    assert Course.objects.count() == 0


def test_a_code_of_an_earlier_edition_is_answered_with_what_it_became(apply):
    (fate,) = apply(replace(DOCUMENT, occupation="4-01-02-07"))
    assert [problem.sentence for problem in fate.problems] == [
        "4-01-02-07 在 2015 版中是互联网营销师。2022 版中，是否指 4-01-06-02 互联网营销师？"
    ]


@pytest.mark.parametrize(
    "words", [{"occupation": "\x00𠮷"}, {"occupation": "\ud800"}, {"edition": "20\x0022"}]
)
def test_codes_that_the_database_cannot_hold_are_unknown(apply, words):
    (fate,) = apply(replace(DOCUMENT, **{"occupation": "9-99-99-99", **words}))
    assert [problem.rule for problem in fate.problems] == ["unknown_occupation"]
    assert fate.problems[0].sentence.encode()


def test_a_reference_twice_in_one_call_is_refused_the_second_time(apply):
    fates = apply(DOCUMENT, replace(DOCUMENT, title_zh="另一个"))
    assert [fate.fate for fate in fates] == ["created", "refused"]


def test_rare_characters_and_the_dot_of_names_are_kept(apply):
    apply(replace(DOCUMENT, title_zh="𬭩𫟹工：阿依古丽·买买提讲", title_en="𠮷 school"))
    assert _told().title_zh == "𬭩𫟹工：阿依古丽·买买提讲"


def test_foreseeing_tells_the_same_and_writes_nothing(apply, provider, guizhou):
    apply(DOCUMENT)
    said = [replace(DOCUMENT, title_zh="新名"), replace(DOCUMENT, partner_ref="W-2")]
    foreseen = list(foresee(provider, guizhou, said))
    assert [fate.fate for fate in foreseen] == ["updated", "created"]
    assert Course.objects.count() == 1
    assert [fate.fate for fate in apply(*said)] == ["updated", "created"]


def test_one_entry_of_the_audit_names_all_courses_of_a_chunk(apply):
    fates = apply(DOCUMENT, replace(DOCUMENT, partner_ref="W-2"))
    entry = Entry.objects.get(action="course.documents_applied")
    assert entry.detail == {"created": [fate.course_code for fate in fates], "updated": []}


def test_statements_do_not_grow_with_the_documents_of_a_chunk(apply):
    def statements(documents):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            apply(*documents)
        return len(asked)

    apply(DOCUMENT)
    few = [replace(DOCUMENT, partner_ref=f"a{n}") for n in range(2)]
    many = [replace(DOCUMENT, partner_ref=f"b{n}") for n in range(60)]
    assert statements(few) == statements(many) <= 30
    few, many = ([replace(d, title_zh="新名", bank=()) for d in rows] for rows in (few, many))
    assert statements(few) == statements(many) <= 40
    few, many = (
        [replace(d, occupation=f"9-99-99-{n:02}") for n, d in enumerate(rows)] for rows in (few, many)
    )
    assert statements(few) == statements(many) <= 10
    assert Question.objects.filter(lesson=None).count() == 1


def test_nothing_half_applied_when_something_breaks(committed_db, monkeypatch):
    from tests import factories

    province, by = factories.province("520000"), factories.user("author")
    organisation = Organisation.objects.create(
        name_zh="甲", uscc="91520281YYY58YK1XQ", kind="platform", province=province
    )
    monkeypatch.setattr(documents_service, "CHUNK", 2)

    def told():
        yield from (replace(DOCUMENT, partner_ref=f"r{n}") for n in range(4))
        raise OSError("the line broke")

    with pytest.raises(OSError, match="line broke"):
        apply_documents(organisation, province, told(), by=by, at=by.joined_at)
    assert Course.objects.count() == 0


def test_two_at_once_make_a_course_once(together):
    from tests import factories

    province, by = factories.province("520000"), factories.user("author")
    organisation = Organisation.objects.create(
        name_zh="甲", uscc="91520281YYY58YK1XQ", kind="platform", province=province
    )
    outcomes = together(
        lambda *_: apply_documents(organisation, province, [DOCUMENT], by=by, at=by.joined_at)[0].fate, 2
    )
    assert sorted(outcomes) == ["created", "unchanged"]
    assert Course.objects.count() == 1
