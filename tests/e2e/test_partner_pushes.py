"""Journey of a machine: a partner pushes a thousand courses twice, loses answers, races itself, and hears what came of it."""

import datetime as dt
import json
import threading
import time
from http.client import HTTPConnection
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.core.wsgi import get_wsgi_application
from standardwebhooks import Webhook

from courses import services, tasks
from courses.models import Course, CourseVersion, Lesson, PartnerCall, Question, WebhookDelivery
from courses.services import partner_keys, webhooks
from courses.workflow import EVENTS
from portal.accounts.roles import Role
from tests import factories
from tests.courses.partner import Machine, document
from tests.courses.receiver import Receiver, hang_up

THOUSAND, AT_ONCE = 1_000, 100


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        pass


class Line:
    """HTTP as a partner's system speaks it: over a socket, with a key."""

    def __init__(self, port, token):
        self.port, self.token = port, token

    def __call__(self, method, path, body=None, *, read=True, **headers):
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        said = json.dumps(body).encode() if body is not None else None
        known = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        line.request(
            method,
            f"/api/partner/v1{path}",
            said,
            known | {k.replace("_", "-"): v for k, v in headers.items()},
        )
        if not read:
            line.sock.close()
            return None
        answer = line.getresponse()
        told = json.loads(answer.read() or b"null")
        line.close()
        return answer.status, told


@pytest.fixture
def partner(committed_db, settings):
    settings.PARTNER_CALLS_PER_MINUTE, settings.PARTNER_BURST = 6_000, 1_000
    organisation = factories.organisation()
    machine = Machine(organisation, at=dt.datetime.now(dt.UTC))
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    machine.line = Line(server.server_port, machine.token)
    yield machine
    server.shutdown()
    server.server_close()


def thousand():
    return [
        document(partner_ref=f"批-{n:04d}", title_zh=f"焊工（五级）：第 {n} 课 𠮷") for n in range(THOUSAND)
    ]


def push(line, documents):
    counts, codes = {}, {}
    for start in range(0, len(documents), AT_ONCE):
        status, told = line("POST", "/courses/", {"courses": documents[start : start + AT_ONCE]})
        assert status == 200, told
        for fate, n in told["counts"].items():
            counts[fate] = counts.get(fate, 0) + n
        codes |= {row["partner_ref"]: row["code"] for row in told["results"]}
    return counts, codes


def rows():
    return [model.objects.count() for model in (Course, CourseVersion, Lesson, Question)]


def test_a_thousand_courses_pushed_twice_are_a_thousand_courses(partner):
    first, codes = push(partner.line, thousand())
    assert first == {"created": THOUSAND}
    before = rows()
    assert before == [THOUSAND] * 4
    second, again = push(partner.line, thousand())
    assert second == {"unchanged": THOUSAND}
    assert again == codes
    assert rows() == before
    assert len(set(codes.values())) == THOUSAND
    assert set(Course.objects.values_list("state", flat=True)) == {"unlisted"}
    assert [c["fate"] for c in partner.line("GET", "/calls/")[1]["results"][:10]] == ["unchanged"] * 10


def test_an_answer_that_was_lost_is_asked_for_again(partner):
    """The partner hangs up before it hears, and sends the same again with the same key, and once without."""
    partner.line("PUT", "/courses/A-1/", document(), read=False, Idempotency_Key="night-0001")
    until = time.monotonic() + 30
    while not PartnerCall.objects.exists() and time.monotonic() < until:
        time.sleep(0.05)
    status, told = partner.line("PUT", "/courses/A-1/", document(), Idempotency_Key="night-0001")
    assert (status, told["fate"]) == (201, "created")
    status, plain = partner.line("PUT", "/courses/A-1/", document())
    assert (status, plain["fate"], plain["code"]) == (200, "unchanged", told["code"])
    assert Course.objects.count() == 1


def test_two_pushes_of_the_same_courses_at_once(partner, together):
    documents = [document(partner_ref=f"A-{n}") for n in range(20)]
    answers = together(lambda _n: partner.line("POST", "/courses/", {"courses": documents}), 3)
    assert [status for status, _told in answers] == [200] * 3
    counts = sorted(str(told["counts"]) for _status, told in answers)
    assert counts == ["{'created': 20}", "{'unchanged': 20}", "{'unchanged': 20}"]
    assert Course.objects.count() == 20


def test_the_same_key_at_once_does_the_work_once(partner, together):
    answers = together(
        lambda _n: partner.line("PUT", "/courses/A-1/", document(), Idempotency_Key="night-0001"), 3
    )
    assert [status for status, _told in answers] == [201] * 3
    assert all(told == answers[0][1] for _status, told in answers)
    fates = sorted(PartnerCall.objects.values_list("fate", flat=True))
    assert fates == ["created", "repeated", "repeated"]


def test_a_key_is_rotated_without_a_gap(partner):
    now = dt.datetime.now(dt.UTC)
    _key, token = partner_keys.make_key(partner.key.organisation, name="新的", by=partner.manager, at=now)
    new = Line(partner.line.port, token)
    assert partner.line("PUT", "/courses/A-1/", document())[0] == 201
    assert new("PUT", "/courses/A-1/", document())[1]["fate"] == "unchanged"
    partner_keys.revoke_key(partner.key, by=partner.manager, at=now, reason="换新")
    assert partner.line("GET", "/courses/")[0] == 401
    assert new("GET", "/courses/")[0] == 200


def test_the_partner_hears_what_became_of_its_course_though_its_receiver_stumbles(partner, monkeypatch):
    """Fails, hangs up, answers; a secret is rotated meanwhile; a worker dies after sending. Each event is heard, once by id."""
    real = dt.datetime.now(dt.UTC)
    clock = [real]
    monkeypatch.setattr("portal.clock.now", lambda: clock[0])
    there = Receiver(500, hang_up, 200)
    endpoint, old = webhooks.add_endpoint(
        partner.key.organisation, url=there.url, events=list(EVENTS), by=partner.manager, at=real
    )
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, name="keeper", at=real)
    partner.line("PUT", "/courses/A-1/", document())
    assert partner.line("POST", "/courses/A-1/submit/")[0] == 200
    new = webhooks.rotate_secret(endpoint, by=partner.manager, at=real)
    services.publish(Course.objects.get(), by=keeper, at=real)
    lost = None
    for _turn in range(60):
        if not WebhookDelivery.objects.filter(state="waiting").exists():
            break
        if lost is None and len(there.got) >= 2 and (lost := webhooks.take_up(at=clock[0])):
            webhooks.send(lost, at=clock[0])  # and the worker is killed before it can mark
        tasks.send_due_deliveries()
        tasks.send_due_deliveries()
        clock[0] += dt.timedelta(seconds=30)
    there.close()
    heard, once = [], set()
    for headers, body in there.got:
        live = (old, new)
        assert any(_verifies(secret, body, headers) for secret in live)
        if headers["webhook-id"] not in once:
            once.add(headers["webhook-id"])
            heard.append(json.loads(body)["type"])
    assert sorted(heard) == ["course.published", "course.submitted", "course.under_review"]
    assert lost is not None
    assert sum(headers["webhook-id"] == lost.message_id for headers, _body in there.got) >= 2
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def _verifies(secret, body, headers):
    """By the other implementation, with its clock set to the message's: age is not what is proved here."""
    hook = Webhook(secret)
    stamp = dt.datetime.fromtimestamp(int(headers["webhook-timestamp"]), dt.UTC)
    return any(
        given == hook.sign(headers["webhook-id"], stamp, body.decode())
        for given in headers["webhook-signature"].split()
    )
