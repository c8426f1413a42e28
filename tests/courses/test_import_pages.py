"""The pages of imports and their twins in JSON."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models import Course, ImportJob
from courses.services import import_work
from portal.accounts.roles import Role
from tests import factories
from tests.courses import files


@pytest.fixture
def browser(signed_in, manager, monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    made = signed_in(manager)
    made.cookies["django_language"] = "en"
    return made


def sent(file, name="courses.csv"):
    return SimpleUploadedFile(name, file.getvalue())


def upload(browser, file, **said):
    return browser.post(reverse("courses:imports"), {"kind": "courses", "file": sent(file), **said})


def read(job, at):
    import_work.work(import_work.claim(job.pk, at=at), at=at)


def test_a_file_is_brought_looked_at_and_applied(browser, at):
    answer = upload(browser, files.table(files.COURSE, files.course("W-2", **{"Class hours": "0"})))
    job = ImportJob.objects.get()
    assert answer.headers["Location"] == reverse("courses:import", args=[job.pk])
    working = browser.get(reverse("courses:import", args=[job.pk]))
    assert 'hx-trigger="every 2s"' in working.text
    read(job, at)
    page = browser.get(reverse("courses:import", args=[job.pk]))
    assert "hx-trigger" not in page.text
    assert "W-1" in page.text
    only = browser.get(reverse("courses:import", args=[job.pk]), {"fate": "refused"})
    assert "W-2" in only.text
    assert "W-1" not in only.text
    returned = browser.get(reverse("courses:import-file", args=[job.pk]))
    assert returned.headers["Content-Disposition"] == f'attachment; filename="import-{job.pk}.csv"'
    assert browser.post(reverse("courses:import", args=[job.pk]), {"step": "apply"}).status_code == 302
    read(job, at)
    assert Course.objects.get().partner_ref == "W-1"
    again = browser.post(reverse("courses:import", args=[job.pk]), {"step": "apply"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "said",
    [{"file": ""}, {"kind": "questions"}, {"kind": "questions", "course": "52-9999999"}, {"kind": "nothing"}],
)
def test_what_is_missing_is_said_beside_its_field(browser, said):
    answer = browser.post(
        reverse("courses:imports"), {"kind": "courses", "file": sent(files.table(files.COURSE)), **said}
    )
    assert answer.status_code == 422
    assert ImportJob.objects.count() == 0


def test_a_file_that_is_none_is_refused_with_a_sentence(browser):
    answer = upload(browser, files.text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
    assert answer.status_code == 422
    assert ImportJob.objects.count() == 0


def test_another_provinces_keeper_brings_nothing_for_this_organisation(signed_in, provider, monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    browser = signed_in(factories.staff(Role.PROVINCE_CATALOGUE, code="510000", name="far"))
    answer = upload(browser, files.table(files.COURSE), organisation=provider.pk)
    assert answer.status_code == 422
    assert ImportJob.objects.count() == 0


def test_the_provinces_keeper_says_whose_courses_they_are(signed_in, keeper, provider, monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    factories.organisation()
    browser = signed_in(keeper)
    assert upload(browser, files.table(files.COURSE)).status_code == 422
    assert upload(browser, files.table(files.COURSE), organisation=provider.pk).status_code == 302
    assert ImportJob.objects.get().organisation == provider


@pytest.mark.parametrize("kind", ["courses", "questions"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_templates_are_downloaded(browser, kind, form):
    answer = browser.get(reverse("courses:import-template", args=[kind, form]))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.{form}"'
    assert browser.get(reverse("courses:import-template", args=[kind, "pdf"])).status_code == 404


def test_a_list_of_imports_asks_the_same_however_long(browser, django_assert_max_num_queries):
    for _n in range(5):
        upload(browser, files.table(files.COURSE))
    with django_assert_max_num_queries(16):
        assert browser.get(reverse("courses:imports")).text.count("courses.csv") == 5


def test_the_api_does_what_the_pages_do(browser, at):
    url = reverse("api-imports")
    made = browser.post(url, {"kind": "courses", "file": sent(files.table(files.COURSE))})
    assert (made.status_code, made.json()["state"]) == (201, "uploaded")
    job = ImportJob.objects.get()
    read(job, at)
    told = browser.get(reverse("api-import", args=[job.pk])).json()
    assert (told["state"], told["counts"], told["steps"]) == (
        "previewed",
        {"created": 1},
        ["apply", "cancel"],
    )
    (row,) = browser.get(reverse("api-import-rows", args=[job.pk])).json()["results"]
    assert (row["number"], row["fate"], row["ref"]) == (2, "created", "W-1")
    steps = reverse("api-import-steps", args=[job.pk])
    assert browser.post(steps, {"step": "apply"}).json()["state"] == "applying"
    refused = browser.post(steps, {"step": "cancel"})
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    bad = browser.post(url, {"kind": "courses", "file": sent(files.text(b"\xd0\xcf\x11\xe0"))})
    assert (bad.status_code, bad.json()["code"]) == (409, "file_old_excel")
    assert browser.get(url).json()["results"][0]["id"] == job.pk
