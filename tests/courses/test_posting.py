"""Signatures that others can check, and addresses that lead nowhere they must not."""

import base64
import datetime as dt
import socket

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from courses import posting
from tests.courses.receiver import drip, hang_up, talk

BODY = posting.body_of({"type": "ping", "data": {"name": "𠮷"}})


def test_the_example_of_the_specification():
    """Secret, id, time and body as in the reference libraries' own tests; the signature is theirs."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert (
        posting.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_another_implementation_verifies_what_we_sign():
    secret, old = posting.new_secret(), posting.new_secret()
    now = int(dt.datetime.now(dt.UTC).timestamp())
    headers = posting.signed_headers([secret, old], "msg_1", now, BODY)
    for one in (secret, old):
        assert Webhook(one).verify(BODY, headers)["data"]["name"] == "𠮷"
    for changed in (BODY + b" ", BODY.replace(b"ping", b"pong")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(posting.new_secret()).verify(BODY, headers)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("javascript:alert(1)", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://exa mple.com/", "not_an_address"),
        ("https://例子.com/", "not_an_address"),
        ("https://example.com\r\nX: y/", "not_an_address"),
        ("https://example.com:99999/", "not_an_address"),
        ("https://[::1/", "not_an_address"),
        ("https://me:secret@example.com/", "has_password"),
        ("https://example.com/#a", "has_fragment"),
    ],
)
def test_what_is_no_address_of_a_receiver(settings, url, code):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    with pytest.raises(posting.Unfit) as unfit:
        posting.check_address(url)
    assert unfit.value.code == code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",  # noqa: S104 - refused
        "localhost",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "[2002:7f00:1::]",
    ],
)
def test_private_addresses_are_refused_however_they_are_written(settings, host):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    with pytest.raises(posting.Unfit) as unfit:
        posting.post(f"https://{host}/", BODY, {})
    assert unfit.value.code in {"private", "unknown_host"}
    if not host.startswith("["):
        assert unfit.value.code == "private"


def test_one_private_address_among_public_ones_is_enough(settings, monkeypatch):
    """A name that means both: whichever a second look-up would have given."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows)
    with pytest.raises(posting.Unfit) as unfit:
        posting.resolved("both.example", 443)
    assert unfit.value.code == "private"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows[:1])
    assert posting.resolved("one.example", 443) == "93.184.215.14"


def test_a_message_arrives_whole_with_its_headers(receiver):
    there = receiver(204)
    answer = posting.post(there.url, BODY, {"webhook-id": "msg_1"})
    assert answer.status == 204
    headers, body = there.got[0]
    assert (body, headers["webhook-id"]) == (BODY, "msg_1")
    assert headers["host"] == f"127.0.0.1:{there.server.server_port}"


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    answer = posting.post(receiver(302).url, BODY, {})
    assert (answer.status, answer.is_good) == (302, False)


def test_a_long_answer_is_read_only_in_part(receiver):
    answer = posting.post(receiver(talk).url, BODY, {})
    assert answer.is_good
    assert len(answer.text.encode()) <= posting.MOST_ANSWER + 10


@pytest.mark.parametrize(("how", "code"), [(hang_up, "broken"), (drip, "late")])
def test_a_receiver_that_gives_no_answer(receiver, monkeypatch, how, code):
    monkeypatch.setattr(posting, "ALL_SECONDS", 0.3)
    with pytest.raises(posting.Unreached) as unreached:
        posting.post(receiver(how).url, BODY, {})
    assert unreached.value.code == code


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(posting.Unreached) as unreached:
        posting.post(f"http://127.0.0.1:{port}/", BODY, {})
    assert unreached.value.code == "refused"


def test_tls_is_demanded_and_checked(receiver):
    """A plain server behind an https address, which is no server with a certificate that is trusted."""
    there = receiver()
    with pytest.raises(posting.Unreached) as unreached:
        posting.post(there.url.replace("http://", "https://"), BODY, {})
    assert unreached.value.code in {"tls", "broken"}
    assert there.got == []
