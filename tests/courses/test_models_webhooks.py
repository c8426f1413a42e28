"""Addresses and messages of partners: every cell of their tables of moves, and what the database refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from courses import posting
from courses.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from courses.services import webhooks
from courses.workflow import DELIVERY_MOVES, ENDPOINT_MOVES, EVENTS, DeliveryState, EndpointState
from portal.moves import IllegalMove

URL = "https://hooks.example.com/zhixun"


@pytest.fixture
def endpoint(provider, author, at):
    return webhooks.add_endpoint(provider, url=URL, events=list(EVENTS), by=author, at=at)[0]


def _in_state(endpoint, state, by, at):
    if state == EndpointState.PAUSED:
        webhooks.pause(endpoint, by=by, at=at)
    elif state == EndpointState.REMOVED:
        webhooks.remove(endpoint, by=by, at=at)


@pytest.mark.parametrize("state", EndpointState.values)
@pytest.mark.parametrize("step", ENDPOINT_MOVES)
def test_every_cell_of_an_endpoint(endpoint, author, at, step, state):
    _in_state(endpoint, state, author, at)
    act = {"pause": webhooks.pause, "resume": webhooks.unpause, "remove": webhooks.remove}[step]
    if state in ENDPOINT_MOVES[step].sources:
        assert act(endpoint, by=author, at=at).state == ENDPOINT_MOVES[step].target
    else:
        with pytest.raises(IllegalMove):
            act(endpoint, by=author, at=at)


@pytest.mark.parametrize("source", EndpointState.values)
@pytest.mark.parametrize("target", EndpointState.values)
def test_the_database_holds_the_moves_of_an_endpoint(endpoint, author, at, source, target):
    _in_state(endpoint, source, author, at)
    legal = {(s, m.target) for m in ENDPOINT_MOVES.values() for s in m.sources}
    words = {
        "state": target,
        "paused_at": at if target == "paused" else None,
        "paused_by": None,
        "paused_reason": "desk" if target == "paused" else "",
        "removed_at": at if target == "removed" else None,
        "removed_by": author if target == "removed" else None,
    }
    if source == target or (source, target) in legal:
        WebhookEndpoint.objects.update(**words)
    else:
        with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
            WebhookEndpoint.objects.update(**words)


@pytest.mark.parametrize("source", DeliveryState.values)
@pytest.mark.parametrize("target", DeliveryState.values)
def test_the_database_holds_the_moves_of_a_delivery(endpoint, author, at, source, target):
    row = webhooks.ping(endpoint, by=author, at=at)
    words = {
        "waiting": {"due_at": at, "delivered_at": None},
        "delivered": {"due_at": None, "delivered_at": at},
        "failed": {"due_at": None, "delivered_at": None, "problem": "late"},
    }
    rows = WebhookDelivery.objects.filter(pk=row.pk)
    rows.update(state=source, **words[source])
    legal = {(s, m.target) for m in DELIVERY_MOVES.values() for s in m.sources}
    if source == target or (source, target) in legal:
        rows.update(state=target, **words[target])
    else:
        with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
            rows.update(state=target, **words[target])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"state": "lost"}, "does not go from waiting to lost"),
        ({"due_at": None}, "webhook_delivery_state_has_its_times"),
        ({"state": "failed", "due_at": None, "problem": ""}, "webhook_delivery_state_has_its_times"),
        ({"state": "delivered", "due_at": None}, "webhook_delivery_state_has_its_times"),
        ({"payload": {"type": "other"}}, "never change"),
        ({"event": "other"}, "never change"),
    ],
)
def test_what_the_database_refuses_of_a_delivery(endpoint, author, at, words, name):
    row = webhooks.ping(endpoint, by=author, at=at)
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        WebhookDelivery.objects.filter(pk=row.pk).update(**words)


def test_a_delivery_begins_waiting(endpoint, at):
    with pytest.raises(IntegrityError, match="begins waiting"), transaction.atomic():
        WebhookDelivery.objects.create(
            province_id=endpoint.province_id,
            endpoint=endpoint,
            event="ping",
            payload={},
            created_at=at,
            state="delivered",
            delivered_at=at,
        )


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"state": "lost"}, "does not go from active to lost"),
        ({"state": "paused"}, "webhook_endpoint_paused_has_reason"),
        ({"paused_reason": "desk"}, "webhook_endpoint_paused_has_reason"),
        ({"state": "removed"}, "webhook_endpoint_removed_has_time"),
        ({"removed_by": 1}, "webhook_endpoint_removed_at_with_by"),
    ],
)
def test_what_the_database_refuses_of_an_endpoint(endpoint, author, words, name):
    if "removed_by" in words:
        words = {"removed_by": author}
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**words)


def test_what_the_database_refuses_of_endpoints_and_secrets(endpoint, author, at):
    with pytest.raises(IntegrityError, match="webhook_endpoint_once"), transaction.atomic():
        WebhookEndpoint.objects.create(
            province_id=endpoint.province_id,
            organisation_id=endpoint.organisation_id,
            url=URL,
            created_at=at,
            created_by=author,
        )
    second = WebhookSecret(endpoint=endpoint, starts_at=at, created_by=author)
    second.secret = posting.new_secret()
    with pytest.raises(IntegrityError, match="webhook_secret_one_newest"), transaction.atomic():
        second.save()
    second.ends_at = at
    with pytest.raises(IntegrityError, match="webhook_secret_ends_after_it_starts"), transaction.atomic():
        second.save()
