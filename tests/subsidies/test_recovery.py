"""Recovery: who may do what and when, what it does to the books, and what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from certificates.models import Certificate
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from portal.notices.models import Notice
from subsidies.models import Entitlement, RecoveryOrder, Settlement
from subsidies.selectors import recovery as asked
from subsidies.services import (
    assembling,
    files,
    instalments,
    notices,
    reconcile,
    recovery,
    sanctions,
    settlements,
)
from subsidies.services.reconcile import breaches
from subsidies.tasks import propose_recoveries
from subsidies.workflow.money import Kind
from subsidies.workflow.recovery import RecoveryState as R
from tests.certificates import making as papers
from tests.subsidies import making
from tests.subsidies import money_world as world
from tests.subsidies import recovery_world as made_by

pytestmark = pytest.mark.django_db
AT = world.AT


@pytest.fixture
def book(db):
    return world.budget(1_000_000)


@pytest.fixture
def paid(book):
    """A claim of 1,200 yuan that was paid, and the moment after."""
    claim = world.claim()
    return claim, made_by.paid([claim])


def balances(book):
    return {kind: fen for kind, fen in world.balances(book).items() if fen}


def test_a_proposal_moves_no_money_and_an_order_does(book, paid):
    claim, at = paid
    order = made_by.told(claim, at=at)
    assert world.balances(book)[Kind.PAID] == 120_000
    checker, later = world.officer(Role.FINANCE_CHECKER), order.reply_due_at
    order = recovery.order_recovery(order, document="1 号", by=checker, at=later)
    assert (order.state, order.owed_fen) == (R.ORDERED, 120_000)
    assert balances(book) == {"appropriation": -1_000_000, "available": 880_000, "receivable": 120_000}
    assert list(breaches()) == []


def test_the_payee_is_told_and_may_reply_once_before_anything_is_ordered(paid):
    claim, at = paid
    order = made_by.told(claim, at=at)
    assert Notice.objects.filter(user=claim.claimant, kind="recovery.announced").count() == 1
    checker = world.officer(Role.FINANCE_CHECKER)
    with pytest.raises(recovery.ReplyStillOpen):
        recovery.order_recovery(order, document="1 号", by=checker, at=order.reply_due_at - world.HOUR)
    with pytest.raises(recovery.NotYours):
        recovery.reply_to_recovery(order, text="x", by=checker, at=at)
    with pytest.raises(recovery.ReasonMissing):
        recovery.reply_to_recovery(order, text=" ", by=claim.claimant, at=at)
    order = recovery.reply_to_recovery(order, text="证书有效。", by=claim.claimant, at=at)
    with pytest.raises(recovery.ReplyClosed):
        recovery.reply_to_recovery(order, text="再说", by=claim.claimant, at=at)
    assert recovery.order_recovery(order, document="1 号", by=checker, at=at).state == R.ORDERED


def test_a_reply_comes_too_late_after_the_last_day(paid):
    claim, at = paid
    order = made_by.told(claim, at=at)
    with pytest.raises(recovery.ReplyClosed):
        recovery.reply_to_recovery(order, text="x", by=claim.claimant, at=order.reply_due_at)


def test_who_proposed_or_announced_does_not_order(paid):
    claim, at = paid
    proposer, teller = made_by.officer(), made_by.officer()
    order = recovery.notify_payee(made_by.proposed(claim, at=at, by=proposer), by=teller, at=at)
    for same in (proposer, teller):
        with pytest.raises(recovery.SamePerson):
            recovery.order_recovery(order, document="1", by=same, at=order.reply_due_at)
        with pytest.raises(IntegrityError, match="recovery_ordered_by_another_person"), transaction.atomic():
            RecoveryOrder.objects.filter(pk=order.pk).update(
                state="ordered", ordered_by=same, ordered_at=order.reply_due_at, document="1"
            )


def test_another_province_and_the_payee_themselves_are_kept_out(paid):
    claim, at = paid
    with pytest.raises(recovery.NotYours):
        made_by.proposed(claim, at=at, by=made_by.officer("510000"))
    order = made_by.proposed(claim, at=at)
    with pytest.raises(recovery.NotYours):
        recovery.notify_payee(order, by=made_by.officer("510000"), at=at)
    with pytest.raises(recovery.NotYours):
        recovery.notify_payee(order, by=world.officer(Role.FINANCE_CHECKER), at=at)
    from portal.accounts.services import appoint

    appoint(claim.claimant, Role.RECOVERY_OFFICER, by=None, at=AT, province=claim.province)
    vars(claim.claimant).pop("_live_appointments", None)
    with pytest.raises(recovery.OwnDebt):
        recovery.notify_payee(order, by=claim.claimant, at=at)
    assert not asked.orders_visible_to(claim.claimant).exists()
    assert not asked.orders_visible_to(made_by.officer("510000")).exists()
    assert asked.orders_visible_to(made_by.officer()).get() == order


def test_only_what_was_paid_is_recovered_and_never_more(paid):
    claim, at = paid
    other = world.approve(world.claim())
    with pytest.raises(recovery.NotPaid):
        made_by.proposed(other, at=at)
    for fen in (0, -1, 120_001):
        with pytest.raises(recovery.AboveWhatWasPaid):
            made_by.proposed(claim, at=at, fen=fen)
    made_by.proposed(claim, at=at, fen=50_000)
    with pytest.raises(recovery.AlreadyRunning):
        made_by.proposed(claim, at=at, fen=1)


def test_two_orders_of_one_payment_together_ask_for_no_more_than_was_paid(book, paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at, fen=100_000)
    made_by.repaid(order, 100_000, at=at)
    with pytest.raises(recovery.AboveWhatWasPaid):
        made_by.proposed(claim, at=at, fen=20_001)
    second = made_by.proposed(claim, at=at)
    assert (second.paid_fen, second.ordered_fen) == (20_000, 20_000)
    values = {name: getattr(second, name) for name in ("province", "claim", "entitlement", "book", "payee")}
    RecoveryOrder.objects.filter(pk=second.pk).update(state="cancelled", ended_at=at)
    with pytest.raises(IntegrityError, match="more would be recovered"), transaction.atomic():
        RecoveryOrder.objects.create(
            **values,
            number="X",
            ground="audit",
            reason="x",
            paid_fen=120_000,
            ordered_fen=20_001,
            proposed_at=at,
        )


def test_repaid_in_the_year_the_sum_is_available_again(book, paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    made_by.repaid(order, 50_000, at=at)
    order.refresh_from_db()
    assert (order.state, order.owed_fen) == (R.PART_REPAID, 70_000)
    made_by.repaid(order, 70_000, at=at)
    order.refresh_from_db()
    assert (order.state, order.owed_fen, order.ended_at) == (R.REPAID, 0, at)
    assert balances(book) == {"appropriation": -1_000_000, "available": 1_000_000}
    assert [move.step for move in order.moves.all()] == ["propose", "notify", "order", "repay_part", "repay"]
    assert list(breaches()) == []


def test_repaid_after_the_year_was_closed_the_sum_is_the_treasurys(book, paid):
    from tests.subsidies.test_budgets import NEXT_YEAR, enter

    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    enter("close", at=max(NEXT_YEAR, at))
    made_by.repaid(order, 120_000, at=max(NEXT_YEAR, at))
    assert balances(book) == {"appropriation": -120_000, "remitted": 120_000}
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("fen", "reference", "rule"),
    [
        (0, "B1", settlements.BadAmount),
        (-5, "B1", settlements.BadAmount),
        (120_001, "B1", settlements.MoreThanOwed),
        (5, "  ", settlements.ReferenceMissing),
    ],
)
def test_a_repayment_that_makes_no_sense_is_refused(paid, fen, reference, rule):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    with pytest.raises(rule):
        settlements.enter_repayment(order, fen=fen, reference=reference, by=made_by.officer(), at=at)


def test_a_bank_reference_counts_once_until_it_is_refused(paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    told = {"fen": 10, "reference": "B1", "by": made_by.officer(), "at": at}
    row = settlements.enter_repayment(order, **told)
    with pytest.raises(settlements.ReferenceTwice):
        settlements.enter_repayment(order, **told)
    with pytest.raises(settlements.SamePerson):
        settlements.refuse_settlement(row, reason="x", by=told["by"], at=at)
    with pytest.raises(recovery.ReasonMissing):
        settlements.refuse_settlement(row, reason=" ", by=made_by.officer(), at=at)
    settlements.refuse_settlement(row, reason="不是本人汇款", by=made_by.officer(), at=at)
    settlements.enter_repayment(order, **told)


def test_another_person_confirms_a_repayment_once(book, paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    by, second = made_by.officer(), made_by.officer()
    row = settlements.enter_repayment(order, fen=10, reference="B1", by=by, at=at)
    with pytest.raises(settlements.SamePerson):
        settlements.confirm_settlement(row, by=by, at=at)
    with pytest.raises(recovery.NotYours):
        settlements.confirm_settlement(row, by=world.officer(Role.FINANCE_MAKER), at=at)
    settlements.confirm_settlement(row, by=second, at=at)
    with pytest.raises(IllegalMove):
        settlements.confirm_settlement(row, by=made_by.officer(), at=at)
    assert world.balances(book)[Kind.RECEIVABLE] == 119_990


def test_a_write_off_takes_a_document_and_two_other_people(book, paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    by, first, second = made_by.officer(), made_by.officer(), world.officer(Role.FINANCE_CHECKER)
    with pytest.raises(recovery.DocumentMissing):
        settlements.enter_write_off(order, fen=120_000, document=" ", by=by, at=at)
    row = settlements.enter_write_off(order, fen=120_000, document="核销 1 号", by=by, at=at)
    row = settlements.confirm_settlement(row, by=first, at=at)
    assert world.balances(book)[Kind.WRITTEN_OFF] == 0
    for same in (by, first):
        with pytest.raises(settlements.SamePerson):
            settlements.confirm_settlement(row, by=same, at=at)
    settlements.confirm_settlement(row, by=second, at=at)
    order.refresh_from_db()
    assert (order.state, order.written_off_fen) == (R.WRITTEN_OFF, 120_000)
    assert world.balances(book)[Kind.WRITTEN_OFF] == 120_000
    assert list(breaches()) == []


def owing_and_payable(book, *, debt, due):
    """One person who owes `debt` and is about to be paid `due`; order, entitlement, moment."""
    person = world.payee()
    old, new = world.claim(person=person), world.claim(person=person, lines=[("SKILL", due)])
    at = made_by.paid([old])
    order, at = made_by.ordered(old, at=at, fen=debt)
    _notice, at = world.noticed([new], at=at)
    return order, made_by.entitlement(new), at


def test_an_offset_posts_the_legs_of_the_design(book):
    """Claim 1,200, debt 920: spending shows 1,200, the debt falls to 0, 280 go to the bank."""
    order, target, at = owing_and_payable(book, debt=92_000, due=120_000)
    before = world.balances(book)
    made_by.offset(order, target, at=at)
    order.refresh_from_db()
    target.refresh_from_db()
    after = world.balances(book)
    assert (order.state, order.owed_fen) == (R.OFFSET, 0)
    assert (target.offset_fen, target.due_fen, target.state) == (92_000, 28_000, "reserved")
    assert {kind: after[kind] - before[kind] for kind in after if after[kind] != before[kind]} == {
        "paid": 92_000,
        "reserved": -92_000,
        "available": 92_000,
        "receivable": -92_000,
    }
    assert list(breaches()) == []
    batch = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=at)
    assert batch.total_fen == 28_000
    world.released(batch, at=at)
    world.answered(files.write_payment_file(batch, at=at), at=at)
    paid = world.balances(book)[Kind.PAID]
    assert paid - before["paid"] == 120_000
    assert list(breaches()) == []


def test_a_claim_that_is_wholly_offset_is_paid(book):
    order, target, at = owing_and_payable(book, debt=120_000, due=50_000)
    made_by.offset(order, target, at=at)
    order.refresh_from_db()
    target.refresh_from_db()
    assert (target.state, target.due_fen, target.claim.state) == ("paid", 0, "paid")
    assert (order.state, order.owed_fen) == (R.PART_REPAID, 70_000)
    assert list(breaches()) == []


def test_an_offset_is_confirmed_by_another_person_and_only_while_the_sum_waits(book):
    order, target, at = owing_and_payable(book, debt=92_000, due=120_000)
    by = made_by.officer()
    row = settlements.enter_offset(order, target, by=by, at=at)
    with pytest.raises(settlements.OffsetWaits):
        settlements.enter_offset(order, target, by=by, at=at)
    with pytest.raises(settlements.SamePerson):
        settlements.confirm_settlement(row, by=by, at=at)
    assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=at)
    with pytest.raises(settlements.NotOffsettable):
        settlements.confirm_settlement(row, by=made_by.officer(), at=at)
    assert Settlement.objects.get(pk=row.pk).state == "entered"


def test_only_a_sum_of_the_same_payee_and_fund_is_offset(book):
    world.budget(500_000, "EMPLOY")
    order, _target, at = owing_and_payable(book, debt=92_000, due=120_000)
    stranger = world.claim()
    other_fund = world.claim(person=order.payee, lines=[("EMPLOY", 5_000)])
    _notice, at = world.noticed([stranger, other_fund], at=at)
    for claim in (stranger, other_fund):
        with pytest.raises(settlements.NotOffsettable):
            settlements.enter_offset(order, made_by.entitlement(claim), by=made_by.officer(), at=at)
    assert [row.claim.claimant_id for row in asked.offsettable(order)] == [order.payee_id]


def test_cancelling_reverses_what_is_still_owed(book, paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    made_by.repaid(order, 20_000, at=at)
    row = settlements.enter_repayment(order, fen=5, reference="B9", by=made_by.officer(), at=at)
    with pytest.raises(recovery.SettlementWaits):
        recovery.cancel_recovery(order, reason="查错了", by=made_by.officer(), at=at)
    settlements.refuse_settlement(row, reason="x", by=made_by.officer(), at=at)
    recovery.cancel_recovery(order, reason="查错了", by=made_by.officer(), at=at)
    order.refresh_from_db()
    assert (order.state, order.cancelled_fen, order.owed_fen) == (R.CANCELLED, 100_000, 0)
    assert world.balances(book)[Kind.PAID] == 100_000
    assert world.balances(book)[Kind.RECEIVABLE] == 0
    assert list(breaches()) == []
    with pytest.raises(IllegalMove):
        recovery.cancel_recovery(order, reason="再来", by=made_by.officer(), at=at)


def test_a_proposal_is_cancelled_without_any_entry(book, paid):
    claim, at = paid
    order = made_by.proposed(claim, at=at)
    recovery.cancel_recovery(order, reason="不成立", by=made_by.officer(), at=at)
    assert balances(book)["paid"] == 120_000
    assert made_by.proposed(claim, at=at).ordered_fen == 120_000


def test_what_is_handed_to_enforcement_can_still_be_repaid(paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    recovery.hand_to_enforcement(order, reason="逾期未还", by=made_by.officer(), at=at)
    made_by.repaid(order, 20_000, at=at)
    order.refresh_from_db()
    assert order.state == R.IN_ENFORCEMENT
    made_by.repaid(order, 100_000, at=at)
    order.refresh_from_db()
    assert order.state == R.REPAID


def test_instalments_add_up_and_a_new_plan_replaces_the_old(paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    first, by = at.date() + dt.timedelta(days=30), made_by.officer()
    second = first + dt.timedelta(days=30)
    for parts, rule in [
        ([(first, 119_999)], instalments.PlanDoesNotAddUp),
        ([(second, 60_000), (first, 60_000)], instalments.BadPlan),
        ([(first, 0), (second, 120_000)], instalments.BadPlan),
        ([(at.date() - dt.timedelta(days=1), 120_000)], instalments.BadPlan),
        ([], instalments.BadPlan),
    ]:
        with pytest.raises(rule):
            instalments.plan_instalments(order, parts, by=by, at=at)
    instalments.plan_instalments(order, [(first, 120_000)], by=by, at=at)
    instalments.plan_instalments(order, [(first, 60_000), (second, 60_000)], by=by, at=at)
    made_by.repaid(order, 80_000, at=at)
    order.refresh_from_db()
    rows = asked.plan_with_progress(order, at + dt.timedelta(days=100))
    assert [(row.part.fen, row.covered, row.done, row.late) for row in rows] == [
        (60_000, 60_000, True, False),
        (60_000, 20_000, False, True),
    ]


def test_a_sanction_blocks_its_days_and_is_lifted_for_a_reason(paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    by, today = made_by.officer(), at.date()
    said = {
        "kind": "suspension",
        "document": "1 号",
        "reason": "骗取补贴",
        "by": by,
        "at": at,
        "starts_on": today,
    }
    with pytest.raises(sanctions.BadSpan):
        sanctions.impose_sanction(order, **said, ends_on=None)
    with pytest.raises(sanctions.BadSpan):
        sanctions.impose_sanction(order, **said, ends_on=today - dt.timedelta(days=1))
    row = sanctions.impose_sanction(order, **said, ends_on=today + dt.timedelta(days=10))
    assert asked.blocked(claim.claimant, today) == row
    assert asked.blocked(claim.claimant, row.ends_on) == row
    assert asked.blocked(claim.claimant, row.ends_on + dt.timedelta(days=1)) is None
    assert asked.blocked(claim.claimant, today - dt.timedelta(days=1)) is None
    assert asked.blocked(by, today) is None
    with pytest.raises(recovery.ReasonMissing):
        sanctions.lift_sanction(row, reason="", by=by, at=at)
    sanctions.lift_sanction(row, reason="申诉成立", by=by, at=at)
    assert asked.blocked(claim.claimant, today) is None
    with pytest.raises(sanctions.AlreadyLifted):
        sanctions.lift_sanction(row, reason="x", by=by, at=at)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(kind="blacklist")


def test_a_fallen_certificate_leads_to_one_proposal(book, monkeypatch):
    from subsidies.tasks import recovery as tasks

    one = making.approved(at=AT)
    notice = notices.publish_notice(province="520000", by=world.officer(Role.PROVINCE_REVIEWER), at=AT)
    at = notice.ends_at + world.HOUR
    notices.end_notice(notice, at=at)
    world.vouched(at=at)
    batch = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=at)
    world.released(batch, at=at)
    world.answered(files.write_payment_file(batch, at=at), at=at)
    made_by.paid([world.claim()], at=at)
    monkeypatch.setattr(tasks.clock, "now", lambda: at + dt.timedelta(days=40))
    assert propose_recoveries() == 0
    papers.revoked(Certificate.objects.get(serial=one.certificate_serial), at=at, reason="替考，已核实")
    assert propose_recoveries() == 1
    assert propose_recoveries() == 0
    order = RecoveryOrder.objects.get()
    assert (order.claim, order.ground, order.proposed_by, order.state) == (
        one,
        "certificate",
        None,
        R.PROPOSED,
    )
    recovery.cancel_recovery(order, reason="证书已恢复", by=made_by.officer(), at=order.proposed_at)
    assert propose_recoveries() == 0


# -- what the database refuses ----------------------------------------------------------------------------------------


def test_an_order_keeps_to_its_road_and_its_sums(paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    row = RecoveryOrder.objects.filter(pk=order.pk)
    for changes, says in [
        ({"state": "repaid", "ended_at": at}, "recovery_state_and_sums_agree"),
        ({"state": "notified"}, "does not go from ordered to notified"),
        ({"repaid_fen": 120_001}, "recovery_settles_no_more_than_ordered"),
        ({"repaid_fen": -1}, "recovery_settles_no_more_than_ordered"),
        ({"ordered_fen": 5}, "frozen"),
        ({"document": ""}, "recovery_ordered_by_a_document"),
        ({"ended_at": at}, "recovery_ended_at_a_time"),
        ({"notified_by": None}, "recovery_steps_have_a_person"),
        ({"reply": "x"}, "recovery_reply_has_words"),
        ({"ordered_at": at - dt.timedelta(days=9)}, "recovery_ordered_after_the_right_of_reply"),
    ]:
        with pytest.raises(IntegrityError, match=says), transaction.atomic():
            row.update(**changes)
    with (
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM subsidies_recoveryorder")


@pytest.mark.parametrize("table", ["recoverymove", "instalment", "reconcilerun"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_history_of_a_recovery_is_append_only(paid, table, verb):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    instalments.plan_instalments(order, [(at.date(), 120_000)], by=made_by.officer(), at=at)
    reconcile.prove(at=at)
    with (
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(f"subsidies_{table}"))


def test_a_settlement_keeps_to_its_people_and_its_road(paid):
    claim, at = paid
    order, at = made_by.ordered(claim, at=at)
    by = made_by.officer()
    made = settlements.enter_repayment(order, fen=5, reference="B1", by=by, at=at)
    row = Settlement.objects.filter(pk=made.pk)
    other = made_by.officer()
    for changes, says in [
        ({"state": "confirmed", "checked_by": by, "checked_at": at}, "settlement_by_different_people"),
        ({"state": "confirmed"}, "settlement_checked_by_somebody"),
        ({"state": "refused", "checked_by": other, "checked_at": at}, "settlement_checked_by_somebody"),
        ({"fen": 6}, "frozen"),
    ]:
        with pytest.raises(IntegrityError, match=says), transaction.atomic():
            row.update(**changes)


def test_an_offset_is_refused_by_the_table_where_the_sum_is_not_set_aside(book, paid):
    claim, _at = paid
    with pytest.raises(IntegrityError, match="in no batch is offset"), transaction.atomic():
        Entitlement.objects.filter(claim=claim).update(offset_fen=5)
    other = world.approve(world.claim())
    row = Entitlement.objects.filter(claim=other)
    with pytest.raises(IntegrityError, match="wholly_offset_is_paid"), transaction.atomic():
        row.update(offset_fen=120_000)
    row.update(offset_fen=5)
    with pytest.raises(IntegrityError, match="in no batch is offset"), transaction.atomic():
        row.update(offset_fen=4)
    with pytest.raises(IntegrityError, match="offset_is_not_given_back"), transaction.atomic():
        row.update(state="released", released_at=AT)
