"""The OpenAPI description and the API behind it: complete, default-deny, and without a 500."""

from functools import cache

import pytest
import schemathesis
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NOT_SET

from courses.services import partner_keys
from portal import clock
from portal.accounts.roles import Role
from tests.factories import learner, organisation, sign_in, staff, with_bank_account

EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def description():
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations():
    """Asked for when the tests are collected, twice; to describe the whole API takes some time."""
    return [found.ok() for found in schemathesis.openapi.from_dict(description()).get_all_operations()]


def test_the_description_is_valid_and_complete(capsys):
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    said = capsys.readouterr()
    assert "Warning" not in said.err + said.out
    assert "Error" not in said.err + said.out


@pytest.mark.django_db
def test_it_is_served(client):
    assert client.get("/api/schema/").status_code == 200


class Machine(Client):
    """A client with a partner's key: no pace is held against it here."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        school, at = organisation(), clock.now()
        person = staff(Role.PROVIDER_MANAGER)
        _key, self.token = partner_keys.make_key(school, name="契约", by=person, at=at)

    def generic(self, *args, headers=None, **kwargs):
        known = {"Authorization": f"Bearer {self.token}"}
        return super().generic(*args, headers={**(headers or {}), **known}, **kwargs)


def _throw(client: Client, case: schemathesis.Case) -> int:
    sent = case.as_transport_kwargs(base_url="http://testserver")
    path = sent["url"].removeprefix("http://testserver")
    body = sent.get("json")
    headers = {
        k: v
        for k, v in (sent.get("headers") or {}).items()
        if k.lower() not in {"content-type", "content-length"}
    }
    if body is None and case.body is not NOT_SET:
        return client.generic(
            case.method,
            path,
            str(sent.get("data") or ""),
            content_type="application/json",
            query_params=sent.get("params"),
            headers=headers,
        ).status_code
    return client.generic(
        case.method,
        path,
        Client()._encode_json(body, "application/json") if body is not None else b"",
        content_type="application/json",
        query_params=sent.get("params"),
        headers=headers,
    ).status_code


PEOPLE = {
    "visitor": lambda: None,
    "learner": lambda: with_bank_account(learner()),
    "ministry reviewer": lambda: staff(Role.MINISTRY_REVIEWER),
    "finance maker": lambda: staff(Role.FINANCE_MAKER),
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation", [o for o in operations() if "/partner/" in o.label], ids=lambda o: o.label
)
def test_no_request_of_a_machine_makes_a_500(operation, settings):
    settings.PARTNER_BURST = 10_000
    throw_at(Machine(), operation, operation.as_strategy(), "machine")


@pytest.mark.django_db
@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.label)
def test_no_request_makes_a_500(operation):
    cases = operation.as_strategy()
    for who, make in PEOPLE.items():
        client = Client(raise_request_exception=False)
        if (person := make()) is not None:
            sign_in(client, person)
        throw_at(client, operation, cases, who)


def throw_at(client: Client, operation, cases, who: str) -> None:
    @EXAMPLES
    @given(case=cases)
    def run(case):
        status = _throw(client, case)
        assert status < 500, f"{who}: {case.method} {case.formatted_path} {case.body!r}"
        if who == "visitor" and operation.label.split()[0] != "GET":
            assert status in {400, 401, 403, 404, 405, 415}, "a visitor changed something"

    run()
