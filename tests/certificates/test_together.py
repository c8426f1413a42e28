import psycopg2
import pytest

from certificates import services
from certificates.models import Certificate
from certificates.services import papers
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.certificates import making


def test_issued_by_four_workers_at_once_the_numbers_have_no_gap(together, at):
    for _turn in range(12):
        services.request(making.completion(), at=at)
    outcomes = together(lambda _n: services.issue_due(at=at, most=3), 4)
    assert sum(outcome.issued for outcome in outcomes) == 12
    serials = Certificate.objects.values_list("serial", flat=True)
    assert sorted(serials) == [f"ZX-52-2026-{n:07}" for n in range(1, 13)]
    assert Entry.objects.filter(action="certificate.issued").count() == 12


def test_two_requests_for_one_completion_make_one(together, at):
    completion = making.completion()
    assert len(set(together(lambda _n: services.request(completion, at=at).pk, 4))) == 1
    assert Entry.objects.filter(action="certificate.requested").count() == 1


def test_two_workers_never_take_up_the_same_paper(together, at):
    for _turn in range(3):
        making.issued(at=at)
    taken = [c.pk for found in together(lambda _n: papers.take_up(at=at, most=2), 4) for c in found]
    assert len(taken) == len(set(taken)) == 3


def test_issued_once_by_two_at_once(together, at):
    certificate = services.request(making.completion(), at=at)
    outcomes = together(lambda _n: services.issue(certificate, at=at), 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Certificate", "IllegalMove"]
    assert Entry.objects.filter(action="certificate.issued").count() == 1


def test_two_who_decide_at_once_decide_once(together, at):
    certificate = making.issued(at=at)
    proposal = services.propose(
        certificate,
        "revoke",
        by=factories.staff(Role.PROVINCE_REVIEWER),
        at=at,
        reason="实操考核记录与本人不符",
    )
    people = [factories.staff(Role.PROVINCE_REVIEWER) for _turn in range(3)]
    outcomes = together(lambda n: services.approve(proposal, by=people[n], at=at), 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "Certificate",
        "IllegalMove",
        "IllegalMove",
    ]
    assert Entry.objects.filter(action="certificate.revoked").count() == 1


@pytest.mark.parametrize("table", ["certificates_certificate", "certificates_serialcounter"])
def test_not_even_the_owner_empties_a_table(committed_db, owner_sql, table):
    with pytest.raises(psycopg2.errors.RestrictViolation, match="never emptied"):
        owner_sql(f"TRUNCATE {table} CASCADE")
