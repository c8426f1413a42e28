import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from subsidies.models import PolicyVersion
from subsidies.policy import read_policy
from subsidies.selectors import policies_of
from subsidies.services import policies
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT


def draft(**changes):
    return policies.draft_policy(
        factories.province(), making.body(**changes), by=factories.user("editor"), at=AT
    )


def test_published_versions_are_read_as_rules():
    made = making.policy()
    (policy,) = policies_of("520000", "SKILL")
    assert (policy.version, policy.sha256) == (3, made.body_sha256)
    assert made.last_day is None
    assert policies_of("510000", "SKILL") == ()


def test_the_last_day_is_the_one_of_the_body():
    made = making.policy(valid=["2022-01-01", "2022-12-31"])
    made.refresh_from_db()
    assert made.last_day == dt.date(2022, 12, 31)


def test_the_editor_does_not_publish():
    version = draft()
    with pytest.raises(policies.SameEditor):
        policies.publish_policy(version, by=version.edited_by, at=AT)
    with pytest.raises(IntegrityError, match="policy_editor_does_not_publish"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state="published", published_by=version.edited_by, published_at=AT
        )
    with pytest.raises(IntegrityError, match="policy_published_by_somebody"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(state="published")


def test_a_version_is_published_once_and_never_changed():
    made = making.policy()
    with pytest.raises(policies.AlreadyPublished):
        policies.publish_policy(made, by=factories.user(), at=AT)
    for change in (lambda rows: rows.update(doc_no="x"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change(PolicyVersion.objects.filter(pk=made.pk))


def test_two_versions_in_force_on_one_day_are_refused():
    making.policy()
    with pytest.raises(policies.DaysOverlap):
        policies.publish_policy(draft(version=4, first="2023-01-01"), by=factories.user(), at=AT)
    with pytest.raises(policies.VersionTaken):
        draft(version=3)


@pytest.mark.parametrize("changes", [{"schema": "x"}, {"amount": None}, {"code": "510000"}])
def test_a_bad_body_is_refused_with_a_sentence(changes):
    with pytest.raises(policies.BadPolicy) as broken:
        draft(**changes)
    assert str(broken.value)


LAST = dt.date(2026, 12, 31)


def test_an_open_end_is_closed_once_and_another_version_follows():
    first = making.policy()
    keeper = factories.user("keeper")
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
            **{"last_day": LAST, "by": factories.user(), "at": AT, "reason": "文号"} | changes,
        )


def test_a_draft_and_one_with_a_last_day_have_no_open_end():
    with pytest.raises(policies.NotOpen):
        policies.end_policy(draft(), last_day=LAST, by=factories.user(), at=AT, reason="文号")
    bounded = making.policy(version=4, valid=["2022-01-01", "2026-12-31"])
    with pytest.raises(policies.NotOpen):
        policies.end_policy(bounded, last_day=LAST, by=factories.user(), at=AT, reason="文号")


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
    version = policies.draft_policy(factories.province(), made, by=factories.user("editor"), at=AT)
    version.refresh_from_db()
    assert version.body["amount"]["uplifts"]["choices"][0]["percent"] == "12.5"
    assert read_policy(version.body).sha256 == version.body_sha256
