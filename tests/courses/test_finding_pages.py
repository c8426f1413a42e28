"""The catalogue's page around a search: its one address, its part for htmx, its feeds, what it keeps for whom."""

import html
import re
from xml.etree import ElementTree as ET

import pytest

from courses import services, tasks
from portal.accounts.roles import Role
from tests import factories
from tests.guards import Reader

HTMX = {"HX-Request": "true"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')


def page(client, query="", **more):
    return client.get(f"/courses/?{query}", **more)


@pytest.mark.django_db
def test_what_htmx_gets_is_the_part_of_the_page(client, publish_course):
    publish_course()
    whole, part = page(client, "q=焊&level=5").content.decode(), page(client, "q=焊&level=5", headers=HTMX)
    assert (
        part.content.decode().strip() in re.sub(r"(?m)^ {6}", "", whole)
        or part.content.decode().strip() in whole
    )
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.django_db
def test_a_search_has_one_address(client, publish_course):
    publish_course()
    typed = "level=5&q=+焊工&utm=x&level=4&sort=relevance&price="
    one = "?q=%E7%84%8A%E5%B7%A5&level=4&level=5"
    assert page(client, typed, headers=HTMX)["HX-Push-Url"] == f"/courses/{one}"
    told = html.unescape(page(client, typed).content.decode())
    assert f'<link rel="canonical" href="/courses/{one}">' in told
    assert f'title="RSS" href="/courses/feed.xml{one}">' in told
    assert page(client, "q=&page=1", headers=HTMX)["HX-Push-Url"] == "/courses/"
    there = HTMX | {"HX-Current-URL": f"http://testserver/courses/{one}"}
    assert page(client, typed, headers=there)["HX-Push-Url"] == "false"


@pytest.mark.django_db
def test_a_learner_on_a_phone_finds_by_pinyin_and_is_told_of_a_typing_error(client, publish_course):
    publish_course()
    tasks.learn_words()
    found = page(client, "q=hangong").content.decode()
    assert "/courses/GZ-0001/" in found
    mended = page(client, "q=hangomg").content.decode()
    assert "/courses/GZ-0001/" in mended
    assert 'href="?q=hangomg&amp;as=typed"' in mended
    as_typed = page(client, "q=hangomg&as=typed").content.decode()
    assert "/courses/GZ-0001/" not in as_typed
    assert 'id="mended"' not in as_typed


@pytest.mark.django_db
def test_without_hits_each_filter_says_what_it_keeps_away(client, publish_course):
    publish_course()
    text = page(client, "q=焊工&level=1&province=520000").content.decode()
    ways = re.search(r'<ul class="ways">(.*?)</ul>', text, re.DOTALL)[1]
    assert 'href="?q=%E7%84%8A%E5%B7%A5&amp;province=520000"' in ways
    assert "?q=%E7%84%8A%E5%B7%A5&amp;level=1" not in ways, "without the province it would find as little"
    words = page(client, "q=平焊 养老").content.decode()
    assert 'href="?q=%E5%B9%B3%E7%84%8A"' in words or "ways" not in words


@pytest.mark.django_db
def test_every_choice_is_a_box_with_a_count_and_stays_visible(client, publish_course):
    publish_course(key_groups=["veteran"])
    text = page(client, "level=1&group=veteran&subsidised=yes&hours=120-&price=free").content.decode()
    for name, value in (
        ("level", "1"),
        ("group", "veteran"),
        ("subsidised", "yes"),
        ("hours", "120-"),
        ("price", "free"),
    ):
        assert re.search(rf'name="{name}" value="{value}"\s*checked', text), name


@pytest.mark.django_db
def test_feeds_are_valid_and_hold_the_newest_of_the_search(client, publish_course):
    publish_course("GZ-0001", summary_zh="第一次进工位 <的人>")
    publish_course("GZ-0002", level=4)
    rss = client.get("/courses/feed.xml?q=焊工&level=5")
    assert rss["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(rss.content).find("channel")  # noqa: S314 - our own words
    assert channel.findtext("link").endswith("/courses/?q=%E7%84%8A%E5%B7%A5&level=5")
    (item,) = channel.findall("item")
    assert item.findtext("link").endswith("/courses/GZ-0001/")
    assert "第一次进工位 <的人>" in item.findtext("description")
    assert {"title", "link", "description", "language"} <= {part.tag for part in channel}
    feed = client.get("/courses/feed.json?q=焊工")
    assert feed["Content-Type"] == "application/feed+json"
    told = feed.json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"].rsplit("/", 2)[1] for item in told["items"]] == ["GZ-0002", "GZ-0001"]
    for item in told["items"]:
        assert item["id"] == item["url"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", item["date_published"])
        assert item["content_text"]
    assert client.get("/courses/feed.json?q=龘").json()["items"] == []


@pytest.fixture
def samples(committed_db, at):
    author, keeper = factories.user("author"), factories.staff(Role.PROVINCE_CATALOGUE, name="keeper")
    services.load_sample_courses(by=author, second=keeper, at=at)


def test_visitors_share_a_page_but_no_token_language_or_size(samples):
    one, other = page(Reader(), "q=焊").content.decode(), page(Reader(), "q=焊").content.decode()
    tokens = TOKEN.findall(one), TOKEN.findall(other)
    assert len(set(tokens[0])) == len(set(tokens[1])) == 1
    assert tokens[0] != tokens[1]
    assert TOKEN.sub("", one) == TOKEN.sub("", other)
    english, large = Reader(), Reader()
    english.cookies["django_language"] = "en"
    large.cookies["reading"] = "large"
    assert 'lang="en"' in page(english, "q=焊").content.decode()[:200]
    assert 'data-reading="large"' in page(large, "q=焊").content.decode()[:200]


def test_somebody_signed_in_never_gets_a_kept_page_nor_leaves_one(samples):
    person = factories.learner("王建国")
    reader = factories.sign_in(Reader(), person)
    own = page(reader, "q=茶").content.decode()
    assert "王" in own
    assert "account-menu" in own
    assert "account-menu" not in page(Reader(), "q=茶").content.decode()
    assert page(reader, "q=茶")["Cache-Control"] == "no-store, private"


def test_a_kept_page_can_be_posted_from(samples):
    reader = Reader(enforce_csrf_checks=True)
    page(Reader(), "q=茶")
    token = TOKEN.search(page(reader, "q=茶").content.decode())[1]
    answer = reader.post("/me/reading/", {"size": "large", "next": "/courses/", "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
