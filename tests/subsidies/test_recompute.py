import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.roles import Role
from subsidies.models import Decision, PolicyVersion
from subsidies.policy import ENGINE
from subsidies.recompute import Known, chunk
from subsidies.selectors.recomputing import irreproducible, recomputed
from subsidies.services import checking, policies
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT


def said(**options):
    out = StringIO()
    call_command("recompute_decisions", stdout=out, **options)
    return out.getvalue()


def falsified(decision, **changes):
    """Another decision in its place, as somebody would leave it who can write past the triggers."""
    fields = [field.attname for field in Decision._meta.concrete_fields if field.attname != "id"]
    told = {name: getattr(decision, name) for name in fields} | changes
    return Decision.objects.create(**told)


def test_every_decision_comes_out_as_it_is_stored():
    making.checked()
    making.passed()
    assert said() == f"{Decision.objects.count()} decisions come out as they are stored.\n"
    assert list(irreproducible()) == []


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (
            lambda d: {"facts": {**d.facts, "learning": {**d.facts["learning"], "valid_hours": "1"}}},
            "outcome",
        ),
        (lambda d: {"record": {**d.record, "lines": []}}, "lines"),
        (lambda d: {"amount_fen": d.amount_fen + 1}, "the columns and the record"),
        (lambda d: {"policy_id": None}, "the version that decides"),
        (
            lambda d: {"record": {**d.record, "rules": [{**d.record["rules"][0], "title_zh": "别的"}]}},
            "rules",
        ),
        (lambda d: {"record": {**d.record, "more": 1}}, "more"),
    ],
)
def test_a_decision_that_was_falsified_is_named(change, differs):
    decision = making.checked().decisions.get()
    made = falsified(decision, **change(decision))
    ((pk, said_differently),) = irreproducible()
    assert pk == made.pk
    assert differs in said_differently
    with pytest.raises(CommandError, match="1 of 2"):
        said()


def test_of_another_engine_all_but_the_words_is_compared():
    decision = making.checked().decisions.get()
    other = json.loads(json.dumps(decision.record))
    other["engine"] = "1.0.0"
    for rule in other["rules"]:
        rule["message_zh"] = "从前的说法"
    other["lines"][0]["title_en"] = "as it was"
    falsified(decision, record=other)
    assert "1 decisions were made by another engine" in said()
    other["lines"][0]["fen"] += 1
    falsified(decision, record=other)
    assert len(list(irreproducible())) == 1


def test_a_decision_stays_what_it_was_when_its_version_ends_and_others_come():
    making.checked()
    version = PolicyVersion.objects.get()
    keeper = factories.staff(Role.POLICY_PUBLISHER)
    later = AT + dt.timedelta(days=1)
    policies.end_policy(version, last_day=dt.date(2026, 3, 20), by=keeper, at=later, reason="文号")
    making.policy(version=4, first="2026-03-21", at=later)
    assert list(irreproducible()) == []


def test_a_decision_without_a_version_is_made_again_by_those_of_its_day():
    """Nothing was published then; what is published later does not change it."""
    claim = making.submitted(at=AT)
    checking.check_claim(claim, at=AT)
    (decision,) = claim.decisions.all()
    assert (decision.policy, decision.record["reasons"]) == (None, ["NO_POLICY_VERSION"])
    making.policy(at=AT + dt.timedelta(hours=1))
    assert list(irreproducible()) == []


def test_a_version_that_was_repealed_before_does_not_decide():
    body = json.dumps(making.body())
    at = "2026-03-16T02:00:00.000000"
    rows = [[1, "520000", "SKILL", None, at, "REJECT", 0, {}, {"outcome": "REJECT", "amount_fen": 0}]]
    repealed = Known(1, "520000", "SKILL", body, "2026-01-01", ended_at="2026-02-01", repealed=True)
    later = Known(2, "520000", "SKILL", body, "2026-04-01")
    for versions in ([], [repealed], [later]):
        (broken,) = chunk(versions, json.dumps(rows).encode()).broken
        assert "the version that decides" not in broken[1]


def test_all_chunks_are_read_and_no_query_grows(django_assert_num_queries, monkeypatch):
    decision = making.checked().decisions.get()
    for _n in range(4):
        falsified(decision)
    monkeypatch.setattr("subsidies.selectors.recomputing.CHUNK", 2)
    with django_assert_num_queries(4):  # versions, savepoint and its end, one cursor
        found = list(recomputed())
    assert ([one.done for one in found], sum(one.older for one in found)) == ([2, 2, 1], 0)
    assert decision.record["engine"] == ENGINE
