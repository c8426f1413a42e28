"""Whatever the services forbid, the database refuses as well; and what two people do at once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.roles import Role
from subsidies.models import ImpactRow, ImpactRun, PolicyCase, PolicyVersion, Programme
from subsidies.services import impacts
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT


def refused(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("programme_kind_is_known", {"kind": "other"}),
        ("programme_payees_are_known", {"payees": ["somebody"]}),
        ("programme_payees_are_known", {"payees": []}),
        ("programme_has_a_fund", {"funds": []}),
    ],
)
def test_a_programme_is_whole(constraint, changes):
    with refused(constraint), transaction.atomic():
        Programme.objects.filter(pk="SKILL").update(**changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("policy_submitted_at_with_by", {"submitted_at": AT}),
        ("policy_submitted_first", {"state": "in_review"}),
        ("policy_returned_by_somebody_for_a_reason", {"returned_at": AT}),
        ("policy_published_by_somebody", {"published_at": AT}),
        ("policy_ended_by_somebody_for_a_reason", {"ended_at": AT}),
        ("policy_document_is_whole", {"document_key": "papers/x.pdf"}),
        ("does not go", {"state": "published"}),
        ("does not go", {"state": "x"}),
        ("stays of its place", {"province_id": "510000"}),
        ("stays of its place", {"authors": []}),
    ],
)
def test_a_version_is_whole(constraint, changes):
    row = making.drafted(making.body())
    with refused(constraint), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(**changes)


def test_a_version_begins_as_a_draft_and_what_was_handed_in_stays():
    row = making.drafted(making.body())
    told = {
        f.attname: getattr(row, f.attname)
        for f in row._meta.concrete_fields
        if not f.generated and f.attname != "id"
    }
    told |= {"version": 8, "state": "in_review", "submitted_by_id": row.edited_by_id, "submitted_at": AT}
    with refused("starts as draft"), transaction.atomic():
        PolicyVersion.objects.create(**told)
    row.cases.all().delete()
    row.delete()
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("policy_case_place_once", {"place": 2}),
        ("policy_case_has_a_name", {"name": ""}),
        ("policy_case_pays_only_where_approved", {"outcome": "REJECT", "amount_fen": 5}),
        ("policy_case_pays_only_where_approved", {"amount_fen": -5}),
        ("policy_case_pays_only_where_approved", {"outcome": "MAYBE"}),
    ],
)
def test_a_case_is_whole(constraint, changes):
    row = making.drafted(making.body())
    with refused(constraint), transaction.atomic():
        PolicyCase.objects.filter(version=row, place=1).update(**changes)


def test_two_cases_have_two_names_and_stay_with_their_version():
    row, other = making.drafted(making.body()), making.drafted(making.body(version=5))
    first, second = row.cases.all()[:2]
    with refused("policy_case_name_once"), transaction.atomic():
        PolicyCase.objects.filter(pk=second.pk).update(name=first.name)
    with refused("stays with its version"), transaction.atomic():
        PolicyCase.objects.filter(pk=second.pk).update(version=other, place=90, name="x")


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("impact_run_state_is_known", {"state": "x", "due_at": None, "ended_at": AT}),
        ("impact_run_is_due_or_ended", {"due_at": None}),
        ("impact_run_is_due_or_ended", {"state": "done"}),
        (
            "impact_run_days_in_order",
            {"decided_from": dt.date(2026, 2, 1), "decided_to": dt.date(2026, 1, 1)},
        ),
    ],
)
def test_a_run_is_whole(constraint, changes):
    row = making.drafted(making.body())
    run = impacts.start_run(row, by=row.edited_by, at=AT)
    with refused(constraint), transaction.atomic():
        ImpactRun.objects.filter(pk=run.pk).update(**changes)


def test_a_claim_is_in_a_run_once():
    making.checked()
    row = making.drafted(making.body(version=4, first="2030-01-01"))
    run = impacts.start_run(row, by=row.edited_by, at=AT)
    impacts.go_on(run.pk, at=AT)
    found = ImpactRow.objects.get(run=run)
    found.pk = None
    with refused("impact_row_one_per_claim"), transaction.atomic():
        found.save(force_insert=True)


def test_the_office_of_another_province_gets_nothing_of_a_run():
    row = making.drafted(making.body())
    run = impacts.start_run(row, by=row.edited_by, at=AT)
    with pytest.raises(impacts.NotYourRun):
        impacts.cancel_run(run, by=factories.staff(Role.POLICY_PUBLISHER, code="510000"), at=AT)
