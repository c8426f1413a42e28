"""Signed links: whose, how long, which part; and films that are none."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from courses import media, selectors, services
from courses.services.content import BadCaptions, FilmFiles
from courses.views.media import asked_part
from portal import clock
from tests import factories

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def link():
    key = default_storage.save("courses/GZ-0001/v1/a.mp4", ContentFile(CONTENT))

    def make(user=None, at=None):
        return selectors.media_url(key, user=user, at=at or clock.now())

    return make


def body(response):
    return b"".join(response.streaming_content)


def status(client, address, **headers):
    answer = client.get(address, headers=headers)
    if answer.streaming:
        body(answer)
    return answer.status_code


def test_the_reader_gets_the_file_with_its_type(client, link):
    answer = client.get(link())
    assert body(answer) == CONTENT
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    head = client.head(link())
    assert head["Content-Length"] == str(len(CONTENT))
    assert head.content == b""


@pytest.mark.parametrize(
    ("header", "part", "first", "last"),
    [
        ("bytes=0-99", CONTENT[:100], 0, 99),
        ("bytes=255900-", CONTENT[255900:], 255900, 255999),
        ("bytes=-5", CONTENT[-5:], 255995, 255999),
        ("bytes=10-9999999", CONTENT[10:], 10, 255999),
    ],
)
def test_a_player_gets_the_part_it_asks_for(client, link, header, part, first, last):
    answer = client.get(link(), headers={"Range": header})
    assert answer.status_code == 206
    assert body(answer) == part
    assert answer["Content-Range"] == f"bytes {first}-{last}/256000"
    assert answer["Content-Length"] == str(len(part))


@pytest.mark.parametrize("header", ["bytes=256000-", "bytes=-0"])
def test_a_part_outside_the_file_is_refused(client, link, header):
    answer = client.get(link(), headers={"Range": header})
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */256000"


@pytest.mark.parametrize(
    "header", ["bytes=5-1", "bytes=a-b", "bytes=0-1,5-9", "lines=1-2", "bytes=-", "x" * 5000]
)
def test_what_cannot_be_read_gives_the_whole_file(client, link, header):
    assert status(client, link(), Range=header) == 200
    assert asked_part(header, 100) is None


def test_a_link_is_its_readers_alone(client, link):
    owner, other = factories.user(), factories.user()
    address = link(user=owner)
    assert status(client, address) == 404
    assert status(factories.sign_in(Client(), other), address) == 404
    assert status(factories.sign_in(Client(), owner), address) == 200


def test_a_link_runs_out_and_says_so(client, link):
    over = client.get(link(at=clock.now() - media.LASTS - timedelta(seconds=2)))
    assert over.status_code == 410


def test_a_changed_link_opens_nothing(client, link):
    address = link()
    for wrong in (
        address[:-2] + "/",
        address.replace("/media/", "/media/x"),
        "/courses/media/%00/",
        "/courses/media/../../x",
    ):
        assert client.get(wrong).status_code == 404


def test_a_lost_file_is_not_found(client, db):
    assert client.get(selectors.media_url("courses/none.mp4", user=None, at=clock.now())).status_code == 404


def test_what_is_not_a_film_is_refused_and_nothing_is_kept(make_course, author, at, tmp_path):
    course = make_course()
    lesson = services.add_lesson(course, key="film", kind="video", title_zh="片", seconds=5, by=author, at=at)
    fake = tmp_path / "a.mp4"
    fake.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n" * 50)
    files = FilmFiles(film=fake, poster=fake, captions_zh="WEBVTT\n")
    with pytest.raises(media.NotAFilm):
        services.add_film(lesson, files=files, by=author, at=at)
    with pytest.raises(BadCaptions):
        services.add_film(
            lesson, files=FilmFiles(film=fake, poster=fake, captions_zh="1\n00:00"), by=author, at=at
        )
    assert not hasattr(type(lesson).objects.get(pk=lesson.pk), "video")
