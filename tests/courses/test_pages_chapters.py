"""The chapters of a film in the editor: a table of rows, with and without what is wrong."""

import pytest

from courses import services
from courses.models import Video
from tests.courses.drafting import cells, fields_of, page_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def filmed(draft, writer, at):
    """A workshop lesson with a film of 4,000 seconds."""
    made = services.add_lesson(draft, key="one", kind="workshop", title_zh="片", by=writer, at=at)
    Video.objects.create(lesson=made, mp4_key="a.mp4", poster_key="", milliseconds=4_000_000, width=640,
                         height=360, bytes=9)  # fmt: skip
    return made


def test_chapters_are_typed_row_by_row(browser, filmed):
    said = fields_of(browser.get(page_of("lessons", "one")))
    typed = cells("1：02：03", "收弧𠮷", "", "", " ", "", "0:42", "劳保·穿戴", "Wear")
    assert browser.post(page_of("lessons", "one"), said | typed).status_code == 302
    assert filmed.videos.get().chapters == [
        {"seconds": 42, "zh": "劳保·穿戴", "en": "Wear"},
        {"seconds": 3723, "zh": "收弧𠮷", "en": ""},
    ]
    shown = fields_of(browser.get(page_of("lessons", "one")))
    assert shown["chapters-moment"] == ["0:42", "62:03", "", "", ""]
    assert browser.post(page_of("lessons", "one"), shown).status_code == 302
    filmed.refresh_from_db()
    assert filmed.revision == 2
    emptied = shown | cells("", "", "", "0:42", "劳保·穿戴", "Wear")
    assert browser.post(page_of("lessons", "one"), emptied).status_code == 302
    assert [row["seconds"] for row in filmed.videos.get().chapters] == [42]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("没有时间", "起弧𠮷", ""), "0:42"),
        (("0:99", "起弧", ""), "0:42"),
        (("", "起弧", ""), "0:42"),
        (("66:40", "片外", ""), "66:40"),
        (("0:10", "", "Strike"), "中文"),
        (("0:10", "长" * 81, ""), "80"),
        (("0:10", "起弧", "x" * 81), "80"),
        (("0:10", "起\x00弧", ""), "无法保存"),
        (("0:05", "同一时刻", ""), "已有一行"),
    ],
)
def test_what_is_wrong_with_a_chapter_is_said_at_its_row(browser, filmed, row, fault):
    said = fields_of(browser.get(page_of("lessons", "one")))
    page = browser.post(page_of("lessons", "one"), said | cells("0:05", "穿戴", "", "", "", "", *row))
    assert page.status_code == 422
    rows = page.content.decode().split('<ol class="chapters">')[1].split("</ol>")[0].split("<li")[1:]
    assert ["field__error" in one for one in rows] == [False, False, True]
    assert fault in rows[2]
    assert all(f'value="{cell}"' in rows[2] for cell in row)
    assert "第 3 行" in page.content.decode().split('class="summary"')[1].split("</ul>")[0]
    assert filmed.videos.get().chapters == []


def test_rows_of_chapters_are_added_and_taken_away_as_typed(browser, filmed):
    said = fields_of(browser.get(page_of("lessons", "one")))
    typed = said | {"title_zh": "还没保存𠮷"} | cells("x", "坏时刻", "", "0:42", "劳保", "Wear")
    page = browser.post(page_of("lessons", "one"), typed | {"chapters-more": "1"})
    assert page.status_code == 200
    shown = fields_of(page)
    assert shown["title_zh"] == "还没保存𠮷"
    assert shown["chapters-moment"] == ["x", "0:42", "", "", "", "", ""]
    assert "field__error" not in page.content.decode()
    assert "data-dirty" in page.content.decode()
    page = browser.post(page_of("lessons", "one"), shown | {"chapters-drop": "0"})
    shown = fields_of(page)
    assert shown["chapters-zh"] == ["劳保", "", "", "", "", ""]
    for nonsense in ("99", "-1", "x", "²"):
        again = browser.post(page_of("lessons", "one"), shown | {"chapters-drop": nonsense})
        assert fields_of(again)["chapters-zh"] == ["劳保", "", "", "", "", ""], nonsense
    filmed.refresh_from_db()
    assert (filmed.title_zh, filmed.revision, filmed.videos.get().chapters) == ("片", 1, [])
    assert browser.post(page_of("lessons", "one"), shown).status_code == 302
    assert filmed.videos.get().chapters == [{"seconds": 42, "zh": "劳保", "en": "Wear"}]


def test_a_hundred_chapters_and_no_more(browser, filmed):
    said = fields_of(browser.get(page_of("lessons", "one")))
    many = [cell for n in range(101) for cell in (f"{n}:00", "步骤", "")]
    many = [
        cell if n % 3 else f"0:{n // 3:02d}" if n < 180 else f"1:{n // 3 - 60:02d}"
        for n, cell in enumerate(many)
    ]
    page = browser.post(page_of("lessons", "one"), said | cells(*many))
    assert page.status_code == 422
    assert "第 101 行" in page.content.decode()
    assert browser.post(page_of("lessons", "one"), said | cells(*many[:300])).status_code == 302
    assert len(filmed.videos.get().chapters) == 100


def test_chapters_of_two_editors_are_laid_side_by_side(browser, beside, filmed):
    mine = fields_of(browser.get(page_of("lessons", "one")))
    beside.post(page_of("lessons", "one"), mine | cells("0:10", "对方的步骤", "Theirs"))
    page = browser.post(page_of("lessons", "one"), mine | cells("0:20", "我的步骤𠮷", ""))
    assert page.status_code == 409
    (row,) = page.context["form"].differences
    assert (row.mine, row.theirs, row.by) == ("0:20 我的步骤𠮷", "0:10 对方的步骤 | Theirs", "both")
    longer = browser.post(
        page_of("lessons", "one"), fields_of(page) | {"take-chapters": "theirs", "chapters-more": "1"}
    )
    (row,) = longer.context["form"].differences
    assert (row.mine, row.theirs, row.take) == ("0:20 我的步骤𠮷", "0:10 对方的步骤 | Theirs", "theirs")
    again = fields_of(longer)
    assert again["chapters-zh"] == ["我的步骤𠮷", "", "", "", "", ""]
    assert browser.post(page_of("lessons", "one"), again | {"take-chapters": "theirs"}).status_code == 302
    assert filmed.videos.get().chapters == [{"seconds": 10, "zh": "对方的步骤", "en": "Theirs"}]


def test_chapters_typed_while_the_film_went_are_told(browser, filmed):
    said = fields_of(browser.get(page_of("lessons", "one")))
    filmed.videos.all().delete()
    page = browser.post(page_of("lessons", "one"), said | cells("0:20", "我的步骤𠮷", ""))
    assert page.status_code == 422
    assert "0:20 我的步骤𠮷" in text_of(page)
    assert browser.post(page_of("lessons", "one"), fields_of(page)).status_code == 302


def test_a_page_from_before_the_film_leaves_its_chapters_alone(browser, filmed):
    film = filmed.videos.get()
    film.chapters = [{"seconds": 3, "zh": "起弧", "en": ""}]
    film.save()
    said = fields_of(browser.get(page_of("lessons", "one")))
    said = {name: value for name, value in said.items() if not name.startswith("chapters")}
    assert browser.post(page_of("lessons", "one"), said | {"title_zh": "新名"}).status_code == 302
    film.refresh_from_db()
    assert film.chapters == [{"seconds": 3, "zh": "起弧", "en": ""}]
