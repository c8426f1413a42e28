import datetime as dt
import itertools

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from certificates import selectors, services, workflow
from certificates.models import Certificate, Proposal
from certificates.selectors.drafts import NoIdentity, differences
from certificates.services.issuing import NotYours
from certificates.services.proposals import (
    NothingToReplace,
    NotYourProposal,
    ProposedAlready,
    ReasonMissing,
    SecondPersonNeeded,
)
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from portal.notices.models import Notice
from tests import factories
from tests.certificates import making
from tests.certificates.test_paper import words_of

pytestmark = pytest.mark.django_db
REASON = "实操考核记录与本人不符"


@pytest.fixture
def issued(at):
    return making.issued(at=at)


@pytest.fixture
def first():
    return factories.staff(Role.PROVINCE_REVIEWER)


@pytest.fixture
def second():
    return factories.staff(Role.PROVINCE_REVIEWER)


def renamed(certificate, name="王新国", *, at):
    accounts.renew_name(certificate.user, name=name, by=certificate.user, at=at)


def test_two_people_revoke_and_everybody_is_told(issued, first, second, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason="  实操考核记录 与本人不符 ")
    assert Certificate.objects.get().state == workflow.ISSUED
    assert selectors.certificate_facts(issued.serial).questioned
    revoked = services.approve(proposal, by=second, at=at)
    assert (revoked.state, revoked.revoked_by, revoked.revoke_reason) == (
        "revoked",
        second,
        "实操考核记录 与本人不符",
    )
    answer = selectors.public_answer(issued.code)
    assert (answer.state, answer.revoke_reason) == ("revoked", "实操考核记录 与本人不符")
    facts = selectors.certificate_facts(issued.serial)
    assert (facts.state, facts.questioned) == ("revoked", False)
    assert Entry.objects.get(action="certificate.revoked").by == second
    assert issued.serial in Notice.objects.get(kind="certificate.revoked").words_zh
    with pytest.raises(Certificate.DoesNotExist):
        selectors.claimable(issued.user, issued.serial)


def test_a_wrong_name_is_replaced_by_a_new_number_linked_both_ways(issued, first, second, at):
    renamed(issued, at=at)
    changed = differences(issued, at=at)
    assert [(one.was, one.becomes) for one in changed] == [("王建国", "王新国")]
    later = at + dt.timedelta(days=40)
    proposal = services.propose(issued, "replace", by=first, at=at, reason="姓名登记有误，已更正")
    new = services.approve(proposal, by=second, at=later)
    old = Certificate.objects.get(pk=issued.pk)
    assert (old.state, old.replaced_at, old.replacement, new.replaces) == ("replaced", later, new, old)
    assert (old.holder_name, new.holder_name) == ("王建国", "王新国")
    assert new.serial == "ZX-52-2026-0000002"
    assert f"替代Replaces{old.serial}" in words_of(selectors.pdf_of(new, at=later))
    said = selectors.public_answer(old.code)
    assert (said.state, said.replacement) == ("replaced", new.serial)
    assert selectors.public_answer(new.code).replaces == old.serial


def test_a_claim_goes_on_with_the_newer_one_and_no_deadline_moves(issued, first, second, at):
    renamed(issued, at=at)
    later = at + dt.timedelta(days=40)
    new = making.decided(issued, "replace", at=later)
    assert selectors.standing_for(issued.serial).serial == new.serial
    assert selectors.lineages([new.serial, "X"]) == {
        new.serial: {issued.serial, new.serial},
        "X": {"X"},
    }
    assert selectors.claimable(new.user, new.serial).issued_on == issued.issued_on
    with pytest.raises(Certificate.DoesNotExist):
        selectors.claimable(issued.user, issued.serial)


def test_one_revoked_by_mistake_is_replaced_and_its_number_stays_void(issued, at):
    revoked = making.revoked(issued, at=at)
    new = making.decided(revoked, "replace", at=at, reason="撤销有误，重新发证")
    old = Certificate.objects.get(pk=issued.pk)
    assert (old.state, old.revoke_reason, new.state) == ("replaced", REASON, "issued")
    assert selectors.public_answer(old.code).state == "replaced"


def test_nothing_to_replace_is_told_and_nothing_happens(issued, first, at):
    with pytest.raises(NothingToReplace):
        services.propose(issued, "replace", by=first, at=at, reason="请重新发证")
    assert not Proposal.objects.exists()


def test_a_replacement_that_cannot_be_printed_leaves_all_as_it_was(issued, first, second, at):
    renamed(issued, at=at)
    proposal = services.propose(issued, "replace", by=first, at=at, reason="姓名登记有误")
    renamed(issued, "王\U00030729", at=at)
    with pytest.raises(Exception, match=r"U\+30729"):
        services.approve(proposal, by=second, at=at)
    assert Certificate.objects.get().state == workflow.ISSUED
    assert Proposal.objects.get().state == workflow.OPEN


def test_who_proposed_it_does_not_decide_it(issued, first, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    for decide in (services.approve, lambda *a, **k: services.refuse(*a, reason=REASON, **k)):
        with pytest.raises(SecondPersonNeeded):
            decide(proposal, by=first, at=at)
    assert Certificate.objects.get().state == workflow.ISSUED


def test_who_may_not_propose_may_not_decide(issued, first, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    for person in (
        factories.staff(Role.PROVINCE_REVIEWER, code="110000"),
        factories.staff(Role.MINISTRY_REVIEWER),
        factories.staff(Role.AUDITOR),
        issued.user,
    ):
        with pytest.raises(NotYours):
            services.approve(proposal, by=person, at=at)
        with pytest.raises(NotYours):
            services.propose(making.issued(at=at), "revoke", by=person, at=at, reason=REASON)


def test_an_operator_is_a_second_person_too(issued, first, at):
    assert (
        making.decided(issued, "revoke", at=at, by=first, second=factories.staff(Role.OPERATOR)).state
        == "revoked"
    )


def test_refused_for_a_reason_it_stays_as_it_is(issued, first, second, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    with pytest.raises(ReasonMissing):
        services.refuse(proposal, by=second, at=at, reason="  ")
    refused = services.refuse(proposal, by=second, at=at, reason="记录已核对，没有错误")
    assert (refused.state, refused.decided_by, refused.decision_reason) == (
        "refused",
        second,
        "记录已核对，没有错误",
    )
    assert Certificate.objects.get().state == workflow.ISSUED
    assert not selectors.certificate_facts(issued.serial).questioned
    services.propose(issued, "revoke", by=first, at=at, reason="有了新的证据")


def test_only_who_proposed_it_takes_it_back(issued, first, second, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    with pytest.raises(NotYourProposal):
        services.withdraw(proposal, by=second, at=at)
    assert services.withdraw(proposal, by=first, at=at).state == workflow.WITHDRAWN


@pytest.mark.parametrize("reason", ["", "  a \n b", "\x00\x00\x00\x00\x00"])
def test_no_reason_no_proposal(issued, first, reason, at):
    with pytest.raises(ReasonMissing):
        services.propose(issued, "revoke", by=first, at=at, reason=reason)


def test_one_proposal_at_a_time(issued, first, second, at):
    services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    with pytest.raises(ProposedAlready):
        services.propose(issued, "revoke", by=second, at=at, reason=REASON)
    with pytest.raises(IntegrityError, match="proposal_one_open_per_certificate"), transaction.atomic():
        Proposal.objects.create(
            certificate=issued,
            province_id="520000",
            kind="revoke",
            reason="x",
            proposed_by=second,
            proposed_at=at,
        )


@pytest.mark.parametrize("state", ["requested", "failed", "revoked"])
def test_only_what_is_valid_is_revoked(first, state, at):
    if state == "revoked":
        certificate = making.revoked(making.issued(at=at), at=at)
    else:
        certificate = services.request(making.completion(name="王\U00030729"), at=at)
        if state == "failed":
            services.issue_due(at=at, most=1)
    with pytest.raises(IllegalMove):
        services.propose(certificate, "revoke", by=first, at=at, reason=REASON)


def test_decided_once_only(issued, first, second, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    services.approve(proposal, by=second, at=at)
    for again in (services.approve, lambda *a, **k: services.refuse(*a, reason=REASON, **k)):
        with pytest.raises(IllegalMove):
            again(proposal, by=second, at=at)


def test_no_certificate_of_a_learner_without_a_name(at):
    with pytest.raises(NoIdentity):
        services.issue(services.request(making.completion(factories.user()), at=at), at=at)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("proposal_decided_by_a_second_person", {"state": "approved", "second": "first"}),
        ("proposal_withdrawn_by_who_proposed_it", {"state": "withdrawn", "second": "second"}),
        ("proposal_refused_for_a_reason", {"state": "refused", "second": "second"}),
        ("proposal_decided_by_somebody", {"state": "approved"}),
        ("no proposal goes", {"state": "lost"}),
        ("what was proposed is fixed", {"reason": "another"}),
        ("what was proposed is fixed", {"kind": "replace"}),
    ],
)
def test_the_database_refuses_a_half_decision(issued, first, second, name, change, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    if who := change.pop("second", None):
        change |= {"decided_by": {"first": first, "second": second}[who], "decided_at": at}
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**change)


def test_the_database_refuses_what_comes_after_or_before(issued, first, second, at):
    proposal = services.propose(issued, "revoke", by=first, at=at, reason=REASON)
    early = {"state": "approved", "decided_by": second, "decided_at": at - dt.timedelta(days=1)}
    with pytest.raises(IntegrityError, match="proposal_decided_after_it_was_made"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**early)
    services.approve(proposal, by=second, at=at)
    for attempt in (
        lambda: Proposal.objects.update(decision_reason="x"),
        lambda: Proposal.objects.all().delete(),
        lambda: Certificate.objects.update(revoke_reason="another"),
        lambda: Certificate.objects.update(
            state="issued", revoked_at=None, revoked_by=None, revoke_reason=""
        ),
    ):
        with (
            pytest.raises(DatabaseError, match=r"never changes|never deleted|frozen|no certificate goes"),
            transaction.atomic(),
        ):
            attempt()


@pytest.mark.parametrize(
    ("step", "state"), list(itertools.product(workflow.PROPOSAL_MOVES, Proposal.State.values))
)
def test_a_step_is_possible_while_it_is_open(step, state):
    assert (state in workflow.PROPOSAL_MOVES[step].sources) == (state == "open")
