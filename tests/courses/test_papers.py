"""Papers of agreements and decisions: nobody gets one before the virus scan has passed it."""

import datetime as dt
import itertools

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from courses import services, tasks
from courses.models import PaperCheck
from courses.scanning import EICAR, Recorder
from courses.selectors.papers import papers_of
from courses.services import paper_checks
from courses.workflow import PAPER_MOVES, PaperState
from portal.audit.models import Entry
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = dt.date(2026, 3, 16)
PDF = b"%PDF-1.7\n" + b"x" * 100
BAD = PDF + EICAR


@pytest.fixture
def agree(provider, guizhou, keeper, at):
    def make(content=PDF, number="黔培〔2026〕1 号"):
        return services.add_agreement(
            provider,
            guizhou,
            number=number,
            title="协议",
            signed_on=TODAY,
            valid_from=TODAY,
            document=SimpleUploadedFile("协议𠮷·阿依古丽.pdf", content),
            by=keeper,
            at=at,
        )

    return make


def shown(row, keeper, at):
    (paper,) = papers_of([row], user=keeper, at=at)
    return paper


def test_a_paper_has_no_address_before_it_was_looked_at(agree, keeper, at):
    made = agree()
    paper = shown(made, keeper, at)
    assert (paper.state, paper.url, paper.trouble) == ("waiting", "", "")
    assert (tasks.check_due_papers(), tasks.check_due_papers()) == (1, 0)
    paper = shown(made, keeper, at)
    assert (paper.state, paper.trouble) == ("passed", "")
    assert paper.url.startswith("/courses/media/")


def test_a_refused_paper_says_why_and_its_file_is_gone(agree, keeper, at, django_capture_on_commit_callbacks):
    made = agree(BAD)
    with django_capture_on_commit_callbacks(execute=True):
        assert (tasks.check_due_papers(), tasks.check_due_papers()) == (1, 0)
    paper = shown(made, keeper, at)
    assert (paper.state, paper.url) == ("refused", "")
    assert "Eicar-Test-Signature" in paper.trouble
    assert not default_storage.exists(made.document_key)
    assert Entry.objects.get(action="paper.refused").detail == {"finding": "Eicar-Test-Signature"}


def test_a_silent_scanner_keeps_the_paper_waiting_and_says_so(agree, keeper, at, clock, monkeypatch):
    made = agree()
    with monkeypatch.context() as silent:
        silent.setattr(Recorder, "fails", True)
        assert (tasks.check_due_papers(), tasks.check_due_papers()) == (1, 0)
        clock.now += paper_checks.LATER
        assert tasks.check_due_papers() == 1
    assert (shown(made, keeper, at).state, shown(made, keeper, at).url) == ("waiting", "")
    assert "自动重试" in shown(made, keeper, at).trouble
    clock.now += paper_checks.LATER
    assert tasks.check_due_papers() == 1
    assert shown(made, keeper, at).state == "passed"


def test_one_bad_file_stops_no_other_and_comes_due_again(agree, keeper, at, clock):
    lost, sound = agree(), agree(number="2")
    default_storage.delete(lost.document_key)
    assert (tasks.check_due_papers(), tasks.check_due_papers()) == (2, 0)
    assert [shown(row, keeper, at).state for row in (lost, sound)] == ["waiting", "passed"]
    clock.now += paper_checks.LEASE
    assert tasks.check_due_papers() == 1


def test_a_slow_worker_changes_nothing_that_another_has_decided(agree, keeper, at):
    made = agree(BAD)
    slow = paper_checks.take_up(at=at)
    paper_checks.look_at(slow, at=at)
    with default_storage.open(made.document_key, "wb") as file:
        file.write(PDF)
    assert paper_checks.look_at(slow, at=at).state == "refused"
    assert Entry.objects.filter(action="paper.refused").count() == 1


def test_the_paper_of_a_decision_is_looked_at_too(provider, guizhou, keeper, at, client):
    services.decide(
        provider,
        guizhou,
        "list",
        effective_on=TODAY,
        reason="核验通过",
        document=SimpleUploadedFile("决定.pdf", BAD),
        by=keeper,
        at=at,
    )
    factories.sign_in(client, keeper)
    page = reverse("courses:provider-desk", args=[provider.pk])
    assert "正在扫描病毒" in client.get(page).text
    tasks.check_due_papers()
    after = client.get(page).text
    assert "未收下" in after
    assert "Eicar-Test-Signature" in after
    assert "/courses/media/" not in after
    client.cookies["django_language"] = "en"
    assert "The virus scan found Eicar-Test-Signature." in client.get(page).text


def test_many_papers_are_shown_in_one_statement(agree, keeper, at, django_assert_num_queries):
    rows = [agree(number=str(number)) for number in range(5)]
    with django_assert_num_queries(1):
        papers_of(rows, user=keeper, at=at)


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(PaperState.values, 2)))
def test_the_database_knows_the_same_moves(at, source, target):
    check = PaperCheck.objects.create(key="papers/a.pdf", due_at=at)
    rows = PaperCheck.objects.filter(pk=check.pk)

    def go(state):
        over = state != "waiting"
        rows.update(
            state=state,
            due_at=None if over else at,
            looked_at=at if over else None,
            finding="Eicar" if state == "refused" else "",
        )

    if source != "waiting":
        go(source)
    if any(source in move.sources and target == move.target for move in PAPER_MOVES.values()):
        go(target)
    else:
        with pytest.raises(IntegrityError, match="a paper does not go"), transaction.atomic():
            go(target)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("paper_state_has_its_times", {"due_at": None}),
        ("paper_state_has_its_times", {"state": "passed"}),
        ("paper_refused_has_finding", {"finding": "Eicar"}),
        ("paper does not go", {"key": "papers/b.pdf"}),
    ],
)
def test_what_the_database_refuses(at, name, words):
    check = PaperCheck.objects.create(key="papers/a.pdf", due_at=at)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PaperCheck.objects.filter(pk=check.pk).update(**words)


def test_a_paper_begins_waiting_and_its_states_are_known(at, owner_sql):
    with pytest.raises(IntegrityError, match="begins waiting"), transaction.atomic():
        PaperCheck.objects.create(key="papers/a.pdf", state="passed", looked_at=at)
    assert owner_sql("SELECT conname FROM pg_constraint WHERE conname = 'paper_state_is_known'")
