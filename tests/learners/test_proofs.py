"""The proof of the ledger's chains: in chunks, twice, from where it stopped; and the auditors' page."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from learners import tasks
from learners.models import LedgerHead, LedgerProof, LedgerRow
from learners.services import proofs, time
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.learners import lessons

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def learned(db, at):
    """Three learners with a row each."""
    first = lessons.learning(at)
    everybody = [first]
    everybody += [
        lessons.learning(at, of=first.enrolment.version, user=factories.learner(n))
        for n in ("阿·依", "欧阳𠮷")
    ]
    for one in everybody:
        facts = one.facts("quiz")
        time.credit(one.enrolment, facts, kind="quiz", wall=(at - MINUTE, at), seconds=60, at=at)
    return everybody


@pytest.fixture(autouse=True)
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


def proved():
    out = io.StringIO()
    call_command("prove_time", stdout=out)
    return out.getvalue()


def test_every_chain_holds(learned):
    said = proved()
    assert "3 of 3 learners, 3 rows, 0 breaks" in said
    assert "Every chain holds" in said
    run = LedgerProof.objects.get()
    assert (run.done, run.rows, run.breaks, run.first_break) == (3, 3, 0, None)
    assert Entry.objects.get(action="ledger.proved").detail == {"learners": 3, "rows": 3, "breaks": 0}


def test_it_goes_on_where_it_stopped(learned, at):
    run = proofs.begin_proof(at=at)
    assert proofs.prove_some(run.pk, at=at, chunk=2) == 2
    assert proofs.begin_proof(at=at).pk == run.pk
    assert "3 of 3" in proved()
    assert LedgerProof.objects.get().rows == 3


def test_the_task_runs_twice(learned):
    tasks.begin_nightly_proof()
    tasks.begin_nightly_proof()
    assert tasks.work_on_due_proofs() == 3
    assert tasks.work_on_due_proofs() == 0
    assert LedgerProof.objects.get().ended_at


def test_an_empty_ledger_is_proved(db):
    assert "Every chain holds" in proved()


@pytest.mark.parametrize(
    ("break_it", "kind"),
    [
        (lambda who: LedgerHead.objects.filter(user=who).update(digest=b"x" * 32), "head"),
        (lambda who: LedgerHead.objects.filter(user=who).update(length=2), "gap"),
        (lambda who: LedgerHead.objects.filter(user=who).delete(), "headless"),
    ],
)
def test_a_head_that_does_not_fit_is_found(learned, break_it, kind):
    break_it(learned[1].user)
    with pytest.raises(CommandError, match="1 chains do not hold"):
        proved()
    assert LedgerProof.objects.get().first_break["kind"] == kind


@pytest.mark.parametrize(
    ("changed", "kind"), [({"previous": b"y" * 32}, "link"), ({"digest": b"z" * 32}, "content")]
)
def test_a_row_that_does_not_fit_is_found(learned, changed, kind):
    row = LedgerRow.objects.first()
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"}
    refused = {"entry": "refused", "reason": "gap", "place": 2, "previous": bytes(row.digest)}
    LedgerRow.objects.create(**{**fields, **refused, **changed})
    LedgerHead.objects.filter(user=row.user_id).update(length=2)
    with pytest.raises(CommandError):
        proved()
    assert LedgerProof.objects.get().first_break["kind"] == kind


def test_a_ledger_that_was_cut_and_its_heads_set_back_is_found(learned):
    proved()
    LedgerProof.objects.update(rows=4)
    with pytest.raises(CommandError, match="总行数"):
        proved()


def test_a_proof_that_fails_is_put_off_and_says_why(learned, at):
    run = proofs.begin_proof(at=at)
    proofs.postpone(LedgerProof, run.pk, "OperationalError", at=at)
    assert tasks.work_on_due_proofs() == 0
    run.refresh_from_db()
    assert (run.failures, run.trouble, run.due_at > at) == (1, "OperationalError", True)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"ended_at": None, "due_at": None}, "ledger_proof_is_due_or_ended"),
        ({"breaks": 1}, "ledger_proof_breaks_with_the_first"),
    ],
)
def test_a_proof_is_whole(learned, changed, name):
    proved()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LedgerProof.objects.update(**changed)


def test_one_proof_at_a_time(db, at):
    proofs.begin_proof(at=at)
    with pytest.raises(IntegrityError, match="ledger_proof_one_at_a_time"), transaction.atomic():
        LedgerProof.objects.create(started_at=at, due_at=at)


# -- the page -------------------------------------------------------------------------------------------------------


def page(client, role=Role.AUDITOR):
    factories.sign_in(client, factories.staff(role))
    return client.get(reverse("learners:proof")).content.decode()


def test_the_page_before_the_first_proof(client, db):
    assert "尚未核验" in page(client)


def test_the_page_says_what_holds_and_what_does_not(client, learned):
    proved()
    assert "全部链条成立" in page(client, Role.MINISTRY_REVIEWER)
    LedgerHead.objects.filter(user=learned[0].user).update(digest=b"x" * 32)
    with pytest.raises(CommandError):
        proved()
    text = page(client)
    assert "有 1 条链条不成立" in text
    assert f"L-{learned[0].user.uid.hex[:12]}" in text


def test_the_page_shows_a_proof_under_way(client, learned, at):
    proofs.begin_proof(at=at)
    assert "正在核验" in page(client)
