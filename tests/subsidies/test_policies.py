import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from portal import moves
from portal.accounts.roles import Role
from portal.audit.models import Entry
from subsidies.models import PolicyVersion
from subsidies.policy import ENGINE, read_policy
from subsidies.selectors import policies as asked
from subsidies.selectors import policies_of
from subsidies.services import policies
from subsidies.workflow.policies import PAIRS, POLICY_MOVES, PolicyState
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT
LAST = dt.date(2026, 12, 31)


def draft(**changes):
    return making.drafted(making.body(**changes))


def handed_in(**changes):
    made = draft(**changes)
    return policies.submit_policy(made, by=made.edited_by, at=AT)


def editor(code="520000"):
    return factories.staff(Role.POLICY_EDITOR, code=code)


def publisher(code="520000"):
    return factories.staff(Role.POLICY_PUBLISHER, code=code)


def test_published_versions_are_read_as_rules():
    made = making.policy()
    (policy,) = policies_of("520000", "SKILL")
    assert (policy.version, policy.sha256) == (3, made.body_sha256)
    assert made.last_day is None
    assert (made.region, made.schema, made.engine) == ("520000", "policy/1", ENGINE)
    assert policies_of("510000", "SKILL") == ()


def test_the_last_day_is_the_one_of_the_body():
    made = making.policy(valid=["2022-01-01", "2022-12-31"])
    made.refresh_from_db()
    assert made.last_day == dt.date(2022, 12, 31)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.POLICY_EDITOR])
def test_only_the_provinces_editor_drafts(role):
    with pytest.raises(policies.NotYourPolicy):
        policies.draft_policy(factories.province(), making.body(), by=factories.staff(role), at=AT)


def test_nobody_writes_or_publishes_another_provinces_policy():
    made = handed_in()
    far_editor, far_publisher = editor("510000"), publisher("510000")
    for refused in (
        lambda: policies.draft_policy(factories.province(), making.body(version=9), by=far_editor, at=AT),
        lambda: policies.change_policy(made, made.body, by=far_editor, at=AT),
        lambda: policies.submit_policy(made, by=far_editor, at=AT),
        lambda: policies.return_policy(made, by=far_publisher, at=AT, reason="x"),
        lambda: policies.publish_policy(made, by=far_publisher, at=AT),
        lambda: policies.end_policy(made, last_day=LAST, by=far_publisher, at=AT, reason="x"),
        lambda: policies.repeal_policy(made, by=far_publisher, at=AT, reason="x"),
    ):
        with pytest.raises(policies.NotYourPolicy):
            refused()
    assert not asked.versions_visible_to(far_editor).filter(pk=made.pk).exists()


def test_whoever_wrote_in_a_draft_does_not_publish_it():
    made = draft()
    both = editor()
    other = editor()
    for person in (both, other):
        policies.change_policy(made, made.body, by=person, at=AT)
    factories.services.appoint(both, Role.POLICY_PUBLISHER, by=None, at=AT, province=factories.province())
    del both._live_appointments
    made = policies.submit_policy(made, by=other, at=AT)
    with pytest.raises(policies.SameEditor):
        policies.publish_policy(made, by=both, at=AT)
    for person, words in (
        (other, "policy_editor_does_not_publish"),
        (both, "policy_editor_does_not_publish"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            PolicyVersion.objects.filter(pk=made.pk).update(
                state="published", published_by=person, published_at=AT
            )
    with pytest.raises(IntegrityError, match="policy_published_by_somebody"), transaction.atomic():
        PolicyVersion.objects.filter(pk=made.pk).update(state="published")


def test_what_was_handed_in_comes_back_with_a_reason_and_goes_in_again():
    made = handed_in()
    by = publisher()
    with pytest.raises(policies.ReasonMissing):
        policies.return_policy(made, by=by, at=AT, reason=" ")
    made = policies.return_policy(made, by=by, at=AT, reason="第二条缺依据")
    assert (made.state, made.returned_because) == ("draft", "第二条缺依据")
    made = policies.submit_policy(made, by=made.edited_by, at=AT)
    assert (made.returned_because, made.returned_by) == ("", None)
    assert policies.publish_policy(made, by=by, at=AT).state == "published"
    assert list(
        Entry.objects.filter(thing_id=str(made.pk)).order_by("place").values_list("action", flat=True)
    ) == [
        "policy.drafted",
        "policy.cases_replaced",
        "policy.submitted",
        "policy.returned",
        "policy.submitted",
        "policy.published",
    ]


STEPS = {
    "submit": lambda row: policies.submit_policy(row, by=row.edited_by, at=AT),
    "return": lambda row: policies.return_policy(row, by=publisher(), at=AT, reason="x"),
    "publish": lambda row: policies.publish_policy(row, by=publisher(), at=AT),
    "repeal": lambda row: policies.repeal_policy(row, by=publisher(), at=AT, reason="x"),
}


def in_state(state):
    """A version that begins later, in a state."""
    made = draft(first="2027-01-01")
    for step in {"draft": [], "in_review": ["submit"], "published": ["submit", "publish"]}.get(
        state, ["submit", "publish", "repeal"]
    ):
        made = STEPS[step](made)
    return made


@pytest.mark.parametrize("step", POLICY_MOVES)
@pytest.mark.parametrize("state", PolicyState.values)
def test_each_step_goes_where_the_table_says_or_nowhere(state, step):
    made = in_state(state)
    if state in POLICY_MOVES[step].sources:
        assert STEPS[step](made).state == POLICY_MOVES[step].target
    else:
        with pytest.raises(moves.IllegalMove):
            STEPS[step](made)


@pytest.mark.parametrize("state", PolicyState.values)
def test_the_database_refuses_every_other_move(state):
    made = in_state(state)
    for target in set(PolicyState.values) - {state}:
        if (state, target) not in PAIRS:
            with pytest.raises(IntegrityError), transaction.atomic():
                PolicyVersion.objects.filter(pk=made.pk).update(state=target)


def test_a_version_is_published_once_and_never_changed():
    made = making.policy()
    for change in (
        lambda rows: rows.update(doc_no="x"),
        lambda rows: rows.update(body={**made.body, "region": "510000"}),
        lambda rows: rows.delete(),
    ):
        with (
            pytest.raises(IntegrityError, match=r"never changed|never deleted|not changed"),
            transaction.atomic(),
        ):
            change(PolicyVersion.objects.filter(pk=made.pk))


def test_what_was_handed_in_is_not_changed_either():
    made = handed_in()
    with pytest.raises(policies.NotADraft):
        policies.change_policy(made, made.body, by=made.edited_by, at=AT)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        PolicyVersion.objects.filter(pk=made.pk).update(doc_no="x")


def test_two_editors_do_not_write_over_each_other():
    made = draft()
    read = made.revision
    policies.change_policy(made, {**made.body, "doc_no": "一号"}, by=made.edited_by, at=AT, revision=read)
    with pytest.raises(policies.ChangedMeanwhile):
        policies.change_policy(made, {**made.body, "doc_no": "二号"}, by=editor(), at=AT, revision=read)
    made.refresh_from_db()
    assert (made.doc_no, made.revision) == ("一号", read + 1)


def test_two_versions_in_force_on_one_day_are_refused():
    making.policy()
    with pytest.raises(policies.DaysOverlap):
        policies.publish_policy(handed_in(version=4, first="2023-01-01"), by=publisher(), at=AT)
    with pytest.raises(policies.VersionTaken):
        draft(version=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "x"},
        {"amount": None},
        {"region": "510000"},
        {"region": "530100"},
        {"region": "52010"},
        {"amount": {"lines": [{"type": "flat", "fund": "OTHER", "item": "BASE", "fen": 1}]}},
    ],
)
def test_a_bad_body_is_refused_with_a_sentence(changes):
    with pytest.raises(policies.BadPolicy) as broken:
        policies.draft_policy(factories.province(), making.body() | changes, by=editor(), at=AT)
    assert str(broken.value)


def test_a_programme_that_nobody_knows_is_refused():
    with pytest.raises(policies.NoSuchProgramme):
        policies.draft_policy(factories.province(), making.body(programme="NONE"), by=editor(), at=AT)


def test_an_open_end_is_closed_once_and_another_version_follows():
    first = making.policy()
    keeper = publisher()
    ended = policies.end_policy(first, last_day=LAST, by=keeper, at=AT, reason="黔人社发〔2026〕9号")
    assert (ended.last_day, ended.ended_by, ended.body["valid"][1]) == (LAST, keeper, None)
    second = making.policy(version=4, first="2027-01-01")
    assert [(one.version, one.last_day) for one in policies_of("520000", "SKILL")] == [(3, LAST), (4, None)]
    assert second.body_sha256 != first.body_sha256
    with pytest.raises(policies.NotOpen):
        policies.end_policy(ended, last_day=dt.date(2026, 11, 30), by=keeper, at=AT, reason="x")


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"last_day": dt.date(2026, 3, 15)}, policies.EndsTooEarly),
        ({"last_day": dt.date(2021, 12, 31)}, policies.EndsTooEarly),
        ({"reason": " "}, policies.ReasonMissing),
    ],
)
def test_a_version_does_not_end_in_the_past_nor_without_a_reason(changes, broken):
    with pytest.raises(broken):
        policies.end_policy(
            making.policy(),
            **{"last_day": LAST, "by": publisher(), "at": AT, "reason": "文号"} | changes,
        )


def test_a_draft_and_one_with_a_last_day_have_no_open_end():
    by = publisher()
    with pytest.raises(policies.NotOpen):
        policies.end_policy(draft(), last_day=LAST, by=by, at=AT, reason="文号")
    bounded = making.policy(version=4, valid=["2022-01-01", "2026-12-31"])
    with pytest.raises(policies.NotOpen):
        policies.end_policy(bounded, last_day=LAST, by=by, at=AT, reason="文号")


def test_a_version_that_has_begun_is_not_repealed():
    made = making.policy()
    with pytest.raises(policies.HasBegun):
        policies.repeal_policy(made, by=publisher(), at=AT, reason="文号")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        PolicyVersion.objects.filter(pk=made.pk).update(
            state="repealed", ended_by=publisher(), ended_at=AT, ended_because="x"
        )


def test_a_repealed_version_makes_room_for_another():
    repealed = in_state("repealed")
    assert policies_of("520000", "SKILL") == ()
    making.policy(version=4, first="2027-01-01")
    assert [one.version for one in policies_of("520000", "SKILL")] == [4]
    assert repealed.ended_because == "x"


@pytest.mark.parametrize(
    "changes",
    [
        {"doc_no": "another"},
        {"valid": DateRange(dt.date(2023, 1, 1), dt.date(2027, 1, 1), "[)")},
        {"body": {}},
        {"ended_at": None},
    ],
)
def test_the_database_lets_nothing_else_change_with_the_end(changes):
    made = making.policy()
    told = {
        "valid": DateRange(dt.date(2022, 1, 1), dt.date(2027, 1, 1), "[)"),
        "ended_by": factories.user(),
        "ended_at": AT,
        "ended_because": "文号",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=made.pk).update(**told | changes)
    assert PolicyVersion.objects.filter(pk=made.pk).update(**told) == 1


def test_fractions_of_a_body_are_kept_as_text():
    made = making.body()
    made["amount"]["uplifts"]["choices"][0]["percent"] = Decimal("12.5")
    version = policies.draft_policy(factories.province(), made, by=editor(), at=AT)
    version.refresh_from_db()
    assert version.body["amount"]["uplifts"]["choices"][0]["percent"] == "12.5"
    assert read_policy(version.body).sha256 == version.body_sha256


def test_a_new_version_begins_with_the_text_and_the_cases_of_an_old_one():
    old = making.policy(valid=["2022-01-01", "2026-12-31"])
    new = policies.copy_policy(old, province=factories.province(), by=editor(), at=AT)
    assert (new.version, new.body["valid"]) == (4, ["2027-01-01", None])
    kept = lambda row: list(row.cases.values_list("place", "name", "facts", "outcome", "amount_fen"))  # noqa: E731
    assert kept(new) == kept(old)
    assert len(kept(new)) == len(making.cases_for(old.body))
