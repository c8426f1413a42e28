"""Questions taken out as a file: read again they are the same, and what a format cannot carry is said."""

import csv
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from courses import marking, services
from courses.models import ImportJob, Question
from courses.question_documents import (
    OptionDocument,
    QuestionDocument,
    clean_question,
    question_problems,
)
from courses.services import import_work
from courses.services.imports import apply_import, upload_import
from courses.sheets import columns, exporting, gift, moodle
from courses.sheets import questions as question_rows
from courses.sheets.exporting import Entry, exported, remarks
from courses.sheets.questions import TRUE_FALSE
from portal.accounts.roles import Role
from portal.audit.models import Entry as Logged
from portal.sheets import reading, tables
from tests import factories
from tests.courses import files

# -- whatever may be asked

WORDS = (
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Zs", "Mn")
        )
        | st.sampled_from(" ~=#{}:\\->$%/*<&'\"@+[]𠮷·"),
        min_size=1,
        max_size=24,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
ACCEPTED = WORDS.filter(marking.folded)
NUMBERS = st.decimals(min_value=-10_000, max_value=10_000, places=3)
ROOM = st.decimals(min_value=0, max_value=90, places=2)


@st.composite
def documents(draw):
    kind = draw(st.sampled_from(["single", "multiple", "true_false", "numeric", "ordering", "short_text"]))
    told = {"stem_zh": draw(WORDS), "why_zh": draw(WORDS | st.just(""))}
    options, right = (), ()
    if kind == "true_false":
        options, right = TRUE_FALSE, (draw(st.sampled_from("AB")),)
    elif kind == "numeric":
        told |= {
            "number": draw(NUMBERS),
            "tolerance": draw(ROOM),
            "tolerance_in_percent": draw(st.booleans()),
        }
    elif kind == "short_text":
        told["accepted"] = tuple(draw(st.lists(ACCEPTED, min_size=1, max_size=5, unique=True)))
    else:
        texts = draw(st.lists(WORDS, min_size=2, max_size=8, unique=True))
        options = tuple(OptionDocument("ABCDEFGH"[n], text) for n, text in enumerate(texts))
        keys = [option.key for option in options]
        if kind == "single":
            right = (draw(st.sampled_from(keys)),)
        elif kind == "multiple":
            right = tuple(sorted(draw(st.sets(st.sampled_from(keys), min_size=2))))
        else:
            right = tuple(draw(st.permutations(keys)))
    return clean_question(QuestionDocument(kind, options=options, right=right, **told), for_exam=False)


def meant(asked):
    """What a learner is asked, and what is right."""
    texts = {option.key: option.zh for option in asked.options}
    room = exporting.room(asked) if asked.kind == "numeric" else None
    return (
        *(
            asked.kind,
            asked.stem_zh,
            asked.why_zh,
            sorted(texts.values()),
            asked.accepted,
            asked.number,
            room,
        ),
        [texts[key] for key in asked.right] if asked.kind == "ordering" else {texts[k] for k in asked.right},
    )


def read(made, form):
    file = io.BytesIO(made.content)
    if form == "gift":
        return list(gift.questions(reading.decoded(file)))
    if form == "moodle":
        return list(moodle.questions(file))
    lines = reading.lines(file, form)
    head = next(lines)
    return list(question_rows.rows(lines, tables.table(head, columns.QUESTIONS)))


@pytest.mark.parametrize("form", exporting.FORMS)
@given(asked=st.lists(documents(), max_size=4))
@settings(max_examples=120, deadline=None)
def test_what_is_taken_out_comes_in_the_same(form, asked):
    entries = [Entry(one, "L1" if n % 2 else "") for n, one in enumerate(asked)]
    for entry in entries:
        assert not list(question_problems(entry.asked))
    told = [remark for remark in remarks(entries, form) if remark.left_out]
    rows = read(exported(entries, form), form)
    assert len(rows) == len(entries) - len(told)
    assert [row.troubles for row in rows] == [[]] * len(rows)
    left = [remark.title for remark in told]
    kept = [
        entry for entry in sorted(entries, key=lambda e: e.lesson) if entry.asked.stem_zh[:80] not in left
    ]
    if len(kept) == len(rows):
        assert [meant(row.document) for row in rows] == [meant(entry.asked) for entry in kept]
        assert [row.lesson for row in rows] == [entry.lesson for entry in kept]


NUMBER = QuestionDocument(
    "numeric",
    "电流多大？",
    (),
    (),
    number=Decimal(200),
    tolerance=Decimal(5),
    tolerance_in_percent=True,
    unit="A",
)
SPOT = QuestionDocument(
    "hotspot",
    "哪里漏电？𠮷",
    (OptionDocument("A", "左", area=(0, 0, 9, 9)), OptionDocument("B", "右", area=(50, 0, 9, 9))),
    ("A",),
    picture_key=f"questions/{'0' * 32}.png",
    picture_zh="配电箱",
)
BY_HAND = QuestionDocument("short_text", "为什么？", (), ())
ARROW = QuestionDocument("short_text", "方向", (), (), accepted=("a->b",))
FINE = QuestionDocument(
    "numeric", "细", (), (), number=Decimal("0.001"), tolerance=Decimal("0.01"), tolerance_in_percent=True
)
LINES = QuestionDocument(
    "ordering", "顺序", (OptionDocument("A", "一\n二"), OptionDocument("B", "三")), ("B", "A")
)
ENGLISH = QuestionDocument("short_text", "首都", (), (), stem_en="Capital", accepted=("北京", "Beijing"))
ALL = [Entry(one) for one in (NUMBER, SPOT, BY_HAND, ARROW, FINE, LINES, ENGLISH)]


@pytest.mark.parametrize(
    ("form", "left_out", "in_part"),
    [
        (
            "gift",
            {
                "哪里漏电？𠮷": "HOTSPOT",
                "为什么？": "BY_HAND",
                "方向": "ARROWS",
                "细": "TOO_EXACT",
                "顺序": "LINES",
            },
            {"电流多大？": "UNIT", "首都": "ENGLISH"},
        ),
        (
            "moodle",
            {"哪里漏电？𠮷": "HOTSPOT", "为什么？": "BY_HAND", "细": "TOO_EXACT"},
            {"首都": "ENGLISH"},
        ),
        ("xlsx", {"哪里漏电？𠮷": "HOTSPOT"}, {}),
        ("csv", {"哪里漏电？𠮷": "HOTSPOT"}, {}),
    ],
)
def test_what_a_format_cannot_carry_is_said(form, left_out, in_part):
    told = remarks(ALL, form)
    for remark in told:
        known = left_out if remark.left_out else in_part
        assert remark.sentence == getattr(exporting, known[remark.title])
    assert len(told) == len(left_out) + len(in_part)
    made = exported(ALL, form)
    assert len(read(made, form)) == len(ALL) - len(left_out)
    if form in ("gift", "moodle"):
        assert "哪里漏电？𠮷" in made.content.decode(), "the file itself says what is missing"


def test_moodle_knows_the_newer_kinds_by_its_own_names():
    text = exported(ALL, "moodle").content.decode()
    for kind in ("numerical", "ordering", "shortanswer"):
        assert f'<question type="{kind}">' in text
    assert "<unit_name>A</unit_name>" in text
    assert "<tolerance>10</tolerance>" in text


def test_gift_is_written_as_people_write_it():
    text = exported([Entry(NUMBER), Entry(ENGLISH, "L1")], "gift").content.decode()
    assert "[plain]电流多大？ {#200:10}" in text
    assert "$CATEGORY: $course$/top/L1" in text
    assert "{=%100%北京 =%100%Beijing}" in text


@pytest.mark.parametrize(
    ("text", "number", "room"),
    [
        ("How much? {#3:0.1}", "3", "0.1"),
        ("How much? {#3}", "3", "0"),
        ("How much? {#1..5}", "3", "2"),
        ("How much? {#=3\\:0.1#well done####why}", "3", "0.1"),
    ],
)
def test_numbers_of_gift(text, number, room):
    (row,) = gift.questions(text)
    assert row.troubles == []
    assert (row.document.number, row.document.tolerance) == (Decimal(number), Decimal(room))


def test_steps_and_texts_of_gift():
    steps, texts = gift.questions("Order {>3 ALL VERTICAL\nCut\nWeld\nGrind\n}\n\nCapital? {=Beijing =北京}")
    shown = {option.key: option.zh for option in steps.document.options}
    assert [shown[key] for key in steps.document.right] == ["Cut", "Weld", "Grind"]
    assert [option.zh for option in steps.document.options] != ["Cut", "Weld", "Grind"]
    assert texts.document.accepted == ("Beijing", "北京")


SHEET = {
    "number": {"kind": "A number", "number": "三点五", "tolerance": "5%", "unit": "mm"},
    "text": {"kind": "A short text", "accepted": "北京\nBeijing\n北京"},
    "steps": {"kind": "ordering", "option_a": "焊", "option_b": "切", "right": "BA"},
}


def sheet(**told):
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [column.name for column in columns.QUESTIONS]
    writer.writerow(heads)
    writer.writerow([{"stem_zh": "问𠮷", **told}.get(name, "") for name in heads])
    return out.getvalue()


def of_sheet(**told):
    with translation.override("en"):
        (row,) = read(exporting.Export(sheet(**told).encode("utf-8-sig"), "", "csv"), "csv")
    return row


def test_a_sheet_tells_the_newer_kinds():
    number, text, steps = (of_sheet(**told) for told in SHEET.values())
    assert [row.troubles for row in (number, text, steps)] == [[], [], []]
    asked = number.document
    assert (asked.number, asked.tolerance, asked.tolerance_in_percent, asked.unit) == (
        *(Decimal("3.5"), Decimal(5), True, "mm"),
    )
    assert text.document.accepted == ("北京", "Beijing")
    shown = {option.key: option.zh for option in steps.document.options}
    assert [shown[key] for key in steps.document.right] == ["切", "焊"]


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"kind": "A spot in a picture", "option_a": "左", "option_b": "右", "right": "A"}, "bad_choice"),
        ({"kind": "numeric", "number": "many"}, "not_a_number"),
        ({"kind": "numeric"}, "bad_right_number"),
        ({"kind": "numeric", "number": "3", "option_a": "一", "option_b": "二"}, "no_options"),
        ({"kind": "ordering", "option_a": "一", "option_b": "二", "right": "A"}, "bad_order"),
        ({"kind": "single"}, "missing"),
        (
            {"kind": "single", "option_a": "一", "option_b": "二", "right": "A", "unit": "mm"},
            "number_not_wanted",
        ),
    ],
)
def test_a_sheet_that_tells_it_wrongly(told, rule):
    assert rule in [trouble.rule for trouble in of_sheet(**told).troubles]


# -- at the desk


@pytest.fixture
def course(make_course, school, writer, at):
    found = make_course(organisation=school, by=writer)
    services.add_lesson(found, key="L1", kind="reading", title_zh="安全", by=writer, at=at)
    return found


@pytest.fixture
def bring(course, school, writer, at):
    def act(made):
        file = files.text(made.content.decode("utf-8"), name=f"a.{made.ending}")
        job = upload_import(
            file, name=file.name, kind="questions", organisation=school, course=course, by=writer, at=at
        )
        import_work.work(import_work.claim(job.pk, at=at), at=at)
        return ImportJob.objects.get(pk=job.pk)

    return act


def applied(job, by, at):
    apply_import(job, by=by, at=at)
    import_work.work(import_work.claim(job.pk, at=at), at=at)
    assert ImportJob.objects.get(pk=job.pk).state == "applied"


KEPT = [Entry(one) for one in (NUMBER, LINES, ENGLISH)] + [
    Entry(QuestionDocument("ordering", "先后", LINES.options, ("A", "B")), "L1")
]


def test_from_a_table_into_a_draft_and_nothing_changes_by_moodle(bring, writer, at):
    job = bring(exported(KEPT, "csv"))
    assert job.counts == {"created": 4}
    applied(job, writer, at)
    row = Question.objects.get(kind="numeric")
    assert (row.number, row.tolerance, row.tolerance_in_percent, row.unit) == (200, 5, True, "A")
    for form in ("moodle", "csv"):
        assert bring(exported(KEPT, form)).counts == {"unchanged": 4}
    gift_job = bring(exported(KEPT, "gift"))
    assert gift_job.counts == {"unchanged": 2}, "the unit that GIFT does not tell stays"


def test_another_order_number_and_text_are_changes(bring, writer, at):
    applied(bring(exported(KEPT, "csv")), writer, at)
    other = [
        Entry(QuestionDocument("ordering", "先后", LINES.options, ("B", "A")), "L1"),
        Entry(QuestionDocument("short_text", "首都", (), (), accepted=("北京",))),
        Entry(QuestionDocument("numeric", "电流多大？", (), (), number=Decimal(210), tolerance=Decimal(1))),
    ]
    job = bring(exported(other, "csv"))
    assert job.counts == {"updated": 3}
    applied(job, writer, at)
    steps = Question.objects.get(stem_zh="先后")
    shown = {option["key"]: option["zh"] for option in steps.options}
    assert [shown[key] for key in steps.right_keys] == ["三", "一\n二"]
    assert Question.objects.get(kind="short_text").accepted == ["北京"]
    number = Question.objects.get(kind="numeric")
    assert (number.number, number.tolerance, number.tolerance_in_percent, number.unit) == (210, 1, False, "A")
    assert bring(exported(other, "csv")).counts == {"unchanged": 3}


def words(response):
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_the_page_says_what_stays_behind_and_gives_the_file(browser, course, bring, writer, at):
    applied(bring(exported(KEPT, "csv")), writer, at)
    url = reverse("courses:questions-file", args=[course.code])
    page = browser.get(url)
    assert page.status_code == 200
    assert str(exporting.LINES) in words(page)
    assert url in words(browser.get(reverse("courses:edit-exam", args=[course.code])))
    for form in exporting.FORMS:
        answer = browser.post(url, {"form": form})
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        assert len(read(exporting.Export(answer.content, "", form), form)) == (2 if form == "gift" else 4)
    assert Logged.objects.filter(action="questions.exported").count() == 4
    assert browser.post(url, {"form": "pdf"}).status_code == 404
    assert browser.post(url, {}).status_code == 404


def test_other_people_take_nothing_out(client, course, at):
    url = reverse("courses:questions-file", args=[course.code])
    assert client.get(url).status_code == 302
    far = factories.staff(Role.PROVINCE_CATALOGUE, name="far", code="510000")
    stranger = factories.sign_in(type(client)(), far)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"form": "gift"}).status_code == 404
    learner = factories.sign_in(type(client)(), factories.learner("赵小红·𠮷", at=at), second_factor=False)
    assert learner.get(url).status_code == 404
    assert learner.post(url, {"form": "gift"}).status_code == 404


def test_many_questions_take_no_more_statements(browser, course, bring, writer, at):
    url = reverse("courses:questions-file", args=[course.code])
    applied(bring(exported(KEPT[:1], "csv")), writer, at)
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    applied(bring(exported(KEPT, "csv")), writer, at)
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) == len(few)
