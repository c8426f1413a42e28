import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from certificates import selectors, signers, tasks, workflow
from certificates.models import Certificate
from certificates.selectors.drafts import NoIdentity
from certificates.services import papers
from portal import clock
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.embedded import processes
from portal.notices.models import Notice
from tests import databases, factories
from tests.certificates import making

ROOT = Path(__file__).parents[2]


def numbers():
    return sorted(int(serial[-7:]) for serial in Certificate.objects.values_list("serial", flat=True))


@pytest.mark.django_db
def test_it_asks_and_issues_and_a_second_run_changes_nothing():
    made = [making.completion() for _turn in range(3)]
    assert tasks.issue_due_certificates() == 3
    assert tasks.issue_due_certificates() == 0
    assert tasks.make_due_papers() == 3
    assert tasks.make_due_papers() == 0
    assert {c.completion_id for c in Certificate.objects.issued()} == {c.pk for c in made}
    assert Entry.objects.filter(action="certificate.issued").count() == 3
    assert not selectors.uncertified_completions().exists()


@pytest.fixture
def another_signer(settings, tmp_path):
    """Signs with another file from now on; gives where to put it."""
    settings.CERTIFICATE_SIGNER = f"file://{tmp_path}/signer.p12"
    signers.signer.cache_clear()
    yield tmp_path / "signer.p12"
    signers.signer.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["ended", "broken"])
def test_while_nothing_can_be_signed_papers_wait_and_lose_no_attempt(
    settings, client, another_signer, wrong, at
):
    made = making.completion()
    if wrong == "broken":
        another_signer.write_bytes(b"no key")
    else:
        ended = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
        signers.make_sample(another_signer, settings.CERTIFICATE_SIGNER_PASSWORD, life=ended)
    assert tasks.issue_due_certificates() == 1
    assert tasks.make_due_papers() == 0
    issued = Certificate.objects.get(completion_id=made.pk)
    assert (issued.state, issued.paper_attempts, issued.pdf_key) == (workflow.ISSUED, 0, "")
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, at=at))
    assert "暂时不能制作证书文件" in client.get(reverse("certificates:desk")).content.decode()
    factories.sign_in(client, issued.user)
    asked = client.get(reverse("certificates:pdf", args=[issued.serial]))
    assert asked.status_code == 503
    assert "证书本身有效" in asked.content.decode()
    another_signer.unlink()
    signers.signer.cache_clear()
    assert tasks.make_due_papers() == 1
    assert client.get(reverse("certificates:pdf", args=[issued.serial])).status_code == 200


@pytest.mark.django_db
def test_a_name_that_cannot_be_printed_fails_with_the_character_and_stops_nobody():
    bad = making.completion(name="王\U00030729")
    good = making.completion()
    assert tasks.issue_due_certificates() == 1
    failed = Certificate.objects.get(completion=bad)
    assert failed.state == workflow.FAILED
    assert "U+30729" in failed.failure
    assert Certificate.objects.get(completion=good).state == workflow.ISSUED


@pytest.mark.django_db
def test_a_learner_without_a_name_fails_with_the_reason():
    making.completion(factories.user())
    assert tasks.issue_due_certificates() == 0
    assert Certificate.objects.get().failure == str(NoIdentity.message)


def test_four_workers_at_once_issue_each_once(together):
    for _turn in range(8):
        making.completion()
    assert sum(together(lambda _n: tasks.issue_due_certificates(), 4)) == 8
    assert numbers() == list(range(1, 9))
    assert Certificate.objects.issued().count() == 8
    assert Entry.objects.filter(action="certificate.issued").count() == 8
    assert Entry.objects.filter(action="certificate.requested").count() == 8


WORKER = """
import sys
import django
django.setup()
from django.conf import settings
from django.db import connections
connections.settings["default"]["NAME"] = sys.argv[1]
settings.STORAGES = {**settings.STORAGES, "default": {
    "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": sys.argv[2], "base_url": None}}}
from certificates import tasks
tasks.CHUNK, tasks.PAPERS = 3, 2
print("ready", flush=True)
while True:
    tasks.issue_due_certificates()
    tasks.make_due_papers()
"""


@contextmanager
def worker_to_be_killed(media: str) -> Iterator[None]:
    """A worker that issues and draws in another process, until the block ends and it is killed in whatever it does."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, databases.database_name(), media],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        stdout=subprocess.PIPE,
    )
    try:
        assert worker.stdout.readline() == b"ready\n"
        yield
    finally:
        worker.kill()
        worker.wait(timeout=10)
        worker.stdout.close()


def test_a_worker_killed_again_and_again_loses_nothing_and_doubles_nothing(committed_db, own_media):
    of = making.version()
    made = [making.completion(of=of) for _turn in range(40)]
    media = default_storage.location
    kept = Certificate.objects.exclude(pdf_key="")
    for enough in (1, 8, 15):
        with worker_to_be_killed(media):
            assert processes.wait_until(lambda enough=enough: kept.count() >= enough, 120)
    assert kept.count() < 40, "the kills came in the middle"
    tasks.issue_due_certificates()
    while taken := papers.take_up(at=clock.now() + papers.LEASE * 2, most=5):
        for certificate in taken:
            papers.make(certificate, at=clock.now())
    assert {c.completion_id for c in Certificate.objects.issued()} == {c.pk for c in made}
    assert numbers() == list(range(1, 41))
    assert Entry.objects.filter(action="certificate.issued").count() == 40
    assert Notice.objects.filter(kind="certificate.issued").count() == 40
    assert kept.count() == 40
    for certificate in kept:
        with default_storage.open(certificate.pdf_key) as file:
            stored = file.read()
        assert hashlib.sha256(stored).digest() == bytes(certificate.pdf_sha256)
