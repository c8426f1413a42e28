"""Two at the same moment at the desks: claims prepared and checked, lists, and saved views. See `test_locks.py` for all locks.

One of the two has not committed yet when the other comes: whoever forgets the lock acts on what was.
"""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.roles import Role
from subsidies import insurance_port, tasks
from subsidies.models import Claim, ClaimDraft, Decision, Mandate, Material, Programme, SavedView
from subsidies.selectors import facts, records
from subsidies.selectors.papers import paper_of
from subsidies.services import checking, claims, drafts, list_work, lists, mandates, materials, saved_views
from subsidies.workflow.claims import State
from subsidies.workflow.lists import ListState
from tests import factories
from tests.subsidies import list_world as world
from tests.subsidies import making
from tests.subsidies.test_locks import logged, refused
from tests.threads import behind

AT = making.AT


# -- checks -----------------------------------------------------------------------------------------------------------


def test_a_claim_that_is_being_checked_is_not_checked_again(together):
    making.policy()
    claim = making.submitted()

    def check():
        return checking.check_claims([claim.pk], at=AT)

    assert behind(check, check) == [1, 0]
    assert Decision.objects.count() == 1


def test_a_worker_leaves_the_claims_that_another_holds_and_does_not_wait(together, monkeypatch):
    making.policy()
    held, free = (making.submitted(making.claimant(name)) for name in ("王建国", "李莲花"))
    monkeypatch.setattr("portal.clock.now", lambda: AT)

    def hold():
        return Claim.objects.select_for_update().get(pk=held.pk)

    def others():
        return Claim.objects.get(pk=free.pk).state

    assert behind(hold, tasks.check_due_claims, others) == [State.CHECKED, 1]
    held.refresh_from_db()
    assert held.state == State.SUBMITTED


# -- papers -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def prepared(committed_db):
    """A claim that is prepared, and how a paper is added to it."""
    making.policy(materials=["group_proof"])
    person = making.claimant()
    serial = making.certificate(person).serial
    draft = drafts.save_answers(person, serial, making.asked(), at=AT)
    subject = records.subject_of(
        person, paper_of(person, serial), {}, programme=Programme.objects.get(code="SKILL"), at=AT
    )
    policy = facts.explain(subject, at=AT).policy

    def add():
        scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.7 a paper", "application/pdf")
        told = {"kind": "group_proof", "policy": policy, "by": person, "at": AT}
        return materials.add_material(draft, paper=scan, **told)

    return draft, add


def hand_in(draft):
    return claims.submit_claim(draft.claimant, draft.certificate_serial, at=AT, agreed=True)


def test_two_papers_at_the_same_moment_are_not_more_than_there_is_room_for(together, prepared):
    draft, add = prepared
    for _number in range(materials.MOST_OF_A_KIND - 1):
        add()
    assert refused(behind(add, add)) == 1
    assert draft.materials.count() == materials.MOST_OF_A_KIND


def test_a_claim_is_not_handed_in_without_the_paper_that_is_being_removed(together, prepared):
    draft, add = prepared
    row = add()
    outcomes = behind(
        lambda: materials.remove_material(row, by=draft.claimant, at=AT), lambda: hand_in(draft)
    )
    assert [type(one) for one in outcomes] == [type(None), materials.MaterialMissing]
    assert not Claim.objects.exists()


def test_a_paper_that_is_being_handed_in_is_not_removed(together, prepared):
    draft, add = prepared
    row = add()
    outcomes = behind(
        lambda: hand_in(draft), lambda: materials.remove_material(row, by=draft.claimant, at=AT)
    )
    assert [type(one) for one in outcomes] == [Claim, materials.NoMoreChanges]
    assert outcomes[0].materials.get() == row


def test_a_paper_is_removed_once(together, prepared):
    draft, add = prepared
    row = add()

    def remove():
        return materials.remove_material(row, by=draft.claimant, at=AT)

    assert behind(remove, remove) == [None, None]
    assert logged("material.removed") == 1


def test_what_is_thrown_away_takes_the_paper_that_is_being_added(together, prepared):
    draft, add = prepared
    outcomes = behind(add, lambda: drafts.discard_draft(draft.claimant, draft.certificate_serial))
    assert [type(one) for one in outcomes] == [Material, bool]
    assert not Material.objects.exists()
    assert not ClaimDraft.objects.exists()


def test_nothing_is_added_to_what_is_being_thrown_away(together, prepared):
    draft, add = prepared
    outcomes = behind(lambda: drafts.discard_draft(draft.claimant, draft.certificate_serial), add)
    assert [type(one) for one in outcomes] == [bool, materials.NoMoreChanges]
    assert not Material.objects.exists()


# -- lists and mandates -----------------------------------------------------------------------------------------------


@pytest.fixture
def boss(committed_db):
    insurance_port.Recorder.forget()
    world.published(world.ENTERPRISE)
    person = world.boss()
    world.with_account(person)
    return person


def test_a_list_is_taken_up_by_one_worker(together, boss):
    made = world.upload(world.csv(world.row(world.employee())), by=boss)

    def work():
        return list_work.work_on_next(at=AT)

    assert behind(work, work) == [True, False]
    assert insurance_port.Recorder.asked == [1]
    made.refresh_from_db()
    assert (made.state, made.done) == (ListState.CHECKED, 1)


def test_a_list_is_submitted_or_dropped_and_not_both(together, boss):
    made = world.checked(world.row(world.employee()), by=boss)
    outcomes = behind(
        lambda: lists.cancel_list(made, by=boss, at=AT),
        lambda: lists.submit_list(made, by=boss, at=AT, agreed=True),
    )
    assert refused(outcomes) == 1
    made.refresh_from_db()
    assert (made.state, logged("claim_list.submitted")) == (ListState.CANCELLED, 0)


def test_two_workers_clear_a_list_once(together, boss):
    old, new = (world.checked(world.row(world.employee(name)), by=boss) for name in ("王建国", "李莲花"))
    lists.submit_list(new, by=boss, at=AT, agreed=True)
    world.work(new)
    late = AT + settings.ROSTERS_KEPT

    def clear():
        return lists.clear_lists(at=late)

    assert behind(clear, clear) == [2, 0]
    assert (logged("claim_list.cancelled"), logged("claim_list.cleared")) == (1, 1)
    old.refresh_from_db()
    assert old.state == ListState.CANCELLED


def test_a_mandate_is_taken_back_once(together):
    person = factories.learner()
    Mandate.objects.create(
        person=person,
        organisation=factories.organisation(),
        province_id="520000",
        certificate_serial="ZX-52-2026-0000001",
        version="1",
        given_at=AT,
    )

    def end():
        return mandates.end_mandate(person, "ZX-52-2026-0000001", at=AT)

    assert behind(end, end) == [True, False]
    assert logged("mandate.ended") == 1


# -- the queue --------------------------------------------------------------------------------------------------------


def test_two_views_at_the_same_moment_are_not_more_than_find_room(together):
    officer = factories.staff(Role.PROVINCE_REVIEWER)

    def keep(name):
        return saved_views.save_view(name, view="due", desk="", province=None, by=officer, at=AT)

    for number in range(saved_views.MOST - 1):
        keep(f"视图 {number}")
    assert refused(behind(lambda: keep("甲"), lambda: keep("乙"))) == 1
    assert SavedView.objects.count() == saved_views.MOST
