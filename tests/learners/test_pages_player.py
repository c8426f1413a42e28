"""The lesson's page and the page of hours, for readers without a script."""

import datetime as dt
import json
import re

import pytest

from learners.models import LedgerRow
from learners.selectors import time as hours
from portal import clock
from tests import factories
from tests.learners import lessons


@pytest.fixture
def reader(client, learning, moving_clock):
    factories.sign_in(client, learning.user, second_factor=False)
    return client


def page(learning, name="lesson", *key):
    from django.urls import reverse

    return reverse(f"learners:{name}", args=[learning.enrolment.pk, *key])


def test_a_film_has_its_page(reader, learning):
    response = reader.get(page(learning, "lesson", "film"))
    text = response.content.decode()
    assert response.status_code == 200
    assert "<video controls" in text
    assert "45:00" in text
    assert "style=" not in text
    assert "onclick" not in text


def test_a_quiz_is_sent_to_its_own_page(reader, learning):
    response = reader.get(page(learning, "lesson", "quiz"))
    assert (response.status_code, response.url) == (302, page(learning, "quiz", "quiz"))


def test_reading_counts_without_a_script(reader, learning, moving_clock):
    text = reader.get(page(learning, "lesson", "page")).content.decode()
    opened = re.search(r'name="read-opened" value="([^"]+)"', text)[1]
    fields = set(re.findall(r'name="(read-q\d+)"', text))
    assert fields
    moving_clock.go(120_000)
    # an empty form comes back with its error and keeps the moment it was opened
    response = reader.post(page(learning, "read", "page"), {"read-opened": opened})
    assert response.status_code == 422
    assert opened in response.content.decode()
    answers = dict.fromkeys(fields, "A")
    response = reader.post(page(learning, "read", "page"), {"read-opened": opened, **answers}, follow=True)
    assert response.redirect_chain[-1][0] == page(learning, "lesson", "page")
    assert hours.counted_seconds(learning.enrolment.pk) == 60


def test_a_forged_moment_credits_nothing(reader, learning, moving_clock):
    text = reader.get(page(learning, "lesson", "page")).content.decode()
    answers = dict.fromkeys(re.findall(r'name="(read-q\d+)"', text), "A")
    moving_clock.go(120_000)
    reader.post(page(learning, "read", "page"), {"read-opened": "2020-01-01", **answers})
    assert not LedgerRow.objects.filter(entry="credit").exists()


def test_a_wrong_answer_is_said_with_what_to_do(reader, learning, moving_clock):
    text = reader.get(page(learning, "lesson", "page")).content.decode()
    opened = re.search(r'name="read-opened" value="([^"]+)"', text)[1]
    answers = dict.fromkeys(re.findall(r'name="(read-q\d+)"', text), "B")
    moving_clock.go(120_000)
    reader.post(page(learning, "read", "page"), {"read-opened": opened, **answers})
    shown = reader.get(page(learning, "hours")).content.decode()
    assert "check_failed" in shown
    assert LedgerRow.objects.get().reason == "check_failed"


def test_hours_show_every_refusal_with_its_reason(reader, player, learning):
    player.open()
    player.beat(visible=False)
    player.beat(15_000, 600_000)
    player.beat()
    player.post(f"sessions/{player.session}/close/", {})
    found = hours.hours_of(learning.enrolment, at=player.clock.at)
    assert {row.code for row in found.refusals} == {"hidden", "seek"}
    shown = reader.get(page(learning, "hours")).content.decode()
    for row in found.refusals:
        assert row.code in shown
        assert str(row.remedy)


def test_the_api_says_the_same_hours(reader, player, learning):
    player.open()
    player.watch(until=60_000, visible=False)
    player.post(f"sessions/{player.session}/close/", {})
    told = reader.get(f"/api/learn/enrolments/{learning.enrolment.pk}/hours/").json()
    assert told["counted_seconds"] == 0
    assert told["refusals"][0]["code"] == "hidden"
    assert told["valid_hours"] == "0"


PAGES = [("lesson", "film"), ("lesson", "page"), ("hours",)]


@pytest.mark.parametrize("where", PAGES)
def test_a_visitor_is_sent_to_sign_in(client, learning, where):
    response = client.get(page(learning, *where))
    assert response.status_code == 302
    assert "/accounts/login/" in response.url


@pytest.mark.parametrize("where", PAGES)
def test_somebody_elses_page_is_not_there(client, learning, where):
    factories.sign_in(client, factories.learner(), second_factor=False)
    assert client.get(page(learning, *where)).status_code == 404


@pytest.mark.parametrize("where", PAGES)
def test_a_page_is_only_read(reader, learning, where):
    assert reader.post(page(learning, *where)).status_code == 405


def test_reading_is_only_posted_and_unknown_lessons_are_not_there(reader, learning):
    assert reader.get(page(learning, "read", "page")).status_code == 405
    assert reader.get(page(learning, "lesson", "nothing")).status_code == 404
    assert reader.post(page(learning, "read", "nothing")).status_code == 404


def test_a_page_costs_the_same_with_many_refusals(reader, learning, at, django_assert_max_num_queries):
    from learners.counting import Post
    from learners.services import ledger, play

    coverage = play.locked_coverage(learning.enrolment, learning.facts("film").id)
    start = clock.milliseconds(at - dt.timedelta(hours=3))
    posts = [Post(start + n * 1000, start + n * 1000 + 900, ((n, n + 9),), 9, "hidden") for n in range(50)]
    ledger.post(coverage, posts, kind="video", edition_id=learning.enrolment.edition_id, daily_cap=1, at=at)
    with django_assert_max_num_queries(34):
        reader.get(page(learning, "hours"))


def test_a_completed_course_can_be_watched_but_counts_no_more(reader, learning):
    from learners.models import Enrolment

    Enrolment.objects.filter(pk=learning.enrolment.pk).update(state="completed", completed_at=learning.at)
    assert reader.get(page(learning, "lesson", "film")).status_code == 200
    body = {"enrolment": learning.enrolment.pk, "lesson": "film"}
    response = reader.post("/api/learn/sessions/", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (409, "not_learning")


def test_large_type_and_english_have_the_page_too(client, at, db, moving_clock):
    learning = lessons.learning(at)
    learning.user.reading_size = "large"
    learning.user.save()
    factories.sign_in(client, learning.user, second_factor=False)
    client.cookies["django_language"] = "en"
    text = client.get(page(learning, "lesson", "film")).content.decode()
    assert 'data-reading="large"' in text
    assert "What counted in this lesson" in text


def test_a_film_with_angles_offers_them_beside_and_its_sound_alone(reader, learning):
    from courses.models import Lesson
    from tests.courses import footage

    lesson = Lesson.objects.get(pk=learning.facts("film").id)
    footage.in_place(lesson, audio_key="films/x/hls/audio.m3u8")
    footage.in_place(lesson, position=2, angle="远景𠮷")
    text = reader.get(page(learning, "lesson", "film")).content.decode()
    config = json.loads(re.search(r'id="player-config"[^>]*>(.*?)</script>', text)[1])
    assert config["hls"].startswith("/courses/media/")
    assert config["audio"].startswith("/courses/media/")
    assert 'name="picture" value="audio"' in text
    assert text.count('class="beside"') == 1
    assert "远景𠮷" in text
