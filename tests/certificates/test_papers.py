import datetime as dt
import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates import archive, selectors, signers, tasks, workflow
from certificates.models import Certificate
from certificates.services import papers
from tests import factories
from tests.certificates import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(at):
    return making.issued(at=at)


@pytest.fixture
def kept(issued, at):
    (taken,) = papers.take_up(at=at, most=5)
    assert papers.make(taken, at=at)
    return Certificate.objects.get(pk=issued.pk)


def test_a_paper_is_kept_as_it_was_made(kept, at):
    pdf = selectors.pdf_of(kept, at=at)
    assert hashlib.sha256(pdf).digest() == bytes(kept.pdf_sha256)
    assert default_storage.exists(kept.pdf_key)
    assert (kept.paper_made_at, kept.paper_due_at, kept.paper_attempts) == (at, None, 1)
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert signers.SAMPLE_NAME in found.signer_cert.subject.native["common_name"]


def test_where_papers_are_made_when_asked_for_none_is_due(settings, at):
    settings.CERTIFICATE_PAPERS = "lazy"
    issued = making.issued(at=at)
    assert papers.take_up(at=at, most=5) == []
    assert selectors.pdf_of(issued, at=at).startswith(b"%PDF")
    assert Certificate.objects.get().pdf_key == "", "reading writes nothing"


def test_a_torn_or_lost_file_is_made_again_byte_for_byte(kept, at):
    whole = selectors.pdf_of(kept, at=at)
    later = at + dt.timedelta(days=400)
    default_storage.delete(kept.pdf_key)
    default_storage.save(kept.pdf_key, ContentFile(whole[:1000]))
    assert selectors.pdf_of(kept, at=later) == whole
    default_storage.delete(kept.pdf_key)
    assert selectors.pdf_of(kept, at=later) == whole
    archive.put(kept.pdf_key, whole)
    with default_storage.open(kept.pdf_key) as file:
        assert file.read() == whole


def test_a_lost_file_after_a_change_of_key_is_signed_as_of_now(kept, another_signer, at):
    new = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    signers.make_sample(another_signer, "p", life=new)
    default_storage.delete(kept.pdf_key)
    with pytest.raises(signers.KeyNotValid):
        selectors.pdf_of(kept, at=at)
    assert selectors.pdf_of(kept, at=dt.datetime(2028, 1, 1, tzinfo=dt.UTC)).startswith(b"%PDF")


@pytest.fixture
def another_signer(settings, tmp_path):
    """Signs with another file from now on; gives where to put it."""
    settings.CERTIFICATE_SIGNER, settings.CERTIFICATE_SIGNER_PASSWORD = f"file://{tmp_path}/signer.p12", "p"
    signers.signer.cache_clear()
    yield tmp_path / "signer.p12"
    signers.signer.cache_clear()


def test_taken_up_it_is_left_to_that_worker_for_minutes(issued, at):
    assert papers.take_up(at=at, most=5) == [issued]
    assert papers.take_up(at=at + papers.LEASE / 2, most=5) == []
    assert papers.take_up(at=at + papers.LEASE, most=5) == [issued]


def test_one_that_kills_its_worker_each_time_ends_with_a_reason(issued, at):
    for _attempt in range(papers.ATTEMPTS):
        assert papers.take_up(at=at, most=5) == [issued]
        at += papers.LEASE
    assert papers.take_up(at=at, most=5) == []
    issued.refresh_from_db()
    assert (issued.state, issued.paper_due_at, issued.paper_failure) == ("issued", None, "WorkerStopped")
    assert selectors.pdf_of(issued, at=at).startswith(b"%PDF"), "asked for, it is tried all the same"


def test_a_full_disk_puts_it_off_with_the_reason_and_it_is_made_later(issued):
    place = Path(default_storage.location)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("a file where the folder should be", encoding="ascii")
    Certificate.objects.update(paper_due_at=factories.AT)
    assert tasks.make_due_papers() == 0
    waiting = Certificate.objects.get()
    assert "Error" in waiting.paper_failure
    assert waiting.paper_due_at > factories.AT
    assert tasks.make_due_papers() == 0, "not before its time"
    place.unlink()
    Certificate.objects.update(paper_due_at=factories.AT)
    assert tasks.make_due_papers() == 1
    assert Certificate.objects.get().paper_failure == ""
    assert tasks.make_due_papers() == 0, "a second run changes nothing"


def test_put_off_again_and_again_it_ends_with_its_reason(issued, at):
    for attempt in range(papers.ATTEMPTS):
        Certificate.objects.update(paper_attempts=attempt)
        issued.paper_attempts = attempt
        papers.put_off(issued, OSError("disk full"), at=at)
    last = Certificate.objects.get()
    assert (last.paper_due_at, last.paper_failure) == (None, "OSError: disk full")


def test_an_unknown_failure_keeps_no_words_that_may_name_a_person(issued, at):
    papers.put_off(issued, ValueError("王建国"), at=at)
    assert Certificate.objects.get().paper_failure == "ValueError"


def test_revoked_while_its_paper_is_made_none_is_kept(issued, at):
    (taken,) = papers.take_up(at=at, most=5)
    making.revoked(issued, at=at)
    assert papers.make(taken, at=at) is False
    papers.put_off(taken, OSError("late"), at=at)
    after = Certificate.objects.get()
    assert (after.state, after.pdf_key, after.paper_due_at) == (workflow.REVOKED, "", None)
    assert papers.take_up(at=at + papers.LEASE, most=5) == []


def test_made_by_two_workers_one_paper_is_kept(kept, at):
    assert papers.make(kept, at=at + dt.timedelta(minutes=1)) is False
    assert Certificate.objects.get().paper_made_at == at


@pytest.mark.parametrize(
    "change",
    [{"pdf_key": "other"}, {"pdf_sha256": bytes(32)}, {"paper_made_at": factories.AT - dt.timedelta(1)}],
)
def test_the_database_refuses_to_change_a_kept_paper(kept, change):
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Certificate.objects.filter(pk=kept.pk).update(**change)
