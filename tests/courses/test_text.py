"""Texts of lessons: what may stand in them, how they are counted and compared."""

import pytest

from courses import text

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<p style='position:fixed' onclick='x()'>x</p>",
    "<iframe src='https://example.org'></iframe>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></p><img src=x onerror=alert(1)></mtext></math>",
    "<a href='data:text/html,x'>x</a>",
    "<style>*{display:none}</style>",
    "<form action='/x'><input name='a'></form>",
    "<!-- <p>hidden</p> -->",
    "<p id='main' class='btn'>x</p>",
]
BAD = (
    "<script",
    "onerror=",
    "javascript:",
    "style=",
    "<iframe",
    "<svg",
    "data:",
    "<form",
    "<input",
    "<!--",
    "class=",
    "id=",
)


@pytest.mark.parametrize("html", ATTACKS)
def test_what_is_not_on_the_list_goes(html):
    shown = text.clean(html)
    assert not [word for word in BAD if word in shown]


@pytest.mark.parametrize("source", [*ATTACKS, "[x](javascript:alert(1))", "![x](https://example.org/a.png)"])
def test_markdown_brings_nothing_in(source):
    shown = text.from_markdown(source)
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown


def test_markdown_says_what_it_means():
    shown = text.from_markdown(
        "# 大标题\n\n一段**重点**𠮷。\n\n- 甲\n- 乙\n\n3. 丙\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[规则](https://example.org)"
    )
    assert "<h2>大标题</h2>" in shown
    assert "<strong>重点</strong>𠮷" in shown
    assert "<li>甲</li>" in shown
    assert '<ol start="3">' in shown
    assert "<td>2</td>" in shown
    assert 'rel="noopener noreferrer"' in shown


def test_cleaning_twice_is_cleaning_once():
    for html in ATTACKS:
        assert text.clean(text.clean(html)) == text.clean(html)


def test_characters_are_those_a_reader_reads():
    assert text.characters_in(text.from_markdown("## 安全\n\n先 **断电** &amp; 𠮷\n")) == 7
    assert text.characters_in("") == 0


def test_a_text_is_read_line_by_line():
    assert text.lines_of("<h2>甲</h2><p>乙<br>丙 &lt;1&gt;</p><ul><li>丁</li></ul>") == [
        "甲",
        "乙",
        "丙 <1>",
        "丁",
    ]
