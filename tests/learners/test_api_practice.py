"""A film of one's own work as tus clients send it, and where it stands."""

import base64

import pytest

from courses.models import Film
from learners.models import Submission
from tests import factories
from tests.courses import footage
from tests.learners import practising

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
FILMS = "/api/learn/practice/films/"


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def row(at):
    practising.instructors(2, at=at)
    return practising.enrolled(at)


@pytest.fixture
def browser(client, row):
    return factories.sign_in(client, row.user, second_factor=False)


def create(browser, row, *, size, lesson="bench"):
    told = {"enrolment": str(row.pk), "lesson": lesson, "filename": "焊缝𠮷.mp4"}
    coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    return browser.post(FILMS, headers=TUS | {"Upload-Metadata": coded, "Upload-Length": str(size)})


def patch(browser, address, piece, offset):
    return browser.patch(
        address,
        piece,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset)},
    )


def test_a_film_in_small_pieces_over_a_cut_line(browser, row, at):
    content = footage.film()
    begun = create(browser, row, size=len(content))
    assert begun.status_code == 201
    address = begun["Location"]
    half = len(content) // 2
    assert patch(browser, address, content[:half], 0)["Upload-Offset"] == str(half)
    assert browser.head(address, headers=TUS)["Upload-Offset"] == str(half)
    assert patch(browser, address, content[:half], 0).status_code == 409
    told = browser.get(f"/api/learn/{row.pk}/practice/bench/").json()
    assert told["submissions"][0]["received"] == half
    assert patch(browser, address, content[half:], half).status_code == 204
    footage.worked(at)
    told = browser.get(f"/api/learn/{row.pk}/practice/bench/").json()
    assert (told["left"], told["passed"], told["submissions"][0]["film_state"]) == (2, False, "ready")


def test_giving_up_is_gone(browser, row):
    address = create(browser, row, size=9)["Location"]
    assert browser.delete(address, headers=TUS).status_code == 204
    assert browser.head(address, headers=TUS).status_code == 410
    assert Submission.objects.get().state == "given_up"


@pytest.mark.parametrize(
    ("size", "lesson", "status"),
    [(0, "bench", 422), (51_000_000, "bench", 413), (9, "quiz", 422), (9, "none", 404)],
)
def test_what_is_refused_says_why(browser, row, size, lesson, status):
    answer = create(browser, row, size=size, lesson=lesson)
    assert answer.status_code == status
    assert not Film.objects.exists()


def test_a_second_film_waits_for_the_first(browser, row):
    create(browser, row, size=9)
    answer = create(browser, row, size=9)
    assert (answer.status_code, answer.json()["code"]) == (422, "still_sending")


def test_nobody_goes_on_with_another_ones_film(browser, row, client, at):
    address = create(browser, row, size=9)["Location"]
    client.logout()
    stranger = factories.sign_in(client, factories.learner(at=at), second_factor=False)
    assert patch(stranger, address, b"x", 0).status_code == 404
    assert create(stranger, row, size=9).status_code == 404
    assert stranger.get(f"/api/learn/{row.pk}/practice/bench/").status_code == 404
