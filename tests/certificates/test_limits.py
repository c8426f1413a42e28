import pytest
from django.core.cache import cache
from django.test import RequestFactory

from portal import limits

MINUTE = 1_800_000_000.0


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr("time.time", lambda: MINUTE + 15)


def ask(address):
    return limits.asked(RequestFactory().get("/", REMOTE_ADDR=address))


def test_an_address_has_so_many_questions_a_minute(monkeypatch):
    monkeypatch.setattr(limits, "A_MINUTE", 2)
    turns = [ask("203.0.113.7") for _turn in range(3)]
    assert [(turn.left, turn.refused, turn.seconds) for turn in turns] == [
        (1, False, 45),
        (0, False, 45),
        (-1, True, 45),
    ]
    assert turns[1].headers == {
        "RateLimit-Limit": "2",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "45",
    }
    assert turns[2].headers["Retry-After"] == "45"
    assert not ask("203.0.113.8").refused, "a neighbour is not hindered"
    monkeypatch.setattr("time.time", lambda: MINUTE + 60)
    assert not ask("203.0.113.7").refused, "in the next minute it may ask again"


@pytest.mark.parametrize(
    ("neighbours", "others"),
    [
        (["203.0.113.1", "203.0.113.200", "203.0.113.99"], "203.0.114.1"),
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2:3:4:5:6"], "2001:db8:1:3::1"),
        (["::ffff:203.0.113.1", "203.0.113.2", "203.0.113.3"], "::ffff:203.0.114.3"),
        (["fe80::1%eth0", "fe80::2", "fe80::3"], "fe80:0:0:1::1"),
    ],
)
def test_who_has_a_network_has_no_more(monkeypatch, neighbours, others):
    monkeypatch.setattr(limits, "OF_A_NETWORK", 2)
    assert [ask(address).refused for address in neighbours] == [False, False, True]
    assert not ask(others).refused


def test_files_are_counted_apart(monkeypatch):
    monkeypatch.setattr(limits, "FILES", 1)
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")
    assert [limits.sent(request).refused for _turn in range(2)] == [False, True]
    assert not ask("203.0.113.7").refused


def test_however_many_come_the_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr(limits, "MOST_KEPT", 100)
    for place in range(300):
        ask(f"203.{place // 250}.{place % 250}.1")
    assert len(limits._counts) <= 102


def test_an_address_that_is_none_is_counted_as_it_is(monkeypatch):
    monkeypatch.setattr(limits, "A_MINUTE", 1)
    monkeypatch.setattr("portal.entrance.EntranceAdapter.get_client_ip", lambda _self, _request: "unix:")
    assert [ask("203.0.113.1").refused for _turn in range(2)] == [False, True]


@pytest.mark.django_db
def test_nothing_waits_for_a_cache(client, monkeypatch):
    """Neither the database's table nor anything else is asked to count."""

    def broken(*_args, **_named):
        raise ConnectionError("no cache")

    for name in ("get", "set", "add", "incr", "get_many"):
        monkeypatch.setattr(cache._connections[cache._alias], name, broken)
    with pytest.raises(ConnectionError):
        cache.get("x")
    monkeypatch.setattr(limits, "A_MINUTE", 1)
    assert [client.get("/verify/abc/").status_code for _turn in range(2)] == [404, 429]
