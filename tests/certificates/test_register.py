import datetime as dt
import http.server
import json
import threading
from contextlib import suppress

import pytest
from django.conf import settings as site

from certificates import reading, register_port, tasks, terms
from certificates.models import ExternalCertificate, RegisterAnswer
from certificates.register_port import Answer, Facts, Recorder, RegisterSilent
from certificates.services import external, register
from portal import clock
from portal.audit.models import Entry as AuditEntry
from portal.notices.models import Notice
from tests import factories
from tests.certificates import elsewhere, making
from tests.certificates.elsewhere import ISSUED, NEW, asked, checked, entry, reported, ruled, with_paper

DAY = dt.timedelta(days=1)
NUMBER = "11010519491231002X"


@pytest.fixture(autouse=True)
def recorded():
    Recorder.forget()
    yield
    Recorder.forget()


def linked(at):
    return checked(making.completion().user, at=at, issued_on=NEW)


# what an answer means


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("confirms", {}),
        ("confirms", {"occupation_name": "焊 工"}),
        ("confirms", {"occupation_name": "电焊工", "occupation_code": "6-18-02-04"}),
        ("named_otherwise", {"occupation_name": "电工"}),
        ("named_otherwise", {"occupation_code": "6-31-01-03"}),
        ("other_person", {"holder_matches": False}),
        ("other_person", {"holder_matches": False, "revoked": True}),
        ("revoked", {"revoked": True}),
        ("revoked", {"revoked": True, "level": 5}),
        ("other_facts", {"level": 3}),
        ("other_facts", {"kind": "special", "level": None}),
        ("other_facts", {"issued_on": dt.date(2024, 1, 1)}),
    ],
)
def test_what_an_answer_means(said, facts, at):
    known = {"holder_matches": True, "kind": "level", "level": 4, "occupation_name": "焊工", "occupation_code": "",
             "issuer": "x", "issued_on": ISSUED} | facts  # fmt: skip
    answer = Answer(at, clock.today(at), Facts(**known))
    claimed = reading.Reported("level", 4, "焊工", "6-18-02-04", ISSUED)
    assert reading.read(answer, claimed, asked_at=at, today=clock.today(at)) == said


@pytest.mark.parametrize(
    ("stale", "answered", "as_of"),
    [
        (False, 0, 0),
        (False, 0, -30),
        (True, 0, -31),
        (True, 0, 1),
        (False, -5, 0),
        (True, -6, 0),
    ],
)
def test_old_data_and_old_answers_say_nothing(stale, answered, as_of, at):
    today = clock.today(at)
    answer = Answer(at + dt.timedelta(minutes=answered), today + as_of * DAY, None)
    claimed = reading.Reported("level", 4, "焊工", "6-18-02-04", ISSUED)
    assert reading.read(answer, claimed, asked_at=at, today=today) == ("stale" if stale else "not_found")


def test_a_new_paper_may_not_be_handed_in_yet(at):
    today = clock.today(at)
    for days, said in ((59, "not_yet"), (60, "not_found")):
        claimed = reading.Reported("level", 4, "焊工", "6-18-02-04", today - days * DAY)
        assert reading.read(Answer(at, today, None), claimed, asked_at=at, today=today) == said


# what follows from it


@pytest.mark.django_db
def test_confirmed_it_counts_and_its_holder_is_told(at):
    row = linked(at)
    assert (row.said, row.checked_at, row.confirmed_at, row.due_at) == (
        "confirms",
        at,
        at,
        at + terms.RECHECK,
    )
    told = Notice.objects.get(kind="external.checked")
    assert (told.user, told.path) == (row.user, f"/certificates/external/{row.serial}/")
    assert row.number not in told.words_zh + told.words_en
    kept = RegisterAnswer.objects.get()
    assert (kept.used, kept.said, kept.as_of, kept.asked_by) == (True, "confirms", clock.today(at), row.user)
    assert len(bytes(kept.answer_sha256)) == len(bytes(kept.question_sha256)) == 32
    assert kept.facts["occupation_name"] == "焊工"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known", "why"),
    [
        (None, "not_found"),
        ({"holder": "李明"}, "other_person"),
        ({"revoked": True}, "revoked"),
        ({"level": 3}, "other_facts"),
    ],
)
def test_refused_with_the_reason(known, why, at):
    row = reported(at=at)
    if known is not None:
        Recorder.entries[row.number] = entry(**known)
    refused = asked(at)
    assert (refused.state, refused.why, refused.refused_at, refused.due_at) == ("refused", why, at, None)
    assert str(refused.get_why_display()) in Notice.objects.get(kind="external.refused").words_zh
    assert AuditEntry.objects.get(action="external.refused").detail["why"] == why
    if why == "other_person":
        assert RegisterAnswer.objects.get().facts.keys() == {"reference", "found", "holder_matches"}


@pytest.mark.django_db
def test_another_name_for_the_occupation_waits_for_people(at):
    row = reported(at=at)
    Recorder.entries[row.number] = entry(occupation_name="低压电工")
    waiting = asked(at)
    assert (waiting.state, waiting.said, waiting.due_at) == ("reported", "named_otherwise", None)
    assert asked(at + 100 * DAY) is None


@pytest.mark.django_db
def test_a_number_not_handed_in_yet_is_asked_about_again(at):
    row = reported(at=at, issued_on=NEW)
    later = asked(at)
    assert (later.state, later.said, later.due_at) == ("reported", "not_yet", at + terms.UNLISTED_WAIT)
    Recorder.entries[row.number] = entry(issued_on=NEW)
    assert asked(later.due_at).state == "checked"


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["fail", "time out", "garble"])
def test_a_silent_register_is_asked_again_after_twice_as_long(how, at):
    row = reported(at=at)
    Recorder.entries[row.number] = entry()
    Recorder.always = how
    waits, now = [], at
    for _ in range(13):
        row = asked(now)
        waits.append(row.due_at - now)
        now = row.due_at
    assert (row.state, row.said, row.attempts) == ("reported", "silent", 13)
    assert waits[:3] == [dt.timedelta(minutes=1), dt.timedelta(minutes=2), dt.timedelta(minutes=4)]
    assert waits[-1] == terms.LONGEST_WAIT
    assert all(answer.trouble for answer in RegisterAnswer.objects.all())
    Recorder.always = "answer"
    assert (asked(now).state, ExternalCertificate.objects.get().attempts) == ("checked", 0)


@pytest.mark.django_db
def test_stale_data_do_not_suffice(at):
    row = reported(at=at)
    Recorder.entries[row.number] = entry()
    Recorder.script.append("stale")
    waiting = asked(at)
    assert (waiting.state, waiting.said, waiting.due_at) == ("reported", "stale", at + terms.STALE_WAIT)
    assert asked(waiting.due_at).state == "checked"


@pytest.mark.django_db
def test_an_answer_that_is_sent_twice_counts_once(at):
    first = checked(at=at)
    other = reported(at=at + DAY)
    Recorder.entries[other.number] = entry()
    Recorder.script.append("repeat")  # the answer of yesterday, to another question
    assert asked(at + DAY).said == "stale"
    outcome = register.Outcome(bytes(32), Recorder.last[0])
    again = register.told(first, outcome, at=at)
    assert again.confirmed_at == at
    assert [answer.used for answer in first.answers.all()] == [True, False]


@pytest.mark.django_db
def test_an_answer_after_it_was_taken_back_is_kept_and_ignored(at):
    row = reported(at=at)
    Recorder.entries[row.number] = entry()
    Recorder.between.append(lambda: external.take_back(row, by=row.user, at=at))
    assert asked(at).state == "taken_back"
    assert not RegisterAnswer.objects.get().used
    assert not Notice.objects.filter(kind__startswith="external").exists()


@pytest.mark.django_db
def test_an_answer_to_a_question_that_was_asked_anew_is_set_aside(at):
    row = reported(at=at)
    slow = register.take_up(at=at)
    late = register.ask(slow, at=at)  # not found
    Recorder.entries[row.number] = entry()
    after = at + terms.LEASE
    assert asked(after).state == "checked"
    assert register.told(slow, late, at=after).state == "checked"
    assert [answer.used for answer in row.answers.all()] == [True, False]


# checked ones, asked about again


@pytest.mark.django_db
def test_without_a_course_nothing_is_asked_again_and_with_one_for_two_years(at):
    assert checked(at=at).due_at is None
    row = linked(at)
    now, times = at, 0
    while row.due_at is not None:
        now, times = row.due_at, times + 1
        row = asked(now)
        assert row.confirmed_at == now
    assert times == terms.RECHECKED_FOR // terms.RECHECK + 1


@pytest.mark.django_db
def test_one_that_vanished_is_asked_about_twice_and_then_withdrawn(at):
    row = linked(at)
    del Recorder.entries[row.number]
    first = row.due_at
    doubted = asked(first)
    assert (doubted.state, doubted.doubted_at, doubted.due_at) == ("checked", first, first + terms.DOUBT)
    gone = asked(doubted.due_at)
    assert (gone.state, gone.why, gone.withdrawn_at) == ("withdrawn_there", "gone", first + terms.DOUBT)
    assert Notice.objects.filter(kind="external.withdrawn", user=row.user).exists()
    assert asked(first + 100 * DAY) is None


@pytest.mark.django_db
def test_one_that_was_gone_for_a_moment_stays_valid(at):
    row = linked(at)
    Recorder.script += ["deny", "time out", "deny", "answer"]
    for _ in range(3):
        row = asked(row.due_at)
        assert row.state == "checked"
    assert row.doubted_at
    assert (asked(row.due_at).doubted_at, ExternalCertificate.objects.get().state) == (None, "checked")


@pytest.mark.django_db
def test_one_that_is_revoked_there_is_withdrawn_at_once(at):
    row = linked(at)
    Recorder.entries[row.number] = entry(issued_on=NEW, revoked=True)
    assert (asked(row.due_at).state, ExternalCertificate.objects.get().why) == ("withdrawn_there", "revoked")


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"holder": "李明"}, {"level": 3}, {"occupation_name": "电工"}])
def test_any_other_contradiction_waits_for_people(other, at):
    row = linked(at)
    Recorder.entries[row.number] = entry(**{"issued_on": NEW} | other)
    for _ in range(3):
        row = asked(row.due_at)
    assert (row.state, row.doubted_at) == ("checked", at + terms.RECHECK)
    assert row.due_at == at + 4 * terms.RECHECK


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["time out", "stale"])
def test_silence_takes_nothing_back(how, at):
    row = linked(at)
    Recorder.script.append(how)
    again = asked(row.due_at)
    assert (again.state, again.doubted_at) == ("checked", None)
    assert again.due_at > row.due_at


@pytest.mark.django_db
def test_what_two_people_vouched_for_falls_only_when_it_is_revoked(at):
    done = making.completion()
    row = with_paper(person=done.user, at=at, issued_on=NEW)
    row = ruled(row, "vouch", at=at)
    row = asked(row.due_at)
    assert (row.state, row.doubted_at, row.said) == ("checked", None, "not_yet")
    Recorder.entries[row.number] = entry(issued_on=NEW, revoked=True)
    assert asked(row.due_at).state == "withdrawn_there"


# the worker


@pytest.mark.django_db
def test_the_task_asks_all_that_is_due_and_run_twice_nothing_more(at):
    rows = [reported() for _ in range(3)]
    for row in rows:
        Recorder.entries[row.number] = entry()
    assert tasks.check_due_registers() == 3
    assert tasks.check_due_registers() == 0
    assert set(ExternalCertificate.objects.values_list("state", flat=True)) == {"checked"}
    assert sorted(Recorder.asked) == sorted(row.number for row in rows)


@pytest.mark.django_db
def test_one_that_breaks_down_here_stops_nobody(at):
    bad, good = reported(), reported()
    Recorder.entries[good.number] = entry()
    bad.user.identity.__class__.objects.filter(user=bad.user).update(number_sealed=b"torn")
    assert tasks.check_due_registers() == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("reported", "checked")
    assert bad.due_at > clock.now()


def test_two_workers_never_ask_the_same(together, at):
    rows = [reported(factories.learner(), at=at) for _ in range(4)]
    for row in rows:
        Recorder.entries[row.number] = entry()
    Recorder.delay = 0.05

    def work(_n):
        done = 0
        while asked(at):
            done += 1
        return done

    assert sum(together(work, 2)) == 4
    assert sorted(Recorder.asked) == sorted(row.number for row in rows)
    assert RegisterAnswer.objects.filter(used=True).count() == 4


def test_two_register_the_same_number_at_the_same_moment(together, at):
    elsewhere.welder()
    people = [factories.learner("王建国"), factories.learner("李明")]
    made = together(lambda n: external.report(people[n], at=at, **elsewhere.said(number="S123456789")), 2)
    assert sorted(type(one).__name__ for one in made) == ["ExternalCertificate", "RegisteredAlready"]


def test_it_is_taken_back_while_the_register_is_asked(together, at):
    row = reported(at=at)
    Recorder.entries[row.number] = entry()
    Recorder.delay = 0.1
    acts = (lambda: asked(at), lambda: external.take_back(row, by=row.user, at=at))
    together(lambda n: acts[n](), 2)
    row.refresh_from_db()
    assert row.state == "taken_back"
    assert not RegisterAnswer.objects.filter(used=True).exists()


# the port


def test_no_adapters_words_get_out(settings, monkeypatch):
    settings.CERTIFICATE_REGISTER = "tests.certificates.test_register.Breaking"
    with pytest.raises(RegisterSilent) as silent:
        register_port.ask("S1", "王建国", NUMBER, at=factories.AT, timeout=1)
    assert silent.value.trouble == "broken:KeyError"
    assert silent.value.__cause__ is None


class Breaking:
    def ask(self, number, name, resident_number, *, at, timeout):
        raise KeyError(resident_number)


def test_unconnected_says_so(settings):
    settings.CERTIFICATE_REGISTER = "certificates.register_port.Unconnected"
    with pytest.raises(RegisterSilent, match="unconnected"):
        register_port.ask("S1", "王建国", NUMBER, at=factories.AT, timeout=1)


GOOD = {
    "found": True,
    "answered_at": "2026-03-16T10:00:00+08:00",
    "as_of": "2026-03-15",
    "reference": "R-1",
    "holder_matches": True,
    "kind": "level",
    "level": 4,
    "occupation_name": "焊工\x00 ",
    "occupation_code": "6-18-02-04",
    "issuer": "示例",
    "issued_on": "2025-12-01",
    "revoked": False,
}


def test_an_answer_is_read():
    answer = register_port.read(json.dumps(GOOD).encode())
    assert answer.answered_at == factories.AT
    assert answer.facts == Facts(True, "level", 4, "焊工", "6-18-02-04", "示例", dt.date(2025, 12, 1))
    nobody = {name: GOOD[name] for name in ("answered_at", "as_of")} | {"found": False}
    assert register_port.read(json.dumps(nobody).encode()).facts is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 100_000,
        b" " * 100_001,
        *(
            json.dumps(GOOD | change).encode()
            for change in (
                {"found": 1},
                {"found": "true"},
                {"level": 0},
                {"level": 9**99},
                {"level": True},
                {"level": "4"},
                {"as_of": "yesterday"},
                {"as_of": None},
                {"answered_at": "2026-03-16T10:00:00"},
                {"holder_matches": None},
                {"revoked": "no"},
                {"issued_on": 20251201},
                {"kind": None},
                {"issuer": []},
            )
        ),
        json.dumps({name: value for name, value in GOOD.items() if name != "revoked"}).encode(),
    ],
)
def test_anything_else_is_silence(body):
    with pytest.raises(RegisterSilent, match="unreadable"):
        register_port.read(body)


class _Gateway(http.server.BaseHTTPRequestHandler):
    how, got = "answer", []

    def do_POST(self):
        _Gateway.got.append(
            (dict(self.headers), json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        )
        if self.how == "wait":
            threading.Event().wait(1.5)
        self.send_response(200 if self.how in {"answer", "wait"} else 503)
        self.end_headers()
        with suppress(BrokenPipeError):  # whoever asked did not wait
            self.wfile.write(json.dumps(GOOD).encode())

    def log_message(self, *_words):
        pass


@pytest.fixture
def gateway(settings):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.CERTIFICATE_REGISTER = "certificates.register_port.Http"
    settings.CERTIFICATE_REGISTER_URL = f"http://127.0.0.1:{server.server_port}/ask"
    settings.CERTIFICATE_REGISTER_TOKEN = "token"
    yield _Gateway
    _Gateway.how = "answer"
    _Gateway.got.clear()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_gateway_is_asked_and_read(gateway):
    answer = register_port.ask("S1", "上官𠮷林", NUMBER, at=factories.AT, timeout=5)
    assert answer.facts.occupation_name == "焊工"
    headers, question = gateway.got[0]
    assert question == {"number": "S1", "name": "上官𠮷林", "resident_number": NUMBER}
    assert headers["Authorization"] == "Bearer token"


@pytest.mark.parametrize(("how", "trouble"), [("busy", "http_503"), ("wait", "timeout")])
def test_a_gateway_that_fails_or_is_slow_is_silent(gateway, how, trouble):
    gateway.how = how
    with pytest.raises(RegisterSilent, match=trouble):
        register_port.ask("S1", "王建国", NUMBER, at=factories.AT, timeout=0.5)


def test_a_gateway_that_is_not_there_is_silent(settings):
    settings.CERTIFICATE_REGISTER = "certificates.register_port.Http"
    settings.CERTIFICATE_REGISTER_URL = "http://127.0.0.1:9/ask"
    with pytest.raises(RegisterSilent, match="unreachable"):
        register_port.ask("S1", "王建国", NUMBER, at=factories.AT, timeout=1)


def test_the_demo_register_holds_what_the_demo_shows():
    path = site.BASE_DIR / "certificates" / "data" / "demo_register.json"
    for row in json.loads(path.read_text(encoding="utf-8")).values():
        assert register_port.Entry(**row | {"issued_on": dt.date.fromisoformat(row["issued_on"])})
