"""Objections and impact runs by machine: as on their pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal import clock
from portal.accounts.roles import Role
from subsidies.models import Objection
from subsidies.services import impacts, notices
from tests import factories
from tests.subsidies import making
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT


@pytest.fixture
def line(monkeypatch):
    """Of a notice that runs."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    world.budget(900_000)
    making.policy()
    making.approved()
    return notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT).lines.get()


def as_json(client, address, body=None):
    return client.post(address, body or {}, content_type="application/json")


def object_to(client, line, body=None, **more):
    address = reverse("api-object", args=[line.notice.number, line.line_no])
    return client.post(address, body or {"words": "此人未参加培训"}, **more)


def test_anybody_objects_and_asks_with_the_receipt(client, line):
    done = object_to(client, line, content_type="application/json")
    assert done.status_code == 201
    told = done.json()
    assert (told["state"], told["notice"], told["line"]) == ("open", line.notice.number, 1)
    assert client.get(reverse("api-objection-told", args=[told["receipt"]])).json() == told
    assert client.get(reverse("api-objection-told", args=["AAAA-BBBB"])).status_code == 404
    assert Objection.objects.get().claim == line.claim


def test_evidence_comes_as_a_file(client, line):
    paper = SimpleUploadedFile("e.pdf", b"%PDF-1.4\n%%EOF")
    done = object_to(client, line, {"words": "见附件", "evidence": paper})
    assert done.status_code == 201
    assert Objection.objects.get().document_name == "e.pdf"
    bad = object_to(client, line, {"words": "见附件", "evidence": SimpleUploadedFile("e.exe", b"MZ")})
    assert bad.status_code in (400, 409)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"words": ""},
        {"words": "x" * 1001},
        {"words": "\x00"},
        {"words": ["x"]},
        {"words": "x", "contact": "y" * 201},
    ],
)
def test_bad_bodies_get_a_sentence(client, line, body):
    done = as_json(client, reverse("api-object", args=[line.notice.number, 1]), body)
    assert done.status_code == 400
    assert done.json()


def test_a_line_that_is_not_there_or_a_notice_that_is_over(client, line, monkeypatch):
    assert (
        as_json(client, reverse("api-object", args=[line.notice.number, 99]), {"words": "x"}).status_code
        == 404
    )
    monkeypatch.setattr(clock, "now", lambda: line.notice.ends_at)
    assert object_to(client, line, content_type="application/json").json()["code"] == "notice_over"


def test_a_flood_from_one_address_is_braked(client, line):
    done = [object_to(client, line, content_type="application/json").status_code for _ in range(5)]
    assert (done[0], done[-1]) == (201, 429)


@pytest.mark.parametrize(("step", "state"), [("uphold", "rejected"), ("dismiss", "in_notice")])
def test_the_desk_lists_and_decides(client, line, step, state):
    object_to(client, line, content_type="application/json")
    pk = Objection.objects.get().pk
    factories.sign_in(client, factories.staff(Role.SECOND_REVIEWER))
    (row,) = client.get(reverse("api-objections"), {"state": "open"}).json()["results"]
    assert (row["id"], row["claim"]) == (pk, line.claim.number)
    assert client.get(reverse("api-objection", args=[pk])).json() == row
    address = reverse(f"api-objection-{step}", args=[pk])
    assert as_json(client, address).status_code == 400
    assert as_json(client, address, {"reason": "已查实"}).json()["reason"] == "已查实"
    assert as_json(client, address, {"reason": "已查实"}).json()["code"] == "objection_not_open"
    assert client.get(reverse("api-objections"), {"state": "open"}).json()["results"] == []
    line.claim.refresh_from_db()
    assert line.claim.state == state


def test_another_province_finds_no_objection(client, line):
    object_to(client, line, content_type="application/json")
    pk = Objection.objects.get().pk
    factories.sign_in(client, factories.staff(Role.SECOND_REVIEWER, code="510000"))
    assert client.get(reverse("api-objections")).json()["results"] == []
    assert client.get(reverse("api-objection", args=[pk])).status_code == 404
    assert as_json(client, reverse("api-objection-uphold", args=[pk]), {"reason": "x"}).status_code == 404


def test_a_run_is_started_watched_and_stopped(client):
    making.checked()
    draft = making.drafted(making.body(version=9, first="2031-01-01"))
    factories.sign_in(client, draft.edited_by)
    runs = reverse("api-policy-impacts", args=[draft.pk])
    backwards = as_json(client, runs, {"decided_from": "2026-02-01", "decided_to": "2026-01-01"})
    assert backwards.json()["code"] == "impact_days_backwards"
    assert as_json(client, runs, {"decided_from": "2026-02-30"}).status_code == 400
    made = as_json(client, runs)
    assert (made.status_code, made.json()["state"], made.json()["total"]) == (201, "running", 1)
    assert as_json(client, runs).json()["code"] == "impact_run_under_way"
    assert [row["id"] for row in client.get(runs).json()["results"]] == [made.json()["id"]]
    one = reverse("api-policy-impact", args=[made.json()["id"]])
    assert client.get(one).json()["done"] == 0
    impacts.go_on(made.json()["id"], at=clock.now(), chunk=1)
    told = client.get(one).json()
    assert (told["done"], told["figures"]["claims"]) == (1, 1)
    assert sum(row["figures"]["claims"] for row in told["groups"]) == 1
    cancel = reverse("api-policy-impact-cancel", args=[made.json()["id"]])
    assert as_json(client, cancel).json()["state"] == "cancelled"
    assert as_json(client, cancel).status_code == 409


def test_who_only_reads_a_version_starts_no_run(client):
    version = making.policy()
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    runs = reverse("api-policy-impacts", args=[version.pk])
    assert client.get(runs).json()["results"] == []
    assert as_json(client, runs).json()["code"] == "not_your_impact_run"
