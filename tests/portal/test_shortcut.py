"""The web server's way in: shortcuts go without what Django does around a request, everything else with it."""

import json
from http import HTTPStatus

import pytest
from django.core.signals import request_finished, request_started
from django.db import DataError, connection
from django.test import RequestFactory

from portal.shortcut import Handler

pytestmark = pytest.mark.django_db
BEAT = "/api/learn/sessions/0198a1f2-7b1c-7d7e-8f1a-2b3c4d5e6f70/beats/"


@pytest.fixture
def signals():
    heard = []

    def started(**_told):
        heard.append("started")

    def finished(**_told):
        heard.append("finished")

    request_started.connect(started)
    request_finished.connect(finished)
    yield heard
    request_started.disconnect(started)
    request_finished.disconnect(finished)


def asks(request):
    """Status, headers and body, as a web server gets them."""
    told = []
    answer = Handler()(request.environ, lambda status, headers: told.extend((status, dict(headers))))
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    return *told, body


def beat(**headers):
    body = {"seq": 1, "nonce": "𠮷", "position": 1, "playing": True, "visible": True}
    return RequestFactory().post(BEAT, json.dumps(body), content_type="application/json", **headers)


@pytest.mark.parametrize(("language", "said"), [("en", "Not found."), ("zh-hans", "未找到。")])
def test_a_beat_is_answered_without_ceremony_in_the_reader_s_language(signals, language, said):
    status, headers, body = asks(beat(headers={"cookie": f"django_language={language}"}))
    assert status == "404 Not Found"
    assert headers["Cache-Control"] == "no-store, private"
    assert int(headers.get("Content-Length", len(body))) == len(body)
    assert json.loads(body) == {"code": "not_found", "detail": said}
    assert signals == []


def test_what_fails_in_a_shortcut_is_a_page_of_trouble_and_no_hung_line(signals):
    with connection.cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT 1 / 0")  # the transaction takes nothing more
    status, _headers, body = asks(beat())
    assert status.startswith(str(HTTPStatus.INTERNAL_SERVER_ERROR.value))
    assert body
    assert signals == []


@pytest.mark.parametrize("path", ["/healthz/", "/api/learn/sessions/1/beats/"])
def test_everything_else_goes_the_long_way(signals, path):
    asks(RequestFactory().get(path))
    assert signals == ["started", "finished"]
