"""The author's pages: a film without a script, its steps, its captions; and the ladder through signed links."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from courses import media, selectors
from courses.models import Film, Video
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage

PAGE = "/courses/edit/GZ-F1/weld/film/"
CAPTIONS = f"{PAGE}1/captions/zh/"
VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\n先断电。\n"


@pytest.fixture
def manager(db):
    return factories.staff(Role.PROVIDER_MANAGER, name="manager")


@pytest.fixture
def draft(manager, at):
    return footage.draft(by=manager, at=at)


@pytest.fixture
def browser(client, manager, draft):
    return factories.sign_in(client, manager)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("courses.tasks.make_films.delay_on_commit", lambda: None)


def send(browser, content=b"film", **words):
    return browser.post(PAGE, {"file": SimpleUploadedFile("平焊𠮷.mp4", content), "position": "0", **words})


def test_a_film_in_an_ordinary_form(browser):
    assert send(browser, angle_zh="远景").status_code == 302
    film = Film.objects.get()
    assert (film.state, film.name, film.angle_zh) == ("received", "平焊𠮷.mp4", "远景")
    page = browser.get(PAGE).content.decode()
    assert "平焊𠮷.mp4" in page
    assert 'hx-trigger="every 3s"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_refused_stands_on_the_page_and_what_was_typed_stays(browser, settings, language):
    browser.cookies["django_language"] = language
    empty = send(browser, b"", angle_zh="远景𠮷")
    assert empty.status_code == 422
    assert "远景𠮷" in empty.content.decode()
    settings.FILM_FORM_BYTES = 10
    assert send(browser, b"x" * 11).status_code == 422
    settings.FILM_MOST_BYTES = 5
    assert send(browser, b"x" * 9).status_code == 422
    assert browser.post(PAGE, {}).status_code == 422
    assert send(browser, position="7").status_code == 422
    assert not Film.objects.exists()


def test_workshop_footage_says_where_it_comes_from(browser, draft, manager, at):
    footage.lesson(draft, key="shop", kind="workshop", by=manager, at=at)
    page = "/courses/edit/GZ-F1/shop/film/"
    file = {"file": SimpleUploadedFile("a.mp4", b"film")}
    refused = browser.post(page, {**file, "machine": "YD-350"})
    assert refused.status_code == 422
    assert "YD-350" in refused.content.decode()
    said = {
        "machine": "松下 YD-350FR",
        "workshop": "三号车间",
        "filmed_on": "2026-03-01",
        "consent": "written",
    }
    file = {"file": SimpleUploadedFile("a.mp4", b"film")}
    assert browser.post(page, {**file, **said}).status_code == 302
    film = Film.objects.get()
    assert (film.machine, film.workshop, str(film.filmed_on), film.consent) == tuple(said.values())


def test_the_steps_of_a_film(browser, draft, manager, at):
    send(browser)
    film = Film.objects.get()
    assert browser.post(PAGE, {"step": "retry", "film": film.pk}).status_code == 422
    assert browser.post(PAGE, {"step": "cancel", "film": film.pk}).status_code == 302
    assert browser.post(PAGE, {"step": "cancel", "film": film.pk}).status_code == 422
    for wrong in (
        {"step": "cancel", "film": "x"},
        {"step": "fly", "film": film.pk},
        {"step": "out", "video": "x"},
    ):
        assert browser.post(PAGE, wrong).status_code == 404
    video = Video.objects.get()
    assert browser.post(PAGE, {"step": "out", "video": video.pk}).status_code == 302
    assert not Video.objects.exists()


def test_a_film_of_another_lesson_is_not_there(browser, draft, manager, at):
    footage.lesson(draft, key="other", by=manager, at=at)
    send(browser)
    wrong = browser.post("/courses/edit/GZ-F1/other/film/", {"step": "cancel", "film": Film.objects.get().pk})
    assert wrong.status_code == 404
    assert browser.get("/courses/edit/GZ-F1/none/film/").status_code == 404


def test_why_a_film_failed_stands_in_both_languages(browser, draft, manager, at, settings, tmp_path):
    settings.FILM_WORK_DIR = tmp_path
    footage.sent(draft, b"\xff\xd8\xff" + b"x" * 99, by=manager, at=at)
    footage.worked(at)
    assert "图片" in browser.get(PAGE).content.decode()
    browser.cookies["django_language"] = "en"
    assert "a picture, not a film" in browser.get(PAGE).content.decode()


def test_captions_as_a_file_as_text_and_row_by_row(browser, draft):
    assert browser.get(CAPTIONS).status_code == 200
    sent = {"file": SimpleUploadedFile("zh.vtt", VTT.encode()), "known": "", "transcript": "on"}
    assert browser.post(CAPTIONS, sent).status_code == 302
    video = Video.objects.get()
    video.lesson.refresh_from_db()
    assert video.lesson.transcript_zh == "先断电。"
    page = browser.get(CAPTIONS).content.decode()
    assert 'value="00:00:00.500"' in page
    rows = {
        "by": "rows",
        "known": video.captions_zh_key,
        "from": ["0:02", "0:00.5", ""],
        "to": ["0:03", "0:01", ""],
        "said": ["再检查", "先断电", ""],
    }
    assert browser.post(CAPTIONS, rows).status_code == 302
    video.refresh_from_db()
    with default_storage.open(video.captions_zh_key) as file:
        assert re.findall("先断电|再检查", file.read().decode()) == ["先断电", "再检查"]


@pytest.mark.parametrize(
    "said",
    [
        {"text": "no header"},
        {"text": ""},
        {"text": "WEBVTT\n\n00:00:01.000 --> 00:00:59.000\n太长"},
        {"text": VTT, "known": "another.vtt"},
        {"by": "rows", "from": ["soon"], "to": ["0:02"], "said": ["先"]},
    ],
)
def test_captions_with_a_fault_are_shown_again(browser, said):
    answer = browser.post(CAPTIONS, {"known": "", **said})
    assert answer.status_code == 422
    typed = said.get("text") or said.get("from", [""])[0]
    assert typed.split("\n")[0] in answer.content.decode()
    assert Video.objects.get().captions_zh_key == ""


@pytest.mark.parametrize("where", ["1/captions/fr/", "9/captions/zh/"])
def test_captions_of_nothing(browser, where):
    assert browser.get(PAGE + where).status_code == 404


# -- playing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def ladder(draft, manager, at, settings, tmp_path):
    settings.FILM_WORK_DIR = tmp_path
    footage.sent(draft, footage.film(width=640, height=360), by=manager, at=at, position=1)
    footage.worked(at)
    return Video.objects.get()


def test_every_list_and_every_piece_is_signed_for_its_reader(ladder, client):
    person = factories.user()
    factories.sign_in(client, person)
    first = client.get(selectors.media_url(ladder.hls_key, user=person, at=clock.now()))
    assert first["Content-Type"] == "application/vnd.apple.mpegurl"
    assert "private" in first["Cache-Control"]
    lists = [row for row in first.content.decode().splitlines() if row.startswith("/")]
    assert len(lists) == 3
    rung = client.get(lists[0]).content.decode()
    pieces = {row for row in rung.splitlines() if row.startswith("/")} | set(
        re.findall('URI="([^"]+)"', rung)
    )
    assert len(pieces) == 1
    length, start = re.search(r'BYTERANGE="(\d+)@(\d+)"', rung).groups()
    header = client.get(pieces.pop(), headers={"Range": f"bytes={start}-{int(start) + int(length) - 1}"})
    assert header.status_code == 206
    assert b"ftyp" in b"".join(header.streaming_content)
    stranger = factories.sign_in(Client(), factories.user())
    assert [stranger.get(address).status_code for address in lists] == [404] * 3


def test_links_within_a_list_run_out(ladder, client):
    person = factories.user()
    factories.sign_in(client, person)
    old = clock.now() - media.LASTS - timedelta(seconds=5)
    assert client.get(selectors.media_url(ladder.hls_key, user=person, at=old)).status_code == 410


@pytest.mark.parametrize(
    "name", ["../secret.mp4", "/etc/passwd", "https://elsewhere.example/a.ts", "a/b.m4s", "a.txt", "..m4s/"]
)
def test_a_list_that_leads_elsewhere_is_not_shown(db, client, name):
    key = default_storage.save("films/x/hls/first.m3u8", ContentFile(f"#EXTM3U\n{name}\n".encode()))
    assert client.get(media.signed_url(key, user_id=None, at=clock.now())).status_code == 404
    key = default_storage.save("films/x/hls/second.m3u8", ContentFile(f'#EXT-X-MAP:URI="{name}"\n'.encode()))
    assert client.get(media.signed_url(key, user_id=None, at=clock.now())).status_code == 404
