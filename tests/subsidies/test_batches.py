"""From payable to paid: two people, one file, one answer."""

import datetime as dt
import hashlib

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from portal.accounts.roles import Role
from portal.accounts.services import set_bank_account
from portal.moves import IllegalMove
from subsidies.models import AnswerFile, BankAnswer, Batch, BatchLine, Hold
from subsidies.services import answers, assembling, batches, files, holds
from subsidies.services.reconcile import breaches
from subsidies.tasks import apply_due_answers, write_due_payment_files
from subsidies.workflow.claims import Seat
from subsidies.workflow.money import BATCH_MOVES, LINE_MOVES, BatchState, Kind, LineState
from tests import factories
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT
COOLING = dt.timedelta(days=3)


@pytest.fixture
def later(monkeypatch):
    """The tasks' clock, a month on."""
    from subsidies.tasks import money

    moment = AT + dt.timedelta(days=30)
    monkeypatch.setattr(money.clock, "now", lambda: moment)
    return moment


def test_the_whole_road_to_paid(later):
    book = world.budget(500_000)
    first, second = world.claim(), world.claim(lines=[("SKILL", 160_000)])
    batch, after = world.batch_of([first, second])
    assert (batch.line_count, batch.total_fen) == (2, 280_000)
    world.released(batch, at=after)
    assert world.balances(book)[Kind.IN_TRANSIT] == 280_000
    assert write_due_payment_files() == 1
    assert write_due_payment_files() == 0
    batch.refresh_from_db()
    assert batch.state == BatchState.SENT
    maker = world.officer(Role.FINANCE_MAKER)
    file = answers.apply_answer_file(batch, name="a.csv", content=world.answer_csv(batch), by=maker, at=later)
    assert (file.accepted, file.new_count) == (True, 2)
    assert apply_due_answers() == 2
    assert apply_due_answers() == 0
    batch.refresh_from_db()
    first.refresh_from_db()
    assert (batch.state, first.state) == (BatchState.ANSWERED, "paid")
    assert world.balances(book)[Kind.PAID] == 280_000
    assert list(breaches()) == []


def test_the_payment_file_names_people_in_full_and_lies_sealed():
    world.budget(500_000)
    person = factories.with_bank_account(factories.learner("欧阳\U00020bb7·阿依古丽"))
    batch, after = world.sent([world.claim(person=person)])
    with default_storage.open(batch.file_name) as file:
        stored = file.read()
    assert b"9999991285726840905" not in stored
    plain = files.payment_file(batch, by=world.officer(Role.FINANCE_MAKER), at=after)
    text = plain.decode("utf-8-sig")
    assert hashlib.sha256(plain).hexdigest() == batch.file_sha256
    assert "欧阳\U00020bb7·阿依古丽" in text
    assert "9999991285726840905" in text
    assert "1200.00" in text


def test_the_file_is_for_finance_officers_of_the_province_only():
    world.budget(500_000)
    batch, after = world.sent([world.claim()])
    for stranger in (
        world.officer(Role.FINANCE_MAKER, "510000"),
        world.officer(Role.PROVINCE_REVIEWER),
        factories.staff(Role.AUDITOR),
    ):
        with pytest.raises(batches.NotYours):
            files.payment_file(batch, by=stranger, at=after)


def test_a_changed_file_is_not_handed_out():
    from django.core.files.base import ContentFile

    world.budget(500_000)
    batch, after = world.sent([world.claim()])
    default_storage.delete(batch.file_name)
    default_storage.save(batch.file_name, ContentFile(b"x" * 80))
    with pytest.raises(files.FileDamaged):
        files.payment_file(batch, by=world.officer(Role.FINANCE_MAKER), at=after)


def test_a_file_that_cannot_be_written_is_put_off_with_its_reason(later, settings, tmp_path):
    world.budget(500_000)
    batch, after = world.batch_of([world.claim()])
    world.released(batch, at=after)
    (tmp_path / "taken").write_text("a file where a directory should be")
    options = {"location": tmp_path / "taken" / "media", "base_url": None}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    assert write_due_payment_files() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.file_problem) == (BatchState.RELEASED, "NotADirectoryError")
    assert batch.file_due_at > later


def test_the_maker_neither_checks_nor_releases():
    from portal.accounts.services import appoint

    world.budget(500_000)
    _notice, after = world.noticed([world.claim()])
    both = world.officer(Role.FINANCE_MAKER)
    appoint(both, Role.FINANCE_CHECKER, by=None, at=AT, province=factories.province())
    vars(both).pop("_live_appointments", None)
    batch = assembling.make_batch(province="520000", by=both, at=after)
    with pytest.raises(batches.SamePerson):
        batches.check_batch(batch, by=both, at=after)
    batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
    with pytest.raises(batches.SamePerson):
        batches.release_batch(batch, by=both, at=after)


def test_who_changed_the_account_cannot_release():
    world.budget(500_000)
    person = factories.learner()
    checker = world.officer(Role.FINANCE_CHECKER)
    set_bank_account(
        person, number="9999991285726840905", bank_name="示例银行", agreed=True, by=checker, at=AT
    )
    batch, after = world.batch_of([world.claim(person=person)])
    with pytest.raises(batches.AccountChangedByYou):
        batches.check_batch(batch, by=checker, at=after)
    batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
    with pytest.raises(batches.AccountChangedByYou):
        batches.release_batch(batch, by=checker, at=after)
    with pytest.raises(IntegrityError, match="released_by_another_than_changed"), transaction.atomic():
        batch.lines.update(released_by=checker, state="sent")


def test_a_reviewer_of_a_claim_does_not_pay_it():
    from portal.accounts.services import appoint

    world.budget(500_000)
    _notice, after = world.noticed([world.claim()])
    reviewer = world.reviewer(Seat.FIRST)
    for role in (Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        appoint(reviewer, role, by=None, at=AT, province=factories.province())
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=reviewer, at=after)
    batch = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=after)
    with pytest.raises(batches.NotIndependent):
        batches.check_batch(batch, by=reviewer, at=after)


def test_an_account_changed_after_assembly_stops_the_batch():
    world.budget(500_000)
    made = world.claim()
    batch, after = world.batch_of([made])
    checker = world.officer(Role.FINANCE_CHECKER)
    batches.check_batch(batch, by=checker, at=after)
    factories.with_bank_account(made.claimant, at=after, number="9999991285726840913")
    with pytest.raises(batches.AccountChanged):
        batches.release_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
    batches.cancel_batch(batch, by=checker, at=after, reason="账户已变更")
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=after)
    after += COOLING
    world.vouched(at=after)
    again = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=after)
    assert again.lines.get().account_id != batch.lines.get().account_id
    assert list(breaches()) == []


def test_no_account_no_line_and_nobody_else_is_stopped():
    world.budget(500_000)
    without = factories.learner()
    batch, _after = world.batch_of([world.claim(person=without), world.claim()])
    assert batch.line_count == 1


def test_what_does_not_fit_goes_into_the_next_batch(monkeypatch):
    world.budget(500_000)
    monkeypatch.setattr(assembling, "MOST_CLAIMS", 2)
    first, after = world.batch_of([world.claim() for _ in range(3)])
    second = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=after)
    assert (first.line_count, second.line_count) == (2, 1)


def test_a_hold_keeps_a_claim_out_and_stops_a_batch():
    world.budget(500_000)
    held, free = world.claim(), world.claim()
    _notice, after = world.noticed([held, free])
    holds.put_hold(held, Hold.Category.CHECK, "核对", by=None, at=after)
    maker, checker = world.officer(Role.FINANCE_MAKER), world.officer(Role.FINANCE_CHECKER)
    batch = assembling.make_batch(province="520000", by=maker, at=after)
    assert [line.claim_id for line in batch.lines.all()] == [free.pk]
    hold = holds.put_hold(free, Hold.Category.CHECK, "核对", by=None, at=after)
    with pytest.raises(batches.LineHeld):
        batches.check_batch(batch, by=checker, at=after)
    holds.close_hold(hold, by=checker, at=after, reason="无误")
    batches.check_batch(batch, by=checker, at=after)


def test_nothing_payable_is_no_batch_and_another_province_is_not_yours():
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    with pytest.raises(batches.NotYours):
        assembling.make_batch(province="510000", by=world.officer(Role.FINANCE_MAKER), at=AT)


def test_a_cancelled_batch_needs_a_reason_and_frees_its_claims():
    world.budget(500_000)
    made = world.claim()
    batch, after = world.batch_of([made])
    maker = world.officer(Role.FINANCE_MAKER)
    with pytest.raises(batches.ReasonMissing):
        batches.cancel_batch(batch, by=maker, at=after, reason="")
    batches.cancel_batch(batch, by=maker, at=after, reason="重做")
    made.refresh_from_db()
    assert made.state == "payable"
    with pytest.raises(IllegalMove):
        batches.cancel_batch(batch, by=maker, at=after, reason="重做")


def test_a_claim_of_two_funds_is_paid_when_both_lines_are():
    skill, employ = world.budget(500_000), world.budget(90_000, "EMPLOY")
    made = world.claim(lines=[("SKILL", 120_000), ("EMPLOY", 6_000)])
    batch, after = world.sent([made])
    world.answered(batch, at=after, results={1: "退票"})
    made.refresh_from_db()
    assert made.state == "payable"
    assert world.balances(skill)[Kind.PAID] + world.balances(employ)[Kind.PAID] in (120_000, 6_000)
    hold = made.holds.get(closed_at=None)
    maker = world.officer(Role.FINANCE_MAKER)
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=maker, at=after)
    with pytest.raises(holds.ReasonMissing):
        holds.close_hold(hold, by=maker, at=after, reason="")
    with pytest.raises(holds.AccountUnchanged):
        holds.close_hold(hold, by=maker, at=after, reason="已更正账户")
    factories.with_bank_account(made.claimant, at=after)
    holds.close_hold(hold, by=maker, at=after, reason="已更正账户")
    after += COOLING
    world.vouched(at=after)
    again = assembling.make_batch(province="520000", by=maker, at=after)
    assert again.line_count == 1
    world.released(again, at=after)
    files.write_payment_file(again, at=after)
    world.answered(again, at=after)
    made.refresh_from_db()
    assert made.state == "paid"
    assert list(breaches()) == []


# -- the bank's answer ------------------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing():
    book = world.budget(500_000)
    batch, after = world.sent([world.claim()])
    content = world.answer_csv(batch)
    maker = world.officer(Role.FINANCE_MAKER)
    first = answers.apply_answer_file(batch, name="a.csv", content=content, by=maker, at=after)
    assert answers.apply_answer_file(batch, name="b.csv", content=content, by=maker, at=after) == first
    again = answers.apply_answer_file(batch, name="c.csv", content=content + b"\n", by=maker, at=after)
    assert (again.accepted, again.new_count) == (True, 0)
    for answer in [*BankAnswer.objects.all(), *BankAnswer.objects.all()]:
        answers.apply_answer(answer, at=after)
    assert world.balances(book)[Kind.PAID] == 120_000
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["{b},9,R1,1200.00,成功,"], ["unknown_line"]),
        (["{b},1,R1,1200.01,成功,"], ["wrong_amount"]),
        (["{b},1,R1,-1200.00,成功,"], ["bad_amount"]),
        (["{b},1,R1,1200.001,成功,"], ["bad_amount"]),
        (["{b},1,R1,NaN,成功,"], ["bad_amount"]),
        (["{b},1,R1,0,成功,"], ["bad_amount"]),
        (["{b},1,R1,1200.00,也许,"], ["bad_result"]),
        (["{b},1,R1,1200.00,失败,"], ["reason_missing"]),
        (["{b},1,,1200.00,成功,"], ["bad_answer_id"]),
        (["{b},x,R1,1200.00,成功,"], ["bad_line_no"]),
        (["PB-00-2026-0001,1,R1,1200.00,成功,"], ["other_batch"]),
        (["{b},1,R1,1200.00,成功,", "{b},1,R2,1200.00,成功,"], ["line_twice"]),
        (["{b},1,R1,1200.00,成功,", "{b},2,R2"], ["cut"]),
        ([], ["empty"]),
    ],
)
def test_one_bad_row_refuses_the_whole_file(rows, codes):
    world.budget(500_000)
    batch, after = world.sent([world.claim(), world.claim()])
    text = "\n".join(["批次号,行号,回单号,金额,结果,原因", *rows]).format(b=batch.number)
    maker = world.officer(Role.FINANCE_MAKER)
    file = answers.apply_answer_file(batch, name="a.csv", content=text.encode(), by=maker, at=after)
    assert not file.accepted
    assert [problem["code"] for problem in file.report] == codes
    assert not BankAnswer.objects.exists()
    assert set(batch.lines.values_list("state", flat=True)) == {LineState.SENT}


def test_another_answer_to_an_answered_line_is_refused():
    world.budget(500_000)
    batch, after = world.sent([world.claim()])
    world.answered(batch, at=after)
    content = world.answer_csv(batch, {1: "退票"})
    maker = world.officer(Role.FINANCE_MAKER)
    file = answers.apply_answer_file(batch, name="x.csv", content=content, by=maker, at=after)
    assert [problem["code"] for problem in file.report] == ["answered_before"]


def test_a_batch_that_was_not_sent_has_no_answer():
    world.budget(500_000)
    batch, after = world.batch_of([world.claim()])
    with pytest.raises(answers.NotAtTheBank):
        answers.apply_answer_file(
            batch, name="x.csv", content=b"", by=world.officer(Role.FINANCE_MAKER), at=after
        )
    with pytest.raises(answers.NotYours):
        answers.apply_answer_file(
            batch, name="x.csv", content=b"", by=world.officer(Role.FINANCE_MAKER, "510000"), at=after
        )


# -- what the database refuses ----------------------------------------------------------------------------------------


def _made():
    world.budget(500_000)
    return world.batch_of([world.claim(), world.claim()])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"state": "checked"}, "batch_checked_by_somebody"),
        ({"state": "released"}, "does not go from"),
        ({"state": "paid"}, "batch_state_is_known|does not go from"),
        ({"state": "cancelled"}, "does not go from"),
        ({"state": "cancelling", "due_at": AT}, "batch_cancelled_with_a_reason"),
        ({"due_at": AT}, "batch_due_while_at_work"),
        ({"lines_sha256": ""}, "frozen"),
        ({"total_fen": 1}, "frozen"),
        ({"line_count": 1}, "frozen"),
        ({"file_name": "x"}, "batch_sent_with_its_file"),
        ({"answered_at": AT}, "batch_answered_at_a_time"),
        ({"released_at": AT}, "batch_released_by_somebody"),
    ],
)
def test_a_batch_keeps_to_its_road_in_the_table_too(changes, says):
    batch, _after = _made()
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(**changes)


def test_the_maker_cannot_be_checker_in_the_table():
    batch, after = _made()
    row = Batch.objects.filter(pk=batch.pk)
    with pytest.raises(IntegrityError, match="batch_maker_neither"), transaction.atomic():
        row.update(state="checked", checked_by=batch.made_by, checked_at=after)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fen": 1}, "frozen"),
        ({"made_at": AT}, "frozen"),
        ({"state": "settled"}, "does not go from"),
        ({"state": "sent"}, "batch_line_state_and_times_agree"),
        ({"answered_at": AT}, "batch_line_state_and_times_agree"),
    ],
)
def test_a_line_keeps_to_its_road_in_the_table_too(changes, says):
    batch, _after = _made()
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        BatchLine.objects.filter(batch=batch, line_no=1).update(**changes)


def _copy(line, **changes):
    values = {f.attname: getattr(line, f.attname) for f in BatchLine._meta.concrete_fields if f.name != "id"}
    return BatchLine(**{**values, **changes})


def test_a_sum_stands_in_one_live_line():
    batch, _after = _made()
    line = batch.lines.first()
    with pytest.raises(IntegrityError, match="batch_line_one_live_or_settled"), transaction.atomic():
        _copy(line, line_no=3).save(force_insert=True)
    with pytest.raises(IntegrityError, match="batch_line_once"), transaction.atomic():
        _copy(line, line_no=1).save(force_insert=True)
    with pytest.raises(IntegrityError, match="batch_line_after_the_notice"), transaction.atomic():
        _copy(line, line_no=3, notice_ended_at=line.made_at + dt.timedelta(days=1)).save(force_insert=True)
    with pytest.raises(IntegrityError, match="batch_line_above_zero"), transaction.atomic():
        _copy(line, line_no=3, fen=0).save(force_insert=True)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        line.delete()


def test_a_line_is_not_added_to_a_finished_batch():
    batch, _after = _made()
    world.approve(extra := world.claim())
    entitlement = world.entitlements(extra)[0]
    line = batch.lines.first()
    with pytest.raises(IntegrityError, match="finished batch"), transaction.atomic():
        _copy(line, line_no=3, entitlement_id=entitlement.pk, claim_id=extra.pk).save(force_insert=True)


def test_totals_equal_lines_at_commit():
    from django.db import connection

    batch, _after = _made()
    values = {f.attname: getattr(batch, f.attname) for f in Batch._meta.concrete_fields if f.name != "id"}
    values |= {"state": "assembling", "due_at": AT}
    with pytest.raises(IntegrityError, match="begins as assembling"), transaction.atomic():
        Batch(**{**values, "state": "assembled"}).save(force_insert=True)
    with pytest.raises(IntegrityError, match="batch_one_per_place"), transaction.atomic():
        Batch(**{**values, "number": "PB-X"}).save(force_insert=True)
    empty = Batch(**{**values, "place": 99, "number": "PB-X", "line_count": 0, "total_fen": 0})
    with transaction.atomic():
        empty.save(force_insert=True)
    with pytest.raises(IntegrityError, match="batch_has_lines_and_a_sum"), transaction.atomic():
        Batch.objects.filter(pk=empty.pk).update(state="assembled", due_at=None)
    Batch.objects.filter(pk=empty.pk).update(line_count=2, total_fen=5)
    with pytest.raises(IntegrityError, match="it has 0 of 0"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)


def test_bank_answers_are_one_per_line_and_frozen():
    world.budget(500_000)
    batch, after = world.sent([world.claim()])
    maker = world.officer(Role.FINANCE_MAKER)
    answers.apply_answer_file(batch, name="a.csv", content=world.answer_csv(batch), by=maker, at=after)
    one = BankAnswer.objects.get()
    values = {"province_id": "520000", "file": one.file, "line": one.line, "answer_id": "R9", "due_at": after}
    with pytest.raises(IntegrityError, match="bank_answer_one_per_line"), transaction.atomic():
        BankAnswer.objects.create(**values, result="paid", fen=1)
    with pytest.raises(IntegrityError, match="bank_answer_returned_with_a_reason"), transaction.atomic():
        BankAnswer.objects.create(**values, result="returned", fen=1)
    with pytest.raises(IntegrityError, match="bank_answer_above_zero"), transaction.atomic():
        BankAnswer.objects.create(**values, result="paid", fen=0)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        BankAnswer.objects.update(result="returned", reason="x")
    with pytest.raises(IntegrityError, match="answer_file_refused_with_a_report"), transaction.atomic():
        AnswerFile.objects.create(
            province_id="520000",
            batch=batch,
            sha256="",
            received_by=maker,
            received_at=after,
            accepted=False,
            row_count=0,
        )


@pytest.mark.parametrize("state", BatchState.values)
def test_pages_offer_only_steps_the_table_has(state):
    from portal import moves

    for step in moves.steps_from(BATCH_MOVES, state):
        assert moves.check(BATCH_MOVES, step, state) in BatchState.values


def test_every_state_of_a_line_is_reached():
    assert {move.target for move in LINE_MOVES.values()} | {LineState.OPEN} == set(LineState)
