"""Resident ID, phone, bank card and full name of a known learner: shown masked, and kept nowhere in the open."""

import inspect
import logging

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.test import TestCase
from django.urls import reverse

from portal.celery import app as celery
from tests.doors import DOORS, url_of
from tests.world import CARD, NAME, NUMBER, PHONE

NUMBERS = (NUMBER, PHONE.removeprefix("+86"), CARD)
TOLD = {
    "name": "上官𠮷林",
    "number": "520102199203079232",
    "card": "9999991285726840905",
    "phone": "13955558888",
}
READERS = (
    "visitor", "learner", "stranger", "instructor", "catalogue", "reviewer", "ministry",
    "maker", "checker", "auditor", "operator", "far_reviewer",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_media():
    """The store is the world's."""


@pytest.fixture(autouse=True)
def inside(world):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def everything_said(caplog):
    """The root's own filter off: what reaches a log unmasked is found here."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("reader", READERS)
def test_no_page_shows_a_number(world, reader, everything_said):
    browser = world.browser(reader)
    for name, door in DOORS.items():
        if reader not in door.get or name == "api-schema":
            continue
        answer = browser.get(url_of(world, name))
        text = b"".join(answer).decode("utf-8", "replace")
        for secret in NUMBERS if reader == "learner" else (*NUMBERS, NAME):
            assert secret not in text, f"{name} shows {reader} {secret}"
        assert not any(secret in str(answer.headers) for secret in (*NUMBERS, NAME)), name
    in_no_log(everything_said, (*NUMBERS, NAME))


def in_no_log(caplog, secrets):
    for record in caplog.records:
        if record.name.startswith("django.db.backends"):
            continue
        line = record.getMessage() + str(record.args) + str(record.exc_text or "")
        assert not [secret for secret in secrets if secret in line], f"{record.name}: {line[:200]}"


def tables():
    with connection.cursor() as cursor:
        return [table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t"]


def test_no_table_holds_a_number_in_the_open(world):
    """Neither as text nor as bytes: sessions, cache, audit, kept answers, claims, batches, all of them."""
    for table in tables():
        for secret in (*NUMBERS, NAME):
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',  # noqa: S608
                    [f"%{secret}%", f"%{secret.encode().hex()}%"],
                )
                assert cursor.fetchone() == (0,), f"{table} holds {secret}"


def test_a_message_to_the_worker_can_carry_ids_only():
    celery.loader.import_default_modules()
    ours = [task for name, task in celery.tasks.items() if not name.startswith("celery.")]
    assert len(ours) >= len(settings.CELERY_BEAT_SCHEDULE)
    for task in ours:
        told = set(inspect.signature(task.run).parameters) - {"self"}
        assert all(name.endswith("_id") for name in told), f"{task.name} is told {told}"


def test_what_is_told_goes_nowhere_else(world, everything_said):
    """Registration, card and claim, refused and accepted, by page and by API; then all places that remember are read."""
    messages = redis.Redis.from_url(settings.REDIS_URL)
    messages.flushdb()
    newcomer, learner = world.browser("newcomer"), world.browser("learner")
    good = {"name": TOLD["name"], "number": TOLD["number"], "province": "520000", "agreed": "on"}
    card = {"bank_name": "示例银行", "number": TOLD["card"], "agreed": "on"}
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert newcomer.post(reverse("accounts:identity"), good | {"agreed": ""}).status_code == 422
        key = {"headers": {"Idempotency-Key": "0123456789"}, "content_type": "application/json"}
        answers = [
            newcomer.post(reverse("api-identity"), good | {"agreed": True}, **key),
            newcomer.post(reverse("api-identity"), good | {"agreed": True}, **key),
            newcomer.post(reverse("accounts:identity"), good),
            newcomer.post(reverse("accounts:bank"), card),
            newcomer.get(reverse("accounts:bank")),
            learner.post(reverse("subsidies:withdraw", kwargs=world.args["claim"])),
            learner.post(
                reverse("subsidies:check", kwargs=world.args["start_check"]),
                {"agreed": "on", "key": "k" * 12},
            ),
        ]
    assert [answer.status_code for answer in answers[:2]] == [201, 201]
    assert [answer.status_code for answer in answers[2:]] == [422, 302, 200, 302, 302]
    secrets = (*NUMBERS, NAME, TOLD["name"], TOLD["number"], TOLD["card"])
    for answer in (answers[0], answers[1], *answers[3:]):
        assert not [secret for secret in secrets if secret in answer.content.decode() + str(answer.headers)]
    in_no_log(everything_said, secrets)
    for table in tables():
        with connection.cursor() as cursor:
            for secret in (TOLD["name"], TOLD["number"], TOLD["card"]):
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',  # noqa: S608
                    [f"%{secret}%", f"%{secret.encode().hex()}%"],
                )
                assert cursor.fetchone() == (0,), f"{table} holds {secret}"
    sent = [messages.dump(place) for place in messages.scan_iter()]
    assert not [secret for secret in secrets for body in sent if secret.encode() in body]
    messages.flushdb()
    assert mail.outbox == []
