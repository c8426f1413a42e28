"""An English page that shows Chinese says so, element by element: a screen reader takes its voice from `lang`."""

import re
from html.parser import HTMLParser

import pytest

from tests.doors import DOORS, url_of

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
EMPTY = {"input", "img", "br", "hr", "link", "meta", "source", "track", "use", "path", "wbr"}
UNREAD = {"script", "style", "textarea", "title"}
"""What is typed keeps the voice of whoever types; the name of the page holds no elements."""
APPS = ("courses:", "subsidies:", "accounts:", "certificates:", "notices:", "owndata:", "audit:", "learners:")
BY_THE_EDITOR = ("courses:edit", "courses:preview")


class Voices(HTMLParser):
    """The Chinese texts of a page that no element around them calls Chinese."""

    def __init__(self, text: str):
        super().__init__()
        self.around: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in EMPTY:
            self.around.append((tag, dict(attrs).get("lang") or ""))

    def handle_endtag(self, tag):
        while tag not in EMPTY and self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data):
        voice = next((lang for _tag, lang in reversed(self.around) if lang), "")
        unread = any(tag in UNREAD for tag, _lang in self.around)
        if HAN.search(data) and not voice.startswith("zh") and not unread:
            around = self.around[-1][0] if self.around else "nothing"
            self.wrong.append(f"{around}: {data.strip()[:60]}")


def reader_of(door):
    return next(
        (who for who in ("manager", "catalogue", "visitor", "learner") if who in door.get), min(door.get)
    )


@pytest.fixture(autouse=True)
def own_media():
    """The store is the world's."""


@pytest.mark.parametrize(
    "name", [n for n, d in DOORS.items() if d.get and n.startswith(APPS) and not n.startswith(BY_THE_EDITOR)]
)
def test_chinese_on_an_english_page_is_marked(world, name):
    browser = world.browser(reader_of(DOORS[name]))
    browser.cookies["django_language"] = "en"
    answer = browser.get(url_of(world, name))
    del browser.cookies["django_language"]
    text = b"".join(answer).decode("utf-8", "replace")
    if not answer["Content-Type"].startswith("text/html"):
        return
    assert '<html lang="en"' in text
    assert Voices(text).wrong == []
