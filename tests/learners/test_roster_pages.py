"""An employer's pages, and those of whoever is invited; and both as JSON."""

import logging
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import Enrolment, Invitation, Roster
from learners.services import invitations as services
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.guards import Reader
from tests.learners import staff_files, study
from tests.learners.staff_files import csv, row

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture(autouse=True)
def course(at):
    return study.publish(at)


@pytest.fixture
def boss(client):
    made = factories.staff(Role.EMPLOYER)
    enter(client, made)
    return made


def enter(client, user, *, staff=True):
    factories.sign_in(client, user, second_factor=staff)
    client.cookies["django_language"] = "en"


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def a_file(*rows, name="staff.csv"):
    return SimpleUploadedFile(name, csv(*rows).read())


def test_upload_look_and_invite(client, boss, at):
    made = client.post(reverse("learners:rosters"), {"file": a_file(row(0), row(1, phone="12"))})
    page = reverse("learners:roster", args=[Roster.objects.get().pk])
    assert made.url == page
    shown = text(client.get(page))
    assert "This is not a phone number" in shown
    assert "买**·*" in shown
    assert not [secret for secret in (*row(0)[:3], row(1)[1]) if secret in shown]
    assert "Wrong rows with the reasons" in shown
    assert client.get(page, {"fate": "refused"}).content.count(b"<tr>") == 2
    assert client.post(page, {"step": "praise"}).status_code == 404
    assert client.post(page, {"step": "apply"}).url == page
    assert "Being applied" in text(client.get(page))
    staff_files.work(at=at)
    assert "1 invited, 0 told anew" in text(client.get(page))
    assert client.post(page, {"step": "cancel"}).status_code == 409
    assert staff_files.NAME in text(client.get(reverse("learners:staff")))


def test_a_bad_file_gets_one_sentence(client, boss):
    page = reverse("learners:rosters")
    for file, said in (
        (SimpleUploadedFile("a.csv", b""), "The file is empty."),
        (SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 9), "This is the old .xls format."),
        (SimpleUploadedFile("a.csv", b"x" * 3_000_000), "At most 5,000 rows and 2 MB at a time."),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04 not one"), "The file is damaged"),
    ):
        answer = client.post(page, {"file": file})
        assert answer.status_code == 422
        assert said in text(answer)
    assert "Choose a file." in text(client.post(page, {}))
    assert not Roster.objects.exists()


def test_a_large_list_never_lies_on_a_disk(client, boss, monkeypatch, caplog):
    """Django would put anything above 2.5 MB, and with smaller limits anything at all, into a file under /tmp."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", lambda *_a, **_k: pytest.fail("on a disk"))
    monkeypatch.setattr("django.conf.settings.FILE_UPLOAD_MAX_MEMORY_SIZE", 10)
    assert client.post(reverse("learners:rosters"), {"file": a_file(row(0))}).status_code == 302
    assert not [secret for secret in row(0)[:3] if secret in caplog.text.replace(str(csv(row(0)).read()), "")]


def test_the_form_needs_its_token(boss):
    strict = Reader(enforce_csrf_checks=True)
    enter(strict, boss)
    assert strict.post(reverse("learners:rosters"), {"file": a_file(row(0))}).status_code == 403
    assert not Roster.objects.exists()


def test_wrong_rows_are_for_the_employer_and_audited(client, boss, at):
    client.post(reverse("learners:rosters"), {"file": a_file(row(0), row(1, phone="12"))})
    page = reverse("learners:wrong-rows", args=[Roster.objects.get().pk])
    answer = client.post(page)
    assert answer["Content-Type"].startswith("application/vnd.openxml")
    assert "no-store" in answer["Cache-Control"]
    assert Entry.objects.get(action="roster.read").by == boss
    enter(client, factories.staff(Role.EMPLOYER, code="510000"))
    assert client.post(page).status_code == 404


def test_templates(client, boss):
    for form in ("xlsx", "csv"):
        assert client.get(reverse("learners:roster-template", args=[form])).status_code == 200
    assert client.get(reverse("learners:roster-template", args=["pdf"])).status_code == 404


def test_whoever_is_invited_accepts_and_ends_it(client, boss, at):
    person = factories.learner(staff_files.NAME, number=row(0)[1])
    (it,) = staff_files.invited(row(0, group="veteran"), by=boss, at=at)
    page = reverse("learners:invitation", args=[it.pk])
    enter(client, person, staff=False)
    assert page in text(client.get(reverse("my")))
    shown = text(client.get(page))
    assert "What your employer sees" in shown
    assert "Does not count for the subsidy" in shown
    assert "Nothing is declared for you" in shown
    wrong = client.post(page, {"step": "accept", "counts": "yes"})
    assert wrong.status_code == 409
    assert "has changed since you opened the page" in text(wrong)
    client.post(page, {"step": "accept", "counts": "no"})
    assert Enrolment.objects.get().user == person
    assert client.get(page).status_code == 200
    assert client.post(page, {"step": "decline"}).status_code == 409
    assert client.post(page, {"step": "praise"}).status_code == 404
    assert client.post(page, {"step": "end"}).url == reverse("my")
    assert client.get(page).status_code == 404


def test_the_page_of_a_newcomer_says_that_an_invitation_waits(client, boss, at):
    staff_files.invited(row(0), by=boss, at=at)
    person = factories.user()
    person.phone = "+86" + row(0)[2]
    person.save()
    enter(client, person, staff=False)
    assert "An employer has invited you to a course." in text(client.get(reverse("my")))


def test_the_employer_notes_that_somebody_has_left(client, boss, at):
    person = factories.learner(staff_files.NAME, number=row(0)[1])
    (it,) = staff_files.invited(row(0), by=boss, at=at)
    services.accept_invitation(it, person, at=at)
    assert "Enrolled" in text(client.get(reverse("learners:staff")))
    client.post(reverse("learners:has-left", args=[it.pk]))
    assert "No agreement" in text(client.get(reverse("learners:staff")))
    enter(client, factories.staff(Role.EMPLOYER, code="510000"))
    assert client.post(reverse("learners:has-left", args=[it.pk])).status_code == 404


def test_the_pages_cost_the_same_with_more_rows(client, boss, at):
    def cost(page):
        with CaptureQueriesContext(connection) as found:
            client.get(page)
        return len(found)

    staff_files.invited(row(0), by=boss, at=at)
    pages = [
        reverse("learners:staff"),
        reverse("learners:rosters"),
        reverse("learners:roster", args=[Roster.objects.get().pk]),
    ]
    before = [cost(page) for page in pages] and [cost(page) for page in pages]
    staff_files.invited(*[row(n) for n in range(1, 6)], by=boss, at=at)
    pages[2] = reverse("learners:roster", args=[Roster.objects.first().pk])
    assert [cost(page) for page in pages] == before


def test_the_whole_way_as_json(client, boss, at):
    person = factories.learner(staff_files.NAME, number=row(0)[1])
    staff_files.invited(row(0), by=boss, at=at)
    (member,) = client.get(reverse("api-staff")).json()["results"]
    assert (member["progress"], set(member)) == (
        "no_agreement", {"id", "name", "course", "title", "progress", "invited_at"},
    )  # fmt: skip
    enter(client, person, staff=False)
    (it,) = client.get(reverse("api-invitations")).json()
    page = reverse("api-invitation", args=[it["id"]])
    assert client.post(page, {"step": "praise"}, **JSON).status_code == 400
    assert client.post(page, {"step": "accept"}, **JSON).json()["state"] == "accepted"
    again = client.post(page, {"step": "accept"}, **JSON)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    enter(client, boss)
    gone = client.post(reverse("api-has-left", args=[it["id"]]))
    assert gone.json()["progress"] == "no_agreement"
    assert Invitation.objects.get().state == "ended"
