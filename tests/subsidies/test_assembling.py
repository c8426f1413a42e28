"""Large batches: worked on piece by piece in the background, by workers that may die, run twice, or at once."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from subsidies.models import AnswerFile, BankAnswer, Batch, BatchLine, Claim, Hold, LeftOut
from subsidies.services import answers, assembling, batches, files, holds, vault
from subsidies.services.reconcile import breaches
from subsidies.tasks import apply_due_answers, read_due_answer_files, work_on_due_batches
from subsidies.workflow.money import BatchState, Kind
from tests import factories
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT


@pytest.fixture
def pieces(monkeypatch):
    """Two claims at a time, and nothing at once."""
    monkeypatch.setattr(assembling, "CHUNK", 2)
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    monkeypatch.setattr(answers, "READ_AT_ONCE", 0)


@pytest.fixture
def later(monkeypatch):
    from portal import clock

    moment = AT + dt.timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def begun(count=5):
    world.budget(5_000_000)
    batch, after = world.batch_of([world.claim() for _ in range(count)])
    assert batch.state == "assembling"
    return batch, after


def test_a_large_batch_is_assembled_in_pieces_and_says_how_far_it_is(pieces, later):
    batch, _after = begun()
    assert (batch.done, batch.total, batch.line_count) == (2, 5, 2)
    assert assembling.assemble_more(batch, at=later)
    batch.refresh_from_db()
    assert (batch.done, batch.total, batch.state) == (4, 5, "assembling")
    assert work_on_due_batches() == 1
    assert work_on_due_batches() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.line_count, batch.total_fen) == ("assembled", 5, 600_000)
    assert list(batch.lines.values_list("line_no", flat=True)) == [1, 2, 3, 4, 5]
    assert batch.lines_sha256 == batches.lines_digest(batch)
    assert Entry.objects.filter(action="batch.assembled").count() == 1
    assert Entry.objects.get(action="batch.assembled").detail["lines_sha256"] == batch.lines_sha256
    assert list(breaches()) == []


def test_a_worker_that_dies_loses_only_what_it_had_in_hand(pieces, later, monkeypatch):
    batch, _after = begun()
    whole = assembling._move_many

    def dies(*args, **more):
        whole(*args, **more)
        raise MemoryError

    monkeypatch.setattr(assembling, "_move_many", dies)
    with pytest.raises(MemoryError):
        assembling.assemble_more(batch, at=later)
    monkeypatch.setattr(assembling, "_move_many", whole)
    batch.refresh_from_db()
    assert (batch.line_count, batch.lines.count(), batch.done) == (2, 2, 2)
    assert work_on_due_batches() == 2
    batch.refresh_from_db()
    assert (batch.state, batch.line_count) == ("assembled", 5)


def test_a_batch_that_cannot_be_worked_on_is_put_off_with_its_reason(pieces, later, monkeypatch):
    batch, _after = begun()

    def fails(*_args, **_more):
        raise OSError

    monkeypatch.setattr(assembling, "accounts_of", fails)
    assert work_on_due_batches() == 0
    batch.refresh_from_db()
    assert (batch.problem, batch.due_at > later) == ("OSError", True)


def test_who_comes_late_goes_into_the_next_batch_and_who_withdrew_is_passed_over(pieces, later):
    batch, after = begun(4)
    from subsidies.services import entitlements
    from subsidies.services.moves import _move

    gone = Claim.objects.filter(state="payable").order_by("pk").last()
    _move(gone, "withdraw", at=after)
    entitlements.release(gone, by=None, at=after)
    held = Claim.objects.filter(state="payable").order_by("pk").first()
    holds.put_hold(held, Hold.Category.CHECK, "核对", by=None, at=after)
    late = world.claim()
    world.noticed([late], at=after)
    work_on_due_batches()
    batch.refresh_from_db()
    assert (batch.state, batch.line_count) == ("assembled", 2)
    late.refresh_from_db()
    assert late.state == "payable"
    assert list(breaches()) == []


def test_a_batch_is_cancelled_while_it_is_assembled(pieces, later):
    batch, after = begun()
    maker = world.officer(Role.FINANCE_MAKER)
    with pytest.raises(IllegalMove):
        batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
    cancelled = batches.cancel_batch(batch, by=maker, at=after, reason="重做")
    assert cancelled.state == "cancelling"
    assert not assembling.assemble_more(batch, at=later)
    assert work_on_due_batches() == 1
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert set(batch.lines.values_list("state", flat=True)) == {"removed"}
    assert set(Claim.objects.values_list("state", flat=True)) == {"payable"}
    assert list(breaches()) == []


def _assembled(count=3):
    batch, after = begun(count)
    while assembling.assemble_more(batch, at=after):
        pass
    batch.refresh_from_db()
    return batch, after


def test_a_large_release_is_done_by_a_task_whole_and_once(pieces, later):
    batch, after = _assembled()
    released = world.released(batch, at=after)
    assert (released.state, released.lines.filter(state="open").count()) == ("releasing", 3)
    assert list(breaches()) == []
    assert work_on_due_batches() == 1
    assert work_on_due_batches() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.file_due_at) == ("released", later)
    book = batch.lines.first().entitlement.book
    assert world.balances(book)[Kind.IN_TRANSIT] == 360_000
    assert book.entries.filter(event="sent").count() == 1
    assert list(breaches()) == []


def test_what_happens_before_the_task_stops_the_release_and_is_said(pieces, later):
    batch, after = _assembled()
    world.released(batch, at=after)
    hold = holds.put_hold(batch.lines.first().claim, Hold.Category.CHECK, "核对", by=None, at=after)
    assert work_on_due_batches() == 1
    batch.refresh_from_db()
    assert (batch.state, batch.problem, batch.released_by) == ("checked", "line_held", None)
    from subsidies.views.batchshown import problem_of

    assert problem_of(batch) == str(batches.LineHeld.message)
    holds.close_hold(hold, by=world.officer(Role.FINANCE_CHECKER), at=after, reason="无误")
    batches.release_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
    work_on_due_batches()
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == ("released", "")


def test_a_releaser_who_is_dismissed_meanwhile_releases_nothing(pieces, later):
    batch, after = _assembled()
    released = world.released(batch, at=after)
    released.released_by.appointments.update(valid_to=AT.date())
    work_on_due_batches()
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == ("checked", "not_yours")


def test_statements_do_not_grow_with_the_lines():
    world.budget(50_000_000)
    counted = []
    for count in (2, 12):
        _notice, after = world.noticed([world.claim() for _ in range(count)])
        maker, checker, releaser = (
            world.officer(role) for role in (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.FINANCE_CHECKER)
        )
        with CaptureQueriesContext(connection) as asked:
            batch = assembling.make_batch(province="520000", by=maker, at=after)
            batches.check_batch(batch, by=checker, at=after)
            batches.release_batch(batch, by=releaser, at=after)
            files.write_payment_file(batch, at=after)
        assert batch.line_count == count
        counted.append(len(asked))
    assert counted[1] <= counted[0] + 2


def test_left_out_claims_are_kept_with_their_reason_until_they_are_paid():
    world.budget(5_000_000)
    maker = world.officer(Role.FINANCE_MAKER)
    without = world.claim(person=factories.learner())
    batch, after = world.batch_of([without, world.claim()])
    assert LeftOut.objects.get().reason == "no_account"
    assert LeftOut.objects.get().batch == batch
    factories.with_bank_account(without.claimant, at=after)
    later = after + dt.timedelta(days=3)
    world.vouched(at=later)
    assembling.make_batch(province="520000", by=maker, at=later)
    assert not LeftOut.objects.exists()


# -- answers ----------------------------------------------------------------------------------------------------------


def test_a_large_answer_is_read_and_applied_in_the_background(pieces, later, monkeypatch):
    batch, after = _assembled()
    world.released(batch, at=after)
    work_on_due_batches()
    files.write_payment_file(batch, at=later)
    maker = world.officer(Role.FINANCE_MAKER)
    content = world.answer_csv(batch, {2: "退票"})
    taken = answers.apply_answer_file(batch, name="a.csv", content=content, by=maker, at=later)
    again = answers.apply_answer_file(batch, name="b.csv", content=content, by=maker, at=later)
    assert (taken.accepted, again.pk, BankAnswer.objects.count()) == (None, taken.pk, 0)
    assert read_due_answer_files() == 1
    assert read_due_answer_files() == 0
    taken.refresh_from_db()
    assert (taken.accepted, taken.new_count) == (True, 3)
    assert apply_due_answers() == 3
    assert apply_due_answers() == 0
    batch.refresh_from_db()
    assert batch.state == BatchState.ANSWERED
    assert sorted(Claim.objects.values_list("state", flat=True)) == ["paid", "paid", "payable"]
    assert Entry.objects.get(action="answers.applied").detail == {"lines": 2, "fen": 240_000}
    assert list(breaches()) == []


def test_one_answer_that_cannot_be_applied_stops_no_other(later, monkeypatch):
    world.budget(5_000_000)
    batch, _after = world.sent([world.claim(), world.claim()])
    maker = world.officer(Role.FINANCE_MAKER)
    content = world.answer_csv(batch)
    answers.apply_answer_file(batch, name="a.csv", content=content, by=maker, at=later)
    bad = batch.lines.first().pk
    whole = answers.entitlements.settle

    def fails(lines, *, at):
        if bad in {line.pk for line in lines}:
            raise OSError
        whole(lines, at=at)

    monkeypatch.setattr(answers.entitlements, "settle", fails)
    assert apply_due_answers() == 1
    answer = BankAnswer.objects.get(line=bad)
    assert (answer.applied_at, answer.problem) == (None, "OSError")
    monkeypatch.setattr(answers.entitlements, "settle", whole)
    BankAnswer.objects.update(due_at=later)
    assert apply_due_answers() == 1
    assert list(breaches()) == []


def test_a_file_that_was_changed_in_storage_is_not_read(pieces, later):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    world.budget(5_000_000)
    batch, _after = _sent_whole()
    maker = world.officer(Role.FINANCE_MAKER)
    taken = answers.apply_answer_file(
        batch, name="a.csv", content=world.answer_csv(batch), by=maker, at=later
    )
    default_storage.delete(taken.content_name)
    default_storage.save(taken.content_name, ContentFile(b"x" * 90))
    assert read_due_answer_files() == 0
    taken.refresh_from_db()
    assert (taken.accepted, taken.problem) == (None, "Damaged")


def _sent_whole():
    batch, after = world.batch_of([world.claim()])
    while assembling.assemble_more(batch, at=after):
        pass
    world.released(batch, at=after)
    batches.send_lines(batch, at=after)
    return files.write_payment_file(batch, at=after), after


def test_what_was_read_stays_as_it_was():
    from django.db import IntegrityError

    world.budget(5_000_000)
    batch, after = world.sent([world.claim()])
    world.answered(batch, at=after)
    for changes in ({"accepted": None}, {"report": ["x"]}, {"new_count": 5}, {"name": "x"}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            AnswerFile.objects.update(**changes)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        AnswerFile.objects.all()._raw_delete("default")


# -- late returns -----------------------------------------------------------------------------------------------------


def test_what_was_paid_and_comes_back_days_later_is_payable_again_to_another_account():
    book = world.budget(500_000)
    made = world.claim()
    batch, after = world.sent([made])
    world.answered(batch, at=after)
    days = after + dt.timedelta(days=4)
    maker = world.officer(Role.FINANCE_MAKER)
    content = world.late_csv(batch.lines.get())
    for _twice in range(2):
        taken = answers.apply_answer_file(batch, name="退票.csv", content=content, by=maker, at=days)
    assert (taken.accepted, taken.new_count) == (True, 1)
    late = BankAnswer.objects.get(late=True)
    assert answers.apply_answer(late, at=days)
    assert not answers.apply_answer(late, at=days)
    made.refresh_from_db()
    line = batch.lines.get()
    assert (made.state, line.state, line.late_at, line.bank_reason) == (
        "payable",
        "returned",
        days,
        "账户已销户",
    )
    assert (world.balances(book)[Kind.PAID], world.balances(book)[Kind.RESERVED]) == (0, 120_000)
    assert list(breaches()) == []
    hold = made.holds.get(closed_at=None)
    with pytest.raises(holds.AccountUnchanged):
        holds.close_hold(hold, by=maker, at=days, reason="x")
    factories.with_bank_account(made.claimant, at=days)
    holds.close_hold(hold, by=maker, at=days, reason="已换卡")
    again = days + dt.timedelta(days=3)
    world.vouched(at=again)
    second = assembling.make_batch(province="520000", by=maker, at=again)
    world.released(second, at=again)
    files.write_payment_file(second, at=again)
    world.answered(second, at=again)
    made.refresh_from_db()
    assert made.state == "paid"
    assert list(breaches()) == []


def test_a_late_return_waits_for_the_answer_before_it():
    world.budget(500_000)
    batch, after = world.sent([world.claim()])
    maker = world.officer(Role.FINANCE_MAKER)
    first = answers.apply_answer_file(batch, name="a", content=world.answer_csv(batch), by=maker, at=after)
    answers.apply_answer_file(batch, name="b", content=world.late_csv(batch.lines.get()), by=maker, at=after)
    with pytest.raises(IllegalMove), transaction.atomic():
        answers.apply_answer(BankAnswer.objects.get(late=True), at=after)
    answers.apply_answer(BankAnswer.objects.get(file=first), at=after)
    assert answers.apply_answer(BankAnswer.objects.get(late=True), at=after)
    assert list(breaches()) == []


def test_one_of_two_lines_that_comes_back_late_is_paid_alone():
    world.budget(500_000)
    world.budget(90_000, "EMPLOY")
    made = world.claim(lines=[("SKILL", 120_000), ("EMPLOY", 6_000)])
    batch, after = world.sent([made])
    world.answered(batch, at=after)
    line = batch.lines.get(line_no=2)
    maker = world.officer(Role.FINANCE_MAKER)
    answers.apply_answer_file(batch, name="b", content=world.late_csv(line), by=maker, at=after)
    answers.apply_answer(BankAnswer.objects.get(late=True), at=after)
    made.refresh_from_db()
    assert made.state == "payable"
    assert sorted(BatchLine.objects.values_list("state", flat=True)) == ["returned", "settled"]
    assert list(breaches()) == []


def test_a_return_of_what_came_back_before_or_of_another_amount_is_refused():
    world.budget(500_000)
    batch, after = world.sent([world.claim(), world.claim()])
    world.answered(batch, at=after, results={2: "退票"})
    maker = world.officer(Role.FINANCE_MAKER)
    second = batch.lines.get(line_no=2)
    refused = answers.apply_answer_file(batch, name="b", content=world.late_csv(second), by=maker, at=after)
    assert [problem["code"] for problem in refused.report] == ["answered_before"]
    first = batch.lines.get(line_no=1)
    content = world.late_csv(first).replace(b"1200.00", b"1200.01")
    refused = answers.apply_answer_file(batch, name="c", content=content, by=maker, at=after)
    assert [problem["code"] for problem in refused.report] == ["wrong_amount"]


# -- the vault --------------------------------------------------------------------------------------------------------


def test_a_large_file_is_sealed_in_pieces_and_every_change_is_noticed(monkeypatch):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    monkeypatch.setattr(vault, "_PIECE", 100)
    plain = bytes(range(256)) * 2
    kept = vault.keep("vault/x.sealed", "X", [plain[:50], plain[50:399], plain[399:]])
    assert vault.opened(kept.name, "X") == plain
    with pytest.raises(vault.Damaged):
        vault.opened(kept.name, "Y")
    with default_storage.open(kept.name) as file:
        sealed = file.read()
    size = 4 + int.from_bytes(sealed[:4])
    broken = {
        "cut": sealed[:-size],
        "cut in a piece": sealed[:-3],
        "turned": sealed[size : 2 * size] + sealed[:size] + sealed[2 * size :],
        "without the first": sealed[size:],
        "empty": b"",
    }
    for content in broken.values():
        name = default_storage.save("vault/y.sealed", ContentFile(content))
        with pytest.raises(vault.Damaged):
            vault.opened(name, "X")


def test_work_is_found_in_the_table_whatever_was_lost(pieces, later):
    batch, _after = begun(3)
    assert Batch.objects.filter(due_at__lte=later).get() == batch
    assert work_on_due_batches() == 1
