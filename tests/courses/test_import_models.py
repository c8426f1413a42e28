"""Every constraint of an import broken once, and every cell of its table of moves, in the database's eyes."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from courses.models import ImportJob, ImportRow
from courses.workflow import IMPORT_DUE, IMPORT_MOVES, ImportState

LEGAL = {(source, move.target) for move in IMPORT_MOVES.values() for source in move.sources}


@pytest.fixture
def job(provider, author, at):
    return ImportJob.objects.create(
        province=provider.province,
        organisation=provider,
        kind="courses",
        form="csv",
        file_key="imports/a.csv",
        name="a.csv",
        sha256="0" * 64,
        due_at=at,
        uploaded_by=author,
        uploaded_at=at,
    )


def broken(job, **words):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(**words)
    return str(refused.value)


def test_what_an_import_cannot_be(job, author, at):
    assert "import_questions_have_a_course" in broken(job, kind="questions")
    assert "import_questions_have_a_course" in broken(job, form="gift")
    assert "import_due_while_a_worker_has_to_do" in broken(job, due_at=None)
    assert "import_decided_at_with_by" in broken(job, decided_at=at)
    assert "import_finished_when_over" in broken(job, finished_at=at)
    assert "import_failed_has_a_problem" in broken(job, problem="broken")
    assert "an import does not go" in broken(job, state="strange")
    assert "import_cleared_after_its_end" in broken(job, cleared_at=at, file_key="")
    assert "import_cleared_after_its_end" in broken(job, file_key="")
    over = {"state": "cancelled", "due_at": None, "finished_at": at}
    assert "import_cleared_after_its_end" in broken(job, **over, cleared_at=at)
    in_state(job, "previewed", None, at)
    assert "import_applied_by_somebody" in broken(job, state="applying", due_at=at)


def test_what_a_row_cannot_be(job):
    def row(**words):
        ImportRow.objects.create(**{"job": job, "number": 2, "last": 2, "fate": "created", **words})

    row()
    for words, name in (({}, "import_row_once"), ({"number": 3, "fate": "odd"}, "import_fate_is_known")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row(**words)


def in_state(job, state, author, at):
    """The shortest legal way there."""
    ways = {
        "uploaded": [],
        "reading": ["reading"],
        "previewed": ["reading", "previewed"],
        "applying": ["reading", "previewed", "applying"],
        "applied": ["reading", "previewed", "applying", "applied"],
        "failed": ["failed"],
        "cancelled": ["cancelled"],
    }
    for step in ways[state]:
        ImportJob.objects.filter(pk=job.pk).update(**fitting(step, author, at))


def fitting(state, author, at):
    decided = state in {"applying", "applied", "cancelled"}
    return {
        "state": state,
        "due_at": at if state in IMPORT_DUE else None,
        "decided_at": at if decided else None,
        "decided_by": author if decided else None,
        "finished_at": at if state in {"applied", "failed", "cancelled"} else None,
        "problem": "broken" if state == "failed" else "",
    }


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(ImportState.values, 2)))
def test_the_database_knows_the_same_moves(job, author, at, source, target):
    in_state(job, source, author, at)
    if (source, target) in LEGAL:
        ImportJob.objects.filter(pk=job.pk).update(**fitting(target, author, at))
        assert ImportJob.objects.get().state == target
    else:
        assert "does not go" in broken(job, **fitting(target, author, at))


def test_an_import_begins_uploaded(provider, author, at):
    with pytest.raises(IntegrityError, match="begins uploaded"), transaction.atomic():
        ImportJob.objects.create(
            province=provider.province,
            organisation=provider,
            kind="courses",
            form="csv",
            file_key="a",
            name="a",
            sha256="0",
            state="previewed",
            uploaded_by=author,
            uploaded_at=at,
        )


def test_a_state_that_nobody_knows_is_refused(job, owner_sql):
    names = owner_sql("SELECT conname FROM pg_constraint WHERE conname = 'import_state_is_known'")
    assert names == [("import_state_is_known",)]
