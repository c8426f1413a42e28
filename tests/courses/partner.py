"""A partner's machine, for tests: speaks HTTP with a key."""

import copy
import json

from courses.api.partner_rows import FIRST
from courses.services import partner_keys
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from tests import factories
from tests.guards import Reader

PLACE = "/api/partner/v1"


def manager_of(organisation, *, at):
    person = factories.user("manager", at=at)
    accounts.appoint(person, Role.PROVIDER_MANAGER, by=None, at=at, organisation=organisation)
    return person


def document(**words):
    return {**copy.deepcopy(FIRST), **words}


class Machine:
    """A client that shows a key; GETs write nothing but the key's pace and the log."""

    def __init__(self, organisation, *, at, by=None, name="夜间同步"):
        self.manager = by or manager_of(organisation, at=at)
        self.key, self.token = partner_keys.make_key(organisation, name=name, by=self.manager, at=at)
        self.client = Reader()

    def call(self, method, path, body=None, *, token=None, headers=(), **more):
        said = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.client.generic(
            method,
            PLACE + path,
            said,
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {token or self.token}",
                "Accept-Language": "en",
                **dict(headers),
            },
            **more,
        )

    def put(self, ref="A-1", body=None, **more):
        return self.call("PUT", f"/courses/{ref}/", document() if body is None else body, **more)

    def post(self, *documents, **more):
        return self.call("POST", "/courses/", {"courses": list(documents)}, **more)

    def get(self, path, **more):
        return self.call("GET", path, **more)
