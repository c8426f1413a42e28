import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse

from portal.accounts import sms
from portal.accounts.models import SentMessage
from tests.factories import AT, user

TO, TEXT = "+8613912345678", "Your Zhixun code is 123456."


class Gateway(BaseHTTPRequestHandler):
    """An SMS provider on loopback: says what it was told, answers as it is told."""

    received: list = []
    status = 200
    silent = threading.Event()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.append((self.headers["Authorization"], body))
        self.silent.wait(timeout=0 if self.status else 10)
        self.send_response(self.status or 200)
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def gateway(settings):
    Gateway.received, Gateway.status = [], 200
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_PORT = "portal.accounts.sms.Http"
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_HTTP_TOKEN = "token"
    yield Gateway
    Gateway.silent.set()
    server.shutdown()
    server.server_close()
    Gateway.silent.clear()


def test_a_message_is_posted_with_the_token(gateway):
    sms.send(TO, TEXT, at=AT)
    (said, body) = gateway.received[0]
    assert said == "Bearer token"
    assert (body["to"], body["text"]) == (TO, TEXT)


def test_a_refusal_is_one_sentence(gateway):
    gateway.status = 503
    with pytest.raises(sms.SmsFailed):
        sms.send(TO, TEXT, at=AT)


def test_a_provider_that_says_nothing_is_given_up(gateway, monkeypatch):
    gateway.status = 0
    monkeypatch.setattr(sms, "_TIMEOUT_S", 0.2)
    with pytest.raises(sms.SmsFailed):
        sms.send(TO, TEXT, at=AT)


def test_no_log_holds_the_number_or_the_code(gateway, settings, caplog):
    gateway.status = 503
    with caplog.at_level("INFO"), pytest.raises(sms.SmsFailed):
        sms.send(TO, TEXT, at=AT)
    settings.SMS_PORT = "portal.accounts.sms.Console"
    with caplog.at_level("INFO"):
        sms.send(TO, TEXT, at=AT)
    assert "139****5678" in caplog.text
    assert "13912345678" not in caplog.text
    assert "123456" not in caplog.text


@pytest.mark.django_db
def test_the_recorder_keeps_messages_sealed(settings):
    sms.send(TO, TEXT, at=AT)
    message = SentMessage.objects.get()
    assert message.text == TEXT
    assert TEXT.encode() not in bytes(message.text_sealed)
    assert message.to_masked == "139****5678"


@pytest.mark.django_db
def test_a_page_survives_a_provider_that_is_down(client, gateway):
    gateway.status = 503
    person = user()
    page = client.post(reverse("account_request_login_code"), {"phone": person.phone}, follow=True)
    assert page.status_code == 200
    assert str(sms.SmsFailed.message) in page.content.decode()
    assert reverse("account_confirm_login_code") == page.request["PATH_INFO"]
