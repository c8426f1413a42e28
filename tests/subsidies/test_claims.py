"""Submitting, checking, handing in again, withdrawing: services against a real database."""

import datetime as dt
import re

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from subsidies.models import Claim, ClaimDraft, Decision
from subsidies.policy import evaluate, read_policy
from subsidies.selectors.facts import history_of
from subsidies.selectors.records import Subject
from subsidies.services import checking, claims, drafts, reviews
from subsidies.workflow.claims import DESK_OF, MOVES, STEPS, State
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import making
from tests.subsidies.making import LINKS

pytestmark = pytest.mark.django_db
TOMORROW = making.AT + dt.timedelta(days=1)


def test_a_submitted_claim_has_a_number_and_waits_for_its_check(at):
    making.policy()
    claim = making.submitted()
    assert claim.number == "CL-52-2026-000001"
    assert (claim.state, claim.check_due_at) == (State.SUBMITTED, at)
    assert claim.declared["person.hukou_in_region"] is True
    assert Entry.objects.filter(action="claim.submitted", thing_id=str(claim.pk)).count() == 1


def test_the_rules_put_it_on_the_desk_of_the_province():
    making.policy()
    claim = checking.check_claim(making.submitted(), at=making.AT)
    assert (claim.state, claim.outcome, claim.amount_fen) == ("checked", "APPROVE", 160000)
    decision = claim.decisions.get()
    assert decision.policy.version == 3
    assert decision.record["policy"]["sha256"] == decision.policy.body_sha256
    assert decision.facts["learning"]["valid_hours"] == "3"
    declared = {fact["name"] for fact in decision.record["facts"] if fact["declared"]}
    assert set(LINKS) <= declared


def test_a_decision_can_be_recomputed_from_what_it_kept():
    claim = making.passed()
    for decision in claim.decisions.all():
        again = evaluate([read_policy(decision.policy.body)], decision.facts)
        assert (again["outcome"], again["amount_fen"]) == (decision.outcome, decision.amount_fen)
        assert again["rules"] == decision.record["rules"]
        assert again["lines"] == decision.record["lines"]


def test_the_machine_never_rejects():
    claim = making.checked(**{LINKS[0]: False, LINKS[1]: False, LINKS[2]: False})
    assert (claim.state, claim.outcome) == ("checked", "REJECT")


def test_without_a_policy_a_person_decides():
    claim = checking.check_claim(making.submitted(), at=making.AT)
    assert claim.outcome == "REJECT"
    assert claim.decisions.get().record["reasons"] == ["NO_POLICY_VERSION"]


def test_what_is_not_known_asks_for_evidence():
    claim = making.checked(**{LINKS[0]: None})
    assert claim.outcome == "NEEDS_EVIDENCE"


def test_a_check_made_twice_changes_nothing_more():
    claim = making.checked()
    again = checking.check_claim(claim, at=TOMORROW)
    assert again.due_at == claim.due_at
    assert Decision.objects.count() == 1


def test_the_same_key_gives_the_same_claim_and_not_another_ones():
    person = making.claimant()
    paper = making.certificate(person)
    one = claims.submit_claim(person, paper.serial, at=making.AT, key="abcdefgh", agreed=True)
    assert claims.submit_claim(person, paper.serial, at=TOMORROW, key="abcdefgh", agreed=True) == one
    with pytest.raises(claims.KeyReused):
        claims.submit_claim(person, "ZX-52-2026-9999999", at=TOMORROW, key="abcdefgh", agreed=True)


def test_a_second_claim_for_the_same_certificate_is_refused():
    claim = making.submitted()
    with pytest.raises(claims.AlreadyClaimed):
        claims.submit_claim(claim.claimant, claim.certificate_serial, at=TOMORROW, agreed=True)
    claims.withdraw(claim, by=claim.claimant, at=TOMORROW)
    again = claims.submit_claim(claim.claimant, claim.certificate_serial, at=TOMORROW, agreed=True)
    assert again.number == "CL-52-2026-000002"


def test_two_certificates_of_one_occupation_and_level_give_one_claim():
    claim = making.submitted()
    other = making.certificate(claim.claimant)
    with pytest.raises(claims.AlreadyClaimed):
        claims.submit_claim(claim.claimant, other.serial, at=making.AT, agreed=True)


@pytest.mark.parametrize(
    ("person", "agreed", "broken"),
    [
        (factories.user, True, claims.NotVerified),
        (factories.learner, True, claims.NoBankAccount),
        (making.claimant, False, claims.NotDeclared),
        (making.claimant, True, claims.NotClaimable),
    ],
)
def test_what_a_claim_needs(person, agreed, broken):
    with pytest.raises(broken):
        claims.submit_claim(person(), "ZX-52-2026-0000001", at=making.AT, agreed=agreed)
    assert not Claim.objects.exists()


def test_a_revoked_certificate_is_not_claimable():
    person = making.claimant()
    paper = making.certificate(person)
    papers.revoked(paper, at=making.AT, reason="重复发证，已核实")
    with pytest.raises(claims.NotClaimable):
        claims.submit_claim(person, paper.serial, at=making.AT, agreed=True)


@pytest.mark.parametrize("answers", [{"person.born": True}, {LINKS[0]: "yes"}, {"x": None}])
def test_only_known_questions_have_answers(answers):
    making.policy()
    person = making.claimant()
    paper = making.certificate(person)
    with pytest.raises(claims.BadAnswer):
        claims.submit_claim(person, paper.serial, at=making.AT, answers=answers, agreed=True)


def test_answers_are_kept_step_by_step_and_used_at_the_end():
    making.policy()
    person = making.claimant()
    paper = making.certificate(person)
    drafts.save_answers(person, paper.serial, {LINKS[0]: False, LINKS[1]: True}, at=making.AT)
    drafts.save_answers(person, paper.serial, {LINKS[0]: None}, at=making.AT)
    claim = claims.submit_claim(person, paper.serial, at=making.AT, agreed=True)
    assert claim.declared == {LINKS[1]: True}
    assert not ClaimDraft.objects.exists()


def test_a_returned_claim_is_handed_in_under_its_number_and_first_day():
    claim = making.checked(**{LINKS[0]: None})
    reviewer = factories.staff(Role.INTAKE_OFFICER)
    reviews.send_back(claim, by=reviewer, at=making.AT, reason="请说明户籍")
    person = claim.claimant
    with pytest.raises(claims.NotYours):
        claims.resubmit(claim, by=reviewer, at=TOMORROW)
    again = claims.resubmit(claim, by=person, at=TOMORROW, answers=making.ANSWERS)
    assert (again.state, again.number, again.submitted_at) == ("submitted", claim.number, making.AT)
    assert checking.check_claim(again, at=TOMORROW).outcome == "APPROVE"


def test_earlier_claims_are_history_and_later_ones_are_not():
    person = making.claimant()
    first = making.checked(person)
    making.row(person_key=bytes(first.person_key), claimant=person, occupation="x", number="CL-52-2026-1")
    decision = claims.weigh(first, "checked", by=None, at=TOMORROW)
    assert decision.facts["history"] == []
    later = Claim.objects.order_by("pk").last()
    assert [one["state"] for one in history_of(Subject.of(later))] == ["LIVE"]


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("step", sorted(MOVES))
def test_every_cell_of_the_workflow_in_the_database(state, step):
    """What the table allows the trigger allows, and nothing else."""
    claim = making.row(state)
    target = MOVES[step].target
    if target == state:
        return
    try:
        with transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(
                state=target, moved_step=step, desk=DESK_OF.get(target, "")
            )
    except IntegrityError:
        assert state not in MOVES[step].sources
    else:
        assert state in MOVES[step].sources


def test_the_trigger_holds_the_very_steps_of_the_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'subsidies_claim_guard'")
        (source,) = cursor.fetchone()
    told = {tuple(re.split("[:>]", cell)) for cell in re.findall(r"'(\w+:\w+>\w+)'", source)}
    assert told == STEPS


def test_every_step_is_kept_and_the_state_is_their_fold():
    claim = making.passed()
    moves = list(claim.moves.all())
    assert [move.step for move in moves] == [
        *("submit", "check", "accept", "pass_to_second", "pass_to_ministry")
    ]
    assert [move.source for move in moves[1:]] == [move.target for move in moves[:-1]]
    assert moves[-1].target == claim.state
    assert [move.by is None for move in moves] == [False, True, False, False, False]
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        claim.moves.update(step="invented")


@pytest.mark.parametrize(
    "field", ["number", "certificate_serial", "occupation", "holder_masked", "declaration"]
)
def test_what_a_claim_said_is_frozen(field):
    claim = making.row()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**{field: "other"})
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        connection.cursor().execute("DELETE FROM subsidies_claim WHERE id = %s", [claim.pk])


def test_a_claim_does_not_move_back_in_time():
    claim = making.checked(at=TOMORROW)
    with pytest.raises(IntegrityError, match="back in time"), transaction.atomic():
        making.accepted(claim, at=making.AT)


@pytest.mark.parametrize("state", State.values)
def test_withdrawing_is_for_the_claimant_while_the_table_says_so(state):
    claim = making.row(state)
    with pytest.raises(claims.NotYours):
        claims.withdraw(claim, by=factories.user(), at=making.AT)
    if state in MOVES["withdraw"].sources:
        assert claims.withdraw(claim, by=claim.claimant, at=making.AT).state == State.WITHDRAWN
    else:
        with pytest.raises(IllegalMove):
            claims.withdraw(claim, by=claim.claimant, at=making.AT)
