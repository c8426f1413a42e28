"""GIFT, Moodle XML and tables of questions: read alike, and what cannot be taken is said."""

import string
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from courses import services
from courses.models import ImportJob, Question
from courses.selectors import imports as selectors
from courses.services import import_work
from courses.services.imports import NoDraft, apply_import, upload_import
from courses.sheets import gift, moodle
from courses.sheets.questions import plain, same
from portal.sheets.reading import BadFile
from tests.courses import files


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def only(text):
    (row,) = gift.questions(text)
    return row


def rights(row):
    return [option.zh for option in row.document.options if option.key in row.document.right]


GIFT = """// made by hand
$CATEGORY: $course$/top/safety

::First::What first? {
  =Switch off#Right so
  ~Go on
  ~Run####Power kills.
}

Gloves stay on.{T#of course}

[html]<p>Which are <b>metals</b>?</p>{~%50%iron ~%50%copper ~%-100%wood}

1\\=1 is {TRUE}

Two {=plus ~minus} two is four.
"""


def test_gift_is_read():
    rows = list(gift.questions(GIFT))
    assert [row.number for row in rows] == [4, 10, 12, 14, 16]
    assert [row.troubles for row in rows] == [[]] * 5
    assert {row.lesson for row in rows} == {"safety"}
    first, gloves, metals, one, word = rows
    assert (first.title, rights(first), first.document.why_zh) == ("First", ["Switch off"], "Power kills.")
    assert (gloves.document.kind, rights(gloves), gloves.document.why_zh) == (
        "true_false",
        ["对"],
        "of course",
    )
    assert (metals.document.kind, rights(metals)) == ("multiple", ["iron", "copper"])
    assert metals.document.stem_zh == "Which are metals?"
    assert one.document.stem_zh == "1=1 is"
    assert word.document.stem_zh == "Two _____ two is four."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tell {}", "essay"),
        ("Pairs {=a -> b =c -> d}", "matching"),
        ("Only words", "description"),
    ],
)
def test_gift_kinds_that_nothing_here_can_ask_are_named(text, kind):
    assert only(text).left_out == kind


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Open { =a ~b", "not_readable"),
        ("Two {=a ~b} and {=c ~d}", "not_readable"),
        ("Odd {a ~b}", "not_readable"),
        ("Part {=a ~%50%b ~c}", "weights_differ"),
        ("Part {~%70%a ~%30%b ~c}", "weights_differ"),
        ("None {~a ~b}", "bad_right"),
        ("Same {=a ~a}", "few_options"),
        ("Nine {=a ~b ~c ~d ~e ~f ~g ~h ~i}", "few_options"),
        ("Two {#=3:0.1 =%50%4}", "several_numbers"),
        ("Much {#three}", "not_a_number"),
        ("Any {=Bei*}", "wildcard"),
        ("Half {=%100%Beijing =%50%Peking}", "weights_differ"),
        ("One step {>1 ALL\nCut}", "few_options"),
        ('See <img src="x"> {=a ~b}', "picture"),
    ],
)
def test_gift_that_cannot_be_taken_says_why(text, rule):
    assert [trouble.rule for trouble in only(text).troubles] == [rule]


WORDS = (
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Zs"), exclude_characters="<&"
        )
        | st.sampled_from(" ~=#{}:\\->$%/"),
        min_size=1,
        max_size=30,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(
        lambda text: (
            text and not text.startswith(("//", "$", "[", "%")) and "->" not in text and "\\n" not in text
        )
    )
)


def escaped(text):
    return "".join("\\" + mark if mark in "~=#{}:\\" else mark for mark in text)


@given(
    WORDS,
    st.lists(WORDS, min_size=2, max_size=8, unique_by=lambda text: text.casefold()),
    st.data(),
)
def test_whatever_is_written_as_gift_is_read_the_same(stem, options, data):
    right = data.draw(st.sets(st.sampled_from(range(len(options))), min_size=1))
    share = Fraction(100, len(right))
    marks = ["~%" + f"{float(share):.5f}" + "%" if n in right else "~" for n in range(len(options))]
    if len(right) == 1:
        marks = ["=" if n in right else "~" for n in range(len(options))]
    body = " ".join(mark + escaped(text) for mark, text in zip(marks, options, strict=True))
    row = only(f"{escaped(stem)} {{{body}}}")
    assert row.troubles == []
    assert row.document.stem_zh == stem
    assert [option.zh for option in row.document.options] == options
    assert row.document.right == tuple(string.ascii_uppercase[n] for n in sorted(right))


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_of_gift(text):
    for row in gift.questions(text):
        assert row.document or row.left_out or row.troubles


MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
 <question type="category"><category><text>$course$/top/safety</text></category></question>
 <question type="multichoice"><name><text>First</text></name>
  <questiontext format="html"><text><![CDATA[<p>What <b>first</b>?<br>Think.</p>]]></text></questiontext>
  <generalfeedback><text>Power kills.</text></generalfeedback><single>true</single>
  <answer fraction="100"><text><![CDATA[<p>Switch&nbsp;off</p>]]></text></answer>
  <answer fraction="0"><text>Go on</text></answer></question>
 <question type="multichoice"><questiontext><text>Metals?</text></questiontext><single>false</single>
  <answer fraction="33.33333"><text>iron</text></answer><answer fraction="33.33333"><text>copper</text></answer>
  <answer fraction="33.33333"><text>tin</text></answer><answer fraction="-100"><text>wood</text></answer></question>
 <question type="truefalse"><questiontext><text>Gloves stay on.</text></questiontext>
  <answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer></question>
 <question type="essay"><name><text>Tell</text></name></question>
 <question type="multichoice"><questiontext><text>See</text><file name="a.png">AAAA</file></questiontext>
  <answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer></question>
</quiz>"""


def test_moodle_xml_is_read():
    first, metals, gloves, essay, picture = moodle.questions(files.text(MOODLE))
    assert (first.lesson, first.title, first.document.stem_zh) == ("safety", "First", "What first?\nThink.")
    assert (rights(first), first.document.why_zh) == (["Switch off"], "Power kills.")
    assert (metals.document.kind, rights(metals)) == ("multiple", ["iron", "copper", "tin"])
    assert (gloves.document.kind, rights(gloves)) == ("true_false", ["错"])
    assert essay.left_out == "essay"
    assert [trouble.rule for trouble in picture.troubles] == ["picture"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY e SYSTEM "file:///etc/passwd">]><quiz>&e;</quiz>',
            "file_doctype",
        ),
        ("<quiz><question>", "file_broken"),
        ("<html></html>", "file_not_moodle"),
        ('<?xml version="1.0" encoding="klingon"?><quiz/>', "file_broken"),
    ],
)
def test_bad_xml_is_refused(text, code):
    with pytest.raises(BadFile) as refused:
        list(moodle.questions(files.text(text)))
    assert refused.value.code == code


def test_html_becomes_text():
    assert plain("<p>一 &lt; 二</p><script>x</script><ul><li>三</li></ul>") == "一 < 二\n三"


@pytest.fixture
def course(make_course, author, at):
    found = make_course()
    services.add_lesson(found, key="safety", kind="reading", title_zh="安全", by=author, at=at)
    return found


@pytest.fixture
def bring(course, provider, author, at):
    def act(file):
        job = upload_import(
            file, name=file.name, kind="questions", organisation=provider, course=course, by=author, at=at
        )
        import_work.work(import_work.claim(job.pk, at=at), at=at)
        return ImportJob.objects.get(pk=job.pk)

    return act


@pytest.fixture
def apply(author, at):
    def act(job):
        apply_import(job, by=author, at=at)
        import_work.work(import_work.claim(job.pk, at=at), at=at)
        return ImportJob.objects.get(pk=job.pk)

    return act


FILES = {
    "xlsx": lambda: files.xlsx(files.QUESTION, heads=files.QUESTION_HEADS),
    "csv": lambda: files.table(files.QUESTION, heads=files.QUESTION_HEADS),
    "gift": lambda: files.text(GIFT, name="a.gift"),
    "moodle": lambda: files.text(MOODLE, name="a.xml"),
}


@pytest.mark.parametrize("form", FILES)
def test_questions_are_applied_once_however_often_they_come(bring, apply, form):
    job = bring(FILES[form]())
    assert job.form == form
    new = job.counts["created"]
    assert apply(job).state == "applied"
    assert Question.objects.count() == new
    before = list(Question.objects.values())
    again = bring(FILES[form]())
    assert again.counts["unchanged"] == new
    assert "created" not in again.counts
    assert list(Question.objects.values()) == before


def test_questions_go_to_the_lesson_of_their_key_or_to_the_bank(bring, apply, course):
    apply(bring(FILES["gift"]()))
    assert set(Question.objects.values_list("lesson__key", "for_exam")) == {("safety", False)}
    apply(bring(files.text("$CATEGORY: elsewhere\n\nWhat? {=a ~b}", name="a.gift")))
    assert Question.objects.get(lesson=None).for_exam
    rows = [(*files.QUESTION[:-1], "safety"), (*files.QUESTION[:-1], "nowhere")]
    job = bring(files.table(*rows, heads=files.QUESTION_HEADS))
    assert job.counts == {"created": 1, "refused": 1}


def test_a_changed_answer_is_a_change_and_a_question_twice_is_named(bring, apply):
    apply(bring(FILES["csv"]()))
    other = (*files.QUESTION[:4], "B", *files.QUESTION[5:])
    job = bring(files.table(other, files.QUESTION, heads=files.QUESTION_HEADS))
    assert [(row.number, row.fate) for row in job.lines.all()] == [(2, "updated"), (3, "refused")]
    assert selectors.reasons_of(job.lines.last(), job.kind) == [
        (3, "It is the same question as number 2 of this file.")
    ]
    apply(job)
    assert Question.objects.get().right_keys == ["B"]


ENGLISH_HEADS = (
    "Question in English",
    "Option A in English",
    "Option B in English",
    "Explanation in English",
)
ENGLISH = ("What first? 𠮷", "Switch off", "Go on", "Power kills.")


def english_of(question):
    return (question.stem_en, *(option["en"] for option in question.options), question.why_en)


def test_english_comes_along_and_a_file_without_it_leaves_it(bring, apply):
    heads = (*files.QUESTION_HEADS, *ENGLISH_HEADS)
    apply(bring(files.table(files.QUESTION, heads=files.QUESTION_HEADS)))
    job = bring(files.table((*files.QUESTION, *ENGLISH), heads=heads))
    assert selectors.changes_of(job.lines.get(), job.kind) == [
        "Options in English",
        "Question in English",
        "Explanation in English",
    ]
    apply(job)
    assert english_of(Question.objects.get()) == ENGLISH
    for again in (
        files.table(files.QUESTION, heads=files.QUESTION_HEADS),
        files.table((*files.QUESTION, *[""] * 4), heads=heads),
    ):
        assert bring(again).counts == {"unchanged": 1}


def test_an_english_option_needs_its_chinese(bring):
    heads = (*files.QUESTION_HEADS, "Option C in English")
    job = bring(files.table((*files.QUESTION, "Wait"), heads=heads))
    (reason,) = selectors.reasons_of(job.lines.get(), job.kind)
    assert reason == (2, "Option C: This must be filled in.")


def test_kinds_that_are_left_out_are_counted_and_named(bring):
    job = bring(FILES["moodle"]())
    assert job.counts == {"created": 3, "left_out": 1, "refused": 1}
    content, _kind, ending = selectors.returned_file(job)
    assert ending == "csv"
    assert "essay" in content.decode("utf-8-sig")


def test_only_a_draft_takes_questions(publish_course, provider, author, at):
    course = publish_course()
    with pytest.raises(NoDraft):
        upload_import(
            FILES["csv"](),
            name="a.csv",
            kind="questions",
            organisation=provider,
            course=course,
            by=author,
            at=at,
        )


def test_a_draft_that_was_submitted_meanwhile_takes_nothing(bring, make_course, author, at, course):
    job = bring(FILES["csv"]())
    version = course.versions.get()
    course.versions.filter(pk=version.pk).update(state="submitted", submitted_at=at, submitted_by=author)
    apply_import(job, by=author, at=at)
    import_work.work(import_work.claim(job.pk, at=at), at=at)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", "no_draft")


def test_the_same_question_is_known_whatever_its_width_and_order():
    one, other = only("What first ？ {=Off ~On}"), only("WHAT first? {~on =OFF}")
    assert same(one.document) == same(other.document)
