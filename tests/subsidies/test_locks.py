"""Every lock on the way of a subsidy, and a test of two at the same moment for each; what the neighbours do not try yet is here.

`LOCKS` is held against the code: a lock that is added without a test, and a test that is gone, both fail.
"""

import ast
import datetime as dt
from pathlib import Path

from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.rules import RuleBroken
from subsidies import tasks
from subsidies.models import (
    ClaimDraft,
    Decision,
    ImpactRun,
)
from subsidies.services import (
    claims,
    drafts,
    holds,
    impacts,
    notices,
    objections,
    payment_notices,
    policies,
)
from subsidies.services.reconcile import breaches
from subsidies.workflow.claims import State
from tests import factories
from tests.subsidies import making
from tests.subsidies import money_world as world
from tests.subsidies import recovery_world as made_by

AT = world.AT
HERE = Path(__file__).parent
CODE = HERE.parents[1] / "subsidies"
LOCKS = {
    "services/answers.py read_answer_file": "test_the_same_answers_at_the_same_moment_are_applied_once",
    "services/answers.py apply_answer": "test_both_lines_of_one_claim_answered_at_the_same_moment",
    "services/answers.py apply_paid": "test_the_same_answers_at_the_same_moment_are_applied_once",
    "services/assembling.py _next_chunk": "test_two_makers_assemble_one_batch",
    "services/batches.py lock_batch": "test_release_and_cancel_exclude_each_other",
    "services/batches.py _lock_claims": "test_a_batch_taken_back_and_a_year_that_ends_meet_at_its_claims",
    "services/budgets.py _checked": "test_a_budget_is_confirmed_once",
    "services/checking.py check_claims": "test_a_claim_that_is_being_checked_is_not_checked_again",
    "services/claims.py submit_claim": "test_two_claims_for_one_training_at_the_same_moment",
    "services/claims.py next_numbers": "test_numbers_have_no_gaps_under_load",
    "services/contracts.py locked": "test_two_decisions_do_not_grant_more_than_a_contract_holds",
    "services/drafts.py discard_draft": "test_what_is_thrown_away_takes_the_paper_that_is_being_added",
    "services/drafts.py kept_draft": "test_two_steps_of_one_draft_are_both_kept",
    "services/entitlements.py release": "test_a_reservation_is_carried_once_and_given_back_by_one_of_both",
    "services/entitlements.py bounce_late": "test_a_payment_that_comes_back_is_not_asked_back_as_well",
    "services/fraud/asking.py take_up": "test_one_question_to_a_register_is_taken_up_by_one_worker",
    "services/fraud/asking.py told": "test_an_answer_and_a_look_at_the_same_claim_do_not_wait_for_each_other",
    "services/fraud/deciding.py _open": "test_a_claim_goes_on_when_both_findings_that_hold_it_are_dismissed_at_the_same_moment",
    "services/fraud/looking.py _hold_with": "test_a_run_stops_no_claim_with_its_provider_that_ends_meanwhile",
    "services/fraud/looking.py look_at_new": "test_a_new_claim_is_looked_at_by_one_worker",
    "services/fraud/looking.py look_through": "test_a_look_by_night_stops_no_claim_that_ends_meanwhile",
    "services/holds.py close_hold": "test_a_hold_is_closed_once",
    "services/impacts.py cancel_run": "test_a_run_is_stopped_once_and_not_while_it_goes_on",
    "services/impacts.py go_on": "test_two_workers_of_one_run_look_at_each_claim_once",
    "services/ledger.py locked": "test_a_budget_for_all_but_one_is_never_overspent",
    "services/list_work.py submit_some": "test_two_lists_at_once_claim_one_person_once",
    "services/list_work.py work_on_next": "test_a_list_is_taken_up_by_one_worker",
    "services/lists.py clear_lists": "test_two_workers_clear_a_list_once",
    "services/lists.py locked_list": "test_a_list_is_submitted_or_dropped_and_not_both",
    "services/mandates.py end_mandate": "test_a_mandate_is_taken_back_once",
    "services/materials.py _changeable": "test_a_claim_is_not_handed_in_without_the_paper_that_is_being_removed",
    "services/names.py take_up": "test_one_question_is_taken_up_by_one_worker",
    "services/names.py told": "test_of_two_answers_to_one_question_one_is_used",
    "services/notices.py _publishable": "test_two_publishers_publish_one_notice",
    "services/notices.py end_notice": "test_a_notice_ends_once_and_who_withdraws_meanwhile_is_not_payable",
    "services/objections.py _open": "test_an_objection_is_decided_once",
    "services/papers.py next_number": "test_papers_are_numbered_without_gaps_under_load",
    "services/payment_notices.py publish_payment": "test_a_payment_is_published_once",
    "services/policies/drafting.py draft_locked": "test_two_editors_of_one_draft_do_not_both_keep",
    "services/policies/publishing.py publish_policy": "test_a_frame_and_a_wider_version_are_not_published_at_the_same_moment",
    "services/policies/publishing.py _locked": "test_a_version_is_published_or_returned_and_once",
    "services/profiles.py _locked": "test_a_bank_profile_is_put_live_once",
    "services/profiles.py draft_profile": "test_two_drafts_of_one_bank_profile_are_one",
    "services/profiles.py put_live": "test_a_bank_profile_is_put_live_once",
    "services/recovery.py lock_order": "test_a_recovery_is_ordered_or_cancelled_and_once",
    "services/recovery.py propose_recovery": "test_one_payment_is_recovered_by_one_order",
    "services/recovery.py order_recovery": "test_a_payment_that_comes_back_is_not_asked_back_as_well",
    "services/recovery.py cancel_recovery": "test_a_recovery_is_ordered_or_cancelled_and_once",
    "services/sanctions.py lift_sanction": "test_a_sanction_is_lifted_once",
    "services/saved_views.py save_view": "test_two_views_at_the_same_moment_are_not_more_than_find_room",
    "services/seats.py locked": "test_two_officers_act_at_once_and_one_of_them_does",
    "services/settlements.py _locked_target": "test_a_sum_is_offset_or_batched_but_not_both",
    "services/settlements.py confirm_settlement": "test_a_settlement_is_confirmed_once",
    "services/settlements.py refuse_settlement": "test_a_settlement_is_confirmed_or_refused",
    "services/yearend.py carry_some": "test_a_reservation_is_carried_once_and_given_back_by_one_of_both",
    "tasks/batches.py _each": "test_two_workers_write_one_payment_file",
    "tasks/claims.py _check_some": "test_a_worker_leaves_the_claims_that_another_holds_and_does_not_wait",
    "tasks/money.py fund_waiting_claims": "test_waiting_claims_are_funded_once",
    "tasks/money.py end_due_notices": "test_two_workers_end_a_notice_once",
}


def _locks(path: Path) -> set[str]:
    found = set()
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            asked = isinstance(node, ast.Attribute) and node.attr == "select_for_update"
            written = (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and "FOR UPDATE" in node.value
            )
            if asked or written:
                found.add(f"{path.relative_to(CODE)} {function.name}")
    return found


def test_every_lock_has_its_test():
    files = [path for path in CODE.rglob("*.py") if "migrations" not in path.parts]
    assert set().union(*map(_locks, files)) == set(LOCKS)
    tried = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert [name for name in LOCKS.values() if f"def {name}(together" not in tried] == []


def refused(outcomes) -> int:
    """How many of them a rule refused; anything else that went wrong is no outcome."""
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, RuleBroken)]
    return sum(isinstance(one, RuleBroken) for one in outcomes)


def logged(action: str) -> int:
    return Entry.objects.filter(action=action).count()


# -- claims -----------------------------------------------------------------------------------------------------------


def test_two_steps_of_one_draft_are_both_kept(together):
    making.policy()
    person = making.claimant()
    paper = making.certificate(person)
    drafts.save_answers(person, paper.serial, {making.LINKS[0]: False}, at=AT)
    paths = list(making.STATUSES)
    together(lambda n: drafts.save_answers(person, paper.serial, {paths[n]: False}, at=AT), 3)
    assert set(ClaimDraft.objects.get().answers) == {making.LINKS[0], *paths}


def test_two_workers_check_a_claim_once(together, monkeypatch):
    making.policy()
    making.submitted()
    monkeypatch.setattr("portal.clock.now", lambda: AT)
    assert sum(together(lambda _n: tasks.check_due_claims(), 3)) == 1
    assert Decision.objects.count() == 1


def test_a_hold_is_closed_once(together):
    hold = holds.put_hold(world.claim(), "check", "看一看", by=None, at=AT)
    keepers = [world.officer(Role.FINANCE_MAKER) for _ in range(4)]
    outcomes = together(lambda n: holds.close_hold(hold, by=keepers[n], at=AT, reason="无误"), 4)
    assert refused(outcomes) == 3
    assert logged("hold.closed") == 1


# -- notices ----------------------------------------------------------------------------------------------------------


def in_notice():
    world.budget(900_000)
    made = world.approve(world.claim())
    return made, notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)


def test_a_notice_ends_once_and_who_withdraws_meanwhile_is_not_payable(together):
    made, notice = in_notice()
    after = notice.ends_at

    def act(n):
        if n == 0:
            return claims.withdraw(made, by=made.claimant, at=after)
        return notices.end_notice(notice, at=after)

    assert refused(together(act, 4)) == 0
    made.refresh_from_db()
    assert made.state == State.WITHDRAWN
    assert logged("notice.ended") == 1
    assert list(breaches()) == []


def test_two_workers_end_a_notice_once(together, monkeypatch):
    _made, notice = in_notice()
    monkeypatch.setattr("portal.clock.now", lambda: notice.ends_at)
    together(lambda _n: tasks.end_due_notices(), 3)
    assert logged("notice.ended") == 1


def test_an_objection_is_decided_once(together):
    world.budget(900_000)
    made = making.approved()
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    row = objections.raise_objection(notice.lines.get(), words="未参加培训", at=AT)
    people = [factories.staff(Role.SECOND_REVIEWER) for _ in range(4)]

    def act(n):
        return (objections.uphold if n % 2 else objections.dismiss)(row, by=people[n], at=AT, reason="查实")

    assert refused(together(act, 4)) == 3
    made.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, made.state) in {("upheld", "rejected"), ("dismissed", "in_notice")}
    assert list(breaches()) == []


def test_an_objection_is_raised_before_its_notice_ends_or_not_at_all(together):
    """Otherwise a claim would be payable that somebody objects to, and upholding it could strike it no more."""
    made, notice = in_notice()
    line = notice.lines.get()
    moment = notice.ends_at - dt.timedelta(seconds=1)

    def act(n):
        if n:
            return notices.end_notice(notice, at=notice.ends_at)
        return objections.raise_objection(line, words="未参加培训", at=moment)

    outcomes = together(act, 2)
    made.refresh_from_db()
    assert (made.state == State.PAYABLE) == isinstance(outcomes[0], objections.NoticeOver)


def test_a_payment_is_published_once(together):
    version = making.policy(notice={"publish_payment": True})
    world.budget(500_000)
    claim = world.claim()
    after = made_by.paid([claim])
    world.approved_by_policy(claim, version)
    makers = [world.officer(Role.FINANCE_MAKER) for _ in range(3)]
    outcomes = together(
        lambda n: payment_notices.publish_payment(province="520000", by=makers[n], at=after), 3
    )
    assert refused(outcomes) == 2


# -- policies ---------------------------------------------------------------------------------------------------------


def test_a_version_is_published_or_returned_and_once(together):
    draft = making.drafted(making.body())
    row = policies.submit_policy(draft, by=draft.edited_by, at=AT)
    people = [factories.staff(Role.POLICY_PUBLISHER) for _ in range(4)]

    def act(n):
        if n % 2:
            return policies.return_policy(row, by=people[n], at=AT, reason="文号有误")
        return policies.publish_policy(row, by=people[n], at=AT)

    assert refused(together(act, 4)) == 3


def test_a_run_is_stopped_once_and_not_while_it_goes_on(together):
    making.checked()
    draft = making.drafted(making.body(version=9, first="2031-01-01"))
    run = impacts.start_run(draft, by=draft.edited_by, at=AT)

    def act(n):
        if n == 0:
            return impacts.go_on(run.pk, at=AT)
        return impacts.cancel_run(run, by=draft.edited_by, at=AT)

    refused(together(act, 3))
    run = ImpactRun.objects.get()
    assert run.due_at is None
    assert logged("policy.impact_cancelled") == (run.state == "cancelled")
