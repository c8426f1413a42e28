"""What is forgotten in time, and what is not: imports, messages to partners. Calls: test_services_partner_keys.py."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses import tasks
from courses.models import Course, ImportJob, ImportRow, WebhookDelivery
from courses.services import import_work, retention, webhooks
from courses.services.imports import apply_import, cancel_import, upload_import
from portal.audit.models import Entry
from tests import factories
from tests.courses import files

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def bring(provider, author, at):
    def act(*rows):
        file = files.table(*rows)
        job = upload_import(
            file, name="课程𠮷·买买提.csv", kind="courses", organisation=provider, by=author, at=at
        )
        return _work(job, at)

    return act


def _work(job, at):
    import_work.work(import_work.claim(job.pk, at=at), at=at)
    return ImportJob.objects.get(pk=job.pk)


@pytest.fixture
def applied(bring, author, at):
    job = bring(files.COURSE, files.course("W-2", **{"Class hours": "viel"}))
    return _work(apply_import(job, by=author, at=at), at)


def test_the_file_and_rows_of_an_old_import_go_and_its_summary_stays(applied, clock, at):
    key, before = applied.file_key, Entry.objects.filter(action="import.applied").count()
    clock.now = at + 180 * DAY
    assert tasks.clear_old_imports() == 0
    clock.now += dt.timedelta(seconds=1)
    assert (tasks.clear_old_imports(), tasks.clear_old_imports()) == (1, 0)
    job = ImportJob.objects.get()
    assert not default_storage.exists(key)
    assert not ImportRow.objects.exists()
    assert (job.state, job.counts, job.sha256) == ("applied", {"created": 1, "refused": 1}, applied.sha256)
    assert (job.file_key, job.cleared_at) == ("", clock.now)
    assert Course.objects.get().partner_ref == "W-1"
    assert Entry.objects.filter(action="import.applied").count() == before == 1
    assert Entry.objects.filter(action="import.cleared").count() == 1


def test_an_import_that_nobody_applied_is_cancelled_and_cleared_later(bring, clock, at):
    bring(files.COURSE)
    clock.now = at + 181 * DAY
    assert (tasks.clear_old_imports(), tasks.clear_old_imports()) == (0, 0)
    job = ImportJob.objects.get()
    assert (job.state, job.decided_by, job.finished_at) == ("cancelled", None, clock.now)
    assert job.lines.exists()
    clock.now += 181 * DAY
    assert (tasks.clear_old_imports(), tasks.clear_old_imports()) == (1, 0)
    assert Course.objects.count() == 0


def test_the_setting_says_how_long(applied, clock, at, settings):
    settings.IMPORTS_KEPT = 7 * DAY
    clock.now = at + 8 * DAY
    assert tasks.clear_old_imports() == 1


def test_rows_go_in_chunks_and_other_imports_keep_theirs(bring, author, clock, at, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 2)
    old = bring(*(files.course(f"W-{n}") for n in range(5)))
    cancel_import(old, by=author, at=at)
    young = cancel_import(bring(files.COURSE), by=author, at=at + 100 * DAY)
    clock.now = at + 200 * DAY
    assert tasks.clear_old_imports() == 1
    assert set(ImportRow.objects.values_list("job_id", flat=True)) == {young.pk}
    assert default_storage.exists(young.file_key)


def test_a_store_that_fails_leaves_the_import_due(applied, clock, at, monkeypatch):
    clock.now = at + 181 * DAY
    with monkeypatch.context() as broken:
        broken.setattr(type(default_storage._wrapped), "delete", _down)
        assert tasks.clear_old_imports() == 0
    assert ImportRow.objects.exists()
    assert tasks.clear_old_imports() == 1


def _down(*_args):
    raise OSError("the store does not answer")


def test_the_page_says_when_the_file_goes_and_when_it_went(client, applied, manager, clock, at):
    factories.sign_in(client, manager)
    page, file = (reverse(f"courses:{name}", args=[applied.pk]) for name in ("import", "import-file"))
    assert "保留到 2026-09-12" in client.get(page).text
    assert client.get(file).status_code == 200
    clock.now = at + 181 * DAY
    tasks.clear_old_imports()
    factories.sign_in(client, manager)
    after = client.get(page)
    assert "已于 2026-09-13 删除" in after.text
    assert file not in after.text
    gone = client.get(file)
    assert gone.status_code == 409
    assert "已于 2026-09-13 删除" in gone.text
    client.cookies["django_language"] = "en"
    assert "were removed on 2026-09-13" in client.get(page).text
    again = client.post(
        reverse("courses:imports"),
        {"kind": "courses", "file": SimpleUploadedFile("a.csv", files.table(files.COURSE).getvalue())},
    )
    assert again.status_code == 302


# -- messages to partners -------------------------------------------------------------------------------------------


@pytest.fixture
def deliveries(provider, author, at):
    """One of each state, written at `at`."""
    endpoint, _secret = webhooks.add_endpoint(
        provider, url="https://hooks.example.com/", events=["course.published"], by=author, at=at
    )
    made = {}
    for state in ("waiting", "delivered", "failed"):
        row = WebhookDelivery.objects.create(
            province_id=provider.province_id,
            endpoint=endpoint,
            event="ping",
            payload={},
            created_at=at,
            due_at=at,
        )
        ends = {"delivered": {"delivered_at": at}, "failed": {"problem": "lost"}}.get(state)
        if ends:
            WebhookDelivery.objects.filter(pk=row.pk).update(state=state, due_at=None, **ends)
        made[state] = row.pk
    return made


def test_old_messages_that_are_over_are_forgotten(deliveries, clock, at, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 1)
    clock.now = at + 90 * DAY
    assert tasks.forget_deliveries() == 0
    clock.now += dt.timedelta(seconds=1)
    assert (tasks.forget_deliveries(), tasks.forget_deliveries()) == (2, 0)
    assert list(WebhookDelivery.objects.values_list("pk", flat=True)) == [deliveries["waiting"]]


def test_the_setting_says_how_long_messages_stay(deliveries, clock, at, settings):
    settings.DELIVERIES_KEPT = 7 * DAY
    clock.now = at + 8 * DAY
    assert tasks.forget_deliveries() == 2
