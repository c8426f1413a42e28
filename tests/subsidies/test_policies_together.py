"""Two people at once, each in a connection of their own."""

from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.models import ImpactRow, ImpactRun, PolicyVersion
from subsidies.services import impacts, policies
from tests import factories
from tests.subsidies import making
from tests.subsidies.test_policy_office import capped, nation_handed_in

AT = making.AT


def said(act):
    try:
        act()
    except RuleBroken as broken:
        return broken.code
    return "done"


def test_a_frame_and_a_wider_version_are_not_published_at_the_same_moment(together):
    frame = nation_handed_in(most=2)
    lower = making.drafted(capped(3))
    lower = policies.submit_policy(lower, by=lower.edited_by, at=AT)
    acts = [
        (frame, factories.staff(Role.MINISTRY_POLICY)),
        (lower, factories.staff(Role.POLICY_PUBLISHER)),
    ]
    answers = together(
        lambda number: said(lambda: policies.publish_policy(acts[number][0], by=acts[number][1], at=AT)), 2
    )
    assert sorted(answers) in (["done", "policy_wider_below"], ["done", "policy_wider_than_above"])
    assert PolicyVersion.objects.published().count() == 1


def test_two_editors_of_one_draft_do_not_both_keep(together):
    draft = making.drafted(making.body())
    people = [factories.staff(Role.POLICY_EDITOR) for _n in range(2)]
    answers = together(
        lambda number: said(
            lambda: policies.change_policy(
                draft,
                {**draft.body, "doc_no": str(number)},
                by=people[number],
                at=AT,
                revision=draft.revision,
            )
        ),
        2,
    )
    assert sorted(answers) == ["done", "policy_changed_meanwhile"]


def test_two_workers_of_one_run_look_at_each_claim_once(together):
    for _n in range(4):
        making.checked()
    draft = making.drafted(making.body(version=4, first="2030-01-01"))
    run = impacts.start_run(draft, by=draft.edited_by, at=AT)
    together(lambda _number: impacts.go_on(run.pk, at=AT, chunk=2), 2)
    while impacts.go_on(run.pk, at=AT, chunk=2):
        pass
    run = ImpactRun.objects.get(pk=run.pk)
    assert (run.state, run.done, ImpactRow.objects.filter(run=run).count()) == ("done", 4, 4)
