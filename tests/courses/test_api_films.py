"""The tus protocol as its clients speak it: creating, sending, cut lines, wrong offsets, two at once, giving up."""

import base64
import resource
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from courses.models import Film, FilmPart
from courses.services import sending
from courses.services.sending import StoreRefused
from courses.workflow import FilmState
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage

TUS = {"Tus-Resumable": "1.0.0"}
CONTENT = bytes(range(256)) * 400
ALL = len(CONTENT)


@pytest.fixture
def manager(db, at):
    return factories.staff(Role.PROVIDER_MANAGER, name="manager")


@pytest.fixture
def draft(manager, at):
    return footage.draft(by=manager, at=at)


@pytest.fixture
def browser(client, manager):
    return factories.sign_in(client, manager)


def coded(**said):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


def create(browser, size=ALL, **said):
    told = {"course": "GZ-F1", "lesson": "weld", "filename": "平焊𠮷.mp4", **said}
    headers = (
        TUS | {"Upload-Metadata": coded(**told)} | ({} if size is None else {"Upload-Length": str(size)})
    )
    return browser.post("/api/courses/films/", headers=headers)


def patch(browser, address, content, offset, **headers):
    return browser.patch(
        address, content, content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset)} | headers,
    )  # fmt: skip


def stored(key):
    with default_storage.open(key) as file:
        return file.read()


def test_a_film_is_created_sent_in_pieces_and_whole(browser, draft, manager):
    answer = create(browser, angle_zh="远景", fingerprint="x|1|2")
    assert answer.status_code == 201
    assert answer["Tus-Resumable"] == "1.0.0"
    address = answer["Location"]
    head = browser.head(address, headers=TUS)
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("0", str(len(CONTENT)))
    assert head["Cache-Control"] == "no-store"
    assert "GMT" in head["Upload-Expires"] or "+0000" in head["Upload-Expires"]
    first = patch(browser, address, CONTENT[:1000], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    last = patch(browser, address, CONTENT[1000:], 1000)
    assert last["Upload-Offset"] == str(len(CONTENT))
    film = Film.objects.get()
    assert (film.state, film.name, film.angle_zh, film.created_by) == (
        "received",
        "平焊𠮷.mp4",
        "远景",
        manager,
    )
    parts = film.parts.all()
    assert b"".join(stored(part.key) for part in parts) == CONTENT
    assert browser.head(address, headers=TUS)["Upload-Offset"] == str(len(CONTENT))


def test_what_the_server_can_is_told(browser, draft, settings):
    told = browser.options("/api/courses/films/")
    assert told.status_code == 204
    assert told["Tus-Version"] == "1.0.0"
    assert told["Tus-Extension"] == "creation,termination,expiration"
    assert told["Tus-Max-Size"] == str(settings.FILM_MOST_BYTES)


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0"])
def test_another_version_of_the_protocol_is_refused(browser, draft, version):
    address = create(browser)["Location"]
    answer = browser.head(address, headers={"Tus-Resumable": version} if version else {})
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    assert answer["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("size", "status"), [(None, 400), ("-1", 400), ("x", 400), ("9" * 30, 400), (0, 422), (5 * 1024**3, 413)]
)
def test_a_length_that_cannot_be(browser, draft, size, status):
    assert create(browser, size).status_code == status
    assert not Film.objects.exists()


@pytest.mark.parametrize(
    "said", [{"lesson": "none"}, {"course": "GZ-NONE"}, {"course": "\x00"}, {"course": "", "lesson": ""}]
)
def test_for_a_lesson_that_is_not_there(browser, draft, said):
    assert create(browser, **said).status_code == 404


def test_metadata_that_cannot_be_read(browser, draft):
    headers = TUS | {"Upload-Length": "5", "Upload-Metadata": "course !!!,lesson,=,,x"}
    assert browser.post("/api/courses/films/", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("offset", "status"), [("5", 409), ("", 400), ("-1", 400), ("1e3", 400), ("999999999", 409)]
)
def test_a_wrong_offset_changes_nothing(browser, draft, offset, status):
    address = create(browser)["Location"]
    assert patch(browser, address, b"abc", offset).status_code == status
    assert Film.objects.get().received == 0
    assert not FilmPart.objects.exists()


def test_more_than_was_announced_is_refused(browser, draft):
    address = create(browser, 10)["Location"]
    assert patch(browser, address, b"x" * 11, 0).status_code == 413
    assert Film.objects.get().received == 0


def test_another_type_is_refused(browser, draft):
    address = create(browser)["Location"]
    answer = browser.patch(
        address, b"{}", content_type="application/json", headers=TUS | {"Upload-Offset": "0"}
    )
    assert answer.status_code == 415


def test_an_empty_piece_moves_nothing(browser, draft):
    address = create(browser)["Location"]
    empty = {"Content-Type": "application/offset+octet-stream"}
    assert patch(browser, address, b"", 0, **empty)["Upload-Offset"] == "0"


def test_without_the_token_nothing_is_taken(manager, draft):
    strict = factories.sign_in(Client(enforce_csrf_checks=True), manager)
    assert create(strict).status_code == 403


def test_nobody_goes_on_with_anothers_upload(browser, draft, at):
    address = create(browser)["Location"]
    other = factories.user("other")
    from portal.accounts import services as accounts

    accounts.appoint(other, Role.PROVIDER_MANAGER, by=None, at=at, organisation=factories.organisation())
    stranger = factories.sign_in(Client(), other)
    assert patch(stranger, address, b"abc", 0).status_code == 404
    assert stranger.delete(address, headers=TUS).status_code == 404
    assert Film.objects.get().received == 0


def test_given_up_it_is_gone(browser, draft):
    address = create(browser)["Location"]
    patch(browser, address, CONTENT[:50], 0)
    assert browser.delete(address, headers=TUS).status_code == 204
    assert browser.head(address, headers=TUS).status_code == 410
    assert patch(browser, address, CONTENT[50:], 50).status_code == 410


class Cut(BytesIO):
    """A line that breaks after its bytes."""

    def read(self, size=-1):
        if piece := super().read(size):
            return piece
        raise OSError("connection reset")


def test_what_arrived_before_the_line_was_cut_is_kept(draft, manager, at):
    begun = sending.begin_film(draft, lesson_key="weld", name="a.mp4", size=len(CONTENT), by=manager, at=at)
    film = sending.receive(
        begun, start=0, source=Cut(CONTENT[:70_000]), length=len(CONTENT), by=manager, at=at
    )
    assert (film.received, film.state) == (70_000, FilmState.RECEIVING)
    rest = CONTENT[70_000:]
    film = sending.receive(film, start=70_000, source=BytesIO(rest), length=len(rest), by=manager, at=at)
    assert film.state == FilmState.RECEIVED


def test_a_store_that_refuses_loses_nothing(draft, manager, at, monkeypatch, browser):
    address = create(browser)["Location"]
    patch(browser, address, CONTENT[:100], 0)
    with monkeypatch.context() as broken:
        broken.setattr(
            "django.core.files.storage.FileSystemStorage._save",
            lambda *_: (_ for _ in ()).throw(OSError("full")),
        )
        answer = patch(browser, address, CONTENT[100:], 100)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_refused")
    assert StoreRefused.message
    assert patch(browser, address, CONTENT[100:], 100).status_code == 204
    assert Film.objects.get().state == FilmState.RECEIVED


def test_the_twenty_first_film_at_once_is_refused(draft, manager, at, browser):
    for _number in range(20):
        sending.begin_film(draft, lesson_key="weld", name="a.mp4", size=5, by=manager, at=at)
    answer = create(browser)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_films")


class Endless:
    """So many bytes, made as they are read."""

    def __init__(self, size):
        self.left = size

    def read(self, size):
        piece = min(size, self.left)
        self.left -= piece
        return b"\x00" * piece


def test_a_large_film_does_not_fill_the_memory(draft, manager, at):
    size = 200 * 1024 * 1024
    begun = sending.begin_film(draft, lesson_key="weld", name="a.mp4", size=size, by=manager, at=at)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    film = sending.receive(begun, start=0, source=Endless(size), length=size, by=manager, at=at)
    assert film.state == FilmState.RECEIVED
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kB
    assert film.parts.count() == 25


def test_two_tabs_at_once_cannot_spoil_it(together):
    at = clock.now()
    manager = factories.staff(Role.PROVIDER_MANAGER)
    draft = footage.draft(by=manager, at=at)
    begun = sending.begin_film(draft, lesson_key="weld", name="a.mp4", size=len(CONTENT), by=manager, at=at)

    def send(_number):
        film = Film.objects.get(pk=begun.pk)
        return sending.receive(film, start=0, source=BytesIO(CONTENT), length=len(CONTENT), by=manager, at=at)

    outcomes = together(send, 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes).count("Film") == 1
    film = Film.objects.get()
    assert (film.received, film.parts.count()) == (len(CONTENT), 1)
    assert len(default_storage.listdir(f"{film.folder}/parts")[1]) == 1


def test_the_films_of_a_lesson_in_json(browser, draft):
    create(browser)
    told = browser.get("/api/courses/edit/GZ-F1/weld/films/").json()
    assert told["films"][0]["position"] == 1
    assert (told["waiting"][0]["state"], told["waiting"][0]["received"]) == ("receiving", 0)
