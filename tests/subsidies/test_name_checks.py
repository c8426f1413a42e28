"""Name against account: asked of the bank in the background, and what silence, old data and contradictions do."""

import datetime as dt
import http.server
import json
import threading

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal.accounts import selectors as accounts
from portal.accounts.roles import Role
from portal.notices.models import Notice as Told
from portal.notices.tasks import tell_of_account_changes
from subsidies import name_port
from subsidies.models import LeftOut, NameAnswer, NameCheck
from subsidies.services import assembling, batches, names
from subsidies.services import notices as publishing
from subsidies.tasks import ask_due_names
from tests import factories
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT
HOUR = world.HOUR


@pytest.fixture(autouse=True)
def recorder():
    name_port.Recorder.forget()
    yield name_port.Recorder
    name_port.Recorder.forget()


def payable(*claims):
    """Their notice is over; the bank was not asked yet."""
    for made in claims:
        world.approve(made)
    notice = publishing.publish_notice(province="520000", by=world.officer(Role.PROVINCE_REVIEWER), at=AT)
    publishing.end_notice(notice, at=notice.ends_at + HOUR)
    return notice.ends_at + HOUR


def assembled(at):
    return assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=at)


def why(made):
    return LeftOut.objects.get(claim=made).reason


def test_an_account_that_the_bank_was_not_asked_about_is_asked_and_waits():
    world.budget(500_000)
    made = world.claim()
    after = payable(made)
    with pytest.raises(assembling.NothingToPay):
        assembled(after)
    assert why(made) == "name_pending"
    assert NameCheck.objects.get().due_at == after
    world.vouched(at=after)
    assert assembled(after).line_count == 1
    assert not LeftOut.objects.exists()


def test_the_task_asks_once_about_whoever_will_be_paid(monkeypatch, recorder):
    from portal import clock

    world.budget(500_000)
    after = payable(world.claim(), world.claim())
    world.payee()
    monkeypatch.setattr(clock, "now", lambda: after)
    assert ask_due_names() == 2
    assert ask_due_names() == 0
    assert len(recorder.asked) == 2
    assert set(NameCheck.objects.values_list("result", flat=True)) == {"match"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("no_match", "name_differs"),
        ("closed", "closed"),
        ("function_off", "function_off"),
        ("unknown", "name_unknown"),
        ("fail", "name_pending"),
        ("time out", "name_pending"),
        ("garble", "name_pending"),
        ("stale", "name_pending"),
    ],
)
def test_only_a_match_is_paid_and_every_other_answer_has_its_reason(recorder, said, reason):
    world.budget(500_000)
    made = world.claim()
    after = payable(made)
    recorder.script.append(said)
    world.vouched(at=after)
    with pytest.raises(assembling.NothingToPay):
        assembled(after)
    assert why(made) == reason
    assert NameAnswer.objects.count() == 1


def test_silence_is_asked_again_ever_later_and_leaves_the_standing(recorder):
    world.budget(500_000)
    after = payable(world.claim())
    recorder.script += ["fail", "fail"]
    world.vouched(at=after)
    first = NameCheck.objects.get().due_at - after
    world.vouched(at=after + first)
    second = NameCheck.objects.get().due_at - after - first
    assert second == 2 * first
    world.vouched(at=after + first + second)
    assert NameCheck.objects.get().result == "match"
    assert [answer.trouble for answer in NameAnswer.objects.all()] == ["unreachable", "unreachable", ""]


def test_a_standing_grows_old_and_the_newest_answer_counts(recorder):
    world.budget(500_000)
    made = world.claim()
    after = payable(made)
    world.vouched(at=after)
    later = after + names.HOLDS_FOR
    with pytest.raises(assembling.NothingToPay):
        assembled(later)
    assert why(made) == "name_pending"
    recorder.script.append("closed")
    world.vouched(at=later)
    with pytest.raises(assembling.NothingToPay):
        assembled(later)
    assert why(made) == "closed"


def test_an_answer_to_an_earlier_question_is_set_aside():
    world.budget(500_000)
    after = payable(world.claim())
    names.ask_for(names.unchecked_accounts(at=after).values_list("pk", "province_id"), at=after)
    first = names.take_up(at=after)
    second = names.take_up(at=after + names.LEASE)
    names.told(second, name_port.Answer("closed", after.date()), at=after + names.LEASE)
    names.told(first, name_port.Answer("match", after.date()), at=after + names.LEASE)
    names.told(second, name_port.Answer("match", after.date()), at=after + names.LEASE)
    assert NameCheck.objects.get().result == "closed"
    assert [answer.used for answer in NameAnswer.objects.all()] == [True, False, False]


def test_an_adapter_that_breaks_is_silence_without_its_words(settings):
    settings.NAME_CHECK = "tests.subsidies.test_name_checks.Breaking"
    with pytest.raises(name_port.BankSilent) as silence:
        name_port.ask("1", "b", "王建国", at=AT, timeout=1)
    assert silence.value.trouble == "broken:KeyError"
    settings.NAME_CHECK = "subsidies.name_port.Unconnected"
    with pytest.raises(name_port.BankSilent, match="unconnected"):
        name_port.ask("1", "b", "王建国", at=AT, timeout=1)


class Breaking:
    def ask(self, number, *_rest, **_more):
        raise KeyError(number)


def test_a_gateway_is_asked_over_http(settings):
    asked = []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(
                (
                    self.headers["Authorization"],
                    json.loads(self.rfile.read(int(self.headers["Content-Length"]))),
                )
            )
            body = json.dumps({"result": "function_off", "as_of": "2026-03-16", "reference": "R1"}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        settings.NAME_CHECK = "subsidies.name_port.Http"
        settings.NAME_CHECK_URL = f"http://127.0.0.1:{server.server_port}/"
        settings.NAME_CHECK_TOKEN = "token"
        answer = name_port.ask("62", "示例银行", "王建国", at=AT, timeout=5)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert answer == name_port.Answer("function_off", dt.date(2026, 3, 16), "R1")
    assert asked == [("Bearer token", {"account": "62", "bank": "示例银行", "name": "王建国"})]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"result": "yes"}',
        b'{"result": "match", "as_of": "soon"}',
        b'{"result": ["match"], "as_of": 1}',
        b"[" * 5000,
    ],
)
def test_what_is_no_answer_is_silence(body):
    with pytest.raises(name_port.BankSilent, match="unreadable"):
        name_port.read(body)


def test_a_name_that_is_unproved_meanwhile_stops_the_batch(recorder):
    world.budget(500_000)
    batch, after = world.batch_of([world.claim()])
    NameCheck.objects.update(due_at=after)
    recorder.script.append("closed")
    world.vouched(at=after + HOUR)
    with pytest.raises(batches.NameUnproved):
        batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)


def test_answers_are_kept_as_they_came():
    world.budget(500_000)
    world.batch_of([world.claim()])
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"), transaction.atomic():
        NameAnswer.objects.update(result="closed")
    with pytest.raises(IntegrityError, match="name_check_answered_at_a_time"), transaction.atomic():
        NameCheck.objects.update(result="")
    with pytest.raises(IntegrityError, match="name_check_result_is_known"), transaction.atomic():
        NameCheck.objects.update(result="perhaps")
    answer = NameAnswer.objects.get()
    values = {
        "check_of": answer.check_of,
        "province_id": "520000",
        "result": "match",
        "asked_at": answer.asked_at,
    }
    with pytest.raises(IntegrityError, match="name_answer_one_per_question"), transaction.atomic():
        NameAnswer.objects.create(**values, came_at=answer.came_at, port="x", used=True)
    with pytest.raises(IntegrityError, match="name_answer_after_its_question"), transaction.atomic():
        NameAnswer.objects.create(**values, came_at=AT - HOUR, port="x", used=False)


# -- the account itself -----------------------------------------------------------------------------------------------


def test_an_account_changed_lately_is_not_paid_yet():
    world.budget(500_000)
    made = world.claim()
    _notice, after = world.noticed([made])
    factories.with_bank_account(made.claimant, at=after, number="9999991285726840913")
    world.vouched(at=after)
    for wait, reason in ((dt.timedelta(0), "new_account"), (dt.timedelta(days=3) - HOUR, "new_account")):
        with pytest.raises(assembling.NothingToPay):
            assembled(after + wait)
        assert why(made) == reason
    assert assembled(after + dt.timedelta(days=3)).line_count == 1


def test_every_change_of_an_account_stays_and_its_owner_is_told_once():
    person = world.payee()
    officer = world.officer(Role.FINANCE_CHECKER)
    from portal.accounts.services import set_bank_account

    set_bank_account(
        person, number="9999991285726840913", bank_name="乙银行", agreed=True, by=officer, at=AT + HOUR
    )
    second, first = accounts.account_changes_of(person)
    assert (first.before, second.before, second.after) == ("", first.after, second.after)
    assert (first.own, second.own, second.changed_by) == (True, False, str(officer))
    assert tell_of_account_changes() == 2
    assert tell_of_account_changes() == 0
    told = Told.objects.filter(user=person, kind="account.changed")
    assert told.count() == 2
    assert "9999991285726840913" not in "".join(told.values_list("words_zh", flat=True))
    row = person.bank_accounts.latest("pk")
    for changes in ({"bank_name": "x"}, {"changed_by": person}, {"told_at": AT}, {"masked_number": "x"}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**changes)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        type(row).objects.filter(pk=row.pk)._raw_delete("default")
