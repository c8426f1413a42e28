import copy
import datetime as dt
import io

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from portal import moves
from portal.accounts.roles import Role
from subsidies.models import Decision, ImpactRow, ImpactRun
from subsidies.selectors import impacts as looked
from subsidies.services import impacts, policies
from subsidies.tasks import work_on_due_impacts
from tests import factories
from tests.subsidies import making
from tests.subsidies.test_policy_office import nation_handed_in

pytestmark = pytest.mark.django_db
AT = making.AT


@pytest.fixture
def standing(monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: AT)


def generous(more=10_000, **changes):
    """A draft of Guizhou that pays welders of level 4 so much more."""
    body = making.body(version=4, first="2030-01-01")
    body["amount"]["lines"][0]["fen"]["4"] += more
    return making.drafted(body | changes)


def decided(n=1):
    """Claims of Guizhou that the rules have checked."""
    return [making.checked() for _n in range(n)]


def run_of(draft, **days):
    return impacts.start_run(draft, by=draft.edited_by, at=AT, **days)


def finished(run):
    while impacts.go_on(run.pk, at=AT):
        pass
    run.refresh_from_db()
    return run


def test_a_run_says_who_gains_without_changing_a_decision():
    claims = decided(2)
    before = list(Decision.objects.values_list("pk", "outcome", "amount_fen", "record"))
    run = finished(run_of(generous()))
    figures = looked.figures_of(run)
    assert (run.state, run.done, run.total) == ("done", 2, 2)
    assert (figures.claims, figures.gaining, figures.losing, figures.asked, figures.same) == (2, 2, 0, 0, 0)
    assert figures.change_fen == 20_000
    names = [name for name, _figures in looked.by_occupation(run)]
    assert names == [f"{claims[0].occupation_name} {claims[0].occupation}"]
    assert list(Decision.objects.values_list("pk", "outcome", "amount_fen", "record")) == before


def test_who_loses_is_told_by_key_group():
    (claim,) = decided()
    decision = claim.decisions.get()
    fields = {
        f.attname: getattr(decision, f.attname) for f in Decision._meta.concrete_fields if f.attname != "id"
    }
    facts = copy.deepcopy(decision.facts)
    facts["person"]["groups"] = ["migrant_worker", "disabled"]
    Decision.objects.create(**fields | {"facts": facts})
    run = finished(run_of(generous(more=-60_000)))
    groups = dict(looked.by_group(run))
    assert {figures.losing for figures in groups.values()} == {1}
    assert len(groups) == 2
    assert [row.claim_id for row in looked.losing_most(run)] == [claim.pk]


def test_only_the_newest_decision_of_a_claim_counts():
    claim = making.passed()
    assert claim.decisions.count() == 4
    run = finished(run_of(generous()))
    assert list(run.rows.values_list("decision", flat=True)) == [claim.decisions.latest("pk").pk]


def test_a_fact_that_was_never_asked_is_counted_apart():
    decided()
    extra = {"id": "CITY", "type": "any_of", "facts": ["person.lives_in_city"]}
    body = making.body(version=4, first="2030-01-01")
    run = finished(run_of(making.drafted(body | {"eligibility": [*body["eligibility"], extra]})))
    figures = looked.figures_of(run)
    assert (figures.asked, figures.losing, figures.change_fen) == (1, 0, 0)
    assert run.rows.get().asks == ["person.lives_in_city"]


def test_days_limit_which_decisions_are_looked_at():
    decided()
    for days, found in (
        ({"decided_from": dt.date(2026, 3, 16), "decided_to": dt.date(2026, 3, 16)}, 1),
        ({"decided_to": dt.date(2026, 3, 15)}, 0),
        ({"decided_from": dt.date(2026, 3, 17)}, 0),
    ):
        draft = making.drafted(making.body(version=20 + found, first="2031-01-01")) if found else None
        draft = draft or generous(version=ImpactRun.objects.count() + 30)
        assert finished(run_of(draft, **days)).done == found
    with pytest.raises(impacts.DaysBackwards):
        run_of(draft, decided_from=dt.date(2026, 3, 17), decided_to=dt.date(2026, 3, 16))


def test_another_provinces_decisions_are_not_looked_at():
    decided()
    making.checked(code="510000")
    run = finished(run_of(generous()))
    assert set(run.rows.values_list("province", flat=True)) == {"520000"}


def test_chunks_go_on_where_the_last_one_ended_and_twice_is_once():
    decided(5)
    run = run_of(generous())
    assert impacts.go_on(run.pk, at=AT, chunk=2) == 2
    # A worker that was killed after its rows and before its mark leaves them: they are not there twice.
    ImpactRun.objects.filter(pk=run.pk).update(reached=0, done=0)
    while impacts.go_on(run.pk, at=AT, chunk=2):
        pass
    run.refresh_from_db()
    assert (run.state, run.done, ImpactRow.objects.filter(run=run).count()) == ("done", 5, 5)
    assert impacts.go_on(run.pk, at=AT) == 0


def test_the_task_finds_what_is_due_and_may_run_twice(standing):
    decided(3)
    run = run_of(generous())
    assert work_on_due_impacts() == 3
    assert work_on_due_impacts() == 0
    run.refresh_from_db()
    assert run.state == "done"


def test_a_run_that_fails_says_why_and_does_not_stop_the_others(standing):
    decided()
    bad, good = run_of(generous()), run_of(making.drafted(making.body(version=5, first="2031-01-01")))
    ImpactRun.objects.filter(pk=bad.pk).update(body={})
    work_on_due_impacts()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.failures, bad.trouble) == ("running", 1, "PolicyError")
    assert bad.due_at == AT + dt.timedelta(minutes=5)
    assert good.state == "done"


def test_a_run_is_stopped_where_it_is():
    decided(3)
    run = run_of(generous())
    impacts.go_on(run.pk, at=AT, chunk=1)
    stopped = impacts.cancel_run(run, by=run.started_by, at=AT)
    assert (stopped.state, stopped.done) == ("cancelled", 1)
    assert impacts.go_on(run.pk, at=AT) == 0
    with pytest.raises(moves.IllegalMove):
        impacts.cancel_run(run, by=run.started_by, at=AT)
    with pytest.raises(IntegrityError, match="ended"), transaction.atomic():
        ImpactRun.objects.filter(pk=run.pk).update(done=9)


def test_one_run_of_a_version_at_a_time_by_its_own_office():
    draft = generous()
    run = run_of(draft)
    with pytest.raises(impacts.RunUnderWay):
        run_of(draft)
    for person in (
        factories.staff(Role.AUDITOR),
        factories.staff(Role.PROVINCE_REVIEWER),
        factories.staff(Role.POLICY_EDITOR, code="510000"),
        factories.staff(Role.MINISTRY_POLICY),
    ):
        with pytest.raises(impacts.NotYourRun):
            impacts.start_run(draft, by=person, at=AT)
        with pytest.raises(impacts.NotYourRun):
            impacts.cancel_run(run, by=person, at=AT)


def test_a_frame_that_pays_nobody_has_no_impact():
    row = nation_handed_in()
    with pytest.raises(impacts.PaysNobody):
        impacts.start_run(row, by=row.edited_by, at=AT)


def test_a_run_keeps_the_text_as_it_was():
    decided()
    draft = generous()
    run = run_of(draft)
    policies.change_policy(draft, making.body(version=4, first="2030-01-01"), by=draft.edited_by, at=AT)
    assert looked.figures_of(finished(run)).change_fen == 10_000


def test_the_workbook_computes_nothing(client):
    decided()
    run = finished(run_of(generous()))
    ImpactRow.objects.filter(run=run).update(occupation="=1+1")
    browser = factories.sign_in(client, run.started_by)
    answer = browser.get(f"/desk/policies/impact/{run.pk}/xlsx/")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    head, row = sheet.iter_rows()
    assert len(head) == len(row) == len(looked.HEADINGS)
    assert [cell.data_type for cell in row if "1+1" in str(cell.value)] == ["s"]
    assert row[7].value == "1700.00"


def test_no_query_grows_with_the_rows(client, django_assert_max_num_queries):
    decided(5)
    run = finished(run_of(generous()))
    browser = factories.sign_in(client, run.started_by)
    with django_assert_max_num_queries(30):
        assert browser.get(f"/desk/policies/impact/{run.pk}/").status_code == 200
