from subsidies.models import Decision
from subsidies.selectors.recomputing import recomputed
from tests.subsidies import making


def test_jobs_find_the_same(committed_db):
    """Processes of their own get rows and versions; they need no database."""
    decision = making.checked().decisions.get()
    fields = [field.attname for field in Decision._meta.concrete_fields if field.attname != "id"]
    told = {name: getattr(decision, name) for name in fields}
    made = Decision.objects.create(**told | {"amount_fen": decision.amount_fen + 1})
    assert [pk for one in recomputed(jobs=2) for pk, _differs in one.broken] == [made.pk]
