"""WebVTT: every fault with its line; what is written is read back; two editors at once."""

import pytest
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st

from courses import captions
from courses.services.captions import ChangedMeanwhile, set_captions
from portal.moves import IllegalMove
from tests.courses import footage

GOOD = """WEBVTT - 平焊

NOTE made by hand

1
00:01.000 --> 00:00:04.000 line:90%
先断电，再𠮷检查。

00:00:04.000 --> 00:00:06.500
<v 师傅>戴好面罩。</v>
第二行
"""


def faults(text, **known):
    return [(problem.rule, problem.line) for problem in captions.read(text, **known)[1]]


def test_good_captions_are_read():
    cues, problems = captions.read(GOOD)
    assert problems == []
    assert [(cue.start, cue.end, cue.settings) for cue in cues] == [
        (1000, 4000, "line:90%"),
        (4000, 6500, ""),
    ]
    assert cues[1].plain == "戴好面罩。\n第二行"
    assert captions.transcript(cues) == "先断电，再𠮷检查。\n戴好面罩。 第二行"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("header", 1)]),
        ("1\n00:00", [("header", 1)]),
        ("WEBVTTx\n\n", [("header", 1)]),
        ("WEBVTT\n00:01.000 --> 00:02.000\nx", [("after_header", 2)]),
        ("WEBVTT\n\n", [("none", 0)]),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx", [("comma", 3)]),
        ("WEBVTT\n\nfirst\n1:2 -> 3\nx", [("timing", 3)]),
        ("WEBVTT\n\n00:61.000 --> 00:02.000\nx", [("timing", 3)]),
        ("WEBVTT\n\n00:03.000 --> 00:02.000\nx", [("backwards", 3)]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b>", [("no_text", 3)]),
        ("WEBVTT\n\n00:01.000 --> 00:03.000\na\n\n00:02.000 --> 00:04.000\nb", [("overlap", 6)]),
        ("WEBVTT\r\n\r\n00:01.000 --> 00:59.000\r\na", [("after_end", 3)]),
    ],
)
def test_every_fault_names_its_line(text, found):
    assert faults(text, milliseconds=10_000) == found
    for problem in captions.read(text, milliseconds=10_000)[1]:
        assert not problem.line or str(problem.line) in problem.sentence


def test_what_is_not_utf8_or_too_large():
    assert captions.decoded("字幕".encode("gb18030"))[1][0].rule == "not_utf8"
    assert captions.decoded(b"x" * 500_001)[1][0].rule == "too_large"
    assert captions.decoded("\ufeffWEBVTT".encode()) == ("WEBVTT", [])


def cue(start, end, text):
    return captions.Cue(start * 1000, end * 1000, text)


def test_captions_become_sentences():
    """A sentence ends with its mark or with a pause of two seconds; a Latin one goes on after a space."""
    said = [
        cue(0, 2, "先断电，"), cue(2, 4, "再请<i>𠮷</i>师傅\n检查。"), cue(4, 5, "没有说完"), cue(9, 10, "Lower the"),
        cue(10, 12, "helmet."), cue(12, 13, "<b></b>"), cue(13, 14, "“开始！”"), cue(14, 15, "好"),
    ]  # fmt: skip
    told = [(made.start, made.end, made.text) for made in captions.sentences(said)]
    assert told == [
        (0, 4000, "先断电，再请𠮷师傅 检查。"), (4000, 5000, "没有说完"), (9000, 12000, "Lower the helmet."),
        (13000, 14000, "“开始！”"), (14000, 15000, "好"),
    ]  # fmt: skip
    endless = captions.sentences(cue(n, n + 1, "说" * 30) for n in range(20))
    assert max(len(made.text) for made in endless) <= 200
    assert sum(len(made.text) for made in endless) == 600
    assert captions.sentences([]) == []


words = st.text(
    st.characters(
        exclude_characters="<>\r\x00\u2028\u2029\x85", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")
    ),
    min_size=1,
    max_size=20,
)


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 5000), words), min_size=1, max_size=20))
def test_what_is_written_is_read_back(rows):
    cues, now = [], 0
    for gap, length, said in rows:
        cues.append(captions.Cue(now + gap, now + gap + length, said.replace("-->", "→")))
        now += gap + length
    again, problems = captions.read(captions.written(cues))
    assert problems == []
    assert [(cue.start, cue.end, cue.text) for cue in again] == [
        (cue.start, cue.end, cue.text) for cue in cues
    ]


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text):
    cues, problems = captions.read("WEBVTT\n\n" + text, milliseconds=1000)
    assert cues or problems
    assert all(problem.sentence for problem in problems)


@pytest.mark.parametrize(
    ("typed", "ms"), [("1:05", 65_000), ("0:01:05.5", 65_500), (" 00:01:05,500 ", 65_500)]
)
def test_times_as_people_type_them(typed, ms):
    assert captions.moment(typed) == ms
    with pytest.raises(ValueError, match="x"):
        captions.moment(typed + "x")


@pytest.fixture
def video(make_course, author, at):
    return footage.in_place(footage.lesson(make_course(), by=author, at=at))


def test_captions_are_kept_per_change_and_the_second_editor_is_told(video, author, at):
    cues, _none = captions.read(GOOD)
    told = {"language": "zh", "by": author, "at": at}
    first = set_captions(video, cues=cues, known="", as_transcript=True, **told)
    with pytest.raises(ChangedMeanwhile):
        set_captions(video, cues=cues[:1], known="", **told)
    second = set_captions(video, cues=cues[:1], known=first.captions_zh_key, **told)
    assert second.captions_zh_key != first.captions_zh_key
    with default_storage.open(second.captions_zh_key) as file:
        assert file.read().decode() == captions.written(cues[:1])
    video.lesson.refresh_from_db()
    assert video.lesson.transcript_zh.startswith("先断电")


def test_captions_of_a_version_with_the_province_stay_as_they_are(video, author, at):
    type(video.lesson.version).objects.filter(pk=video.lesson.version_id).update(
        state="submitted", submitted_at=at, submitted_by=author
    )
    with pytest.raises(IllegalMove):
        set_captions(video, language="zh", cues=[], known="", by=author, at=at)
