import pytest
from django.test import Client

from courses import services
from portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_search_answers_visitors_with_facets(client, publish_course):
    publish_course()
    body = client.get("/api/courses/", {"q": "焊工", "level": "5"}).json()
    assert (body["total"], body["page"], body["pages"]) == (1, 1, 1)
    assert body["courses"][0]["code"] == "GZ-0001"
    assert body["courses"][0]["hours"] == "3.0"
    assert [f["name"] for f in body["facets"]] == [
        "subsidised", "occupation", "level", "province", "hours", "delivery", "group", "price", "provider",
    ]  # fmt: skip
    tree = next(f for f in body["facets"] if f["name"] == "occupation")
    assert [(v["value"], v["depth"], v["count"]) for v in tree["values"]] == [
        ("6", 0, 1), ("6-18-02", 1, 1), ("6-18-02-04", 2, 1),
    ]  # fmt: skip
    assert (body["q"], body["asked"]) == ("焊工", "")


def test_a_course_tells_its_outline_and_never_an_answer(client, publish_course):
    publish_course()
    answer = client.get("/api/courses/GZ-0001/")
    body = answer.json()
    assert [lesson["key"] for lesson in body["lessons"]] == ["read"]
    assert body["exam"]["questions"] == 1
    assert body["may_enrol"] is True
    assert "right" not in answer.content.decode()


def test_unknown_and_unlisted_courses_are_404(client, make_course):
    make_course()
    for code in ("GZ-0001", "nope", "%00"):
        answer = client.get(f"/api/courses/{code}/")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_the_desk_is_for_its_roles_and_its_province(client, make_course, keeper):
    make_course()
    assert client.get("/api/courses/desk/").status_code == 403
    assert factories.sign_in(Client(), factories.user()).get("/api/courses/desk/").status_code == 403
    other = factories.sign_in(Client(), factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    assert other.get("/api/courses/desk/").json()["results"] == []
    assert other.post("/api/courses/desk/GZ-0001/steps/", {"step": "submit"}).status_code == 404
    own = factories.sign_in(Client(), keeper).get("/api/courses/desk/", {"state": "draft"}).json()
    assert [row["code"] for row in own["results"]] == ["GZ-0001"]


def test_steps_are_taken_once_and_refusals_have_code_and_sentence(keeper, make_course, author, at):
    services.submit(make_course(ready=True), by=author, at=at)
    browser = factories.sign_in(Client(), keeper)

    def step(headers=None, **body):
        return browser.post(
            "/api/courses/desk/GZ-0001/steps/", body, content_type="application/json", headers=headers or {}
        )

    key = {"Idempotency-Key": "publish-0001"}
    first, again = step(key, step="publish"), step(key, step="publish")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert step(key, step="suspend", reason="x").json()["code"] == "idempotency_key_reused"
    refused = step(step="publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_move")
    assert step(step="suspend").json()["code"] == "reason_missing"
    assert step(step="drop").status_code == 400
    assert step(step="suspend", reason="内容过时").json()["state"] == "suspended"


def test_an_auditor_cannot_step(make_course):
    make_course()
    browser = factories.sign_in(Client(), factories.staff(Role.AUDITOR))
    assert browser.get("/api/courses/desk/").status_code == 200
    assert browser.post("/api/courses/desk/GZ-0001/steps/", {"step": "submit"}).status_code == 403
