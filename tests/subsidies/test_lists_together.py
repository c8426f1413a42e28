"""Threads: the same person on two lists at once, and on a list while they claim themselves."""

from subsidies.insurance_port import Recorder
from subsidies.models import Claim
from subsidies.services import claims, list_work, lists
from tests import factories
from tests.subsidies import list_world as world
from tests.subsidies import making
from tests.subsidies.list_world import AT, employee, row


def _boss():
    Recorder.forget()
    world.published(world.ENTERPRISE)
    boss = world.boss()
    world.with_account(boss)
    return boss


def test_two_lists_at_once_claim_one_person_once(together):
    boss, paper = _boss(), employee()
    made = [world.checked(row(paper), by=boss), world.checked(row(paper), row(paper, name=""), by=boss)]
    for one in made:
        lists.submit_list(one, by=boss, at=AT, agreed=True)

    assert together(lambda _number: list_work.work_on_next(at=AT), 2) == [True, True]
    assert Claim.objects.count() == 1
    fates = [set(one.lines.values_list("fate", flat=True)) for one in made]
    assert sorted("claimed" in one for one in fates) == [False, True]


def test_a_list_and_the_person_at_once_are_one_claim(together):
    boss, paper = _boss(), employee()
    making.policy()
    factories.with_bank_account(paper.user)
    made = world.checked(row(paper), by=boss)
    lists.submit_list(made, by=boss, at=AT, agreed=True)
    answers = making.asked()

    def act(number):
        if number:
            return list_work.work_on_next(at=AT)
        try:
            return claims.submit_claim(paper.user, paper.serial, at=AT, answers=answers, agreed=True).pk
        except claims.AlreadyClaimed:
            return None

    together(act, 2)
    assert Claim.objects.count() == 1
