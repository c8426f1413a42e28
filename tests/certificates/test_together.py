import psycopg2
import pytest

from certificates import services
from portal.audit.models import Entry
from tests.certificates import making


def test_two_requests_at_once_take_two_numbers_without_a_gap(together, at):
    completions = [making.completion() for _turn in range(4)]
    made = together(lambda n: services.request(completions[n], at=at).serial, 4)
    assert sorted(made) == [f"ZX-52-2026-000000{n}" for n in (1, 2, 3, 4)]


def test_two_requests_for_one_completion_make_one(together, at):
    completion = making.completion()
    assert len(set(together(lambda _n: services.request(completion, at=at).pk, 4))) == 1


def test_two_workers_never_take_up_the_same(together, at):
    for _turn in range(3):
        services.request(making.completion(), at=at)
    taken = [c.pk for c in together(lambda _n: services.take_up(at=at), 4) if c]
    assert len(taken) == len(set(taken))


def test_issued_once_by_two_at_once(together, at):
    certificate = services.request(making.completion(), at=at)
    outcomes = together(lambda _n: services.issue(certificate, at=at), 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Certificate", "IllegalMove"]
    assert Entry.objects.filter(action="certificate.issued").count() == 1


@pytest.mark.parametrize("table", ["certificates_certificate", "certificates_serialcounter"])
def test_not_even_the_owner_empties_a_table(committed_db, owner_sql, table):
    with pytest.raises(psycopg2.errors.RestrictViolation, match="never emptied"):
        owner_sql(f"TRUNCATE {table} CASCADE")
