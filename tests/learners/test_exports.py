"""What is exported holds by the rules of xAPI 1.0.3 and its Video Profile 1.0.3, is one's own, and names nobody."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from learners import ranges, tape, xapi
from learners.models import Coverage
from learners.selectors import statements
from learners.selectors.record import NAMES
from learners.services.completion import hand_in
from portal.accounts.roles import Role
from tests import factories
from tests.learners import lessons, study
from tests.learners.players import Clock, Player

PROFILE = "https://w3id.org/xapi/video"
EXT = f"{PROFILE}/extensions/"
IRI = re.compile(r"^[a-z][a-z0-9+.-]*:\S+$", re.IGNORECASE)
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")
SPAN = re.compile(r"^PT\d+(\.\d{1,2})?S$")
TAG = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
ALLOWED = {"id", "actor", "verb", "object", "result", "context", "timestamp", "version"}
INCLUDED = {  # of the profile's statement templates: what a verb must carry
    "initialized": ({"length"}, set()),
    "played": (set(), {"time"}),
    "paused": ({"length"}, {"time", "progress", "played-segments"}),
    "seeked": (set(), {"time-from", "time-to"}),
    "completed": ({"length"}, {"time", "progress", "played-segments"}),
}


def language_map(said):
    assert said
    assert all(TAG.match(tag) and isinstance(text, str) and text for tag, text in said.items())


def activity(said):
    assert set(said) <= {"objectType", "id", "definition"}
    assert said["objectType"] == "Activity"
    assert IRI.match(said["id"])
    if "definition" in said:
        assert set(said["definition"]) <= {"name", "description", "type", "moreInfo", "extensions"}
        language_map(said["definition"]["name"])
        assert IRI.match(said["definition"]["type"])


def holds(said):
    """One statement by the specification, part two, section 2; nothing null, nothing empty, nothing unknown."""
    assert set(said) <= ALLOWED
    assert {"id", "actor", "verb", "object", "timestamp"} <= set(said)
    assert str(uuid.UUID(said["id"])) == said["id"]
    assert STAMP.match(said["timestamp"])
    assert said["version"].startswith("1.0.")
    account = said["actor"]["account"]
    assert set(said["actor"]) == {"objectType", "account"}  # exactly one identifier
    assert said["actor"]["objectType"] == "Agent"
    assert IRI.match(account["homePage"])
    assert str(uuid.UUID(account["name"])) == account["name"]
    assert set(said["verb"]) == {"id", "display"}
    assert IRI.match(said["verb"]["id"])
    language_map(said["verb"]["display"])
    activity(said["object"])
    context = said["context"]
    assert str(uuid.UUID(context["registration"])) == context["registration"]
    assert TAG.match(context["language"])
    for kind, things in context.get("contextActivities", {}).items():
        assert kind in {"parent", "grouping", "category", "other"}
        for thing in things:
            activity(thing)
    result = said.get("result", {})
    assert set(result) <= {"score", "success", "completion", "response", "duration", "extensions"}
    if "score" in result:
        score = result["score"]
        assert -1 <= score["scaled"] <= 1
        assert score["min"] <= score["raw"] <= score["max"]
    assert isinstance(result.get("success", True), bool)
    assert isinstance(result.get("completion", True), bool)
    assert SPAN.match(result.get("duration", "PT0S"))
    for keys in (context.get("extensions", {}), result.get("extensions", {})):
        assert all(IRI.match(key) for key in keys)
    nothing_null(said)


def nothing_null(said):
    if isinstance(said, dict):
        assert said
        for value in said.values():
            nothing_null(value)
    elif isinstance(said, list):
        for value in said:
            nothing_null(value)
    else:
        assert said is not None


def three_decimals(value):
    assert isinstance(value, float | int)
    assert round(value, 3) == value


def holds_of_film(said):
    """One statement about a film, by the Video Profile."""
    verb = said["verb"]["display"]["en"]
    context, result = said["context"].get("extensions", {}), said.get("result", {})
    told = result.get("extensions", {})
    in_context, in_result = INCLUDED[verb]
    assert {EXT + name for name in in_context} <= set(context)
    assert {EXT + name for name in in_result} <= set(told)
    assert said["object"]["definition"]["type"] == f"{PROFILE}/activity-type/video"
    assert {"objectType": "Activity", "id": PROFILE} in said["context"]["contextActivities"]["category"]
    assert ("completion" in result) == (verb == "completed")
    assert ("duration" in result) == (verb == "completed")
    assert {name for name in ("time-from", "time-to") if EXT + name in told} in (
        set(),
        {"time-from", "time-to"},
    )
    for name in ("time", "time-from", "time-to", "progress"):
        three_decimals(told.get(EXT + name, 0))
    three_decimals(context.get(EXT + "length", 0))
    assert 0 <= told.get(EXT + "progress", 0) <= 1
    assert 0 < context.get(EXT + "completion-threshold", 1) <= 1
    if verb in {"initialized", "paused", "completed"}:
        assert EXT + "completion-threshold" in context
    if parts := told.get(EXT + "played-segments"):
        for part in parts.split("[,]"):
            begin, end = part.split("[.]")
            assert re.match(r"^\d+\.\d{3}$", begin)
            assert float(begin) < float(end)
    if EXT + "session-id" in context and verb == "initialized":
        assert context[EXT + "session-id"] == said["id"]


def is_film(said):
    return said["object"]["definition"]["type"].endswith("/video")


def every(client, **asked):
    """All statements, page after page."""
    url, said = reverse("api-xapi"), []
    if asked:
        url += "?" + "&".join(f"{name}={value}" for name, value in asked.items())
    while url:
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["X-Experience-API-Version"] == "1.0.3"
        said += answer.json()["statements"]
        url = answer.json()["more"]
    return said


@pytest.fixture
def clock(monkeypatch, at):
    clock = Clock(at)
    monkeypatch.setattr("portal.clock.now", clock)
    return clock


@pytest.fixture
def seen(client, clock, db):
    """Somebody who saw a film to its end, with a jump back on the way."""
    learning = lessons.learning(clock.at, user=factories.learner("欧阳𠮷祥"))
    factories.sign_in(client, learning.user, second_factor=False)
    player = Player(client, learning, clock)
    player.open()
    player.watch(until=60_000)
    player.position = 30_000
    player.beat(moved=15_000, start=30_000)
    player.watch()
    closed = player.post(f"sessions/{player.session}/close/", {"seq": player.seq + 1, "nonce": player.nonce})
    assert closed.status_code == 200, closed.content
    return learning, player


def test_a_film_that_was_seen_is_told_by_the_profile(client, seen):
    learning, player = seen
    said = every(client)
    assert len({row["id"] for row in said}) == len(said)
    films = [row for row in said if is_film(row)]
    for row in said:
        holds(row)
    for row in films:
        holds_of_film(row)
    verbs = [row["verb"]["display"]["en"] for row in films]
    assert verbs[0] == "initialized"
    assert verbs.count("initialized") == 1
    assert {"played", "seeked", "paused", "completed"} <= set(verbs)
    assert films[0]["id"] == player.session
    jump = next(row for row in films if row["verb"]["display"]["en"] == "seeked")["result"]["extensions"]
    assert jump[EXT + "time-to"] == 30
    assert jump[EXT + "time-from"] > 30
    done = films[-1]["result"]
    assert done["completion"] is True
    assert (
        done["extensions"][EXT + "progress"]
        >= films[-1]["context"]["extensions"][EXT + "completion-threshold"]
    )
    covered = Coverage.objects.get(enrolment=learning.enrolment, lesson_id=learning.facts("film").id)
    told = done["extensions"][EXT + "played-segments"].split("[,]")
    parts = [tuple(round(float(end) * 1000) for end in part.split("[.]")) for part in told]
    assert ranges.total(ranges.merged(parts)) == covered.covered_ms
    checks = [row for row in said if row["verb"]["display"]["en"] == "answered"]
    assert checks
    assert all(row["result"] == {"success": True} for row in checks)
    assert every(client) == said


def test_exam_quiz_and_course_are_told_and_pages_follow_a_key(client, db, clock, at, monkeypatch):
    person = factories.learner("欧阳𠮷祥", at=at)
    enrolment = study.ready(at, user=person)
    failed = study.sit(enrolment, at=at, right=0)
    hand_in(failed, by=person, at=at + dt.timedelta(minutes=1))
    passed = study.sit(enrolment, at=at + dt.timedelta(minutes=20))
    hand_in(passed, by=person, at=at + dt.timedelta(minutes=21))
    factories.sign_in(client, person, second_factor=False)
    said = every(client)
    for row in said:
        holds(row)
    told = [(row["verb"]["display"]["en"], row["object"]["id"].split("/courses/")[1]) for row in said]
    assert ("passed", "GZ-S1/lessons/quiz/") in told
    assert told[-3:] == [("failed", "GZ-S1/exam/"), ("passed", "GZ-S1/exam/"), ("completed", "GZ-S1/")]
    assert said[-2]["result"]["score"] == {"scaled": 1.0, "raw": 100, "min": 0, "max": 100}
    monkeypatch.setattr(statements, "ROWS", 1)
    assert every(client) == said


def test_no_name_and_no_number_is_exported(client, seen):
    learning, _player = seen
    text = client.get(reverse("api-xapi")).text + client.get(reverse("api-record")).text
    for secret in (learning.user.phone, learning.user.identity.number, "欧阳𠮷祥"):
        assert secret not in text
    assert str(learning.user.uid) in text


def test_own_learning_alone_and_by_enrolment_for_an_auditor(client, seen):
    learning, _player = seen
    url, one = reverse("api-xapi"), {"enrolment": learning.enrolment.pk}
    stranger, auditor = factories.learner("赵小红"), factories.staff(Role.AUDITOR)
    reviewer = factories.staff(Role.PROVINCE_REVIEWER)
    assert client.get(url, one).json()["statements"]
    for person in (stranger, reviewer):
        factories.sign_in(client, person)
        assert client.get(url, one).status_code == 404
        assert client.get(url).json() == {"statements": [], "more": ""}
    factories.sign_in(client, auditor)
    assert client.get(url, one).json()["statements"]
    assert client.get(url).json()["statements"] == []
    for bad in (
        {"enrolment": "x"},
        {"enrolment": "9" * 40},
        one | {"cursor": "𠮷"},
        one | {"cursor": "WzAsIFsiYSIsICJiIl1d"},
    ):
        assert client.get(url, bad).status_code == 404
    client.logout()
    assert client.get(url).status_code == 403


def test_a_page_costs_no_more_with_more_beats(client, seen, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        every(client)


def test_a_tape_that_was_told_is_what_is_exported():
    """Played, jumped, stopped, played again: four statements of a session that is still open."""
    thing = xapi.Thing("video", "/courses/X/lessons/film/", "𠮷", "zh-CN")
    frame = xapi.Frame(xapi.Who("https://zhixun.example.cn", str(uuid.uuid4())), thing, 1)
    told = (
        tape.Event(tape.BEAT, 15_000, 15_000, flags=tape.PLAYING | tape.VISIBLE),
        tape.Event(tape.BEAT, 30_000, 75_000, start=60_000, flags=tape.VISIBLE),
        tape.Event(tape.BEAT, 60_000, 90_000, flags=tape.PLAYING),
    )
    opened = dt.datetime(2026, 3, 16, 2, tzinfo=dt.UTC)
    session = xapi.Session(str(uuid.uuid4()), opened, None, 90_000, told)
    said = xapi.of_session(frame, xapi.Film(thing, 120_000), session)
    assert [row["verb"]["display"]["en"] for row in said] == ["initialized", "played", "seeked", "played"]
    assert said[2]["timestamp"] == "2026-03-16T02:00:30.000Z"
    for row in said:
        holds(row)
        holds_of_film(row)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_record_uses_only_names_of_its_table(client, seen, language):
    with translation.override(language):
        told = client.get(reverse("api-record"), headers={"Accept-Language": language}).json()
    assert told["standard"] == "GB/T 36642-2018"
    assert set(told["names"]) == set(NAMES)

    def keys(said):
        if isinstance(said, dict):
            return set(said) | {key for value in said.values() for key in keys(value)}
        return {key for value in said for key in keys(value)} if isinstance(said, list) else set()

    used = keys(told["learner"]) | keys(told["courseLearningRecord"])
    assert used <= set(NAMES)
    assert told["courseLearningRecord"][0]["courseInformation"]["identifier"]


def test_the_record_is_a_page_and_says_where_its_names_come_from(client, seen):
    page = client.get(reverse("learners:record"))
    assert page.status_code == 200
    assert "GB/T 38865-2020, 8.7" in page.text
    assert "欧阳𠮷祥" not in page.text
    factories.sign_in(client, factories.user())
    assert "还没有报名课程" in client.get(reverse("learners:record")).text
