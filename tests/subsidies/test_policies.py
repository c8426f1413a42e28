import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from subsidies.models import PolicyVersion
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
