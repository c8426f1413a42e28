"""Messages to partners: written with what they tell of, sent at least once, signed by every secret that is valid."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from standardwebhooks import Webhook

from courses import posting, services, tasks
from courses.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from courses.services import webhooks
from courses.workflow import EVENTS, DeliveryState
from portal.accounts.models import User
from portal.audit.models import Entry
from tests.courses.receiver import hang_up

URL = "https://hooks.example.com/zhixun"


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands where the test sets it; signatures are checked against the real one."""

    class Clock:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)

        def forward(self, **by):
            self.now += dt.timedelta(**by)

    clock = Clock()
    monkeypatch.setattr("portal.clock.now", lambda: clock.now)
    return clock


@pytest.fixture
def endpoint(provider, author, at):
    return webhooks.add_endpoint(provider, url=URL, events=list(EVENTS), by=author, at=at)[0]


@pytest.fixture
def at_receiver(provider, author, clock):
    def make(there):
        return webhooks.add_endpoint(provider, url=there.url, events=list(EVENTS), by=author, at=clock.now)

    return make


def events(rows=None):
    return list((rows or WebhookDelivery.objects).order_by("pk").values_list("event", flat=True))


def test_every_step_of_a_course_is_told_with_its_reason(endpoint, make_course, author, keeper, at):
    course = make_course(ready=True, partner_ref="REF-𠮷-1")
    services.submit(course, by=author, at=at)
    services.send_back(course, by=keeper, at=at, reason="缺字幕")
    services.submit(course, by=author, at=at)
    services.recall(course, by=author, at=at)
    services.submit(course, by=author, at=at)
    services.publish(course, by=keeper, at=at)
    services.suspend(course, by=keeper, at=at, reason="内容过时")
    services.resume(course, by=keeper, at=at, reason="已更新")
    services.withdraw(course, by=keeper, at=at, reason="不再开设")
    told = ["submitted", "under_review"]
    assert events() == [
        f"course.{step}"
        for step in [
            *told,
            "returned",
            *told,
            "recalled",
            *told,
            "published",
            "suspended",
            "resumed",
            "withdrawn",
        ]
    ]
    returned = WebhookDelivery.objects.get(event="course.returned")
    assert returned.payload == {
        "type": "course.returned",
        "timestamp": at.isoformat(),
        "data": {
            "partner_ref": "REF-𠮷-1",
            "code": "GZ-0001",
            "state": "unlisted",
            "version": 1,
            "reason": "缺字幕",
        },
    }


def test_a_step_that_fails_tells_nothing(endpoint, make_course, author, at):
    with pytest.raises(services.steps.NotReady):
        services.submit(make_course(), by=author, at=at)
    assert events() == []


def test_only_the_organisation_hears_and_only_what_it_asked_for(
    endpoint, provider, guizhou, make_course, author, keeper, at
):
    webhooks.set_events(endpoint, events=["course.published", "nonsense"], by=author, at=at)
    endpoint.refresh_from_db()
    assert endpoint.events == ["course.published"]
    other = make_course("GZ-0002", ready=True, organisation=_another(guizhou))
    services.submit(other, by=author, at=at)
    services.publish(other, by=keeper, at=at)
    assert events() == []
    own = make_course(ready=True)
    services.submit(own, by=author, at=at)
    services.publish(own, by=keeper, at=at)
    assert events() == ["course.published"]


def _another(guizhou):
    from tests import factories

    return factories.organisation()


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "https://me:pw@example.com/", "nowhere"])
def test_an_unfit_address_is_refused_with_a_sentence(settings, provider, author, at, url):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    with pytest.raises(webhooks.BadAddress) as refused:
        webhooks.add_endpoint(provider, url=url, events=[], by=author, at=at)
    assert str(refused.value)
    assert not WebhookEndpoint.objects.exists()


def test_the_same_address_once_and_five_in_all(provider, endpoint, author, at):
    with pytest.raises(ValidationError):
        webhooks.add_endpoint(provider, url=URL, events=[], by=author, at=at)
    for n in range(4):
        webhooks.add_endpoint(provider, url=f"{URL}/{n}", events=[], by=author, at=at)
    with pytest.raises(webhooks.TooManyEndpoints):
        webhooks.add_endpoint(provider, url=f"{URL}/x", events=[], by=author, at=at)
    webhooks.remove(endpoint, by=author, at=at)
    webhooks.add_endpoint(provider, url=URL, events=[], by=author, at=at)


def test_a_message_is_sent_signed_and_marked_once(receiver, at_receiver, author, clock):
    there = receiver(200)
    endpoint, secret = at_receiver(there)
    delivery = webhooks.ping(endpoint, by=author, at=clock.now)
    assert (tasks.send_due_deliveries(), tasks.send_due_deliveries()) == (1, 0)
    headers, body = there.got[0]
    assert len(there.got) == 1
    assert Webhook(secret).verify(body, headers)["type"] == "ping"
    assert headers["webhook-id"] == delivery.message_id
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.answer_status) == ("delivered", 1, 200)
    assert delivery.answer_text == "thank you"


def test_a_receiver_that_fails_is_tried_again_later_each_time_and_given_up_in_the_end(
    receiver, at_receiver, author, clock
):
    there = receiver(500)
    endpoint, _secret = at_receiver(there)
    delivery = webhooks.ping(endpoint, by=author, at=clock.now)
    waits = []
    for turn in range(webhooks.MOST_TRIES):
        assert tasks.send_due_deliveries() == 0
        assert tasks.send_due_deliveries() == 0, "not due yet"
        delivery.refresh_from_db()
        assert delivery.tries == turn + 1
        if delivery.state == DeliveryState.WAITING:
            waits.append(delivery.due_at - clock.now)
            clock.now = delivery.due_at
    assert len(there.got) == webhooks.MOST_TRIES
    assert len({headers["webhook-id"] for headers, _body in there.got}) == 1
    assert (delivery.state, delivery.due_at, delivery.problem) == ("failed", None, "status")
    assert delivery.problem_text
    for tries, wait in enumerate(waits, 1):
        whole = min(webhooks.FIRST_WAIT * 3 ** (tries - 1), webhooks.LONGEST_WAIT)
        assert whole * 0.75 <= wait <= whole * 1.25
    there.answers = [200]
    webhooks.resend(delivery, by=author, at=clock.now)
    assert tasks.send_due_deliveries() == 1
    assert there.got[-1][0]["webhook-id"] == delivery.message_id


def test_a_worker_that_dies_between_sending_and_marking_sends_the_same_message_again(
    receiver, at_receiver, author, clock
):
    there = receiver(200)
    endpoint, secret = at_receiver(there)
    webhooks.ping(endpoint, by=author, at=clock.now)
    taken = webhooks.take_up(at=clock.now)
    webhooks.send(taken, at=clock.now)  # and here the worker is killed
    assert tasks.send_due_deliveries() == 0, "leased"
    clock.forward(seconds=webhooks.LEASE.total_seconds())
    assert tasks.send_due_deliveries() == 1
    (first, body), (second, again) = there.got
    assert first["webhook-id"] == second["webhook-id"]
    assert body == again
    assert Webhook(secret).verify(again, second)


def test_a_slow_worker_does_not_undo_what_another_has_done(endpoint, author, at):
    webhooks.ping(endpoint, by=author, at=at)
    slow = webhooks.take_up(at=at)
    later = at + webhooks.LEASE
    quick = webhooks.take_up(at=later)
    assert quick.pk == slow.pk
    webhooks.mark(slow, at=later, problem="late")
    quick.refresh_from_db()
    assert quick.due_at == later + webhooks.LEASE, "the word of whoever was taken for dead is passed over"
    webhooks.mark(quick, at=later, answer=posting.Answer(200, ""))
    webhooks.mark(slow, at=later, problem="late")
    quick.refresh_from_db()
    assert quick.state == DeliveryState.DELIVERED


def test_a_message_that_kills_every_worker_is_given_up(endpoint, author, clock):
    delivery = webhooks.ping(endpoint, by=author, at=clock.now)
    for _turn in range(webhooks.MOST_TRIES):
        assert webhooks.take_up(at=clock.now)
        clock.forward(seconds=webhooks.LEASE.total_seconds())
    assert tasks.send_due_deliveries() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == ("failed", "lost")


def test_one_failing_endpoint_does_not_hold_up_another(receiver, at_receiver, author, clock):
    bad, good = receiver(hang_up), receiver(200)
    for there in (bad, good):
        endpoint, _secret = at_receiver(there)
        for _turn in range(3):
            webhooks.ping(endpoint, by=author, at=clock.now)
    assert tasks.send_due_deliveries() == 3
    assert (len(bad.got), len(good.got)) == (1, 3)


def test_while_two_secrets_are_valid_both_sign(receiver, at_receiver, author, clock):
    there = receiver(200)
    endpoint, old = at_receiver(there)
    clock.forward(hours=-30)
    WebhookSecret.objects.update(starts_at=clock.now)
    new = webhooks.rotate_secret(endpoint, by=author, at=clock.now)
    with pytest.raises(webhooks.StillRotating):
        webhooks.rotate_secret(endpoint, by=author, at=clock.now)
    headers = posting.signed_headers(
        [s.secret for s in webhooks.live_secrets(endpoint, at=clock.now)],
        "msg_1",
        int(dt.datetime.now(dt.UTC).timestamp()),
        b"{}",
    )
    for secret in (old, new):
        Webhook(secret).verify(b"{}", headers)
    clock.forward(hours=24)
    assert [s.secret for s in webhooks.live_secrets(endpoint, at=clock.now)] == [new]
    webhooks.rotate_secret(endpoint, by=author, at=clock.now)


def test_secrets_lie_sealed_and_in_no_log(endpoint, provider, author, at):
    other, secret = webhooks.add_endpoint(provider, url=URL + "/2", events=[], by=author, at=at)
    row = WebhookSecret.objects.get(endpoint=other)
    assert row.secret == secret
    assert secret.encode() not in bytes(row.secret_sealed)
    entries = Entry.objects.filter(thing_type="courses.webhookendpoint")
    assert entries.exists()
    assert not [entry for entry in entries if secret in str(entry.detail) + entry.reason]


def test_what_is_kept_back_goes_when_it_is_resumed(receiver, at_receiver, author, clock):
    there = receiver(200)
    endpoint, _secret = at_receiver(there)
    webhooks.pause(endpoint, by=author, at=clock.now)
    webhooks.ping(endpoint, by=author, at=clock.now)
    assert tasks.send_due_deliveries() == 0
    webhooks.unpause(endpoint, by=author, at=clock.now)
    assert tasks.send_due_deliveries() == 1


def test_an_address_that_says_gone_is_paused_by_the_system(receiver, at_receiver, author, clock):
    endpoint, _secret = at_receiver(receiver(410))
    webhooks.ping(endpoint, by=author, at=clock.now)
    tasks.send_due_deliveries()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.paused_by, endpoint.paused_reason) == ("paused", None, "gone")
    assert endpoint.pause_text


def test_a_removed_address_gets_nothing_more(endpoint, author, at):
    waiting = webhooks.ping(endpoint, by=author, at=at)
    webhooks.remove(endpoint, by=author, at=at)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.problem) == ("failed", "removed")
    for act in (webhooks.ping, webhooks.rotate_secret):
        with pytest.raises(webhooks.EndpointRemoved):
            act(endpoint, by=author, at=at)
    with pytest.raises(webhooks.EndpointRemoved):
        webhooks.resend(waiting, by=author, at=at)
    assert webhooks.announce("course.published", endpoint.organisation_id, at=at) == 0


def test_two_workers_never_take_the_same_message(together, receiver):
    """Each message goes out once, though two workers ask at the same moment."""
    from portal.accounts.models import Organisation
    from tests import factories

    there = receiver(200)
    author = factories.user("author")
    provider = factories.organisation()
    assert isinstance(provider, Organisation)
    assert isinstance(author, User)
    now = dt.datetime.now(dt.UTC)
    endpoint, _secret = webhooks.add_endpoint(provider, url=there.url, events=[], by=author, at=now)
    for _turn in range(6):
        webhooks.ping(endpoint, by=author, at=now)
    assert sum(together(lambda _n: tasks.send_due_deliveries(), 2)) == 6
    ids = [headers["webhook-id"] for headers, _body in there.got]
    assert len(ids) == len(set(ids)) == 6
