"""Every address of ours × every kind of person: who is let in, who is not, and that whoever is not changes nothing.

A new address needs a row in `tests/doors.py`; without one, `test_every_address_states_its_doors` fails.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.http import HttpResponseNotFound
from django.urls import Resolver404, resolve, reverse

from portal import urls
from tests.doors import ALL, DOORS, NAMED, NOBODY, OWN, addresses, far, url_of
from tests.guards import refuse_writes
from tests.world import HOME, PEOPLE

BENCHES = {
    *("courses:film", "courses:captions", "api-lesson-films", "courses:package", "api-course-package"),
    *("courses:imports", "courses:import", "courses:import-file", "courses:import-template"),
    *("api-imports", "api-import", "api-import-rows"),
    "courses:questions-file",
}
"""Where authors work on a draft: what comes of it lies on the desk."""
FOR_ONESELF = {
    *("subsidies:save_view", "subsidies:packs", "subsidies:pack_file", "subsidies:pack_delete"),
    *("api-claim-packs", "api-pack", "api-pack-file"),
}
"""What changes nothing of anybody else's: a view of one's own, evidence gathered to be read."""
SPOKEN = {
    "province": HOME,
    "reason": "材料不全，请补充。",
    "confirmed": "on",
    "agreed": "on",
    "fund": "SKILL",
    "year": "2026",
    "amount": "1.00",
    "fen": 100,
    "document": "黔财〔2026〕901 号",
    "step": "suspend",
    "chosen": ["A"],
    "course": "GZ-S2",
    "language": "en",
    "size": "large",
    "answers": {},
    "notices": [1],
    "lesson": "film",
    "seq": 1,
    "number": 1,
    "nonce": "x",
    "position": 0,
    "playing": True,
    "told": {},
    "visible": True,
    "words": "网络断了，我一直在看。",
    "why": "现场检查：本人不在。",
    "minutes": "0.5",
    "verdict": "keep",
    "row": 1,
    "code": "000000",
    "begins_at": "2026-05-01T10:00",
    "codes": ["STATED_WRONGLY"],
    "granted": True,
    "to": None,
    "text": "钱已花在培训上。",
}
"""Something to say to every form; what a form does not know it passes over."""


class Read(HTMLParser):
    """What a page leads to: its links and the forms that act."""

    def __init__(self, text: str):
        super().__init__()
        self.links, self.acts, self.inline = set(), set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.inline += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        if tag == "a" and said.get("href"):
            self.links.add(said["href"])
        if tag == "form" and said.get("method", "get").lower() == "post":
            self.acts.add(said.get("action", ""))
        if tag in {"button", "input"} and said.get("formaction"):
            self.acts.add(said["formaction"])


@pytest.fixture(autouse=True)
def own_media():
    """The store is the world's."""


@pytest.fixture(autouse=True)
def inside(world, monkeypatch):
    """Whatever a test changes is taken back; and a short page for what is not there, for there are thousands."""
    monkeypatch.setattr(
        urls, "handler404", lambda request, exception: HttpResponseNotFound("none"), raising=False
    )
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def shut(name, person):
    """The answer to somebody who is not let in."""
    door = DOORS[name]
    if door.machine:
        return 401
    if name.startswith("api-"):
        return 404 if person in door.unknown else 403
    return 302 if person == "visitor" and not door.hidden else 404


def at_sign_in(answer):
    return answer.status_code == 302 and answer.url.startswith("/accounts/login/?next=")


def ask(world, name, person, method="get", *, second_factor=True):
    browser = world.browser(person, second_factor=second_factor)
    url = url_of(world, name)
    # every person at an address of their own: limits per address are tested elsewhere
    from_there = {"REMOTE_ADDR": f"10.0.{PEOPLE.index(person)}.{sum(name.encode()) % 250}"}
    if method == "get":
        return browser.get(url, **from_there)
    said = SPOKEN | {
        "enrolment": world.args["film"]["enrolment_id"],
        "serial": world.args["serial"]["serial"],
    }
    if name.startswith("api-"):
        spoken = {"Tus-Resumable": "1.0.0"}  # of films sent in parts; others pass over it
        return getattr(browser, method)(
            url, said, content_type="application/json", headers=spoken, **from_there
        )
    if method == "post":
        typed = {k: "" if v is None else v for k, v in said.items() if k != "answers"}
        return browser.post(url, typed, **from_there)
    return getattr(browser, method)(url, **from_there)


def test_every_address_states_its_doors():
    named = dict(addresses())
    assert not [pattern for name, pattern in named.items() if name.endswith("None")], "an address has no name"
    assert set(named) - set(DOORS) == set(), "an address without its row in DOORS"
    assert set(DOORS) - set(named) == set(), "a row without its address"
    for name, door in DOORS.items():
        assert door.get | door.post | door.goes | door.refused | door.unknown <= ALL, name


@pytest.mark.parametrize("name", DOORS)
def test_who_may_look(world, name):
    door = DOORS[name]
    seen = door.get | door.goes
    if not seen and not door.machine:
        return
    for person in (
        PEOPLE if name != "api-schema" else ("visitor", "auditor")
    ):  # the schema takes half a second
        answer = ask(world, name, person)
        where = f"{person} at {name}: {answer.status_code}"
        if person in door.get:
            assert answer.status_code == 200, where
            headers_are_right(answer, name, person)
            b"".join(answer)  # films come in pieces
            if answer["Content-Type"].startswith("text/html"):
                leads_nowhere_shut(answer.content.decode(), name, person)
        elif person in door.goes:
            assert answer.status_code == 302, where
            assert not at_sign_in(answer), where
        else:
            assert answer.status_code == shut(name, person), where
            assert answer.status_code != 302 or at_sign_in(answer), where


def headers_are_right(answer, name, person):
    where = f"{name} for {person}"
    policy = answer.headers["Content-Security-Policy"]
    if name == "courses:package-file":  # somebody else's scripts, in an origin of their own
        assert policy.startswith("sandbox allow-scripts "), where
        assert "allow-same-origin" not in policy, where
        assert "'self'" not in policy.replace("frame-ancestors 'self'", ""), where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        return
    assert "unsafe" not in policy, where
    assert "default-src 'none'" in policy, where
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["X-Frame-Options"] == "DENY", where
    assert answer.headers["Referrer-Policy"] == "same-origin", where
    kept = answer.headers.get("Cache-Control", "")
    if name == "courses:media":
        assert "private" in kept, where
    elif person != "visitor":
        assert "no-store" in kept, where


def leads_nowhere_shut(text, name, person):
    """No link and no button leads this person to a door that is shut for them; and nothing is inline."""
    page = Read(text)
    assert page.inline == [], f"{name}: inline {page.inline}"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), f"{name}: inline script"
    for link in page.links:
        if (door := door_of(link)) is not None:
            led = person in door.get | door.goes or (person == "visitor" and leads_through_sign_in(link))
            own = person in NAMED and door.get >= OWN  # a thing of the same kind, of their own
            own = own or at_home(name, person, door.get | door.goes)
            assert led or own, f"{name} shows {person} a link to {link}"
    for act in page.acts:
        if (door := door_of(act or f"#{name}")) is not None:
            able = person in door.post | door.refused  # refused here, for this province; not in their own
            able = able or at_home(name, person, door.post | door.refused)
            able = able or (name == "notices:list" and door is DOORS["notices:open"])  # one's own message
            assert able, f"{name} shows {person} a button to {act}"


def at_home(name, person, let_in):
    """A page of one's own, of no thing in particular, may lead an office of another province to its own things."""
    return not DOORS[name].args and person.removeprefix("far_") in let_in


def leads_through_sign_in(link):
    """What a visitor may well be shown: pages that are theirs once they are signed in."""
    door = door_of(link)
    return bool((door.get | door.goes) & OWN)


def door_of(link):
    """The door behind a link on a page; None for what is none of ours."""
    if link.startswith("#"):
        return DOORS.get(link[1:])
    try:
        return DOORS.get(resolve(urlsplit(link).path).view_name) if link.startswith("/") else None
    except Resolver404:
        return None


@pytest.mark.parametrize(
    "name", [name for name, door in DOORS.items() if door.post or door.hidden or door.machine]
)
def test_who_may_act(world, name):
    """Whoever may not, changes nothing. (What becomes of those who may is told in the tests of each app.)"""
    door = DOORS[name]
    for person in PEOPLE:
        if person in door.post:
            continue
        with connection.execute_wrapper(refuse_writes):
            answer = ask(world, name, person, door.method)
        where = f"{person} at {name}: {answer.status_code}"
        if person in door.refused:
            assert answer.status_code in {302, 400, 404, 409, 422}, where
            assert not at_sign_in(answer), where
        elif person in door.goes:
            assert answer.status_code == 302, where
        elif door.hidden:
            assert answer.status_code in {404, 405}, where
        else:
            assert answer.status_code == shut(name, person), where
            assert answer.status_code != 302 or at_sign_in(answer), where


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.post])
def test_whoever_may_act_comes_through(world, name):
    door = DOORS[name]
    for person in sorted(door.post)[:6]:
        with transaction.atomic():
            answer = ask(world, name, person, door.method)
            transaction.set_rollback(True)
        assert answer.status_code not in {401, 403, 405}, f"{person} at {name}"
        assert answer.status_code < 500, f"{person} at {name}"
        assert not (answer.status_code == 302 and "second-factor" in answer.url), f"{person} at {name}"


@pytest.mark.parametrize(
    "name", [name for name, door in DOORS.items() if door.get or not (door.hidden or door.machine)]
)
def test_other_methods_are_refused(world, name):
    door = DOORS[name]
    able = min(door.get | door.post | door.goes)
    for method in {"put", "patch", "delete", "post"} - ({door.method} if door.post else set()) - door.also:
        with connection.execute_wrapper(refuse_writes):
            answer = ask(world, name, able, method)
        if name == "set_language":
            assert answer.status_code == 302
            continue
        assert answer.status_code == 405, f"{method} by {able} at {name}: {answer.status_code}"
    if not door.get | door.goes:
        assert ask(world, name, able).status_code == 405, f"get by {able} at {name}"


def offices(name):
    """Who passes this door because of an office, not because everybody or the owner does."""
    door = DOORS[name]
    people = (door.get | door.post) - NAMED - {"visitor"}
    return NOBODY if "newcomer" in people else people


@pytest.mark.parametrize("name", [name for name in DOORS if offices(name)])
def test_an_office_needs_the_second_factor(world, name):
    door = DOORS[name]
    for person in offices(name):
        for method in ["get"] * (person in door.get) + [door.method] * (person in door.post):
            with connection.execute_wrapper(refuse_writes):
                answer = ask(world, name, person, method, second_factor=False)
            led = answer.status_code == 302 and answer.url == reverse("accounts:second_factor")
            assert led or answer.status_code in {403, 404}, (
                f"{person} at {name} without the second factor: {answer.status_code}"
            )


def test_an_auditor_reads_every_desk_and_changes_nothing():
    for name, door in DOORS.items():
        desk = door.get & frozenset({"catalogue", "reviewer", "ministry", "maker", "checker", "operator"})
        if desk and name not in BENCHES:
            assert "auditor" in door.get, name
        if "auditor" in door.post and name not in FOR_ONESELF:
            assert "newcomer" in door.post, f"an auditor may act at {name}"


@pytest.mark.parametrize(
    "name", [name for name, door in DOORS.items() if door.get & far("reviewer", "maker")]
)
def test_another_province_sees_nothing_of_this_one(world, name):
    """On pages that both provinces' officers open, no number, course or name of Guizhou stands for those of Sichuan."""
    if "newcomer" in DOORS[name].get or DOORS[name].args:
        return  # everybody's pages, with the public catalogue on them
    ours = [
        world.things["claim"].number,
        world.things["returned"].number,
        world.things["certificate"].serial,
        world.things["external"].serial,
        world.things["batch"].number,
        world.things["sent"].number,
        world.args["course"]["code"],
        world.things["claim"].holder_masked,
    ]
    for person in DOORS[name].get & far("catalogue", "reviewer", "maker", "checker", "manager", "instructor"):
        text = b"".join(ask(world, name, person)).decode()  # lists come in pieces
        assert not [word for word in ours if word in text], f"{person} at {name}"
