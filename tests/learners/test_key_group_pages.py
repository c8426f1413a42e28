"""The learner's page of groups and the offices' desk; and both as JSON."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import KeyGroupMembership
from learners.services import key_groups as services
from portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def person():
    return factories.learner("买买提·𠮷")


@pytest.fixture
def declared(person, at):
    return services.declare_key_group(person, "veteran", at=at, evidence="退役证𠮷")


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def enter(client, user, *, staff=False):
    client.cookies["django_language"] = "en"
    return factories.sign_in(client, user, second_factor=staff)


def test_declaring_with_a_paper_and_taking_it_back(client, person):
    enter(client, person)
    page = reverse("learners:groups")
    assert "No group yet" in text(client.get(page))
    paper = SimpleUploadedFile("证.png", b"\x89PNG\r\n\x1a\nmade up")
    told = {"group": "veteran", "evidence": "退役证", "until": "2027-01-01", "paper": paper}
    assert client.post(page, told).url == page
    shown = text(client.get(page))
    assert "Veterans" in shown
    assert "Being checked" in shown
    row = KeyGroupMembership.objects.get()
    assert client.post(reverse("learners:group-take-back", args=[row.pk])).url == page
    assert "Taken back" in text(client.get(page))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"group": "astronaut"}, "astronaut"),
        ({"evidence": ""}, "required"),
        ({"until": "2020-01-01"}, "The last day lies before the first."),
        ({"until": "soon"}, "valid date"),
        ({"paper": SimpleUploadedFile("x.exe", b"MZ\x90")}, "neither a PDF nor a picture"),
    ],
)
def test_bad_declarations_are_refused_in_words(client, person, told, said):
    enter(client, person)
    answer = client.post(reverse("learners:groups"), {"group": "veteran", "evidence": "退役证", **told})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not KeyGroupMembership.objects.exists()


def test_the_office_verifies_and_the_learner_sees_it(client, person, declared):
    enter(client, factories.staff(Role.COUNTY_DESK), staff=True)
    assert reverse("learners:group-desk", args=[declared.pk]) in text(
        client.get(reverse("learners:groups-desk"))
    )
    page = reverse("learners:group-desk", args=[declared.pk])
    assert "退役证𠮷" in text(client.get(page))
    client.post(page, {"step": "verify", "evidence": "退役证, 军人事务局", "until": "2026-04-30"})
    assert "Verified a group" in text(client.get(page))
    assert client.get(reverse("learners:groups-desk"), {"heap": "decided"}).content.count(b"<tr>") == 2
    enter(client, person)
    shown = text(client.get(reverse("learners:groups")))
    assert "2026-03-16 – 2026-04-30" in shown
    assert "Renew it" in shown


def test_a_refusal_needs_a_reason_and_the_learner_reads_it(client, person, declared):
    enter(client, factories.staff(Role.PROVINCE_REVIEWER), staff=True)
    page = reverse("learners:group-desk", args=[declared.pk])
    answer = client.post(page, {"step": "refuse", "reason": "no"})
    assert answer.status_code == 422
    assert "Say why it is refused" in text(answer)
    assert client.post(page, {"step": "praise"}).status_code == 404
    client.post(page, {"step": "refuse", "reason": "看不清姓名和日期"})
    assert client.post(page, {"step": "verify", "evidence": "x"}).status_code == 422
    enter(client, person)
    assert "看不清姓名和日期" in text(client.get(reverse("learners:groups")))


def test_another_provinces_office_knows_nothing_of_it(client, declared):
    enter(client, factories.staff(Role.COUNTY_DESK, code="510000"), staff=True)
    page = reverse("learners:group-desk", args=[declared.pk])
    assert client.get(page).status_code == 404
    assert client.post(page, {"step": "verify", "evidence": "x"}).status_code == 404
    assert "Nothing here" in text(client.get(reverse("learners:groups-desk")))


def test_an_auditor_looks_and_decides_nothing(client, declared):
    enter(client, factories.staff(Role.AUDITOR), staff=True)
    page = reverse("learners:group-desk", args=[declared.pk])
    assert "You may look at this, but not decide it." in text(client.get(page))
    assert client.post(page, {"step": "verify", "evidence": "x"}).status_code == 422
    assert KeyGroupMembership.objects.get().verified_at is None


def test_the_desk_costs_the_same_with_more_rows(client, declared, at):
    enter(client, factories.staff(Role.COUNTY_DESK), staff=True)

    def cost():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("learners:groups-desk"))
        return len(found)

    cost()
    one = cost()
    for _ in range(4):
        services.declare_key_group(factories.learner(), "veteran", at=at, evidence="证")
    assert cost() == one


def test_the_whole_way_as_json(client, person):
    enter(client, person)
    made = client.post(reverse("api-groups"), {"group": "veteran", "evidence": "退役证"}, **JSON)
    assert (made.status_code, made.json()["state"]) == (201, "declared")
    again = client.post(reverse("api-groups"), {"group": "veteran", "evidence": "退役证"}, **JSON)
    assert (again.status_code, again.json()["code"]) == (409, "group_known")
    enter(client, factories.staff(Role.COUNTY_DESK), staff=True)
    (row,) = client.get(reverse("api-groups-desk")).json()["results"]
    assert (
        client.post(reverse("api-group-refuse", args=[row["id"]]), {"reason": "x"}, **JSON).status_code == 400
    )
    done = client.post(reverse("api-group-verify", args=[row["id"]]), {"until": "2026-12-31"}, **JSON)
    assert (done.json()["state"], done.json()["holds"], done.json()["valid_to"]) == (
        "verified", True, "2026-12-31",
    )  # fmt: skip
    enter(client, person)
    assert client.post(reverse("api-group-take-back", args=[row["id"]])).status_code == 409
