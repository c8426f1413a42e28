"""What a worker does with its messages while the broker does not answer."""

import pytest
from kombu import Connection, Queue

from portal.celery import app
from portal.embedded import Broker
from tests.silence import silent

PLACES = 2


@pytest.fixture
def broker(tmp_path):
    broker = Broker(tmp_path / "redis")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def channel(broker):
    options = app.conf.broker_transport_options
    with (
        Connection(broker.broker_url, transport_options=options) as link,
        link.channel() as channel,
        link.SimpleQueue("nudges") as queue,
    ):
        for nudge in range(PLACES + 1):
            queue.put(nudge)
        Queue("nudges", channel=channel).declare()
        channel.basic_qos(0, PLACES, False)
        yield channel


@pytest.mark.parametrize("answer", ["ack", "reject", "requeue"])
def test_a_place_is_free_again_though_the_broker_said_nothing_to_the_answer(broker, channel, answer):
    taken = [channel.basic_get("nudges") for _ in range(PLACES)]
    assert not channel.qos.can_consume()
    with silent(broker):
        for message in taken:
            with pytest.raises(channel.connection_errors):
                getattr(message, answer)()
    assert channel.qos.can_consume()
    assert channel.basic_get("nudges").payload == PLACES
